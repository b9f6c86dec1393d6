"""From a query to an answer, on one snapshot: which items, in which order, how many of each facet value."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from portal.adapters.search_meaning import Meaning
from portal.adapters.search_ranking import SATURATION, bonuses, gain
from portal.adapters.search_words import DAYS, meant
from portal.adapters.whoosh_segment import Mask, Places, Weights
from portal.adapters.whoosh_snapshot import Snapshot
from portal.ports import FACETS, Answer, Query
from portal.text.parse import Asks, Clause, parse
from portal.text.terms import required_terms


class _Masks:
    """A snapshot as an engine of the shared meaning: sets of items are masks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.everything: Mask = snapshot.live
        self.nothing: Mask = np.zeros(snapshot.size, np.bool_)

    def phrase(self, phrase: str) -> Mask:
        return self._snapshot.holding(phrase)

    def term(self, term: str) -> Mask:
        return self._snapshot.mask(self._snapshot.postings(term)[0])

    def terms(self, terms: Sequence[str]) -> Mask:
        found = self.nothing
        for term in terms:
            found = found | self.term(term)
        return found

    def dated(self, first: int, last: int) -> Mask:
        return self._snapshot.of_days(first, last)

    def worth(self, low: int, high: int) -> Mask:
        return self._snapshot.worth(low, high)

    def both(self, one: Mask, other: Mask) -> Mask:
        return one & other

    def either(self, one: Mask, other: Mask) -> Mask:
        return one | other

    def without(self, found: Mask, other: Mask) -> Mask:
        return found & ~other

    def any(self, found: Mask) -> bool:
        return bool(found.any())

    def counts(self, phrases: Sequence[str]) -> list[int]:
        known = self._snapshot.literal
        stands = functools.cache(self._snapshot.stands)
        return [len(known(phrase)) if all(map(stands, required_terms(phrase))) else 0 for phrase in phrases]

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


def _counted(
    snapshot: Snapshot, found: Mask, chosen: Mapping[str, Mask], ids: Places
) -> dict[str, NDArray[np.intp]]:
    """How many items have each value of each facet, and how many each month. One that is filtered is counted
    without its own filter. ids: of the items that pass all filters."""
    numbers = snapshot.counting.count(ids, [name for name in (*FACETS, DAYS) if name not in chosen])
    for name in chosen:
        others = {other: mask for other, mask in chosen.items() if other != name}
        numbers |= snapshot.counting.count(np.flatnonzero(_all_of(found, others)), [name])
    return numbers


def _facets(snapshot: Snapshot, numbers: Mapping[str, NDArray[np.intp]]) -> dict[str, dict[str, int]]:
    """How many items have each value, most first."""
    counts = {}
    for facet in FACETS:
        pairs = [
            (name, number)
            for name, number in zip(snapshot.values[facet], numbers[facet].tolist(), strict=True)
        ]
        counts[facet] = dict(
            sorted(((n, c) for n, c in pairs if n and c), key=lambda pair: (-pair[1], pair[0]))
        )
    return counts


def _months(snapshot: Snapshot, numbers: NDArray[np.intp]) -> dict[int, int]:
    """How many items each month has, whatever days were asked for."""
    return {month: number for month, number in zip(snapshot.months, numbers.tolist(), strict=True) if number}


def _all_of(found: Mask, chosen: Mapping[str, Mask]) -> Mask:
    for mask in chosen.values():
        found = found & mask
    return found


def _ranks(snapshot: Snapshot, terms: Iterable[str], added: Iterable[tuple[Mask, int]]) -> NDArray[np.int32]:
    """The rank of every item, in whole numbers (see `gain`)."""

    def saturated(holding: int, weights: Weights) -> NDArray[np.int32]:
        times = weights.astype(np.float64)
        worth = gain(snapshot.count, holding) * times / (times + SATURATION)
        return np.rint(worth).astype(np.int32)

    ranks = np.zeros(snapshot.size, np.int32)
    for term in terms:
        ranks += snapshot.worth_of(term, saturated)
    for found, more in added:
        ranks += found * np.int32(more)
    return ranks


def _page(snapshot: Snapshot, query: Query, ids: Places, meaning: Meaning[Mask]) -> Places:
    """The numbers of one page, in order: by what is asked, then the newer."""
    page, size = max(query.page, 1), max(query.size, 0)
    first, last = (page - 1) * size, page * size
    if first >= len(ids) or not size:
        return ids[:0]
    main = _main(snapshot, query, ids, meaning)
    if len(ids) > last:  # one integer per item orders all, but most items are out before that
        least = np.partition(main, len(main) - last)[len(main) - last]
        near = np.flatnonzero(main >= least)
        ids, main = ids[near], main[near]
    order = -((main.astype(np.int64) << 32) + snapshot.seq[ids])
    if len(ids) > last:
        top = np.argpartition(order, last)[:last]
        ids, order = ids[top], order[top]
    return ids[np.argsort(order, kind="stable")][first:]


def _main(snapshot: Snapshot, query: Query, ids: Places, meaning: Meaning[Mask]) -> NDArray[np.int32]:
    """What orders these items: the greater, the earlier."""
    if query.sort == "relevance":
        added = bonuses(_Masks(snapshot), meaning, query) if meaning.weighing else ()
        return _ranks(snapshot, meaning.weighing, added)[ids]
    if query.sort == "entered":
        return np.zeros(len(ids), np.int32)
    days = snapshot.dated[ids].astype(np.int32)
    return days if query.sort == "newest" else -days


def answer(snapshot: Snapshot, query: Query) -> Answer:
    """What `SearchIndex.search` promises. The query is one that `check` has let through."""
    clauses = parse(query.text)
    meaning = Meaning(_Masks(snapshot), query.names, today=query.today)
    found = meaning.run(clauses) & _within(snapshot, query, clauses)
    chosen = _chosen(snapshot, query, clauses)
    ids = np.flatnonzero(_all_of(found, chosen))
    numbers = _counted(snapshot, found, chosen, ids)
    page = _page(snapshot, query, ids, meaning)
    return Answer(
        items=tuple(snapshot.key(number) for number in page.tolist()),
        total=len(ids),
        facets=_facets(snapshot, numbers),
        months=_months(snapshot, numbers[DAYS]),
        marks=tuple(meaning.marks),
        understood=tuple(meaning.understood),
        nearest=() if len(ids) else tuple(meaning.nearest),
    )
