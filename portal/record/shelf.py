"""Reading the record as windows do: the latest version of every item, or as it stood on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Row, Select, bindparam, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from portal.record.shelving import SEALS
from portal.record.tables import Act, Entry, Freeze, GoneMedia, Opening, PublicMedia, Shelved, Touched
from portal.rules.clock import end_of


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An item as the public sees it at one version.

    document is empty when its opening is destroyed (`sealed_by` then names the entry that did it). It may be
    shared with other readers, so nobody changes it.
    """

    seq: int
    item: str
    kind: str
    act: Act
    version: int
    at: dt.datetime
    first_at: dt.datetime
    document: dict[str, Any]
    sealed_by: int | None = None

    @property
    def told(self) -> tuple[str, dt.datetime, int]:
        """By this reports stand in the order in which things happened: the day they speak of, then when they were
        published first. A tombstone stands where it was taken down."""
        day = self.document.get("dated") or self.first_at.date().isoformat()
        return day, self.first_at, self.seq

    @property
    def withdrawn(self) -> bool:
        return self.act is Act.WITHDRAWN

    @property
    def sealed(self) -> bool:
        return self.sealed_by is not None


FROZEN = -3  # minus the last number: how a frozen record is told from one that goes on
NO_WINDOW = ("rules", *SEALS)  # kinds whose items have no window of their own
DOCUMENTS = 1024  # parsed documents kept, about 10 kB each
_later = aliased(Shelved)
_kept = aliased(Opening)
_SEALING = select(func.min(_later.seq)).where(
    _later.item == Shelved.item,
    _later.seq > Shelved.seq,
    _later.act.in_([Act.WITHDRAWN, Act.REDACTED]),
)
# Looked for only where an opening is gone, and in the same query, however many are gone.
_SEALED_BY = case((Opening.seq.is_(None), _SEALING.correlate(Shelved, Opening).scalar_subquery()))
_READ = (
    Shelved.seq,
    Shelved.item,
    Shelved.kind,
    Shelved.act,
    Shelved.version,
    Shelved.at,
    Shelved.first_at,
    Opening.document,
    _SEALED_BY.label("sealed_by"),
)
_OPENED = select(*_READ).outerjoin(Opening, Opening.seq == Shelved.seq)

# Asked for every page, so put together once.
_NAMED = Shelved.item.in_(bindparam("items", expanding=True))
_MANY = _OPENED.where(_NAMED, Shelved.latest.is_(True))
_TITLED = select(Shelved.item, Shelved.title).where(
    Shelved.kind == bindparam("kind"), Shelved.act != Act.WITHDRAWN
)
_TITLES = _TITLED.where(Shelved.latest.is_(True))
_LAST = func.coalesce(func.max(Touched.seq), -1)
_TOUCHED = select(case((exists().where(Freeze.cured_at.is_(None)), FROZEN - _LAST), else_=_LAST)).where(
    Touched.scope.in_(bindparam("scopes", expanding=True))
)


class Shelf:
    """The public's bookshelf. With `as_of`, every answer is as it stood at the end of that day."""

    def __init__(self, session: Session, *, as_of: dt.date | None = None) -> None:
        self.session = session
        self.as_of = as_of

    def get(self, item: str) -> Shown | None:
        """The version of an item that stands, tombstones included; None when there is none."""
        found = self._read(self._rows().where(Shelved.item == item)).first()
        return None if found is None else _shown(found)

    def many(self, items: Sequence[str]) -> dict[str, Shown]:
        """Those of these items that stand and are not withdrawn."""
        query = _MANY if self.as_of is None else self._rows().where(_NAMED)
        shown = [_shown(row) for row in self._read(query, items=list(items)).all()]
        return {each.item: each for each in shown if not each.withdrawn and not each.sealed}

    def items(
        self,
        *where: ColumnElement[bool],
        newest_first: bool = True,
        limit: int | None = None,
        offset: int = 0,
        tombstones: bool = False,
    ) -> list[Shown]:
        """Items that stand, by the day they speak of; `where` are conditions on `Shelved`. With tombstones, what has
        been destroyed since is among them, sealed."""
        order = (Shelved.dated.desc(), Shelved.seq.desc()) if newest_first else (Shelved.dated, Shelved.seq)
        query = self._rows().where(*where).order_by(*order).limit(limit).offset(offset)
        if not tombstones:
            query = query.where(Shelved.act != Act.WITHDRAWN, *self._open(Shelved))
        return [_shown(row) for row in self._read(query)]

    def count(self, *where: ColumnElement[bool]) -> int:
        """How many items stand."""
        rows = (
            select(func.count())
            .select_from(Shelved)
            .where(self._stands(), Shelved.act != Act.WITHDRAWN, *self._open(Shelved), *where)
        )
        return self.session.scalars(rows).one()

    def counts(self, column: Any, *where: ColumnElement[bool]) -> dict[Any, int]:
        """How many items stand for each value of a shelf column."""
        rows = (
            select(column, func.count())
            .where(self._stands(), Shelved.act != Act.WITHDRAWN, *self._open(Shelved), *where)
            .group_by(column)
        )
        return dict(self.session.execute(rows).all())

    def latest_reports_of(self, projects: Iterable[str], *, pictured: bool = False) -> dict[str, Shown]:
        """For each project code, the standing report that speaks of the newest day and is not sealed; pictured: that
        shows a photo or a video. Neither a correction nor being brought in from an archive makes a report newer."""
        promised, then = aliased(Shelved), aliased(Shelved)
        newest = (
            select(then.seq)
            .where(
                self._stands(then),
                then.kind == "report",
                then.act != Act.WITHDRAWN,
                then.project == promised.project,
                *self._open(then),
                *([exists().where(PublicMedia.seq == then.seq)] if pictured else []),
            )
            .order_by(then.dated.desc(), then.first_at.desc(), then.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        # One step into the index for each project, however many reports there are.
        found = select(newest).where(promised.kind == "project", promised.project.in_(list(projects)))
        rows = self._read(_OPENED.where(Shelved.seq.in_(found)).add_columns(Shelved.project))
        return {row.project: _shown(row) for row in rows}

    def history(self, item: str) -> list[Shown]:
        """Every version of an item up to `as_of`, oldest first."""
        query = _OPENED.where(Shelved.item == item).order_by(Shelved.seq)
        if self.as_of is not None:
            query = query.where(Shelved.at < end_of(self.as_of))
        return [_shown(row) for row in self._read(query)]

    def entry(self, seq: int) -> Entry | None:
        """One line of the log."""
        return self.session.get(Entry, seq)

    def at(self, seq: int) -> Shown | None:
        """What one entry shows."""
        row = self._read(_OPENED.where(Shelved.seq == seq)).first()
        return None if row is None else _shown(row)

    def each_at(self, seqs: Iterable[int]) -> dict[int, Shown]:
        """What each of these entries shows."""
        rows = self._read(_OPENED.where(Shelved.seq.in_(list(seqs))))
        return {row.seq: _shown(row) for row in rows}

    def entries(self, *, before: int | None = None, limit: int = 50) -> list[Entry]:
        """Lines of the log, newest first, below `before`."""
        query = select(Entry).order_by(Entry.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(Entry.seq < before)
        if self.as_of is not None:
            query = query.where(Entry.at < end_of(self.as_of))
        return list(self.session.scalars(query))

    def versions(self, *where: ColumnElement[bool], limit: int = 50) -> list[Shown]:
        """Versions of items in the order in which they came on the record, newest first, tombstones
        included; those whose opening is destroyed are left out."""
        query = select(*_READ).join(Opening, Opening.seq == Shelved.seq)
        query = query.where(*where).order_by(Shelved.seq.desc()).limit(limit)
        if self.as_of is not None:
            query = query.where(Shelved.at < end_of(self.as_of))
        return [_shown(row) for row in self._read(query)]

    def filed(self, *columns: Any, where: Sequence[ColumnElement[bool]]) -> list[Row[*tuple[Any, ...]]]:
        """These shelf columns of every standing item that is not withdrawn, newest day first."""
        rows = select(*columns).where(self._stands(), Shelved.act != Act.WITHDRAWN, *where)
        return list(self.session.execute(rows.order_by(Shelved.dated.desc(), Shelved.seq.desc())))

    def titles(self, kind: str) -> dict[str, str]:
        """The titles of all standing items of a kind, by the part of their key after the kind."""
        query = _TITLES if self.as_of is None else _TITLED.where(self._stands())
        return {row.item.partition("/")[2]: row.title for row in self._read(query, kind=kind).all()}

    def addresses(self, *, limit: int, offset: int = 0) -> list[tuple[str, dt.datetime]]:
        """Keys of standing items, newest first, each with when it last changed."""
        rows = self.session.execute(
            select(Shelved.item, Shelved.at)
            .where(self._stands(), Shelved.act != Act.WITHDRAWN, Shelved.kind.not_in(NO_WINDOW))
            .order_by(Shelved.seq.desc())
            .limit(limit)
            .offset(offset)
        )
        return [(item, at) for item, at in rows]

    def acts(self, kind: str, *, since: dt.date) -> dict[Act, int]:
        """How often each act was done on items of a kind, from the beginning of a day."""
        query = (
            select(Entry.act, func.count())
            .where(Entry.kind == kind, Entry.at >= end_of(since - dt.timedelta(days=1)))
            .group_by(Entry.act)
        )
        if self.as_of is not None:
            query = query.where(Entry.at < end_of(self.as_of))
        return dict(self.session.execute(query).all())

    def shows_media(self, name: str) -> bool:
        """Whether a rendition is public."""
        return (
            self.session.scalar(select(PublicMedia.seq).where(PublicMedia.name == name).limit(1)) is not None
        )

    def what_took(self, name: str) -> Shown | None:
        """What the entry shows that destroyed a rendition; None for one that never was."""
        seq = self.session.scalar(select(GoneMedia.seq).where(GoneMedia.mark == GoneMedia.mark_of(name)))
        return None if seq is None else self.at(seq)

    def _stands(self, shelved: type[Shelved] = Shelved) -> ColumnElement[bool]:
        if self.as_of is None:
            return shelved.latest.is_(True)
        then = aliased(Shelved)
        return shelved.seq.in_(
            select(func.max(then.seq)).where(then.at < end_of(self.as_of)).group_by(then.item)
        )

    def _open(self, shelved: type[Shelved]) -> list[ColumnElement[bool]]:
        """Of a past day: what has not been destroyed since. What stands today never is."""
        return [] if self.as_of is None else [exists().where(_kept.seq == shelved.seq)]

    def _read(self, query: Select[*tuple[Any, ...]], **values: object) -> CursorResult[Any]:
        """Columns, without the cost of mapped objects that nobody changes."""
        return self.session.connection().execute(query, values)

    def _rows(self) -> Select[*tuple[Any, ...]]:
        return _OPENED.where(self._stands())


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    return Shown(
        seq=row.seq,
        item=row.item,
        kind=row.kind,
        act=row.act,
        version=row.version,
        at=row.at,
        first_at=row.first_at,
        document=_parsed(row.document) if row.document is not None else {},
        sealed_by=row.sealed_by,
    )


@lru_cache(maxsize=DOCUMENTS)
def _parsed(text: str) -> dict[str, Any]:
    """A document from its text. The text is always read anew, so nothing destroyed is ever shown."""
    return dict(json.loads(text))


def touched(session: Session, scopes: Sequence[str]) -> int:
    """The last sequence number that touched any of these scopes; -1 when none was ever touched. Below that
    while the record is frozen, so that every page changes when that begins or ends."""
    return int(session.connection().execute(_TOUCHED, {"scopes": list(scopes)}).scalar_one())
