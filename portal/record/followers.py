"""Reading the log from a cursor: at least once, in order, rebuildable from entry 0."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.tables import Act, Entry, Follower, Head, Opening, Shelved


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry as a follower meets it. `document` is None when its opening is destroyed; `standing`
    says whether this entry is still the item's latest."""

    seq: int
    item: str
    kind: str
    act: Act
    at: dt.datetime
    document: dict[str, Any] | None
    shelf: Shelved
    standing: bool


def changes(session: Session, *, after: int, limit: int) -> list[Change]:
    """Up to `limit` entries after position `after`, in order."""
    rows = session.execute(
        select(Entry, Opening.document, Shelved)
        .join(Shelved, Shelved.seq == Entry.seq)
        .outerjoin(Opening, Opening.seq == Entry.seq)
        .where(Entry.seq > after)
        .order_by(Entry.seq)
        .limit(limit)
    )
    return [
        Change(
            seq=entry.seq,
            item=entry.item,
            kind=entry.kind,
            act=entry.act,
            at=entry.at,
            document=None if text is None else json.loads(text),
            shelf=shelf,
            standing=shelf.latest,
        )
        for entry, text, shelf in rows
    ]


def last_seq(session: Session) -> int:
    """Sequence number of the newest entry, -1 when the record is empty."""
    return session.scalars(select(Head.size)).one() - 1


def position(session: Session, name: str) -> int:
    """How far the named follower has read, -1 before the first entry."""
    follower = session.get(Follower, name)
    return -1 if follower is None else follower.position


def move(session: Session, name: str, *, position: int, now: dt.datetime) -> None:
    """Remember how far the named follower has read."""
    follower = session.get(Follower, name)
    if follower is None:
        session.add(Follower(name=name, position=position, moved_at=now))
    else:
        follower.position, follower.moved_at = position, now


def entries(session: Session, *, batch: int = 500) -> Iterator[tuple[Entry, Opening | None]]:
    """Every entry with its opening, in order, a batch at a time."""
    after = -1
    while True:
        rows = session.execute(
            select(Entry, Opening)
            .outerjoin(Opening, Opening.seq == Entry.seq)
            .where(Entry.seq > after)
            .order_by(Entry.seq)
            .limit(batch)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1][0].seq
        session.expunge_all()
