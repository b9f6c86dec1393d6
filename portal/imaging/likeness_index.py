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


class LikenessIndex:
    """Fingerprints by key. Usable from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._size = 0
        self._difference = np.zeros(1024, np.uint64)
        self._pdq = np.zeros((1024, 4), np.uint64)
        self._window = np.zeros(1024, np.uint8)
        self._key = np.zeros(1024, np.int64)
        self._rows_of: dict[int, slice] = {}

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._rows_of)

    def __contains__(self, key: int) -> bool:
        return key in self._rows_of

    @property
    def newest(self) -> int:
        """The largest key, 0 when there is none."""
        return max(self._rows_of, default=0)

    def add(self, key: int, prints: bytes) -> None:
        """Keep a picture's fingerprints; what is there already stays as it is."""
        rows = _read(prints)
        rows = rows[rows["window"] < MIRRORED]
        with self._lock:
            if key in self._rows_of:
                return
            self._make_room(self._size + len(rows))
            here = slice(self._size, self._size + len(rows))
            self._difference[here] = rows["difference"]
            self._pdq[here] = _words(rows)
            self._window[here] = rows["window"]
            self._key[here] = key
            self._size += len(rows)
            self._rows_of[key] = here

    def _make_room(self, needed: int) -> None:
        if needed <= len(self._key):
            return
        for name in ("_difference", "_pdq", "_window", "_key"):
            old = getattr(self, name)
            new = np.zeros((max(needed, 2 * len(old)), *old.shape[1:]), old.dtype)
            new[: self._size] = old[: self._size]
            setattr(self, name, new)

    def alike(self, prints: bytes) -> list[Alike]:
        """Every picture that looks like this one or like its mirror, the nearest first. The picture itself is among
        them when it was added."""
        rows = _read(prints)
        found: dict[int, Alike] = {}
        with self._lock:
            for mirrored in (False, True):
                asked = rows[(rows["window"] >= MIRRORED) == mirrored]
                for each in self._matches(asked, mirrored=mirrored):
                    if each.key not in found or each.distance < found[each.key].distance:
                        found[each.key] = each
        return sorted(found.values(), key=lambda each: (each.distance, each.key))

    def _matches(self, asked: Rows, *, mirrored: bool) -> Iterator[Alike]:
        """One for each row that is near enough in both hashes."""
        places = _near(np.unique(asked["difference"]), self._difference[: self._size])
        distances = _bits(_words(asked)[None, :, :] ^ self._pdq[places][:, None, :]).min(axis=1, initial=256)
        wholes = _words(asked[np.isin(asked["window"] % MIRRORED, _WHOLES)])
        for place, distance in zip(places, distances, strict=True):
            if distance <= ALIKE_AT_MOST:
                key = int(self._key[place])
                whole = self._between_wholes(wholes, key)
                yield Alike(key=key, distance=int(distance), whole=whole, mirrored=mirrored)

    def _between_wholes(self, asked: Words, key: int) -> int | None:
        here = self._rows_of[key]
        wholes = self._pdq[here][np.isin(self._window[here], _WHOLES)]
        distances = _bits(asked[None, :, :] ^ wholes[:, None, :])
        return int(distances.min()) if distances.size else None


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
