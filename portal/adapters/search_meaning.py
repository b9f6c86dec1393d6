"""What a query means and how hits are ranked: the part of searching that every engine shares.

An engine only has to say which items hold a phrase or a term, and to combine such sets; what a word finds,
when it is cut into pieces, what is marked and what weighs how much is decided here and in `search_wording`, so that two
engines give the same answers by construction.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from portal.adapters.search_sets import Found
from portal.adapters.search_wording import Wording
from portal.adapters.search_words import runs, without_joints
from portal.text.asking import is_asking
from portal.text.english import expressions, is_around, place_in_pinyin
from portal.text.parse import Asks, Clause
from portal.text.pinyin import cuts


class Meaning(Wording[Found]):
    """A whole query: which of its conditions must hold, which are enough, which must not."""

    def run(self, clauses: Sequence[Clause]) -> Found:
        """The items for which every clause about text holds."""
        engine = self._engine
        found = engine.everything
        wanted: list[Found] = []  # of each condition, or of several of which one is enough
        together = self._written_together(clauses)
        for clause in together:
            if clause.asks is Asks.FACET or self._only_around(clause, together):
                continue
            if clause.said and engine.any(self._phrase(clause.said)):
                wanted.append(self._phrase(clause.said))
            elif clause.minus:
                found = engine.without(found, self._without(clause))
            elif clause.instead and wanted:
                wanted.append(engine.either(wanted.pop(), self._clause(clause)))
            else:
                wanted.append(self._clause(clause))
        return functools.reduce(engine.both, wanted, found)

    def _only_around(self, clause: Clause, clauses: Sequence[Clause]) -> bool:
        """Whether a word that stands nowhere says nothing beside others: 最近 城东, progress of the bridge."""
        if (
            clause.asks is not Asks.WORD
            or clause.minus
            or not (is_asking(clause.text) or is_around(clause.text))
        ):
            return False
        if len(clauses) < 2 or self._engine.any(self._as_written(clause.text, cut=False)):
            return False
        self._understand(clause.text, (), "left")
        return True

    def _clause(self, clause: Clause) -> Found:
        if clause.asks is Asks.EXACT:
            return self._phrase(clause.text)
        self.words.append(clause.text)
        return self._word(clause.text)

    def _written_together(self, clauses: Sequence[Clause]) -> list[Clause]:
        """The clauses, with what was typed apart but stands together made one: 城 东, cheng dong."""
        done: list[Clause] = []
        for run in runs(clauses):
            words = [clause.text for clause in run]
            joined = self._joined(words) if len(run) > 1 else ""
            if joined:
                self._understand(" ".join(words), [joined], "joined")
                done.append(replace(run[0], text=joined))
            elif len(run) > 1 and " ".join(words).isascii():
                done += self._in_english(run, words)
            else:
                done += without_joints(run)
        return done

    def _in_english(self, run: Sequence[Clause], words: Sequence[str]) -> Iterator[Clause]:
        """The words with those that are one expression together: sewage treatment plant, Baiyang Town."""
        place = 0
        while place < len(words):
            name = place_in_pinyin(words[place : place + 2])
            length = 2 if name and self._names.spoken(name) else expressions(words[place:])[0]
            together = name if length == 2 and name and self._names.spoken(name) else ""
            yield replace(run[place], text=together or " ".join(words[place : place + length]))
            place += length

    def _joined(self, words: list[str]) -> str:
        """Words of which one is a single character or syllable, as one; "" when that stands nowhere."""
        together = "".join(words)
        if all(word.isascii() for word in words):
            return together if self._is_spoken(words, together) else ""
        if any(len(word) == 1 for word in words) and self._engine.any(self._engine.phrase(together)):
            return together
        return ""

    def _is_spoken(self, words: Sequence[str], together: str) -> bool:
        """Whether words of letters are the syllables of one: cheng dong; or one name: chengdong jiedao."""
        if not all(map(self._names.is_pinyin, words)):
            return False
        spoken = self._names.spoken(together)
        if any(len(cut) == 1 for word in words for cut in cuts(word)):
            return bool(spoken or self._mending.spoken(together))
        return any(map(self._names.is_name, spoken))

    def _without(self, clause: Clause) -> Found:
        """What a minus takes away; it neither weighs nor is marked."""
        other = Meaning(self._engine, self._names, today=self._today)
        other._mending = self._mending  # which may ask so much in one query
        if clause.said:
            self._understand(clause.said, [clause.text], "without")
        if clause.asks is Asks.EXACT:
            return other._phrase(clause.text)
        found = other._as_written(clause.text, cut=False)
        spoken = self._names.spoken(clause.text) or self._mending.spoken(clause.text)
        return found if self._engine.any(found) else other._instead(clause.text, spoken, "spoken")
