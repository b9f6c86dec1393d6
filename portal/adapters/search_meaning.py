"""What a query means and how hits are ranked: the part of searching that every engine shares.

An engine only has to say which items hold a phrase or a term, and to combine such sets; what a word finds,
when it is cut into pieces, what is marked and what weighs how much is decided here, so that two engines
give the same answers by construction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Generic

from portal.adapters.search_cutting import FILLERS, Cutting
from portal.adapters.search_sets import Engine, Found
from portal.adapters.search_words import AROUND, parts_at_signs, parts_by_script, runs, without_asking
from portal.ports import Understood
from portal.text.dates import year_alone
from portal.text.everyday import in_figures, relative
from portal.text.limits import limits_in
from portal.text.measures import found_in
from portal.text.names import Names
from portal.text.parse import Asks, Clause
from portal.text.pinyin import cuts
from portal.text.spans import Span, spans_in
from portal.text.terms import atoms, required_terms


class Meaning(Generic[Found]):
    """The words of one query: what they find, which terms weigh, what is to be marked, what was understood."""

    def __init__(self, engine: Engine[Found], names: Names, *, today: int | None = None) -> None:
        self._engine, self._names, self._today = engine, names, today
        self._cutting = Cutting(engine, names)
        self.words: list[str] = []  # asked for one after the other, as understood
        self.weighing: dict[str, None] = {}
        self.marks: dict[str, None] = {}
        self.understood: dict[Understood, None] = {}

    def run(self, clauses: Sequence[Clause]) -> Found:
        """The items for which every clause about text holds."""
        engine = self._engine
        found = engine.everything
        wanted: list[Found] = []  # of each condition, or of several of which one is enough
        for clause in self._written_together(clauses):
            if clause.asks is Asks.FACET:
                continue
            if clause.minus:
                found = engine.without(found, self._without(clause))
            elif clause.instead and wanted:
                wanted.append(engine.either(wanted.pop(), self._clause(clause)))
            else:
                wanted.append(self._clause(clause))
        return functools.reduce(engine.both, wanted, found)

    def _clause(self, clause: Clause) -> Found:
        if clause.asks is Asks.EXACT:
            return self._phrase(clause.text)
        self.words.append(clause.text)
        return self._word(clause.text)

    def _written_together(self, clauses: Sequence[Clause]) -> list[Clause]:
        """The clauses, with what was typed apart but stands together made one: 城 东, cheng dong."""
        done: list[Clause] = []
        for run in runs(clauses):
            joined = self._joined([clause.text for clause in run]) if len(run) > 1 else ""
            if joined:
                self._understand("".join(f"{clause.text} " for clause in run).strip(), [joined], "joined")
            done += [replace(run[0], text=joined)] if joined else run
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
        other = Meaning(self._engine, self._names, today=self._today)
        if clause.asks is Asks.EXACT:
            return other._phrase(clause.text)
        found = other._as_written(clause.text, cut=False)
        spoken = self._names.spoken(clause.text)
        return found if self._engine.any(found) else other._instead(clause.text, spoken, "spoken")

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
        found = self._as_written(word, cut=True)
        ways: tuple[Callable[[], Found], ...] = (
            lambda: self._instead(word, self._names.without_district(word), "alias"),
            lambda: self._instead(word, self._names.spoken(word), "spoken"),
            lambda: self._instead(word, self._names.shortened(word), "short"),
            lambda: self._all_of(without_asking(word)),
            lambda: self._any_of(word.split("或")),
            lambda: self._all_of(parts_at_signs(word)),
            lambda: self._cut(word),
            lambda: self._instead(word, self._names.abridged(word), "short"),
            lambda: self._instead(word, self._names.heard(word), "heard"),
            lambda: self._all_of(parts_by_script(word)),
            lambda: self._all_of(self._spoken_halves(word)),
        )
        for way in ways:
            if engine.any(found):
                break
            found = way()
        return found

    def _as_written(self, word: str, *, cut: bool) -> Found:
        """Literally, or by what it says of time, places along a road, money and names in any writing."""
        engine, figures = self._engine, in_figures(word, self._today)
        if self._today and (then := relative(word, self._today)) != word:
            self._understand(word, [then], "dated")
        found = engine.either(self._phrase(word), self._meaning(figures, cut=cut))
        return engine.either(found, self._phrase(figures)) if figures != word else found

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

    def _any_of(self, parts: Sequence[str]) -> Found:
        """The items that have one of these parts of a word that is nowhere itself; none for fewer than two."""
        some = [part for part in parts if part]
        return (
            functools.reduce(self._engine.either, map(self._word, some))
            if len(some) > 1
            else self._engine.nothing
        )

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
        for limit in reversed(list(limits_in(word))):
            found, understood = engine.both(found, engine.worth(limit.low, limit.high)), True
            word = f"{word[: limit.start]} {word[limit.end :]}"
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
        for part in (part.strip("的") for part in word.split()):
            if part in FILLERS or part in AROUND or not atoms(part):
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
        """The items that have the pieces of a long phrase that stands nowhere, together."""
        found = self._cutting.cut(phrase)
        if found is None:
            return self._engine.nothing
        items, used = found
        for piece in used:
            self._phrase(piece)
        return items
