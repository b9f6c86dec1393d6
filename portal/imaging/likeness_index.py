"""Every fingerprint that there is, in memory, looked through in one pass.

100,000 pictures are about 900,000 rows of 41 bytes. A scan of that many difference hashes takes milliseconds; what it
finds is judged by PDQ. From about 300,000 pictures on, bands of the hash would be quicker (docs/provenance.md).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from portal.imaging.likeness import MIRRORED, ROW, TRIMMED

DIFFERENCE_AT_MOST = 8  # of 64 bits
ALIKE_AT_MOST = 70  # of 256 bits; the nearest two unrelated photos of the trial differed in 90
SAME_AT_MOST = 31  # of 256 bits; what the makers of PDQ call the same picture
_AT_ONCE = 1 << 15  # hashes looked at together: they stay in the processor's cache
_WHOLES = (0, TRIMMED)
_ASKED_EVERYWHERE = (0, 1, 2)  # the whole and the two windows next to it

Words = npt.NDArray[Any]
Rows = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A picture that looks like the one asked about, or like its mirror. distance: bits of PDQ that differ, of 256, in
    the windows that agree best; whole: the same for the two pictures uncropped, None when one is too plain."""

    key: int
    distance: int
    whole: int | None
    mirrored: bool

    @property
    def part(self) -> bool:
        """Whether only a part of one is in the other."""
        return self.whole is None or self.whole > SAME_AT_MOST


class _Bank:
    """Rows of hashes in arrays that grow by doubling."""

    def __init__(self) -> None:
        self.size = 0
        self._difference = np.zeros(1024, np.uint64)
        self._pdq = np.zeros((1024, 4), np.uint64)
        self._key = np.zeros(1024, np.int64)

    def add(self, key: int, rows: Rows) -> None:
        end = self.size + len(rows)
        if end > len(self._key):
            for name in ("_difference", "_pdq", "_key"):
                old = getattr(self, name)
                new = np.zeros((max(end, 2 * len(old)), *old.shape[1:]), old.dtype)
                new[: self.size] = old[: self.size]
                setattr(self, name, new)
        here = slice(self.size, end)
        self._difference[here], self._pdq[here], self._key[here] = rows["difference"], _words(rows), key
        self.size = end

    def near(self, asked: Rows) -> Iterator[tuple[int, int]]:
        """Key and distance of every row that is near to any of these in both hashes."""
        places = _near(np.unique(asked["difference"]), self._difference[: self.size])
        apart = _bits(_words(asked)[None, :, :] ^ self._pdq[places][:, None, :]).min(axis=1, initial=256)
        for place in np.flatnonzero(apart <= ALIKE_AT_MOST):
            yield int(self._key[places[place]]), int(apart[place])


class LikenessIndex:
    """Fingerprints by key. Usable from several threads.

    A copy that was cut shows as a whole what the original shows in a window, and the other way round. So few windows
    are looked for among all rows, and all windows only among whole pictures.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wholes, self._parts = _Bank(), _Bank()
        self._whole_of: dict[int, Words] = {}

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._whole_of)

    def __contains__(self, key: int) -> bool:
        return key in self._whole_of

    @property
    def newest(self) -> int:
        """The largest key, 0 when there is none."""
        return max(self._whole_of, default=0)

    def add(self, key: int, prints: bytes) -> None:
        """Keep a picture's fingerprints; what is there already stays as it is."""
        rows = _read(prints)
        rows = rows[rows["window"] < MIRRORED]
        whole = np.isin(rows["window"], _WHOLES)
        with self._lock:
            if key not in self._whole_of:
                self._wholes.add(key, rows[whole])
                self._parts.add(key, rows[~whole])
                self._whole_of[key] = _words(rows[whole])

    def alike(self, prints: bytes) -> list[Alike]:
        """Every picture that looks like this one or like its mirror, the nearest first. The picture itself is among
        them when it was added."""
        rows = _read(prints)
        found: dict[int, Alike] = {}
        with self._lock:
            for mirrored in (False, True):
                asked = rows[(rows["window"] >= MIRRORED) == mirrored]
                for key, distance in self._near(asked):
                    if key not in found or distance < found[key].distance:
                        whole = self._between_wholes(asked, key)
                        found[key] = Alike(key=key, distance=distance, whole=whole, mirrored=mirrored)
        return sorted(found.values(), key=lambda each: (each.distance, each.key))

    def _near(self, asked: Rows) -> Iterator[tuple[int, int]]:
        yield from self._wholes.near(asked)
        yield from self._parts.near(asked[np.isin(asked["window"] % TRIMMED, _ASKED_EVERYWHERE)])

    def _between_wholes(self, asked: Rows, key: int) -> int | None:
        mine = _words(asked[np.isin(asked["window"] % MIRRORED, _WHOLES)])
        apart = _bits(mine[None, :, :] ^ self._whole_of[key][:, None, :])
        return int(apart.min()) if apart.size else None


def _near(asked: Words, difference: Words) -> Words:
    """The places of all hashes that are near to any of these."""
    hits = [np.zeros(0, np.int64)]
    for start in range(0, len(difference), _AT_ONCE):
        piece = difference[start : start + _AT_ONCE]
        near = np.zeros(len(piece), bool)
        for each in asked:
            near |= np.bitwise_count(piece ^ each) <= DIFFERENCE_AT_MOST
        hits.append(np.flatnonzero(near) + start)
    return np.concatenate(hits)


def _bits(words: Words) -> Words:
    """How many bits are set in each hash of four words."""
    return np.asarray(np.bitwise_count(words).sum(axis=-1, dtype=np.int64))


def _read(prints: bytes) -> Rows:
    return np.frombuffer(prints, ROW)


def _words(rows: Rows) -> Words:
    """The PDQ hashes as four words each, so that bits are counted eight bytes at a time."""
    return np.ascontiguousarray(rows["pdq"]).view(np.uint64).reshape(-1, 4)
