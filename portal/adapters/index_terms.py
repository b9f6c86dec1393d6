"""Which items of a segment have which term, how often, and where: packed arrays that are read as they lie.

The terms stand in the order of their bytes, one behind the other in `terms.names`; `terms.heads` has the first eight
bytes of each as a number, in which a term is found by halving. The postings of term `n` are those from
`terms.starts[n]` to `terms.starts[n + 1]`: items ascending, and how often each, in as few bytes as do. `spots` has
where the pairs of Han characters stand: the characters of all texts are counted through, so that a phrase is found
by arithmetic.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from portal.adapters.array_file import Array, lengths_of, smallest, wide
from portal.text.characters import HAN

Numbers = NDArray[np.int64]
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")
GAP = 1  # between two texts, so that no phrase stands across
_HEAD = 8  # bytes of a term that its number says


@dataclass(frozen=True)
class Listed:
    """Terms in their order with their postings, about to be written."""

    names: list[bytes]
    counts: Numbers  # of the postings of each term; none is 0
    items: Array
    times: Array
    standing: Numbers  # of the spots of each term; 0 for what is no pair of Han characters
    spots: Array

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
            "spots.starts": smallest(np.concatenate([[0], np.cumsum(self.standing)]).astype(np.int64)),
            "spots": wide(self.spots),
        }


def listed(documents: Iterable[tuple[Sequence[str], str]]) -> Listed:
    """The terms of each item and its text, in their order."""
    fresh = count()
    numbers: defaultdict[str, int] = defaultdict(fresh.__next__)
    which, times, lengths = array("q"), array("q"), array("q")
    pairs, spots, begin = array("q"), array("q"), 0
    for terms, text in documents:
        counted = Counter(terms)
        which.extend(map(numbers.__getitem__, counted))
        times.extend(counted.values())
        lengths.append(len(counted))
        for run in _HAN_RUN.finditer(text):
            first, last = run.start(), run.end() - 1
            pairs.extend([numbers[text[place : place + 2]] for place in range(first, last)])
            spots.extend(range(begin + first, begin + last))
        begin += len(text) + GAP
    named = sorted((name.encode(), number) for name, number in numbers.items())
    rank = np.zeros(len(named), np.int64)
    rank[[number for _, number in named]] = np.arange(len(named))
    counts, order = _in_order(rank, which)
    standing, through = _in_order(rank, pairs)
    return Listed(
        [name for name, _ in named],
        counts,
        np.repeat(np.arange(len(lengths)), _numbers(lengths))[order],
        _numbers(times)[order],
        standing,
        _numbers(spots)[through],
    )


def _numbers(written: array[int]) -> Numbers:
    return np.array(written, np.int64)


def _in_order(rank: Numbers, which: array[int]) -> tuple[Numbers, Numbers]:
    """How many there are of each term, and the order in which they stand by terms."""
    ranks = rank[_numbers(which)]
    return np.bincount(ranks, minlength=len(rank)), np.argsort(ranks, kind="stable")


class Terms:
    """The terms of a segment. Safe to share by threads."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._heads, self._names = arrays["terms.heads"], arrays["terms.names"]
        self._ends, self._starts = arrays["terms.ends"], arrays["terms.starts"]
        self._items, self._times = arrays["postings.items"], arrays["postings.times"]
        self._spot_starts, self._spots = arrays["spots.starts"], arrays["spots"]

    def _place(self, term: bytes) -> int | None:
        """The place of a term in their order."""
        head = np.uint64(int.from_bytes(term[:_HEAD].ljust(_HEAD, b"\0"), "big"))
        low = int(self._heads.searchsorted(head))
        if low == len(self._heads) or self._heads[low] != head:
            return None
        if self._name(low) == term:  # as nearly always: a pair of characters is all in its head
            return low
        return self._place_among(term, low + 1, int(self._heads.searchsorted(head, "right")))

    def _place_among(self, term: bytes, low: int, high: int) -> int | None:
        """The place of a term among those with the same head."""
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

    def names(self) -> list[bytes]:
        """All terms in the order of their bytes."""
        written = self._names.tobytes()
        return [written[begin:end] for begin, end in pairwise([0, *self._ends.tolist()])]

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

    def spots(self, pair: str) -> Array:
        """Where a pair of Han characters stands, ascending, as it lies in the file."""
        place = self._place(pair.encode(errors="replace"))
        if place is None:
            return self._spots[:0]
        return self._spots[int(self._spot_starts[place]) : int(self._spot_starts[place + 1])]

    def kept(self, numbers: Numbers, shifts: Numbers, ends: Array) -> Listed:
        """Those of the items that get a new number; -1 is one that is left out, with its terms.

        shifts: how far the text of each item moves; ends: where it ended.
        """
        counts, standing = lengths_of(self._starts[1:]), lengths_of(self._spot_starts[1:])
        names, spots = self.names(), self._spots.astype(np.int64)
        items, times = numbers[self._items], self._times
        if (numbers >= 0).all():
            return Listed(names, counts, items, times, standing, spots + shifts[:1].sum())
        stays = items >= 0
        owners = np.searchsorted(ends, spots, "right")
        stand = numbers[owners] >= 0
        counts, standing = _left(counts, stays), _left(standing, stand)
        held = [name for name, number in zip(names, counts.tolist(), strict=True) if number]
        spots = (spots + shifts[owners])[stand]
        return Listed(held, counts[counts > 0], items[stays], times[stays], standing[counts > 0], spots)


def _left(counts: Numbers, stays: NDArray[np.bool_]) -> Numbers:
    """How many of each term are left when only some stay."""
    return np.bincount(np.repeat(np.arange(len(counts)), counts)[stays], minlength=len(counts))


def merged(parts: Sequence[Listed]) -> Listed:
    """Several lists as one; the items of each come after those of the one before."""
    names = sorted({name for part in parts for name in part.names})
    place = {name: number for number, name in enumerate(names)}
    ranks = [np.fromiter(map(place.__getitem__, part.names), np.int64, len(part.names)) for part in parts]
    counts, (items, times) = _interleaved(
        len(names), ranks, [part.counts for part in parts], [(part.items, part.times) for part in parts]
    )
    standing, (spots,) = _interleaved(
        len(names), ranks, [part.standing for part in parts], [(part.spots,) for part in parts]
    )
    return Listed(names, counts, items, times, standing, spots)


def _interleaved(
    size: int, ranks: Sequence[Numbers], lengths: Sequence[Numbers], parts: Sequence[tuple[Array, ...]]
) -> tuple[Numbers, list[Array]]:
    """Columns of several lists of terms as one: what each says of a term, one after the other; and how much that is."""
    counts = np.zeros(size, np.int64)
    for rank, each in zip(ranks, lengths, strict=True):
        counts[rank] += each
    following = np.cumsum(counts) - counts  # where the next of each term go
    whole = [
        np.zeros(int(counts.sum()), np.result_type(np.uint8, *columns))
        for columns in zip(*parts, strict=True)
    ]
    for rank, each, columns in zip(ranks, lengths, parts, strict=True):
        steps = following[rank] - (np.cumsum(each) - each)
        places = np.repeat(steps, each) + np.arange(len(columns[0]))
        for into, column in zip(whole, columns, strict=True):
            into[places] = column
        following[rank] += each
    return counts, whole
