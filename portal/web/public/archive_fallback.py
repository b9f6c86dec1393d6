"""The archive without the search engine, which may not answer and knows no past day: a plain filter over the record.

Facets, days and counts hold; words are found only as they are written, in titles and documents, by their other names
and as dates, and the newest stands first. One pass over what stands, so it costs more than the engine.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import aliased

from portal.ports import FACETS, Answer, Query
from portal.record.shelf import Shelf
from portal.record.tables import Opening, Shelved
from portal.text.asking import about, asks
from portal.text.dates import year_alone
from portal.text.everyday import in_figures
from portal.text.parse import Asks, Clause, parse
from portal.text.spans import whole_span
from portal.text.writings import writings

MOST_WORDS = 5
MOST_FORMS = 8  # of one word
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
        marks=tuple(form for clause in _words(query) if not clause.minus for form in _forms(clause, query)),
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
    """The conditions about text; a question by what it is about."""
    found: list[Clause] = []
    for clause in parse(query.text):
        asked = clause.asks is Asks.WORD and not clause.minus and asks(clause.text)
        parts = about(clause.text) if asked else []
        found += [replace(clause, text=part) for part in parts] or [clause]
    return [clause for clause in found if clause.asks is not Asks.FACET][:MOST_WORDS]


def _forms(clause: Clause, query: Query) -> tuple[str, ...]:
    """The word, the names that mean the same or are spelt in its letters, other writings of a road, stake or sum."""
    if clause.asks is Asks.EXACT:
        return (clause.text,)
    spoken = [
        other for form in query.names.spoken(clause.text) for other in query.names.aliases.get(form, (form,))
    ]
    measured = writings(in_figures(clause.text, query.today))
    forms = [*query.names.aliases.get(clause.text, (clause.text,)), *measured, *spoken]
    return tuple(dict.fromkeys(forms))[:MOST_FORMS]


def _dated(clause: Clause, query: Query) -> Iterator[ColumnElement[bool]]:
    """What is dated within a word that is a date or a stretch of time."""
    figures = in_figures(clause.text, query.today)
    days = whole_span(figures if not year_alone(figures) else f"{figures}年")
    if clause.asks is not Asks.EXACT and days:
        yield Shelved.dated.between(_day(max(days[0], 10101)), _day(days[1]))


def _day(number: int) -> dt.date:
    return dt.date(number // 10000, number // 100 % 100, number % 100)


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
        ways = [*_dated(clause, query)]
        for form in _forms(clause, query):
            ways.append(Shelved.title.icontains(form, autoescape=True))
            if (
                not form.isascii() or "+" in form
            ):  # plain letters and digits also stand in the names of a document's fields
                ways.append(document.where(opening.document.icontains(form, autoescape=True)).exists())
        said = or_(*ways)
        if clause.instead and wanted:
            said = or_(wanted.pop(), said)
        wanted.append(~said if clause.minus else said)
    yield from wanted
