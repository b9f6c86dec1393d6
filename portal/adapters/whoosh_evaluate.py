"""From a query to an answer, on one snapshot: which items, in which order, how many of each facet value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from portal.adapters.search_meaning import Meaning
from portal.adapters.search_ranking import SATURATION, bonuses, gain
from portal.adapters.search_words import DAYS, meant
from portal.adapters.whoosh_segment import Ids, Mask
from portal.adapters.whoosh_snapshot import Snapshot
from portal.ports import FACETS, Answer, Query
from portal.text.parse import Asks, Clause, parse


class _Masks:
    """A snapshot as an engine of the shared meaning: sets of items are masks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.everything: Mask = snapshot.live
        self.nothing: Mask = np.zeros(snapshot.size, np.bool_)

    def phrase(self, phrase: str) -> Mask:
        return self._snapshot.mask(self._snapshot.literal(phrase))

    def term(self, term: str) -> Mask:
        return self._snapshot.mask(self._snapshot.postings(term)[0])

    def terms(self, terms: Sequence[str]) -> Mask:
        found = self.nothing
        for term in terms:
            found = found | self.term(term)
        return found

    def dated(self, first: int, last: int) -> Mask:
        return self._snapshot.live & (self._snapshot.dated >= first) & (self._snapshot.dated <= last)

    def worth(self, low: int, high: int) -> Mask:
        return self._snapshot.mask(self._snapshot.worth(low, high))

    def both(self, one: Mask, other: Mask) -> Mask:
        return one & other

    def either(self, one: Mask, other: Mask) -> Mask:
        return one | other

    def without(self, found: Mask, other: Mask) -> Mask:
        return found & ~other

    def any(self, found: Mask) -> bool:
        return bool(found.any())

    def expect(self, phrases: Sequence[str], *, among: Mask) -> None:
        """Nothing to prepare: asking costs a memory access."""


def _chosen(snapshot: Snapshot, query: Query, clauses: Sequence[Clause]) -> dict[str, Mask]:
    """For each facet that is filtered, the items with any of the values asked for; and those of the days."""
    codes: dict[str, set[int]] = {}
    for facet, value in query.filters:
        values = snapshot.values[facet]
        codes.setdefault(facet, set()).update([values.index(value)] if value in values else [])
    for clause in clauses:
        if clause.asks is Asks.FACET and not clause.minus:
            codes.setdefault(clause.facet, set()).update(_codes(snapshot, clause, query))
    masks = {facet: np.isin(snapshot.codes[facet], sorted(chosen)) for facet, chosen in codes.items()}
    if query.dated_from is not None or query.dated_to is not None:
        masks[DAYS] = _of_days(snapshot, query)
    return masks


def _of_days(snapshot: Snapshot, query: Query) -> Mask:
    found = snapshot.live
    if query.dated_from is not None:
        found = found & (snapshot.dated >= query.dated_from)
    if query.dated_to is not None:
        found = found & (snapshot.dated <= query.dated_to)
    return found


def _codes(snapshot: Snapshot, clause: Clause, query: Query) -> list[int]:
    values = snapshot.values[clause.facet]
    return [values.index(value) for value in meant(values, clause, query)]


def _within(snapshot: Snapshot, query: Query, clauses: Sequence[Clause]) -> Mask:
    """The items of the entries asked for, without the facet values taken away by a minus."""
    found = snapshot.live
    if query.after is not None:
        found = found & (snapshot.seq > query.after)
    if query.until is not None:
        found = found & (snapshot.seq <= query.until)
    for clause in clauses:
        if clause.asks is Asks.FACET and clause.minus:
            found = found & ~np.isin(snapshot.codes[clause.facet], _codes(snapshot, clause, query))
    return found


def _counts(snapshot: Snapshot, found: Mask, chosen: Mapping[str, Mask]) -> dict[str, dict[str, int]]:
    """How many items have each value, most first; a filtered facet is counted without its own filter."""
    everything = _all_of(found, chosen)
    counts = {}
    for facet in FACETS:
        others = {name: mask for name, mask in chosen.items() if name != facet}
        ids = np.flatnonzero(_all_of(found, others) if facet in chosen else everything)
        names = snapshot.values[facet]
        numbers = np.bincount(snapshot.codes[facet][ids], minlength=len(names)).tolist()
        pairs = [(names[code], number) for code, number in enumerate(numbers) if code and number]
        counts[facet] = dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
    return counts


def _months(snapshot: Snapshot, found: Mask, chosen: Mapping[str, Mask]) -> dict[int, int]:
    """How many items each month has, whatever days were asked for."""
    ids = np.flatnonzero(_all_of(found, {name: mask for name, mask in chosen.items() if name != DAYS}))
    numbers = np.bincount(snapshot.month_codes[ids], minlength=len(snapshot.months)).tolist()
    return {month: number for month, number in zip(snapshot.months.tolist(), numbers, strict=True) if number}


def _all_of(found: Mask, chosen: Mapping[str, Mask]) -> Mask:
    for mask in chosen.values():
        found = found & mask
    return found


def _ranks(snapshot: Snapshot, terms: Iterable[str], added: Iterable[tuple[Mask, int]]) -> NDArray[np.int32]:
    """The rank of every item, in whole numbers (see `gain`)."""
    ranks = np.zeros(snapshot.size, np.int32)
    for ids, weights in map(snapshot.postings, terms):
        times = weights.astype(np.float64)
        worth = gain(snapshot.count, len(ids)) * times / (times + SATURATION)
        ranks[ids] += np.rint(worth).astype(np.int32)
    for found, more in added:
        ranks += found * np.int32(more)
    return ranks


def _page(snapshot: Snapshot, query: Query, ids: Ids, meaning: Meaning[Mask]) -> Ids:
    """The numbers of one page, in order. One integer per item orders all: what is asked, then the newer."""
    page, size = max(query.page, 1), max(query.size, 0)
    first, last = (page - 1) * size, page * size
    if first >= len(ids) or not size:
        return ids[:0]
    if query.sort == "relevance":
        added = bonuses(_Masks(snapshot), meaning, query) if meaning.weighing else ()
        main = _ranks(snapshot, meaning.weighing, added)[ids].astype(np.int64)
    elif query.sort == "entered":
        main = np.zeros(len(ids), np.int64)
    else:
        main = snapshot.dated[ids] if query.sort == "newest" else -snapshot.dated[ids]
    order = -((main << 32) + snapshot.seq[ids])
    if len(ids) > last:
        top = np.argpartition(order, last)[:last]
        ids, order = ids[top], order[top]
    return ids[np.argsort(order, kind="stable")][first:]


def answer(snapshot: Snapshot, query: Query) -> Answer:
    """What `SearchIndex.search` promises. The query is one that `check` has let through."""
    clauses = parse(query.text)
    meaning = Meaning(_Masks(snapshot), query.names, today=query.today)
    found = meaning.run(clauses) & _within(snapshot, query, clauses)
    chosen = _chosen(snapshot, query, clauses)
    ids = np.flatnonzero(_all_of(found, chosen)).astype(np.int32)
    page = _page(snapshot, query, ids, meaning)
    return Answer(
        items=tuple(snapshot.key(number) for number in page.tolist()),
        total=len(ids),
        facets=_counts(snapshot, found, chosen),
        months=_months(snapshot, found, chosen),
        marks=tuple(meaning.marks),
        understood=tuple(meaning.understood),
    )
