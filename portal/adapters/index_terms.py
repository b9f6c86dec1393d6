"""Which items of a segment have which term, and how often: packed arrays that are read as they lie.

The terms stand in the order of their bytes, one behind the other in `terms.names`; `terms.heads` has the first eight
bytes of each as a number, in which a term is found by halving. The postings of term `n` are those from
`terms.starts[n]` to `terms.starts[n + 1]`: items ascending, and how often each, in as few bytes as do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from portal.adapters.array_file import Array, lengths_of, smallest

Numbers = NDArray[np.int64]
_HEAD = 8  # bytes of a term that its number says


@dataclass(frozen=True)
class Listed:
    """Terms in their order with their postings, about to be written."""

    names: list[bytes]
    counts: Numbers  # of the postings of each term; none is 0
    items: Array
    times: Array

    def arrays(self, size: int) -> dict[str, Array]:
        """As they are written; size: items of the segment."""
        heads = [name[:_HEAD].ljust(_HEAD, b"\0") for name in self.names]
        return {
            "terms.heads": np.frombuffer(b"".join(heads), ">u8").astype("<u8"),
            "terms.ends": smallest(np.cumsum([len(name) for name in self.names], dtype=np.int64)),
            "terms.starts": smallest(np.concatenate([[0], np.cumsum(self.counts)]).astype(np.int64)),
            "terms.names": np.frombuffer(b"".join(self.names), np.uint8),
            "postings.items": smallest(self.items, below=size),
            "postings.times": smallest(self.times),
        }


def listed(documents: Iterable[Sequence[str]]) -> Listed:
    """The terms of each item, in their order."""
    fresh = count()
    numbers: defaultdict[str, int] = defaultdict(fresh.__next__)
    which: list[int] = []
    times: list[int] = []
    lengths: list[int] = []
    for terms in documents:
        counted = Counter(terms)
        which.extend(map(numbers.__getitem__, counted))
        times.extend(counted.values())
        lengths.append(len(counted))
    named = sorted((name.encode(), number) for name, number in numbers.items())
    rank = np.zeros(len(named), np.int64)
    rank[[number for _, number in named]] = np.arange(len(named))
    ranks = rank[np.array(which, np.int64)]
    order = np.argsort(ranks, kind="stable")
    return Listed(
        [name for name, _ in named],
        np.bincount(ranks, minlength=len(named)),
        np.repeat(np.arange(len(lengths)), lengths)[order],
        np.array(times, np.int64)[order],
    )


class Terms:
    """The terms of a segment. Safe to share by threads."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._heads, self._names = arrays["terms.heads"], arrays["terms.names"]
        self._ends, self._starts = arrays["terms.ends"], arrays["terms.starts"]
        self._items, self._times = arrays["postings.items"], arrays["postings.times"]

    def _place(self, term: bytes) -> int | None:
        """The place of a term in their order."""
        head = np.uint64(int.from_bytes(term[:_HEAD].ljust(_HEAD, b"\0"), "big"))
        low, high = int(self._heads.searchsorted(head)), int(self._heads.searchsorted(head, "right"))
        while low < high:
            middle = (low + high) // 2
            name = self._name(middle)
            if name == term:
                return middle
            low, high = (middle + 1, high) if name < term else (low, middle)
        return None

    def _name(self, place: int) -> bytes:
        begin = int(self._ends[place - 1]) if place else 0
        return self._names[begin : int(self._ends[place])].tobytes()

    def holding(self, term: str) -> int:
        """How many items have a term, those that are deleted among them."""
        place = self._place(term.encode(errors="replace"))
        return 0 if place is None else int(self._starts[place + 1]) - int(self._starts[place])

    def postings(self, term: str) -> tuple[Array, Array]:
        """Which items have a term, ascending, and how often each, as they lie in the file."""
        place = self._place(term.encode(errors="replace"))
        begin, end = (0, 0) if place is None else (int(self._starts[place]), int(self._starts[place + 1]))
        return self._items[begin:end], self._times[begin:end]

    def beginning_with(self, character: str, size: int) -> Numbers:
        """How often each item has any of the terms that begin with a character."""
        head = character.encode(errors="replace")
        first = int.from_bytes(head.ljust(_HEAD, b"\0"), "big")
        after = first + (1 << 8 * (_HEAD - len(head)))
        low, high = (int(self._heads.searchsorted(np.uint64(each))) for each in (first, after))
        begin, end = int(self._starts[low]), int(self._starts[high])
        return np.bincount(self._items[begin:end], self._times[begin:end], size).astype(np.int64)

    def kept(self, numbers: Numbers) -> Listed:
        """Those of the items that get a new number; -1 is one that is left out, with its terms."""
        lengths = lengths_of(self._starts[1:])
        names = self._all_names()
        items, times = numbers[self._items], self._times
        if (numbers >= 0).all():
            return Listed(names, lengths, items, times)
        stays = items >= 0
        counts = np.bincount(np.repeat(np.arange(len(names)), lengths)[stays], minlength=len(names))
        held = [name for name, number in zip(names, counts.tolist(), strict=True) if number]
        return Listed(held, counts[counts > 0], items[stays], times[stays])

    def _all_names(self) -> list[bytes]:
        written = self._names.tobytes()
        return [written[begin:end] for begin, end in pairwise([0, *self._ends.tolist()])]


def merged(parts: Sequence[Listed]) -> Listed:
    """Several lists as one; the items of each come after those of the one before."""
    names = sorted({name for part in parts for name in part.names})
    place = {name: number for number, name in enumerate(names)}
    ranks = [np.fromiter(map(place.__getitem__, part.names), np.int64, len(part.names)) for part in parts]
    counts = np.zeros(len(names), np.int64)
    for part, rank in zip(parts, ranks, strict=True):
        counts[rank] += part.counts
    following = np.cumsum(counts) - counts  # where the next postings of each term go
    size = int(counts.sum())
    items, times = (
        np.zeros(size, np.uint32),
        np.zeros(size, np.result_type(np.uint8, *(p.times for p in parts))),
    )
    for part, rank in zip(parts, ranks, strict=True):
        steps = following[rank] - (np.cumsum(part.counts) - part.counts)
        places = np.repeat(steps, part.counts) + np.arange(len(part.items))
        items[places], times[places] = part.items, part.times
        following[rank] += part.counts
    return Listed(names, counts, items, times)
