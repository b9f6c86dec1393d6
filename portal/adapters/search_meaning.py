"""What a query means and how hits are ranked: the part of searching that every engine shares.

An engine only has to say which items hold a phrase or a term, and to combine such sets; what a word finds,
when it is cut into pieces, what is marked and what weighs how much is decided here, so that two engines
give the same answers by construction.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from portal.ports import FACETS, Query
from portal.text.dates import dates_in, year_alone
from portal.text.fold import folded
from portal.text.parse import Asks, Clause
from portal.text.terms import atoms, is_han, required_terms

SORTS = ("relevance", "newest", "oldest", "entered")
DAYS = "dated"  # beside the facets: what narrows by days, and is left out where months are counted
TITLE_WEIGHT = 3  # a term in the title counts so often
SHORTEST_CUT = 5  # atoms; a shorter word that is nowhere is a name we do not have, not a sentence
MAX_PIECE = 12  # atoms; longer pieces of a phrase that is nowhere are not tried
MAX_TRIES = 40  # literal look-ups spent on cutting, in one query
SATURATION = 1.2  # BM25's k1; b is 0, because a long report is not a worse one
SCALE = 1000  # ranks are whole thousandths, see `gain`
_FILLERS = frozenset("的了在于与和及是初中底末份")  # between the pieces of a phrase these may be missing

Aliases = Mapping[str, Sequence[str]]
Found = TypeVar("Found")


class Engine(Protocol[Found]):
    """Sets of items, as an engine finds and combines them."""

    everything: Found
    nothing: Found

    def phrase(self, phrase: str) -> Found:
        """The items whose folded title or body contains the folded phrase as it stands."""

    def term(self, term: str) -> Found:
        """The items that have a term."""

    def both(self, one: Found, other: Found) -> Found:
        """The items of both."""

    def either(self, one: Found, other: Found) -> Found:
        """The items of at least one of them."""

    def without(self, found: Found, other: Found) -> Found:
        """The items of `found` that are not in `other`."""

    def any(self, found: Found) -> bool:
        """Whether there is an item in it."""

    def expect(self, phrases: Sequence[str], *, among: Found) -> None:
        """The next questions may be whether these phrases are anywhere among these items."""


def check(query: Query) -> None:
    """Raises `ValueError` for a sort or a facet that there is not."""
    if query.sort not in SORTS:
        raise ValueError(f"no such sort: {query.sort}")
    if unknown := {facet for facet, _ in query.filters} - set(FACETS):
        raise ValueError(f"no such facet: {', '.join(sorted(unknown))}")


def folded_aliases(aliases: Mapping[str, Sequence[str]] | None) -> dict[str, tuple[str, ...]]:
    """Folded name → folded forms, itself among them."""
    return {
        folded(name): tuple(dict.fromkeys([folded(name), *map(folded, forms)]))
        for name, forms in (aliases or {}).items()
    }


def gain(items: int, holding: int) -> float:
    """What a term that `holding` of `items` have adds to a rank: rint(gain * n / (n + SATURATION)) for an
    item that has it n times.

    Whole numbers, because sums of them are the same in every order and on every engine; rounded to single
    precision, because that is how OpenSearch passes a weight on. 350 terms of any query stay below 2**24,
    up to which single precision counts exactly.
    """
    rarity = math.log(1 + (items - holding + 0.5) / (holding + 0.5))
    return float(struct.unpack("f", struct.pack("f", rarity * (SATURATION + 1) * SCALE))[0])


def meant(values: Iterable[str], clause: Clause) -> list[str]:
    """The facet values a typed filter means: the one written so, or else those that contain it."""
    forms = {value: folded(value) for value in values}
    same = [value for value, form in forms.items() if form == clause.text]
    return same or [value for value, form in forms.items() if clause.text in form]


class Meaning(Generic[Found]):
    """The words of one query: what they find, which terms weigh, what is to be marked."""

    def __init__(self, engine: Engine[Found], aliases: Aliases) -> None:
        """aliases: folded name → folded forms, itself among them."""
        self._engine, self._aliases = engine, aliases
        self._tries = 0
        self.weighing: dict[str, None] = {}
        self.marks: dict[str, None] = {}

    def run(self, clauses: Sequence[Clause]) -> Found:
        """The items for which every clause about text holds."""
        engine = self._engine
        found = engine.everything
        for clause in clauses:
            if clause.asks is Asks.FACET:
                continue
            if clause.minus:
                found = engine.without(found, self._without(clause))
            elif clause.asks is Asks.EXACT:
                found = engine.both(found, self._phrase(clause.text))
            else:
                found = engine.both(found, self._word(clause.text))
        return found

    def _without(self, clause: Clause) -> Found:
        """What a minus takes away; it neither weighs nor is marked."""
        other = Meaning(self._engine, self._aliases)
        if clause.asks is Asks.EXACT:
            return other._phrase(clause.text)
        return self._engine.either(other._phrase(clause.text), other._meaning(clause.text, cut=False))

    def _phrase(self, phrase: str) -> Found:
        """Literally this. A phrase that is nowhere is not marked and does not weigh."""
        found = self._engine.phrase(phrase)
        if not self._engine.any(found):
            return self._engine.nothing
        self.weighing.update(dict.fromkeys(required_terms(phrase) or (phrase,)))
        self.marks[phrase] = None
        return found

    def _date(self, term: str) -> Found:
        found = self._engine.term(term)
        if not self._engine.any(found):
            return self._engine.nothing
        self.weighing[term] = None
        self.marks[term] = None
        return found

    def _word(self, word: str) -> Found:
        """Literally, or by the dates and other names in it; when that is nothing, by its pieces."""
        found = self._engine.either(self._phrase(word), self._meaning(word, cut=True))
        return found if self._engine.any(found) else self._cut(word)

    def _meaning(self, word: str, *, cut: bool) -> Found:
        """The items that have every date and every alias of the word, and its remaining parts."""
        engine = self._engine
        if year := year_alone(word):
            return self._date(year)
        found, understood = engine.everything, False
        for date in reversed(list(dates_in(word))):
            found, understood = engine.both(found, self._date(date.terms[0])), True
            word = f"{word[: date.start]} {word[date.end :]}"
        for name in sorted((name for name in self._aliases if name in word), key=len, reverse=True):
            if name in word:
                forms = functools.reduce(engine.either, map(self._phrase, self._aliases[name]))
                found, understood = engine.both(found, forms), True
                word = word.replace(name, " ")
        if not understood:
            return engine.nothing
        for part in word.split():
            if part in _FILLERS or not atoms(part):
                continue
            literal = self._phrase(part)
            found = engine.both(found, literal if engine.any(literal) or not cut else self._cut(part))
        return found

    def _cut(self, phrase: str) -> Found:
        """A long phrase that stands nowhere: cut into pieces that stand somewhere, all of them together.

        The corpus itself is the dictionary: the longest beginning that some item has, then the longest
        of the rest that one of the same items has, and so on, back one step where that leads nowhere.
        A piece is at least two Han characters, a run of letters or a number.
        """
        pieces = atoms(phrase)
        found = self._cut_rest(pieces, self._engine.everything) if len(pieces) >= SHORTEST_CUT else None
        if found is None:
            return self._engine.nothing
        items, used = found
        for piece in used:
            self._phrase(piece)
        return items

    def _cut_rest(self, pieces: list[str], among: Found) -> tuple[Found, list[str]] | None:
        while pieces and pieces[0] in _FILLERS:
            pieces = pieces[1:]
        if not pieces:
            return among, []
        for found, length in reversed(self._beginnings(pieces, among)):
            rest = self._cut_rest(pieces[length:], found)
            if rest is not None:
                return rest[0], ["".join(pieces[:length]), *rest[1]]
        return None

    def _beginnings(self, pieces: list[str], among: Found) -> list[tuple[Found, int]]:
        """Every beginning of `pieces` that some item of `among` has, shortest first."""
        shortest = 2 if is_han(pieces[0]) else 1
        lengths = range(shortest, min(len(pieces), MAX_PIECE) + 1)[: max(MAX_TRIES - self._tries, 0)]
        self._engine.expect(["".join(pieces[:length]) for length in lengths], among=among)
        beginnings: list[tuple[Found, int]] = []
        for length in lengths:
            self._tries += 1
            found = self._engine.both(among, self._engine.phrase("".join(pieces[:length])))
            if not self._engine.any(found):
                break
            beginnings.append((found, length))
        return beginnings
