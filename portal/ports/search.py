"""The archive's index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from portal.text.names import NO_NAMES, Names

FACETS = ("kind", "unit", "town", "category", "year")


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """One published item as the archive finds it.

    item: its key; seq: the entry it stands at; title and body: plain text in its original writing;
    places: names of its town, place and unit, which weigh more than the rest of the body, where they stand as
    well; dated: the day it speaks of, yyyymmdd; facets: one value for each name in `FACETS` ("" = none).
    """

    item: str
    seq: int
    title: str
    body: str
    dated: int
    facets: Mapping[str, str]
    places: str = ""


@dataclass(frozen=True, kw_only=True)
class Query:
    """What somebody looks for. `text` as typed; several filters on one facet mean "any of them".

    after, until: only items whose entry is later than the one and not later than the other; sort: relevance, newest or
    oldest day first, or entered (newest entry first).
    names: what is known of other names and of how names sound; today: yyyymmdd, from which what is fresh is
    counted, None where age does not matter.
    """

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    dated_from: int | None = None
    dated_to: int | None = None
    after: int | None = None
    until: int | None = None
    sort: str = "relevance"
    page: int = 1
    size: int = 20
    names: Names = NO_NAMES
    today: int | None = None


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A word that was taken for other ones. how: `alias` (another name for the same), `spoken` (pinyin), `heard`
    (another writing of the same sound, because the word itself is nowhere), `short` (a name with something left out),
    `dated` (as of the day on which it is asked), `joined` (written apart), `mended` (a wrong character), `english` (an
    English word), `about` (what a question is about), `without` (不含: what must not be in it), `left` (a word that is
    only said around others, and nowhere: left out).

    word: folded, as typed; forms: what was looked for besides or instead, folded.
    """

    word: str
    forms: tuple[str, ...]
    how: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """items: keys of the page, in order; total: hits in all; facets: counts over the whole result,
    zero counts left out, a facet that is filtered as if it were not; months: the same for the months of their
    days, yyyymm in order, as if no days were asked for; marks: the folded strings to highlight in the originals;
    understood: what was not taken literally; nearest: where nothing is found, words that stand somewhere and may have
    been meant by one that does not."""

    items: tuple[str, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    months: Mapping[int, int] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    nearest: tuple[Understood, ...] = ()
    understood: tuple[Understood, ...] = ()


class SearchUnavailable(Exception):
    """The engine does not answer; the caller falls back to the database and says so."""


class SearchIndex(Protocol):
    """Finds published items. Derived data: it can be emptied and built again from the record.

    It keeps its own position, committed together with what was applied, so that applying is at least
    once and idempotent: the same changes again alter nothing. Raises `SearchUnavailable`.
    """

    def position(self) -> int:
        """Sequence number of the last entry applied; -1 when empty or just made."""

    def apply(self, *, put: Iterable[Indexed], drop: Iterable[str], position: int) -> None:
        """Put these (replacing the same item), drop these keys (unknown ones ignored), then stand at
        `position`: all of it or nothing."""

    def search(self, query: Query) -> Answer:
        """Ties are broken by the newer entry first. A page past the end is empty, with the total."""

    def reset(self) -> None:
        """Forget everything; position becomes -1."""

    def rebuilding(self) -> AbstractContextManager[SearchIndex]:
        """A second, empty index to build beside this one, which goes on answering and being applied to.

        When the block ends the second takes the place of the first in one step, its position with it; when
        it ends with an exception the second is thrown away and nothing has changed. A batch that another
        follower had begun for the first may be refused: it asks for `position()` again and goes on there.
        """

    def count(self) -> int:
        """How many items it holds."""
