"""Leases as a table in our own database: exactly one process does what must not be done twice at once.

A process that dies keeps its lease until it runs out; whoever asks next then has it. The machines of a cluster
must agree about the time to within a few seconds (NTP).
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
from typing import Any, ClassVar

from sqlalchemy import String, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from portal.columns import UtcDateTime, metadata
from portal.database import Database

LASTS = dt.timedelta(seconds=20)  # without a word from its holder
_THIS_PROCESS = f"{socket.gethostname()[:40]}/{os.getpid()}/{secrets.token_hex(4)}"


class _Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: UtcDateTime}


class LeaseRow(_Base):
    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[dt.datetime]


class LeaseTable:
    """`Leases` on the portal's own database. Written only when half of the time has passed, so that asking
    twice a second costs one small read."""

    def __init__(self, database: Database, *, holder: str = _THIS_PROCESS) -> None:
        self._database, self._holder = database, holder

    def hold(self, name: str, *, now: dt.datetime) -> bool:
        with self._database.reading() as session:
            row = session.get(LeaseRow, name)
            if row is not None and row.until > now:
                if row.holder != self._holder:
                    return False
                if row.until - now > LASTS / 2:
                    return True
        try:
            with self._database.writing() as session:
                return self._take(session, name, now)
        except IntegrityError:  # another process has just taken it for the first time
            return False

    def release(self) -> None:
        with self._database.reading() as session:
            mine = session.scalars(select(LeaseRow.name).where(LeaseRow.holder == self._holder)).all()
        if mine:
            with self._database.writing() as session:
                session.execute(delete(LeaseRow).where(LeaseRow.holder == self._holder))

    def _take(self, session: Session, name: str, now: dt.datetime) -> bool:
        mine_or_over = (LeaseRow.holder == self._holder) | (LeaseRow.until <= now)
        taken = session.execute(
            update(LeaseRow)
            .where(LeaseRow.name == name, mine_or_over)
            .values(holder=self._holder, until=now + LASTS)
        )
        if taken.rowcount:  # type: ignore[attr-defined]
            return True
        if session.get(LeaseRow, name) is not None:
            return False
        session.add(LeaseRow(name=name, holder=self._holder, until=now + LASTS))
        return True
