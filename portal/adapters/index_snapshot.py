"""One committed generation of the index, made ready for searching: its segments as one, and which of their items live.

A snapshot never changes and may be used by any number of threads.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from portal.adapters.index_counting import Counting
from portal.adapters.index_segment import Ids, Kept, Mask, Places, Segment, Weights, bytes_of
from portal.adapters.search_words import DAYS
from portal.adapters.whoosh_folder import Generation
from portal.ports import FACETS

CACHE_BYTES = 24 * 2**20  # answers kept per snapshot


class Snapshot:
    """Items are numbered from 0 over all segments; a mask says for each number whether it is meant."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        sizes = [each.size for each in generation.contents]
        self._bases = [0, *accumulate(sizes)][: len(sizes)]
        self.size: int = sum(sizes)
        self.segments: list[tuple[Segment, int]] = list(zip(generation.segments, self._bases, strict=True))
        self.live = np.ones(self.size, np.bool_)
        for each, base in zip(generation.contents, self._bases, strict=True):
            self.live[np.array(each.gone, np.intp) + base] = False
        self.count = int(np.count_nonzero(self.live))
        self._postings: Kept[tuple[Ids, Weights]] = Kept(CACHE_BYTES // 4, bytes_of)
        self._literal: Kept[Ids] = Kept(CACHE_BYTES // 4, bytes_of)
        self._holding: Kept[Mask] = Kept(CACHE_BYTES // 4, bytes_of)
        self.even: Ids = np.zeros(self.size, np.int32)  # what orders nothing
        self._within: Kept[Mask] = Kept(CACHE_BYTES // 16, bytes_of)
        self._worth: Kept[NDArray[np.int32]] = Kept(CACHE_BYTES // 2, bytes_of)
        none = np.zeros(0, np.int64)
        self.dated: Ids = np.concatenate(
            [none.astype(np.int32), *(segment.dated for segment in generation.segments)]
        )
        self.seq = np.concatenate([none, *(segment.seq for segment in generation.segments)])
        self.values: dict[str, list[str]] = {}
        self.codes: dict[str, Ids] = {}
        for facet in FACETS:
            self._number_facet(facet)
        self._number_months()

    def _number_facet(self, facet: str) -> None:
        """Number the values of a facet from 1 in their order; 0 is an item that has none."""
        alive: set[str] = set()
        for each, (segment, base) in zip(self.generation.contents, self.segments, strict=True):
            names: Sequence[str] = segment.values[facet]
            if each.gone:
                lives = self.live[base : base + segment.size]
                held = np.flatnonzero(np.bincount(segment.codes[facet][lives]))
                names = [names[code] for code in held.tolist()]
            alive.update(names)
        self.values[facet] = ["", *sorted(alive - {""})]
        code = {name: number for number, name in enumerate(self.values[facet])}
        self.codes[facet] = np.empty(self.size, np.int32)
        for segment, base in self.segments:
            across = np.array([code.get(value, 0) for value in segment.values[facet]], np.int32)
            self.codes[facet][base : base + segment.size] = across[segment.codes[facet]]

    def _number_months(self) -> None:
        """Number the months there are, yyyymm, in their order."""
        self.months: list[int] = sorted(
            {month for segment, _ in self.segments for month in segment.months[0].tolist()}
        )
        self.month_codes = np.empty(self.size, np.int32)
        for segment, base in self.segments:
            months, codes = segment.months
            across = np.searchsorted(self.months, months).astype(np.int32)
            self.month_codes[base : base + segment.size] = across[codes]

    @cached_property
    def counting(self) -> Counting:
        """Counts of facets and, as `DAYS`, of months."""
        sizes = {facet: len(values) for facet, values in self.values.items()} | {DAYS: len(self.months)}
        return Counting(self.live, {**self.codes, DAYS: self.month_codes}, sizes)

    @cached_property
    def _newness(self) -> tuple[Ids, Ids]:
        """The place of each item from the oldest entry to the newest, and the item of each place."""
        items = np.argsort(self.seq, kind="stable").astype(np.int32)
        places = np.zeros(self.size, np.int32)
        places[items] = np.arange(self.size, dtype=np.int32)
        return places, items

    def newest_of(self, ids: Places, many: int) -> Places:
        """So many of these items, of the newest entries, in any order."""
        if len(ids) <= many:
            return ids
        places, items = self._newness
        chosen = np.partition(places[ids], len(ids) - many)[len(ids) - many :]
        return items[chosen].astype(np.intp)

    def newest_among(self, found: Mask, many: int) -> Places:
        """The same for many items: looked for from the newest entry on, a piece at a time."""
        items, ahead = self._newness[1], many * 16
        while ahead < self.size:
            last = items[self.size - ahead :]
            held = last[found[last]]
            if len(held) >= many:
                return held[len(held) - many :].astype(np.intp)
            ahead *= 4
        return self.newest_of(np.flatnonzero(found), many)

    def _of(self, number: int) -> tuple[Segment, int]:
        """The segment of an item, and its number there."""
        segment, base = self.segments[bisect_right(self._bases, number) - 1]
        return segment, number - base

    def worth_of(
        self, term: str, saturated: Callable[[int, Weights], NDArray[np.int32]]
    ) -> NDArray[np.int32]:
        """What a term adds to the rank of each item; saturated: from how many have it, and how often each."""

        def make(term: str) -> NDArray[np.int32]:
            ids, weights = self.postings(term)
            worth = np.zeros(self.size, np.int32)
            worth[ids] = saturated(len(ids), weights)
            return worth

        return self._worth.get(term, make)

    def of_days(self, first: int, last: int) -> Mask:
        """The items of these days, both included."""
        return self._within.get(
            f"{first} {last}", lambda _: self.live & (self.dated >= first) & (self.dated <= last)
        )

    def having(self, facet: str, codes: Iterable[int]) -> Mask:
        """The items with any of these values of a facet."""
        wanted = np.zeros(len(self.values[facet]), np.bool_)
        wanted[list(codes)] = True
        return self._within.get(
            f"{facet} {np.flatnonzero(wanted).tolist()}", lambda _: wanted[self.codes[facet]]
        )

    def key(self, number: int) -> str:
        """The key of an item."""
        segment, place = self._of(number)
        return segment.key(place)

    def postings(self, term: str) -> tuple[Ids, Weights]:
        """Which items have a term, ascending, and how often each. One Han character counts all its places."""
        return self._postings.get(term, self._find_postings)

    def _find_postings(self, term: str) -> tuple[Ids, Weights]:
        found = [(segment.postings(term), base) for segment, base in self.segments]
        ids = self._joined([part for (part, _), _ in found])
        weights = np.concatenate([np.zeros(0, np.int32), *(part for (_, part), _ in found)])
        if self.count == self.size:
            return ids, weights
        alive = self.live[ids]
        return ids[alive], weights[alive]

    def _joined(self, parts: Sequence[Ids]) -> Ids:
        """The numbers that items of each segment have here."""
        shifted = [part + np.int32(base) for part, (_, base) in zip(parts, self.segments, strict=True)]
        return np.concatenate([np.zeros(0, np.int32), *shifted])

    def mask(self, ids: Ids) -> Mask:
        chosen = np.zeros(self.size, np.bool_)
        chosen[ids] = True
        return chosen

    def literal(self, phrase: str) -> Ids:
        """The items whose folded title or body contains the folded phrase as it stands."""
        return self._literal.get(phrase, self._find_literal)

    def worth(self, low: int, high: int) -> Mask:
        """The items that name a sum of money between these, both included, in fen."""

        def make(_: str) -> Mask:
            named = [np.zeros(0, np.bool_), *(segment.worth(low, high) for segment, _ in self.segments)]
            return self.live & np.concatenate(named)

        return self._within.get(f"¥{low} {high}", make)

    def holding(self, phrase: str) -> Mask:
        """The same as a mask."""
        return self._holding.get(phrase, lambda phrase: self.mask(self.literal(phrase)))

    def stands(self, term: str) -> bool:
        """Whether an item has a term, one that is deleted included."""
        return any(segment.terms.holding(term) for segment, _ in self.segments)

    def _find_literal(self, phrase: str) -> Ids:
        ids = self._joined([segment.literal(phrase) for segment, _ in self.segments])
        return ids if self.count == self.size else ids[self.live[ids]]
