"""The archive without the search engine, which may not answer and knows no past day: a plain filter over the record.

Facets, days and counts hold; words are found only as they are written, in titles and documents, and the
newest stands first. One pass over what stands, so it costs more than the engine.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import aliased

from portal.ports import FACETS, Answer, Query
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Opening, Shelved
from portal.text.parse import Asks, Clause, parse

MOST_WORDS = 5
KINDS = ("project", "report")


def from_database(shelf: Shelf, query: Query) -> tuple[Answer, list[Shown]]:
    """The page, and the items on it that can be shown."""
    rows = shelf.filed(*FILED, where=list(_conditions(query)))
    chosen: dict[str, set[str]] = {}
    for facet, value in query.filters:
        chosen.setdefault(facet, set()).add(value)
    hits = [row for row in rows if _has(row, chosen)]
    first = (max(query.page, 1) - 1) * query.size
    items = tuple(
        row.item for row in (hits if query.sort != "oldest" else hits[::-1])[first : first + query.size]
    )
    facets = {
        facet: dict(
            Counter(
                value
                for row in rows
                if (value := _value(row, facet))
                and _has(row, {k: v for k, v in chosen.items() if k != facet})
            )
        )
        for facet in FACETS
    }
    found = shelf.many(items)
    marks = tuple(clause.text for clause in _words(query) if not clause.minus)
    answer = Answer(items=items, total=len(hits), facets=facets, marks=marks)
    return answer, [found[item] for item in items if item in found]


FILED = (Shelved.item, *(getattr(Shelved, facet) for facet in FACETS))


def _value(row: Row[Any], facet: str) -> str:
    return str(getattr(row, facet) or "")


def _has(row: Row[Any], chosen: dict[str, set[str]]) -> bool:
    return all(_value(row, facet) in values for facet, values in chosen.items())


def _words(query: Query) -> Sequence[Clause]:
    return [clause for clause in parse(query.text) if clause.asks is not Asks.FACET][:MOST_WORDS]


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    yield Shelved.kind.in_(KINDS)
    if query.dated_from is not None:
        yield Shelved.dated >= _day(query.dated_from)
    if query.dated_to is not None:
        yield Shelved.dated <= _day(query.dated_to)
    opening = aliased(Opening)
    document = select(opening.seq).where(opening.seq == Shelved.seq)
    yield document.exists()  # what has lost its opening is shown nowhere
    for clause in _words(query):
        said: ColumnElement[bool] = Shelved.title.icontains(clause.text, autoescape=True)
        if (
            not clause.text.isascii()
        ):  # plain letters and digits also stand in the names of a document's fields
            within = document.where(opening.document.icontains(clause.text, autoescape=True))
            said = or_(said, within.exists())
        yield ~said if clause.minus else said


def _day(number: int) -> dt.date:
    return dt.date(number // 10000, number // 100 % 100, number % 100)
