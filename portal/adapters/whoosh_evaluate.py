"""From a query to an answer, on one snapshot: which items, in which order, how many of each facet value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from portal.adapters.whoosh_snapshot import Ids, Mask, Snapshot
from portal.ports import FACETS, Answer, Query
from portal.text.dates import dates_in, year_alone
from portal.text.fold import folded
from portal.text.parse import Asks, Clause, parse
from portal.text.terms import atoms, is_han, required_terms

SORTS = ("relevance", "newest", "oldest")
SHORTEST_CUT = 5  # atoms; a shorter word that is nowhere is a name we do not have, not a sentence
MAX_PIECE = 12  # atoms; longer pieces of a phrase that is nowhere are not tried
MAX_TRIES = 40  # literal look-ups spent on cutting, in one query
SATURATION = 1.2  # BM25's k1; b is 0, because a long report is not a worse one
_FILLERS = frozenset("的了在于与和及是初中底末份")  # between the pieces of a phrase these may be missing

Aliases = Mapping[str, Sequence[str]]


class _Search:
    """The words of one query: what they find, which terms weigh, what is to be marked."""

    def __init__(self, snapshot: Snapshot, aliases: Aliases) -> None:
        self._snapshot, self._aliases = snapshot, aliases
        self._tries = 0
        self.weighing: dict[str, None] = {}
        self.marks: dict[str, None] = {}

    def run(self, clauses: Sequence[Clause]) -> Mask:
        """The items for which every clause about text holds."""
        found = self._snapshot.live
        for clause in clauses:
            if clause.asks is Asks.FACET:
                continue
            if clause.minus:
                found = found & ~self._without(clause)
            elif clause.asks is Asks.EXACT:
                found = found & self._phrase(clause.text)
            else:
                found = found & self._word(clause.text)
        return found

    def _without(self, clause: Clause) -> Mask:
        """What a minus takes away; it neither weighs nor is marked."""
        other = _Search(self._snapshot, self._aliases)
        if clause.asks is Asks.EXACT:
            return other._phrase(clause.text)
        return other._phrase(clause.text) | other._meaning(clause.text, cut=False)

    def _phrase(self, phrase: str) -> Mask:
        """Literally this. A phrase that is nowhere is not marked and does not weigh."""
        ids = self._snapshot.literal(phrase)
        if len(ids):
            self.weighing.update(dict.fromkeys(required_terms(phrase) or (phrase,)))
            self.marks[phrase] = None
        return self._snapshot.mask(ids)

    def _date(self, term: str) -> Mask:
        ids, _ = self._snapshot.postings(term)
        if len(ids):
            self.weighing[term] = None
            self.marks[term] = None
        return self._snapshot.mask(ids)

    def _word(self, word: str) -> Mask:
        """Literally, or by the dates and other names in it; when that is nothing, by its pieces."""
        found = self._phrase(word) | self._meaning(word, cut=True)
        return found if found.any() else self._cut(word)

    def _meaning(self, word: str, *, cut: bool) -> Mask:
        """The items that have every date and every alias of the word, and its remaining parts."""
        none = np.zeros(self._snapshot.size, np.bool_)
        if year := year_alone(word):
            return self._date(year)
        found, understood = self._snapshot.live, False
        for date in reversed(list(dates_in(word))):
            found, understood = found & self._date(date.terms[0]), True
            word = f"{word[: date.start]} {word[date.end :]}"
        for name in sorted((name for name in self._aliases if name in word), key=len, reverse=True):
            if name in word:
                found = found & np.logical_or.reduce([self._phrase(form) for form in self._aliases[name]])
                word, understood = word.replace(name, " "), True
        if not understood:
            return none
        for part in word.split():
            if part in _FILLERS or not atoms(part):
                continue
            literal = self._phrase(part)
            found = found & (literal if literal.any() or not cut else self._cut(part))
        return found

    def _cut(self, phrase: str) -> Mask:
        """A long phrase that stands nowhere: cut into pieces that stand somewhere, all of them together.

        The corpus itself is the dictionary: the longest beginning that some item has, then the longest
        of the rest that one of the same items has, and so on, back one step where that leads nowhere.
        A piece is at least two Han characters, a run of letters or a number.
        """
        pieces = atoms(phrase)
        found = self._cut_rest(pieces, self._snapshot.live) if len(pieces) >= SHORTEST_CUT else None
        if found is None:
            return np.zeros(self._snapshot.size, np.bool_)
        mask, used = found
        for piece in used:
            self._phrase(piece)
        return mask

    def _cut_rest(self, pieces: list[str], among: Mask) -> tuple[Mask, list[str]] | None:
        while pieces and pieces[0] in _FILLERS:
            pieces = pieces[1:]
        if not pieces:
            return among, []
        for masked, length in reversed(self._beginnings(pieces, among)):
            rest = self._cut_rest(pieces[length:], masked)
            if rest is not None:
                return rest[0], ["".join(pieces[:length]), *rest[1]]
        return None

    def _beginnings(self, pieces: list[str], among: Mask) -> list[tuple[Mask, int]]:
        """Every beginning of `pieces` that some item of `among` has, shortest first."""
        shortest = 2 if is_han(pieces[0]) else 1
        found: list[tuple[Mask, int]] = []
        for length in range(shortest, min(len(pieces), MAX_PIECE) + 1):
            if self._tries >= MAX_TRIES:
                break
            self._tries += 1
            masked = among & self._snapshot.mask(self._snapshot.literal("".join(pieces[:length])))
            if not masked.any():
                break
            found.append((masked, length))
        return found


def _facet_masks(snapshot: Snapshot, query: Query, clauses: Sequence[Clause]) -> dict[str, Mask]:
    """For each facet that is filtered, the items with any of the values asked for."""
    codes: dict[str, set[int]] = {}
    for facet, value in query.filters:
        values = snapshot.values[facet]
        codes.setdefault(facet, set()).update([values.index(value)] if value in values else [])
    for clause in clauses:
        if clause.asks is Asks.FACET and not clause.minus:
            codes.setdefault(clause.facet, set()).update(_codes(snapshot, clause))
    return {facet: np.isin(snapshot.codes[facet], sorted(chosen)) for facet, chosen in codes.items()}


def _codes(snapshot: Snapshot, clause: Clause) -> list[int]:
    """The values a typed filter means: the one written so, or else those that contain it."""
    values = [folded(value) for value in snapshot.values[clause.facet]]
    same = [code for code, value in enumerate(values) if value == clause.text]
    return same or [code for code, value in enumerate(values) if clause.text in value]


def _within(snapshot: Snapshot, query: Query, clauses: Sequence[Clause]) -> Mask:
    """The items within the days asked for and without the facet values taken away by a minus."""
    found = snapshot.live
    if query.dated_from is not None:
        found = found & (snapshot.dated >= query.dated_from)
    if query.dated_to is not None:
        found = found & (snapshot.dated <= query.dated_to)
    for clause in clauses:
        if clause.asks is Asks.FACET and clause.minus:
            found = found & ~np.isin(snapshot.codes[clause.facet], _codes(snapshot, clause))
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


def _all_of(found: Mask, chosen: Mapping[str, Mask]) -> Mask:
    for mask in chosen.values():
        found = found & mask
    return found


def _scores(snapshot: Snapshot, terms: Sequence[str]) -> NDArray[np.float32]:
    score = np.zeros(snapshot.size, np.float32)
    for ids, weights in map(snapshot.postings, terms):
        rarity = np.log(1 + (snapshot.count - len(ids) + 0.5) / (len(ids) + 0.5))
        score[ids] += (rarity * (SATURATION + 1)) * weights / (weights + SATURATION)
    return score


def _page(snapshot: Snapshot, query: Query, ids: Ids, weighing: Sequence[str]) -> Ids:
    """The numbers of one page, in order. One integer per item orders all: what is asked, then the newer."""
    page, size = max(query.page, 1), max(query.size, 0)
    first, last = (page - 1) * size, page * size
    if first >= len(ids) or not size:
        return ids[:0]
    if query.sort == "relevance":  # a float32 that is not negative orders like its bits
        main = _scores(snapshot, weighing)[ids].view(np.int32).astype(np.int64)
    else:
        main = snapshot.dated[ids] if query.sort == "newest" else -snapshot.dated[ids]
    order = -((main << 32) + snapshot.seq[ids])
    if len(ids) > last:
        top = np.argpartition(order, last)[:last]
        ids, order = ids[top], order[top]
    return ids[np.argsort(order, kind="stable")][first:]


def check(query: Query) -> None:
    """Raises `ValueError` for a sort or a facet that there is not."""
    if query.sort not in SORTS:
        raise ValueError(f"no such sort: {query.sort}")
    if unknown := {facet for facet, _ in query.filters} - set(FACETS):
        raise ValueError(f"no such facet: {', '.join(sorted(unknown))}")


def answer(snapshot: Snapshot, query: Query, *, aliases: Aliases) -> Answer:
    """What `SearchIndex.search` promises. aliases: folded name → folded forms, itself among them.

    The query is one that `check` has let through.
    """
    clauses = parse(query.text)
    search = _Search(snapshot, aliases)
    found = search.run(clauses) & _within(snapshot, query, clauses)
    chosen = _facet_masks(snapshot, query, clauses)
    ids = np.flatnonzero(_all_of(found, chosen)).astype(np.int32)
    page = _page(snapshot, query, ids, list(search.weighing))
    return Answer(
        items=tuple(snapshot.key(number) for number in page.tolist()),
        total=len(ids),
        facets=_counts(snapshot, found, chosen),
        marks=tuple(search.marks),
    )
