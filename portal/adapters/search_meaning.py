"""What a query means and how hits are ranked: the part of searching that every engine shares.

An engine only has to say which items hold a phrase or a term, and to combine such sets; what a word finds,
when it is cut into pieces, what is marked and what weighs how much is decided here, so that two engines
give the same answers by construction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from portal.adapters.search_words import AROUND, dated, parts_by_script, runs, without_asking
from portal.ports import Understood
from portal.text.dates import year_alone
from portal.text.measures import found_in
from portal.text.names import Names
from portal.text.parse import Asks, Clause
from portal.text.pinyin import cuts
from portal.text.spans import Span, spans_in
from portal.text.terms import atoms, is_han, required_terms

SHORTEST_CUT = 5  # atoms; a shorter word that is nowhere is a name we do not have, not a sentence
MAX_PIECE = 12  # atoms; longer pieces of a phrase that is nowhere are not tried
MAX_TRIES = 40  # literal look-ups spent on cutting, in one query
_FILLERS = frozenset("的了在于与和及是初中底末份")  # between the pieces of a phrase these may be missing

Found = TypeVar("Found")


class Engine(Protocol[Found]):
    """Sets of items, as an engine finds and combines them."""

    everything: Found
    nothing: Found

    def phrase(self, phrase: str) -> Found:
        """The items whose folded title or body contains the folded phrase as it stands."""

    def term(self, term: str) -> Found:
        """The items that have a term."""

    def terms(self, terms: Sequence[str]) -> Found:
        """The items that have any of these terms."""

    def dated(self, first: int, last: int) -> Found:
        """The items of these days, both included, yyyymmdd."""

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


class Meaning(Generic[Found]):
    """The words of one query: what they find, which terms weigh, what is to be marked, what was understood."""

    def __init__(self, engine: Engine[Found], names: Names, *, today: int | None = None) -> None:
        self._engine, self._names, self._today = engine, names, today
        self._tries = 0
        self.words: list[str] = []  # asked for one after the other, as understood
        self.weighing: dict[str, None] = {}
        self.marks: dict[str, None] = {}
        self.understood: dict[Understood, None] = {}

    def run(self, clauses: Sequence[Clause]) -> Found:
        """The items for which every clause about text holds."""
        engine = self._engine
        found = engine.everything
        for clause in self._written_together(clauses):
            if clause.asks is Asks.FACET:
                continue
            if clause.minus:
                found = engine.without(found, self._without(clause))
            elif clause.asks is Asks.EXACT:
                found = engine.both(found, self._phrase(clause.text))
            else:
                self.words.append(clause.text)
                found = engine.both(found, self._word(clause.text))
        return found

    def _written_together(self, clauses: Sequence[Clause]) -> list[Clause]:
        """The clauses, with what was typed apart but stands together made one: 城 东, cheng dong."""
        done: list[Clause] = []
        for run in runs(clauses):
            joined = self._joined([clause.text for clause in run]) if len(run) > 1 else ""
            if joined:
                self._understand("".join(f"{clause.text} " for clause in run).strip(), [joined], "joined")
            done += [Clause(Asks.WORD, joined)] if joined else run
        return done

    def _joined(self, words: list[str]) -> str:
        """Words of which one is a single character or syllable, as one; "" when that stands nowhere."""
        together = "".join(words)
        if all(word.isascii() for word in words):
            syllables = all(map(self._names.is_pinyin, words))
            return together if syllables and self._names.spoken(together) else ""
        if any(len(word) == 1 for word in words) and self._engine.any(self._engine.phrase(together)):
            return together
        return ""

    def _without(self, clause: Clause) -> Found:
        """What a minus takes away; it neither weighs nor is marked."""
        other = Meaning(self._engine, self._names)
        if clause.asks is Asks.EXACT:
            return other._phrase(clause.text)
        return self._engine.either(other._phrase(clause.text), other._meaning(clause.text, cut=False))

    def _understand(self, word: str, forms: Iterable[str], how: str) -> None:
        self.understood[Understood(word=word, forms=tuple(forms), how=how)] = None

    def _phrase(self, phrase: str) -> Found:
        """Literally this. A phrase that is nowhere is not marked and does not weigh."""
        found = self._engine.phrase(phrase)
        if not self._engine.any(found):
            return self._engine.nothing
        self.weighing.update(dict.fromkeys(required_terms(phrase) or (phrase,)))
        self.marks[phrase] = None
        return found

    def _term(self, term: str) -> Found:
        found = self._engine.term(term)
        if not self._engine.any(found):
            return self._engine.nothing
        self.weighing[term] = None
        self.marks[term] = None
        return found

    def _span(self, span: Span) -> Found:
        """What speaks of a day, month or year inside the span, or is itself dated inside it."""
        self.marks.update(dict.fromkeys(span.terms))
        said = self._engine.terms(span.terms)
        return self._engine.either(said, self._engine.dated(span.first, span.last))

    def _word(self, word: str) -> Found:
        """Literally, or by the dates, measures and other names in it; when that is nothing, by its sound or by
        its pieces."""
        engine = self._engine
        found = engine.either(self._phrase(word), self._meaning(dated(word, self._today), cut=True))
        ways: tuple[Callable[[], Found], ...] = (
            lambda: self._instead(word, self._names.without_district(word), "alias"),
            lambda: self._instead(word, self._names.spoken(word), "spoken"),
            lambda: self._all_of(without_asking(word)),
            lambda: self._cut(word),
            lambda: self._instead(word, self._names.heard(word), "heard"),
            lambda: self._all_of(parts_by_script(word)),
            lambda: self._all_of(self._spoken_halves(word)),
        )
        for way in ways:
            if engine.any(found):
                break
            found = way()
        return found

    def _instead(self, word: str, forms: Sequence[str], how: str) -> Found:
        """The items that have any of these forms of a word that is nowhere itself."""
        found = self._engine.nothing
        stand: list[str] = []
        others = [other for form in forms for other in self._names.aliases.get(form, (form,))]
        for form in dict.fromkeys(others):
            literal = self._phrase(form)
            if self._engine.any(literal):
                found, stand = self._engine.either(found, literal), [*stand, form]
        if stand:
            self._understand(word, stand, how)
        return found

    def _all_of(self, parts: Sequence[str]) -> Found:
        """The items that have each of these parts of a word that is nowhere itself; none for no parts."""
        return functools.reduce(self._engine.both, map(self._word, parts)) if parts else self._engine.nothing

    def _spoken_halves(self, word: str) -> list[str]:
        """Pinyin of two names written as one word: chengdonglvhua."""
        if not self._names.is_pinyin(word):
            return []
        for cut in cuts(word):
            for place in range(2, len(cut) - 1):
                halves = ["".join(cut[:place]), "".join(cut[place:])]
                if all(map(self._names.spoken, halves)):
                    return halves
        return []

    def _meaning(self, word: str, *, cut: bool) -> Found:
        """The items that have every date, measure and alias of the word, and its remaining parts."""
        engine = self._engine
        if year := year_alone(word):
            return self._term(year)
        found, understood = engine.everything, False
        for span in reversed(list(spans_in(word))):
            found, understood = engine.both(found, self._span(span)), True
            word = f"{word[: span.start]} {word[span.end :]}"
        for each in reversed(found_in(word)):
            found, understood = engine.both(found, self._term(each.terms[0])), True
            word = f"{word[: each.start]} {word[each.end :]}"
        for name in sorted((name for name in self._names.aliases if name in word), key=len, reverse=True):
            if name in word:
                found, understood = engine.both(found, self._alias(name)), True
                word = word.replace(name, " ")
        if not understood:
            return engine.nothing
        for part in word.split():
            if part in _FILLERS or part in AROUND or not atoms(part):
                continue
            literal = self._phrase(part)
            found = engine.both(found, literal if engine.any(literal) or not cut else self._cut(part))
        return found

    def _alias(self, name: str) -> Found:
        """The items that have any of the names that mean the same."""
        found, others = self._engine.nothing, []
        for form in self._names.aliases[name]:
            literal = self._phrase(form)
            if self._engine.any(literal):
                found = self._engine.either(found, literal)
                others += [form] if form != name else []
        if others:
            self._understand(name, others, "alias")
        return found

    def _cut(self, phrase: str) -> Found:
        """A long phrase that stands nowhere: cut into pieces that stand somewhere, all of them together.

        The corpus itself is the dictionary: the longest beginning that some item has, then the longest
        of the rest that one of the same items has, and so on, back one step where that leads nowhere.
        A piece is at least two Han characters, a run of letters or a number.
        """
        pieces = atoms(phrase)
        short = len(pieces) == 4 and all(map(self._names.has, (phrase[:2], phrase[2:])))
        long = len(pieces) >= SHORTEST_CUT or short
        found = self._cut_rest(pieces, self._engine.everything) if long else None
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
