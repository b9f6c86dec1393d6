"""From a query to an answer, on one snapshot: which items, in which order, how many of each facet value."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from portal.adapters.index_segment import Ids, Mask, Places, Weights
from portal.adapters.index_snapshot import Snapshot
from portal.adapters.search_meaning import Meaning
from portal.adapters.search_ranking import SATURATION, bonuses, gain
from portal.adapters.search_words import DAYS, meant
from portal.ports import FACETS, Answer, Query
from portal.text.parse import Asks, Clause, parse
from portal.text.terms import required_terms

TOGETHER = 32  # numbers of which the greatest is taken
LEAST = np.int32(-(2**31))  # below every rank and every day


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
    masks = {facet: snapshot.having(facet, chosen) for facet, chosen in codes.items()}
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
            found = found & ~snapshot.having(clause.facet, _codes(snapshot, clause, query))
    return found


def _counted(snapshot: Snapshot, found: Mask, chosen: Mapping[str, Mask], whole: Mask) -> dict[str, Places]:
    """How many items have each value of each facet, and how many each month. One that is filtered is counted
    without its own filter. whole: the items that pass all filters."""
    numbers = snapshot.counting.count(whole, [name for name in (*FACETS, DAYS) if name not in chosen])
    for name in chosen:
        others = {other: mask for other, mask in chosen.items() if other != name}
        numbers |= snapshot.counting.count(_all_of(found, others), [name])
    return numbers


def _facets(snapshot: Snapshot, numbers: Mapping[str, NDArray[np.intp]]) -> dict[str, dict[str, int]]:
    """How many items have each value, most first; of as many, in the order of the values."""
    counts = {}
    for facet in FACETS:
        names, many = snapshot.values[facet], numbers[facet].tolist()
        held = [place for place in range(1, len(names)) if many[place]]  # 0 is none
        held.sort(key=many.__getitem__, reverse=True)
        counts[facet] = {names[place]: many[place] for place in held}
    return counts


def _months(snapshot: Snapshot, numbers: NDArray[np.intp]) -> dict[int, int]:
    """How many items each month has, whatever days were asked for."""
    return {month: number for month, number in zip(snapshot.months, numbers.tolist(), strict=True) if number}


def _all_of(found: Mask, chosen: Mapping[str, Mask]) -> Mask:
    for mask in chosen.values():
        found = found & mask
    return found


def _ranks(
    snapshot: Snapshot, terms: Iterable[str], added: Iterable[tuple[Mask, int]]
) -> NDArray[np.int32] | None:
    """The rank of every item, in whole numbers (see `gain`); None when all have the same."""

    def saturated(holding: int, weights: Weights) -> NDArray[np.int32]:
        times = np.arange(int(weights.max(initial=0)) + 1, dtype=np.float64)
        worth = np.rint(gain(snapshot.count, holding) * times / (times + SATURATION))
        return worth.astype(np.int32)[weights]

    ranks: NDArray[np.int32] | None = None
    for term in terms:
        worth = snapshot.worth_of(term, saturated)
        ranks = worth if ranks is None else ranks + worth
    for found, more in added:
        worth = found * np.int32(more)
        ranks = worth if ranks is None else ranks + worth
    return ranks


def _page(snapshot: Snapshot, query: Query, found: Mask, total: int, meaning: Meaning[Mask]) -> Places:
    """The numbers of one page, in order: by what is asked, then the newer."""
    page, size = max(query.page, 1), max(query.size, 0)
    first, last = (page - 1) * size, page * size
    if first >= total or not size:
        return np.zeros(0, np.intp)
    main = _main(snapshot, query, meaning)
    ids = _foremost(snapshot, found, main, min(last, total), total)
    order = np.lexsort((-snapshot.seq[ids], -main[ids].astype(np.int64)))
    return ids[order][first:]


def nth_greatest(numbers: Ids, nth: int) -> int:
    """Of at least so many numbers the one that stands there when the greatest is first. Most are never put in order:
    the greatest of every few bound it from below, and of what lies above that bound there is little."""
    if len(numbers) >= nth * TOGETHER:
        whole = numbers[len(numbers) % TOGETHER :].reshape(TOGETHER, -1).max(axis=0)
        bound = np.partition(whole, len(whole) - nth)[len(whole) - nth]
        above = numbers[numbers > bound]
        if len(above) < nth:
            return int(bound)
        numbers = above
    return int(np.partition(numbers, len(numbers) - nth)[len(numbers) - nth])


def _foremost(snapshot: Snapshot, found: Mask, main: Ids, many: int, total: int) -> Places:
    """So many of the items found that come before all others, in any order."""
    if total * 8 < snapshot.size or total == many:  # few: each is looked at by its number
        ids = np.flatnonzero(found)
        if total == many:
            return ids
        held = main[ids]
        least = nth_greatest(held, many)
        before = ids[held > least]
        equal = snapshot.newest_of(ids[held == least], many - len(before))
    else:
        held = np.where(found, main, LEAST)
        least = nth_greatest(held, many)
        before = np.flatnonzero(held > least)
        equal = snapshot.newest_among(held == least, many - len(before))
    return np.concatenate([before, equal])


def _main(snapshot: Snapshot, query: Query, meaning: Meaning[Mask]) -> NDArray[np.int32]:
    """What orders the items: the greater, the earlier."""
    ranks: NDArray[np.int32] | None = None
    if query.sort == "relevance":
        added = bonuses(_Masks(snapshot), meaning, query) if meaning.weighing else ()
        ranks = _ranks(snapshot, meaning.weighing, added)
    elif query.sort != "entered":
        ranks = snapshot.dated if query.sort == "newest" else -snapshot.dated
    return snapshot.even if ranks is None else ranks


def answer(snapshot: Snapshot, query: Query) -> Answer:
    """What `SearchIndex.search` promises. The query is one that `check` has let through."""
    clauses = parse(query.text)
    meaning = Meaning(_Masks(snapshot), query.names, today=query.today)
    found = meaning.run(clauses) & _within(snapshot, query, clauses)
    chosen = _chosen(snapshot, query, clauses)
    whole = _all_of(found, chosen)
    total = int(np.count_nonzero(whole))
    numbers = _counted(snapshot, found, chosen, whole)
    page = _page(snapshot, query, whole, total, meaning)
    return Answer(
        items=tuple(snapshot.key(number) for number in page.tolist()),
        total=total,
        facets=_facets(snapshot, numbers),
        months=_months(snapshot, numbers[DAYS]),
        marks=tuple(meaning.marks),
        understood=tuple(meaning.understood),
        nearest=() if total else tuple(meaning.nearest),
    )
