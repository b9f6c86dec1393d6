"""What happened on the record between two days: who did how much, and how each item stood before and after.

A span is open at its beginning and closed at its end: what stood when `first` ended is compared with what stood
when `last` ended. A fixed number of queries, however much happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal.record.extent import last_before_end
from portal.record.shelf import Shelf, Shown
from portal.record.shelving import SEALS
from portal.record.tables import Act, Entry, Shelved


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act on an item within a span. prev: the item's entry before it, if any."""

    seq: int
    act: Act
    version: int
    at: dt.datetime
    prev: int | None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An item on which something was done. before: as it stood when the span began, or, of an item that is new
    in it, as it was first published; after: as it stood when the span ended; steps: what was done, oldest first.
    """

    item: str
    kind: str
    before: Shown
    after: Shown
    steps: Sequence[Step]

    @property
    def new(self) -> bool:
        """Whether it was first published within the span."""
        return self.steps[0].prev is None


class Span:
    """The entries after the end of `first` up to the end of `last`; `where` are conditions on `Shelved`.
    Seals of what is inside the house are left out."""

    def __init__(self, shelf: Shelf, first: dt.date, last: dt.date, *where: ColumnElement[bool]) -> None:
        self._shelf, self._first, self._last, self._where = shelf, first, last, where

    @cached_property
    def _within(self) -> tuple[ColumnElement[bool], ...]:
        """Two days become two numbers."""
        first, last = (last_before_end(self._shelf.session, day) for day in (self._first, self._last))
        return Shelved.seq > first, Shelved.seq <= last, Shelved.kind.not_in(SEALS)

    def only(self, *where: ColumnElement[bool]) -> Span:
        """The same days, with more conditions."""
        narrowed = Span(self._shelf, self._first, self._last, *self._where, *where)
        narrowed.__dict__["_within"] = self._within
        return narrowed

    def figures(self) -> list[tuple[str, Act, int]]:
        """How often each act was done on items of each unit: code of the unit, act, how often."""
        query = select(Shelved.unit, Shelved.act, func.count()).where(*self._within, *self._where)
        rows = self._shelf.session.execute(query.group_by(Shelved.unit, Shelved.act).order_by(Shelved.unit))
        return [(unit, act, count) for unit, act, count in rows]

    def items(self) -> int:
        """On how many items anything was done."""
        query = select(func.count(Shelved.item.distinct())).where(*self._within, *self._where)
        return self._shelf.session.scalars(query).one()

    def moved(self, *, limit: int, offset: int = 0) -> list[Moved]:
        """Items on which something was done, the last done first, with all that was done on them."""
        newest = func.max(Shelved.seq).label("newest")
        page = select(Shelved.item, newest).where(*self._within, *self._where).group_by(Shelved.item)
        page = page.order_by(newest.desc()).limit(limit).offset(offset)
        items = list(self._shelf.session.scalars(page))
        steps = self._steps(items)
        starts = {item: each[0].seq if each[0].prev is None else each[0].prev for item, each in steps.items()}
        shown = self._shelf.each_at({*starts.values(), *(each[-1].seq for each in steps.values())})
        return [
            Moved(
                item=item,
                kind=shown[each[-1].seq].kind,
                before=shown[starts[item]],
                after=shown[each[-1].seq],
                steps=each,
            )
            for item, each in steps.items()
        ]

    def tombstones(self, *, limit: int) -> list[Shown]:
        """Items withdrawn within the span, the last one first."""
        where = (*self._within, *self._where, Shelved.act == Act.WITHDRAWN)
        return self._shelf.versions(*where, limit=limit)

    def _steps(self, items: Sequence[str]) -> dict[str, list[Step]]:
        columns: tuple[Any, ...] = (Entry.seq, Entry.item, Entry.act, Entry.version, Entry.at, Entry.prev)
        query = select(*columns).join(Shelved, Shelved.seq == Entry.seq)
        query = query.where(*self._within, Shelved.item.in_(items)).order_by(Entry.seq)
        steps: dict[str, list[Step]] = {item: [] for item in items}
        for seq, item, act, version, at, prev in self._shelf.session.execute(query):
            steps[item].append(Step(seq=seq, act=act, version=version, at=at, prev=prev))
        return steps
