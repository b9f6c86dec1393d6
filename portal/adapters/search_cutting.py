"""A long phrase that stands nowhere, cut into pieces that stand somewhere: the corpus itself is the dictionary."""

from __future__ import annotations

from typing import Generic

from portal.adapters.search_sets import Engine, Found
from portal.text.names import Names
from portal.text.terms import atoms, is_han

SHORTEST_CUT = 5  # atoms; a shorter word that is nowhere is a name we do not have, not a sentence
HALVED = 4  # atoms of a word that is cut into two halves where nothing else was meant by it
MAX_PIECE = 12  # atoms; longer pieces of a phrase that is nowhere are not tried
MAX_TRIES = 40  # literal look-ups spent on cutting, in one query
FILLERS = frozenset("的了在于与和及是初中底末份")  # between the pieces of a phrase these may be missing


class Cutting(Generic[Found]):
    """The cuts of one query, which share the look-ups they may spend."""

    def __init__(self, engine: Engine[Found], names: Names) -> None:
        self._engine, self._names = engine, names
        self._tries = 0

    def cut(self, phrase: str) -> tuple[Found, list[str]] | None:
        """The items that have all pieces of a phrase, and the pieces; None for a short one, or none, and for one of
        numbers and letters alone, which are parts of one thing (G307K5+200).

        The longest beginning that some item has, then the longest of the rest that one of the same items has,
        and so on, back one step where that leads nowhere. A piece is at least two Han characters, a run of
        letters or a number.
        """
        pieces = atoms(phrase)
        short = len(pieces) == 4 and all(map(self._names.has, (phrase[:2], phrase[2:])))
        long = len(pieces) >= SHORTEST_CUT or short
        return self._cut_rest(pieces, self._engine.everything) if long and any(map(is_han, pieces)) else None

    def halved(self, phrase: str) -> tuple[Found, list[str]] | None:
        """The items that have both halves of a word of four Han characters, and the halves: 砂石紧张."""
        if len(phrase) != HALVED or not all(map(is_han, phrase)):
            return None
        return self._cut_rest(list(phrase), self._engine.everything)

    def _cut_rest(self, pieces: list[str], among: Found) -> tuple[Found, list[str]] | None:
        while pieces and pieces[0] in FILLERS:
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
