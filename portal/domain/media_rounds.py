"""How far somebody who goes through all files has come, so that going on is possible after being cut off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.base import Base

SWEEP, VERIFY, MIRROR = "sweep", "verify", "mirror"


@dataclass(frozen=True)
class StoredFile:
    """A file, or the whole store, as the trail names it."""

    id: str = ""
    __tablename__: ClassVar[str] = "media"


class MediaRound(Base):
    """The last round of one kind. position: how far it is, in the words of whoever goes round; found: what is wrong
    so far, as JSON; finished_at: None while it is under way, or was cut off."""

    __tablename__ = "media_round"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[str] = mapped_column(String(40), default="")
    found: Mapped[list[Any]] = mapped_column(default=list)
    started_at: Mapped[dt.datetime]
    moved_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None] = mapped_column(default=None)


def is_due(session: Session, name: str, *, every: dt.timedelta, now: dt.datetime) -> bool:
    """Whether the last round that was finished is so long ago. A clock that was moved back makes it due."""
    last = session.get(MediaRound, name)
    if last is None or last.finished_at is None:
        return True
    return not dt.timedelta() <= now - last.finished_at < every


def begin(session: Session, name: str, *, now: dt.datetime) -> MediaRound:
    """A new round from the start."""
    row = session.get(MediaRound, name) or MediaRound(name=name)
    row.position, row.found, row.started_at, row.moved_at, row.finished_at = "", [], now, now, None
    session.add(row)
    return row


def finish(session: Session, name: str, *, now: dt.datetime) -> None:
    """The round is over."""
    row = session.get(MediaRound, name) or begin(session, name, now=now)
    row.moved_at = row.finished_at = now
