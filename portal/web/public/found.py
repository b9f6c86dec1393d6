"""What the archive finds: by the index, or by the record itself where the index cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from portal.ports import Answer, Query, SearchUnavailable
from portal.record.shelf import Shelf, Shown
from portal.web.public.archive_fallback import from_database
from portal.web.public.understanding import informed
from portal.web.windows import portal


@dataclass(frozen=True)
class Found:
    """The answer, the items on this page that stand, and whether the index failed to answer."""

    answer: Answer
    shown: list[Shown]
    unavailable: bool


def find(shelf: Shelf, query: Query, *, read: bool = True) -> Found:
    """read: whether the items of the page are wanted, and not their keys alone."""
    answer, unavailable = _answer(shelf, query)
    found = shelf.many(answer.items) if read else {}
    return Found(answer, [found[item] for item in answer.items if item in found], unavailable)


def _answer(shelf: Shelf, query: Query) -> tuple[Answer, bool]:
    """The index knows only what stands today, so a past day is looked through in the record itself."""
    known = informed(query, shelf) if query.text or shelf.as_of is None else query
    if shelf.as_of is not None:
        return from_database(shelf, known), False
    try:
        return portal().search.search(known), False
    except SearchUnavailable:
        return from_database(shelf, known), True


def position() -> str:
    """Where the index stands, for validators: a result changes with it."""
    try:
        return str(portal().search.position())
    except SearchUnavailable:
        return "unavailable"
