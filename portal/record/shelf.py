"""Reading the record as windows do: the latest version of every item, or as it stood on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Row, Select, func, select
from sqlalchemy.orm import Session

from portal.record import shelf_queries as asked
from portal.record.shelf_queries import OPENED, Asked
from portal.record.shelving import SEALS
from portal.record.tables import Act, Entry, GoneMedia, Opening, PublicMedia, Shelved
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


NO_WINDOW = ("rules", *SEALS)  # kinds whose items have no window of their own
DOCUMENTS = 1024  # parsed documents kept, about 10 kB each


class Shelf:
    """The public's bookshelf. With `as_of`, every answer is as it stood at the end of that day."""

    def __init__(self, session: Session, *, as_of: dt.date | None = None) -> None:
        self.session = session
        self.as_of = as_of
        self._touched: dict[tuple[str, ...], int] = {}
        self._since: dict[tuple[int, tuple[str, ...]], Sequence[Row[*tuple[Any, ...]]]] = {}

    def get(self, item: str) -> Shown | None:
        """The version of an item that stands, tombstones included; None when there is none."""
        found = self._ask(asked.GET, item=item).first()
        return None if found is None else _shown(found)

    def many(self, items: Sequence[str]) -> dict[str, Shown]:
        """Those of these items that stand and are not withdrawn."""
        shown = [_shown(row) for row in self._ask(asked.MANY, items=list(items))]
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
        query = OPENED.where(self._stands() if tombstones else self._is_shown(), *where)
        rows = self._read(query.order_by(*order).limit(limit).offset(offset), **self._end())
        return [_shown(row) for row in rows]

    def reports_of(self, project: str) -> list[Shown]:
        """Every report of a project, the newest first; tombstones and what has been destroyed since among them."""
        return [_shown(row) for row in self._ask(asked.REPORTS, project=project)]

    def count(self, *where: ColumnElement[bool]) -> int:
        """How many items stand."""
        rows = select(func.count()).select_from(Shelved).where(self._is_shown(), *where)
        return int(self._read(rows, **self._end()).scalar_one())

    def counts(self, column: Any, *where: ColumnElement[bool]) -> dict[Any, int]:
        """How many items stand for each value of a shelf column."""
        rows = (
            select(column.label("value"), func.count().label("n"))
            .where(self._is_shown(), *where)
            .group_by(column)
        )
        return {row.value: row.n for row in self._read(rows, **self._end())}

    def latest_reports_of(self, projects: Iterable[str], *, pictured: bool = False) -> dict[str, Shown]:
        """For each project code, the standing report that speaks of the newest day and is not sealed; pictured: that
        shows a photo or a video. Neither a correction nor being brought in from an archive makes a report newer."""
        newest = asked.NEWEST_PICTURED if pictured else asked.NEWEST_REPORT
        return {row.project: _shown(row) for row in self._ask(newest, projects=list(projects))}

    def beside(self, report: Shown, project: str) -> tuple[Shown | None, Shown | None]:
        """The reports of the same project that were told just before this one and just after it."""
        dated, first_at, seq = report.told
        this = {"dated": dt.date.fromisoformat(dated), "first_at": first_at, "seq": seq, "project": project}
        before, after = (self._ask(query, **this).first() for query in (asked.BEFORE, asked.AFTER))
        return (None if before is None else _shown(before)), (None if after is None else _shown(after))

    def lately_pictured(self, *, limit: int) -> list[tuple[int, str]]:
        """Of the newest reports, entry and project of those that show something; what was told last comes first."""
        rows = [row for row in self._ask(asked.LATELY_PICTURED, limit=limit) if row.pictured]
        rows.sort(key=lambda row: (row.dated, row.first_at, row.seq), reverse=True)
        return [(row.seq, row.project) for row in rows]

    def history(self, item: str) -> list[Shown]:
        """Every version of an item up to `as_of`, oldest first."""
        return [_shown(row) for row in self._ask(asked.HISTORY, item=item)]

    def project_of(self, item: str) -> str:
        """The code of the project that an item belongs to; "" where there is none."""
        return str(self._read(asked.PROJECT_OF, item=item).scalar() or "")

    def entry(self, seq: int) -> Entry | None:
        """One line of the log."""
        return self.session.get(Entry, seq)

    def at(self, seq: int) -> Shown | None:
        """What one entry shows."""
        row = self._read(asked.AT, seq=seq).first()
        return None if row is None else _shown(row)

    def each_at(self, seqs: Iterable[int]) -> dict[int, Shown]:
        """What each of these entries shows."""
        rows = self._read(OPENED.where(Shelved.seq.in_(list(seqs))))
        return {row.seq: _shown(row) for row in rows}

    def entries(self, *, before: int | None = None, limit: int = 50) -> list[Entry]:
        """Lines of the log, newest first, below `before`."""
        query = select(Entry).order_by(Entry.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(Entry.seq < before)
        if self.as_of is not None:
            query = query.where(Entry.at < end_of(self.as_of))
        return list(self.session.scalars(query))

    def lines(self, *, before: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
        """The log as it is listed, newest first, below `before`: of each entry all that is no secret, and its title,
        which is empty once it is destroyed; `opened` is None then."""
        return self._ask(asked.LINES, before=before, limit=limit).all()

    def versions(self, *where: ColumnElement[bool], limit: int = 50) -> list[Shown]:
        """Versions of items in the order in which they came on the record, newest first, tombstones
        included; those whose opening is destroyed are left out."""
        query = select(*asked.READ).join(Opening, Opening.seq == Shelved.seq)
        query = query.where(*where).order_by(Shelved.seq.desc()).limit(limit)
        if self.as_of is not None:
            query = query.where(Shelved.at < end_of(self.as_of))
        return [_shown(row) for row in self._read(query)]

    def filed(self, *columns: Any, where: Sequence[ColumnElement[bool]]) -> list[Row[*tuple[Any, ...]]]:
        """These shelf columns of every standing item that is not withdrawn, newest day first."""
        rows = select(*columns).where(self._stands(), Shelved.act != Act.WITHDRAWN, *where)
        return list(self._read(rows.order_by(Shelved.dated.desc(), Shelved.seq.desc()), **self._end()))

    def titles(self, kind: str) -> dict[str, str]:
        """The titles of all standing items of a kind, by the part of their key after the kind."""
        return {row.item.partition("/")[2]: row.title for row in self._ask(asked.TITLES, kind=kind)}

    def addresses(self, *, limit: int, offset: int = 0) -> list[tuple[str, dt.datetime]]:
        """Keys of standing items, newest first, each with when it last changed."""
        rows = (
            select(Shelved.item, Shelved.at)
            .where(self._stands(), Shelved.act != Act.WITHDRAWN, Shelved.kind.not_in(NO_WINDOW))
            .order_by(Shelved.seq.desc())
            .limit(limit)
            .offset(offset)
        )
        return [(row.item, row.at) for row in self._read(rows, **self._end())]

    def acts(self, kind: str, *, since: dt.date) -> dict[Act, int]:
        """How often each act was done on items of a kind, from the beginning of a day."""
        since_then = end_of(since - dt.timedelta(days=1))
        return {row.act: row.n for row in self._ask(asked.ACTS, kind=kind, since=since_then)}

    def shows_media(self, name: str) -> bool:
        """Whether a rendition is public."""
        return (
            self.session.scalar(select(PublicMedia.seq).where(PublicMedia.name == name).limit(1)) is not None
        )

    def what_took(self, name: str) -> Shown | None:
        """What the entry shows that destroyed a rendition; None for one that never was."""
        seq = self.session.scalar(select(GoneMedia.seq).where(GoneMedia.mark == GoneMedia.mark_of(name)))
        return None if seq is None else self.at(seq)

    def touched(self, *scopes: str) -> int:
        """As the function of this name. A shelf is read in one picture, so it is asked once."""
        if scopes not in self._touched:
            self._touched[scopes] = touched(self.session, scopes)
        return self._touched[scopes]

    def since(self, after: int, *scopes: str, most: int) -> Sequence[Row[*tuple[Any, ...]]] | None:
        """The shelf rows of all entries after one that touched these kinds and items (`kind/…` or the key of an item),
        oldest first; None when there are more than `most`. Asked once, as `touched` is."""
        if (after, scopes) not in self._since:
            kinds = [scope.removeprefix("kind/") for scope in scopes if scope.startswith("kind/")]
            items = [scope for scope in scopes if not scope.startswith("kind/")]
            rows = self._read(asked.SINCE, after=after, kinds=kinds, items=items, limit=most + 1)
            self._since[after, scopes] = rows.all()
        found = self._since[after, scopes]
        return found if len(found) <= most else None

    def _stands(self) -> ColumnElement[bool]:
        """Tombstones included; on a past day it is a question with an `_end`."""
        return asked.stands_now(Shelved) if self.as_of is None else asked.stood_then(Shelved)

    def _is_shown(self) -> ColumnElement[bool]:
        return asked.shown_now(Shelved) if self.as_of is None else asked.shown_then(Shelved)

    def _end(self) -> dict[str, dt.datetime]:
        return {} if self.as_of is None else {"end": end_of(self.as_of)}

    def _ask(self, question: Asked, **values: object) -> CursorResult[Any]:
        """A question that is kept, of today or of the day that this shelf is as of."""
        return self._read(question.now if self.as_of is None else question.then, **values, **self._end())

    def _read(self, query: Select[*tuple[Any, ...]], **values: object) -> CursorResult[Any]:
        """Columns, without the cost of mapped objects that nobody changes."""
        return self.session.connection().execute(query, values)


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    """From a row that begins with the columns of `shelf_queries.READ`; taken at once, since asking a row for a name
    costs more than the rest."""
    seq, item, kind, act, version, at, first_at, document, sealed_by = row[:9]
    return Shown(
        seq=seq,
        item=item,
        kind=kind,
        act=act,
        version=version,
        at=at,
        first_at=first_at,
        document=_parsed(document) if document is not None else {},
        sealed_by=sealed_by,
    )


@lru_cache(maxsize=DOCUMENTS)
def _parsed(text: str) -> dict[str, Any]:
    """A document from its text. The text is always read anew, so nothing destroyed is ever shown."""
    return dict(json.loads(text))


def touched(session: Session, scopes: Sequence[str]) -> int:
    """The last sequence number that touched any of these scopes; -1 when none was ever touched. Below that
    while the record is frozen, so that every page changes when that begins or ends."""
    return int(session.connection().execute(asked.TOUCHED, {"scopes": list(scopes)}).scalar_one())
