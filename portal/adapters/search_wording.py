"""What one word of a query finds: as it stands, by what it means, and, where it stands nowhere, by what was meant."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Generic

from portal.adapters.search_cutting import FILLERS, SHORTEST_CUT, Cutting
from portal.adapters.search_mending import SHORTEST_OFFERED, Mending
from portal.adapters.search_sets import Engine, Found
from portal.adapters.search_words import (
    AROUND,
    BESIDE,
    is_soft,
    parts_at_joint,
    parts_at_signs,
    parts_by_script,
    spoken_halves,
    without_sums,
)
from portal.ports import Understood
from portal.text.asking import about, asks, is_asking, without_asking
from portal.text.dates import year_alone
from portal.text.english import in_chinese_words
from portal.text.everyday import in_figures, relative, the_holiday
from portal.text.limits import limits_in
from portal.text.measures import found_in
from portal.text.names import Names
from portal.text.pieces import at_joins, by_names
from portal.text.shares import Shares, shares_in
from portal.text.spans import Span, spans_in
from portal.text.terms import atoms, required_terms


class Wording(Generic[Found]):
    """Words of one query: what they find, which terms weigh, what is to be marked, what was understood."""

    def __init__(self, engine: Engine[Found], names: Names, *, today: int | None = None) -> None:
        self._engine, self._names, self._today = engine, names, today
        self._cutting, self._mending = Cutting(engine, names), Mending(engine)
        self.words: list[str] = []  # asked for one after the other, as understood
        self.weighing: dict[str, None] = {}
        self.marks: dict[str, None] = {}
        self.understood: dict[Understood, None] = {}
        self.nearest: dict[Understood, None] = {}  # for words that are nowhere, what may have been meant

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

    def _shares(self, shares: Shares) -> Found:
        """What names a share within limits."""
        counted = zip(shares.written, self._engine.counts(shares.written), strict=True)
        stand = (self._phrase(written) for written, number in counted if number)
        return functools.reduce(self._engine.either, stand, self._engine.nothing)

    def _word(self, word: str) -> Found:
        """Literally, or by the dates, measures and other names in it; when that is nothing, by its sound or by
        its pieces."""
        engine = self._engine
        found, called = self._as_written(word, cut=True), self._names.with_and(word)
        if called:
            found = engine.either(found, self._instead(word, called, "alias"))
        ways: tuple[Callable[[], Found], ...] = (
            lambda: self._instead(word, self._names.without_district(word), "alias"),
            lambda: self._instead(word, self._names.spoken(word), "spoken"),
            lambda: self._instead(word, self._names.shortened(word), "short"),
            lambda: self._instead(word, self._names.renamed(word), "short"),
            lambda: self._instead(word, self._names.begun_other(word), "short"),
            lambda: self._instead(word, self._names.nearly(word), "heard"),
            lambda: self._holiday(word),
            lambda: self._about(word) if asks(word) else engine.nothing,
            lambda: self._all_of(without_asking(word)),
            lambda: self._any_of(word.split("或")),
            lambda: self._all_of(parts_at_signs(word) or self._at_joint(word)),
            lambda: self._sentence(word) if len(word) >= SHORTEST_CUT else engine.nothing,
            lambda: self._cut(word),
            lambda: self._instead(word, self._names.abridged(word), "short"),
            lambda: self._instead(word, () if is_asking(word) else self._names.heard(word), "heard"),
            lambda: self._all_of(parts_by_script(word)),
            lambda: self._all_of(spoken_halves(word, self._names)),
            lambda: self._about(word),
            lambda: self._instead(word, self._mending.mended(word), "mended"),
            lambda: self._instead(word, self._mending.spoken(word), "spoken"),
            lambda: self._instead(word, in_chinese_words(word), "english"),
            lambda: self._together(self._cutting.halved(word)),
        )
        for way in ways:
            if engine.any(found):
                break
            found = way()
        if not engine.any(found) and (near := self._mending.mended(word, least=SHORTEST_OFFERED)):
            self.nearest[Understood(word=word, forms=near, how="mended")] = None
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

    def _meaning(self, word: str, *, cut: bool) -> Found:
        """The items that have every date, measure and alias of the word, and its remaining parts."""
        engine = self._engine
        if year := year_alone(word):
            return self._term(year)
        found, understood = engine.everything, False
        for limit in reversed(list(limits_in(word))):
            found, understood = engine.both(found, engine.worth(limit.low, limit.high)), True
            word = f"{word[: limit.start]} {word[limit.end :]}"
        for shares in reversed(list(shares_in(word))):
            found, understood = engine.both(found, self._shares(shares)), True
            word = f"{word[: shares.start]} {word[shares.end :]}"
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
        for part in (part.strip(BESIDE) for part in word.split()):
            if part in FILLERS or part in AROUND or not atoms(part):
                continue
            narrowed = engine.both(found, self._part(part) if cut else self._phrase(part))
            found = narrowed if not is_soft(part) or engine.any(narrowed) else found
        return found

    def _part(self, part: str) -> Found:
        """What remains of a word beside its dates, measures and names."""
        found = self._phrase(part)
        for way in (self._sentence, self._cut):
            if self._engine.any(found):
                break
            found = way(part)
        bare = without_sums(part)
        return self._phrase(bare) if bare and not self._engine.any(found) else found

    def _sentence(self, sentence: str) -> Found:
        """The items that have the names in a sentence and what else it says."""
        pieces = by_names(sentence, self._names)
        if not pieces or pieces == [sentence]:
            return self._engine.nothing
        return functools.reduce(self._engine.both, map(self._piece, pieces))

    def _piece(self, piece: str) -> Found:
        """The items that have a piece of a sentence, as it stands or without the words that join."""
        found = self._alias(piece) if piece in self._names.aliases else self._phrase(piece)
        if self._engine.any(found):
            return found
        parts = at_joins(piece)
        if len(parts) > 1:
            found = functools.reduce(self._engine.both, map(self._phrase, parts))
        return found if self._engine.any(found) else self._cut(piece)

    def _holiday(self, word: str) -> Found:
        """The items of a holiday's days, of whatever year."""
        days = the_holiday(word)
        found = functools.reduce(
            self._engine.either, (self._meaning(each, cut=False) for each in days), self._engine.nothing
        )
        if self._engine.any(found):
            self._understand(word, days if len(days) == 1 else ("春节假期",), "about")
        return found

    def _at_joint(self, word: str) -> list[str]:
        """What 的 joins in a word that is nowhere itself, without what says nothing of its own."""
        return [part for part in parts_at_joint(word) if not is_asking(part)]

    def _about(self, word: str) -> Found:
        """The items that have what a question is about."""
        parts = about(word)
        found = self._all_of(parts)
        if self._engine.any(found):
            self._understand(word, parts, "about")
            for asked in without_asking(word):  # what has that as well comes first
                self._phrase(asked)
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
        return self._together(self._cutting.cut(phrase))

    def _together(self, cut: tuple[Found, list[str]] | None) -> Found:
        """The items that have all pieces of what was cut, and the pieces as asked for."""
        if cut is None:
            return self._engine.nothing
        for piece in cut[1]:
            self._phrase(piece)
        return cut[0]
