"""The archive without the search engine, which may not answer and knows no past day: a plain filter over the record.

Facets, days and counts hold; words are found only as they are written, in titles and documents, and the
newest stands first. One pass over what stands, so it costs more than the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import aliased

from portal.ports import FACETS, Answer, Query
from portal.record.shelf import Shelf
from portal.record.tables import Opening, Shelved
from portal.text.parse import Asks, Clause, parse

MOST_WORDS = 5
KINDS = ("project", "report")


def from_database(shelf: Shelf, query: Query) -> Answer:
    """What the index would answer, as far as the record alone can say it."""
    rows = shelf.filed(*FILED, where=list(_conditions(query)))
    chosen: dict[str, set[str]] = {}
    for facet, value in query.filters:
        chosen.setdefault(facet, set()).add(value)
    within = [row for row in rows if _of_days(row, query)]
    hits = [row for row in within if _has(row, chosen)]
    first = (max(query.page, 1) - 1) * query.size
    facets = {
        facet: dict(
            Counter(
                value
                for row in within
                if (value := _value(row, facet))
                and _has(row, {k: v for k, v in chosen.items() if k != facet})
            )
        )
        for facet in FACETS
    }
    months = Counter(row.dated.year * 100 + row.dated.month for row in rows if _has(row, chosen))
    return Answer(
        items=tuple(row.item for row in _ordered(hits, query.sort)[first : first + query.size]),
        total=len(hits),
        facets=facets,
        months=dict(sorted(months.items())),
        marks=tuple(clause.text for clause in _words(query) if not clause.minus),
    )


FILED = (Shelved.item, Shelved.seq, Shelved.dated, *(getattr(Shelved, facet) for facet in FACETS))


def _ordered(hits: list[Row[Any]], sort: str) -> list[Row[Any]]:
    """They come with the newest day first."""
    if sort == "entered":
        return sorted(hits, key=lambda row: -row.seq)
    return hits[::-1] if sort == "oldest" else hits


def _of_days(row: Row[Any], query: Query) -> bool:
    day = row.dated.year * 10000 + row.dated.month * 100 + row.dated.day
    return (query.dated_from is None or day >= query.dated_from) and (
        query.dated_to is None or day <= query.dated_to
    )


def _value(row: Row[Any], facet: str) -> str:
    return str(getattr(row, facet) or "")


def _has(row: Row[Any], chosen: dict[str, set[str]]) -> bool:
    return all(_value(row, facet) in values for facet, values in chosen.items())


def _words(query: Query) -> Sequence[Clause]:
    return [clause for clause in parse(query.text) if clause.asks is not Asks.FACET][:MOST_WORDS]


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    yield Shelved.kind.in_(KINDS)
    if query.after is not None:
        yield Shelved.seq > query.after
    if query.until is not None:
        yield Shelved.seq <= query.until
    opening = aliased(Opening)
    document = select(opening.seq).where(opening.seq == Shelved.seq)
    yield document.exists()  # what has lost its opening is shown nowhere
    wanted: list[ColumnElement[bool]] = []  # of each condition, or of several of which one is enough
    for clause in _words(query):
        said: ColumnElement[bool] = Shelved.title.icontains(clause.text, autoescape=True)
        if (
            not clause.text.isascii()
        ):  # plain letters and digits also stand in the names of a document's fields
            within = document.where(opening.document.icontains(clause.text, autoescape=True))
            said = or_(said, within.exists())
        if clause.instead and wanted:
            said = or_(wanted.pop(), said)
        wanted.append(~said if clause.minus else said)
    yield from wanted
