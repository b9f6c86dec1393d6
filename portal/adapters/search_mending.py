"""A word that is nowhere, as it was probably meant: a wrong or doubled character, or its pinyin. The corpus itself is
the dictionary: only what stands somewhere comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic

from portal.adapters.search_sets import Engine, Found
from portal.text.alike import by_shape, by_sound, common
from portal.text.pinyin import cuts, readings
from portal.text.surnames import may_be_somebody
from portal.text.terms import is_han

SHORTEST = 4  # characters of a word that is mended: from a shorter one too many others differ by one
LONGEST = 12
SHORTEST_HEARD = 3  # of one that is mended by the same sound alone, unless it may be somebody's name
SHORTEST_OFFERED = 2  # characters of a word for which others are offered, and not looked for unasked
SYLLABLES = range(2, 7)
MOST = 2600  # questions to the engine for one syllable more
MOST_OF_ALL = 5000  # of one query
MOST_FORMS = 4  # that a word may mean
SHARE = 10  # a form that is so many times rarer than the commonest was not meant
_DOUBLED = re.compile(r"(.)\1")


class Mending(Generic[Found]):
    """What one engine knows of words that are nowhere."""

    def __init__(self, engine: Engine[Found]) -> None:
        self._engine, self._left = engine, MOST_OF_ALL
        self._known: dict[str, tuple[str, ...]] = {}  # pinyin → words

    def mended(self, word: str, *, least: int = SHORTEST) -> tuple[str, ...]:
        """Words that stand somewhere and differ from this one, which does not, by one character written double or in
        the place of one that sounds or looks alike."""
        if len(word) > LONGEST or not all(map(is_han, word)):
            return ()
        single = [word[: said.start()] + word[said.end() - 1 :] for said in _DOUBLED.finditer(word)]
        if found := self._standing(single):
            return found
        if len(word) >= least:
            return next(filter(None, map(self._standing, self._replaced(word))), ())
        heard = len(word) == SHORTEST_HEARD and not may_be_somebody(word)
        return self._standing(next(self._replaced(word))) if heard else ()

    def _replaced(self, word: str) -> Iterator[list[str]]:
        """The word with one character replaced: by those of the same sound, then of about the same, then by those that
        look alike."""
        broken = [place for place, count in enumerate(self._engine.counts(_pairs(word))) if not count]
        places = [place for place in range(len(word)) if all(place - pair in (0, 1) for pair in broken)]
        for alike in (by_sound, by_shape, lambda character: by_sound(character, blurred=True)):
            yield [
                f"{word[:place]}{other}{word[place + 1 :]}"
                for place in places
                for other in alike(word[place])
                if other != word[place]
            ]

    def spoken(self, letters: str) -> tuple[str, ...]:
        """Words of the corpus that these letters of pinyin may be."""
        if letters not in self._known:
            ways = cuts(letters) if letters.isascii() and letters.isalpha() else ()
            said = (self._said(cut) for cut in ways if len(cut) in SYLLABLES)
            self._known[letters] = next(filter(None, said), ())
        return self._known[letters]

    def _said(self, syllables: tuple[str, ...]) -> tuple[str, ...]:
        begun: tuple[str, ...] = tuple(common(readings()[syllables[0]]))
        for syllable in syllables[1:]:
            following = common(readings()[syllable])
            if len(begun) * len(following) > MOST:
                return ()
            begun = self._standing((one + other for one in begun for other in following), most=MOST)
        return self._standing(begun)

    def _standing(self, forms: Iterable[str], *, most: int = MOST_FORMS) -> tuple[str, ...]:
        """The forms that stand somewhere, the commonest first, without those that are much rarer."""
        asked = list(dict.fromkeys(forms))[: min(MOST, self._left)]
        self._left -= len(asked)
        counted = sorted(zip((-n for n in self._engine.counts(asked)), asked, strict=True))
        enough = -counted[0][0] / SHARE if counted and most == MOST_FORMS else 0
        return tuple(form for number, form in counted if number and -number >= enough)[:most]


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)]
