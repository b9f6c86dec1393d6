"""A question to the archive, as an address spells it and as it is kept for somebody who waits for an answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from portal.ports.search import FACETS, Query

LONGEST_TEXT = 300
LONGEST_VALUE = 40
MOST_VALUES = 20  # of one facet


@dataclass(frozen=True)
class Asked:
    """What is looked for. chosen: for each facet that is filtered the values, any of which will do, in order; first,
    last: the days."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: dt.date | None = None
    last: dt.date | None = None

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Asked:
        """From names and values as an address or a form has them; whatever makes no sense is left out."""
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        chosen = {
            facet: tuple(sorted({value[:LONGEST_VALUE] for value in given[facet] if value})[:MOST_VALUES])
            for facet in FACETS
            if any(given.get(facet, ()))
        }
        return cls(
            text=given.get("q", [""])[0].strip()[:LONGEST_TEXT],
            chosen=chosen,
            first=_day(given.get("from", [""])[0]),
            last=_day(given.get("to", [""])[0]),
        )

    @classmethod
    def kept(cls, text: str) -> Asked:
        """From what `keep` wrote."""
        return cls.of((name, value) for name, value in json.loads(text))

    def keep(self) -> str:
        """The same question is always the same text."""
        return json.dumps(self.pairs, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, without what is not asked for."""
        facets = [(facet, value) for facet in FACETS for value in self.chosen.get(facet, ())]
        days = (("from", self.first), ("to", self.last))
        said = [("q", self.text)] if self.text else []
        return [*said, *facets, *((name, day.isoformat()) for name, day in days if day is not None)]

    @property
    def address(self) -> str:
        """The same as the end of an address, with its question mark; nothing when everything is asked for."""
        return f"?{urlencode(self.pairs)}" if self.pairs else ""

    def query(
        self,
        *,
        sort: str,
        page: int = 1,
        size: int = 20,
        after: int | None = None,
        until: int | None = None,
    ) -> Query:
        """What the index is asked."""
        return Query(
            text=self.text,
            filters=tuple((facet, value) for facet, values in self.chosen.items() for value in values),
            dated_from=_number(self.first),
            dated_to=_number(self.last),
            after=after,
            until=until,
            sort=sort,
            page=page,
            size=size,
        )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _number(day: dt.date | None) -> int | None:
    return None if day is None else day.year * 10000 + day.month * 100 + day.day
