"""One committed generation of the Whoosh index: its segments, and which of their items live.

Whoosh only stores: which items hold which term, and columns of values. Everything asked of it is
answered with numpy, because its own matchers go posting by posting in Python. A snapshot never changes
and may be used by any number of threads; when it is dropped its memory maps close by themselves.
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.adapters.search_words import DAYS
from portal.adapters.whoosh_counting import Counting
from portal.adapters.whoosh_segment import Ids, Kept, Mask, Segment, Weights, bytes_of
from portal.ports import FACETS

with warnings.catch_warnings():
    # Whoosh 2.7.4 is from 2016: compiling it warns of escapes, and where warnings are errors would fail.
    warnings.simplefilter("ignore")
    from whoosh import columns, fields, formats

FORMAT = 3  # raise it when terms or folding change: an index of another format counts as damaged
POSITION_KEY = "\x1fposition"  # the item key of the document that keeps the position; no item is called so
CACHE_BYTES = 24 * 2**20  # answers kept per snapshot, and as many per segment, so that a commit forgets few

Stamp = tuple[str, int, int, int]  # of a segment's file: name, inode, bytes, time of change


class Terms(fields.KEYWORD):  # type: ignore[misc]
    """A field whose value is a ready list of terms; keeps how often each occurs and no positions."""

    def __init__(self) -> None:
        # Not scorable would be one stat() per posting while committing (the length column is absent).
        super().__init__(scorable=True)
        self.format = formats.Existence()

    def index(self, value: Sequence[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What Whoosh is to store: (term, frequency, weight, no value)."""
        return ((term.encode(), times, float(times), b"") for term, times in Counter(value).items())


SCHEMA = fields.Schema(
    item=fields.ID(),
    terms=Terms(),
    key=fields.COLUMN(columns.VarBytesColumn()),
    text=fields.COLUMN(columns.VarBytesColumn()),
    dated=fields.COLUMN(columns.NumericColumn("q")),
    seq=fields.COLUMN(columns.NumericColumn("q")),
    facets=fields.COLUMN(columns.VarBytesColumn()),
    sums=fields.COLUMN(columns.VarBytesColumn()),  # of money, in fen, eight bytes each
)


class Damaged(Exception):
    """The index on disk cannot be read as one of ours."""


def read_position(reader: Any) -> tuple[int, int]:
    """The position an open Whoosh reader stands at, and the number of the document that keeps it.

    (-1, number of documents) when there are none. Raises `Damaged` for an index of another format.
    """
    if ("item", POSITION_KEY) not in reader:
        if reader.doc_count():
            raise Damaged("items without a position")
        return -1, reader.doc_count_all()
    numbers = list(reader.postings("item", POSITION_KEY).all_ids())
    if len(numbers) != 1 or reader.column_reader("dated")[numbers[0]] != FORMAT:
        raise Damaged("written in another format")
    return int(reader.column_reader("seq")[numbers[0]]), int(numbers[0])


class Snapshot:
    """Items are numbered from 0 over all segments; a mask says for each number whether it is meant."""

    def __init__(self, reader: Any, stamps: Sequence[Stamp] = (), *, before: Snapshot | None = None) -> None:
        """Take over an open Whoosh reader. Raises `Damaged` when it holds items of another format.

        stamps: of its segments, in their order. before: an earlier snapshot, whose segments are taken over
        where they are still the same files.
        """
        self.position, number = read_position(reader)
        self.size: int = reader.doc_count_all()
        leaves = list(reader.leaf_readers()) if self.size else []
        self.live = _undeleted(leaves, self.size)
        self.live[number:][:1] = False  # the document of the position is no item
        self.count = int(self.live.sum())
        self.stamps: tuple[Stamp, ...] = tuple(stamps) if len(stamps) == len(leaves) else ()
        known = dict(zip(before.stamps, before.segments, strict=True)) if before and before.stamps else {}
        self.segments: list[tuple[Segment, int]] = []
        for place, (leaf, base) in enumerate(leaves):
            same = known.get(self.stamps[place]) if self.stamps else None
            if same is not None:
                leaf.close()
            self.segments.append((same[0] if same else Segment(leaf, cache_bytes=CACHE_BYTES), base))
        self._postings: Kept[tuple[Ids, Weights]] = Kept(CACHE_BYTES, bytes_of)
        self._literal: Kept[Ids] = Kept(CACHE_BYTES // 4, bytes_of)
        self._holding: Kept[Mask] = Kept(CACHE_BYTES // 4, bytes_of)
        self._bases = [base for _, base in self.segments]
        none = [np.zeros(0, np.int64)]
        self.dated = np.concatenate([*none, *(segment.dated for segment, _ in self.segments)])
        self.seq = np.concatenate([*none, *(segment.seq for segment, _ in self.segments)])
        self._within: Kept[Mask] = Kept(CACHE_BYTES // 16, bytes_of)
        self._worth: Kept[NDArray[np.int32]] = Kept(CACHE_BYTES // 2, bytes_of)
        self.values: dict[str, list[str]] = {}
        self.codes: dict[str, Ids] = {}
        for facet in FACETS:
            self._number_facet(facet)
        self._number_months()

    def _number_facet(self, facet: str) -> None:
        """Number the values of a facet from 1 in their order; 0 is an item that has none."""
        alive: set[str] = set()
        for segment, base in self.segments:
            lives = self.live[base : base + segment.size]
            held = np.flatnonzero(np.bincount(segment.codes[facet][lives]))
            alive.update(segment.values[facet][code] for code in held.tolist())
        names = ["", *sorted(alive - {""})]
        code = {name: number for number, name in enumerate(names)}
        self.values[facet] = names
        self.codes[facet] = np.zeros(self.size, np.int32)
        for segment, base in self.segments:
            across = np.array([code.get(value, 0) for value in segment.values[facet]], np.int32)
            self.codes[facet][base : base + segment.size] = across[segment.codes[facet]]

    def _number_months(self) -> None:
        """Number the months there are, yyyymm, in their order."""
        self.months: list[int] = sorted(
            {month for segment, _ in self.segments for month in segment.months.tolist()}
        )
        self.month_codes = np.zeros(self.size, np.int32)
        for segment, base in self.segments:
            across = np.searchsorted(self.months, segment.months).astype(np.int32)
            self.month_codes[base : base + segment.size] = across[segment.month_codes]

    @cached_property
    def counting(self) -> Counting:
        """Counts of facets and, as `DAYS`, of months."""
        sizes = {facet: len(values) for facet, values in self.values.items()} | {DAYS: len(self.months)}
        return Counting({**self.codes, DAYS: self.month_codes}, sizes)

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
        weights = np.concatenate([np.zeros(0, np.float32), *(part for (_, part), _ in found)])
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
        return any(segment.holds(term) for segment, _ in self.segments)

    def _find_literal(self, phrase: str) -> Ids:
        ids = self._joined([segment.literal(phrase) for segment, _ in self.segments])
        return ids[self.live[ids]]


def _undeleted(leaves: Sequence[tuple[Any, int]], size: int) -> Mask:
    live = np.ones(size, np.bool_)
    for leaf, base in leaves:
        if leaf.has_deletions():
            live[[base + n for n in range(leaf.doc_count_all()) if leaf.is_deleted(n)]] = False
    return live
