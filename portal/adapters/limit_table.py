"""Limits counted in the portal's own database: a row for each act, for as long as it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Delete, Index, Integer, String, delete, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from portal.columns import UtcDateTime, metadata
from portal.database import Database, one_by_one
from portal.ports import Limit

FORGET_AT_ONCE = 500  # rows; so that nobody's act pays for the end of a flood
SECOND = dt.timedelta(seconds=1)


class _Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: UtcDateTime}


class LimitedAct(_Base):
    """One act of one key, which counts until `ends_at`."""

    __tablename__ = "limited_act"
    __table_args__ = (
        Index("ix_limited_act_key", "key", "ends_at"),
        Index("ix_limited_act_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    ends_at: Mapped[dt.datetime]


class LimitTable:
    """`Limits` on SQLite, where one writes at a time, and on PostgreSQL, where those who count the same key
    queue up behind an advisory lock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wait(self, *limits: Limit, now: dt.datetime, session: Session | None = None) -> int:
        refuse_twins(limits)
        if session is not None:
            return _wait(session, limits, now)
        with self._database.reading() as own:
            return _wait(own, limits, now)

    def count(self, *limits: Limit, now: dt.datetime, session: Session | None = None) -> int:
        refuse_twins(limits)
        if session is not None:
            return _count(session, limits, now)
        with self._database.writing() as own:
            return _count(own, limits, now)

    def check(self) -> str | None:
        return None  # the database itself is looked at by whoever looks at everything

    def close(self) -> None:
        pass  # the connections are the database's


def refuse_twins(limits: tuple[Limit, ...]) -> None:
    """Raises `ValueError` when a key is named twice: it would be counted twice, or be seen before it is."""
    if len({limit.key for limit in limits}) < len(limits):
        raise ValueError("one act cannot be counted twice against the same key")


def whole_seconds(left: dt.timedelta) -> int:
    """Seconds after which a moment that is `left` away has surely passed; 0 for one that has."""
    return left // SECOND + 1 if left > dt.timedelta() else 0


def _count(session: Session, limits: tuple[Limit, ...], now: dt.datetime) -> int:
    one_by_one(session, *(limit.key for limit in limits))
    if seconds := _wait(session, limits, now):
        return seconds
    session.execute(_forget(now))
    rows = [{"key": limit.key, "ends_at": now + limit.window} for limit in limits]
    session.execute(insert(LimitedAct), rows)
    return 0


def _wait(session: Session, limits: tuple[Limit, ...], now: dt.datetime) -> int:
    return max((_seconds(session, limit, now) for limit in limits), default=0)


def _seconds(session: Session, limit: Limit, now: dt.datetime) -> int:
    """There is room when the `most`-th newest act has ended: then only `most` - 1 still count."""
    ends_at = session.scalar(
        select(LimitedAct.ends_at)
        .where(LimitedAct.key == limit.key, LimitedAct.ends_at > now)
        .order_by(LimitedAct.ends_at.desc())
        .offset(limit.most - 1)
        .limit(1)
    )
    return 0 if ends_at is None else whole_seconds(ends_at - now)


def _forget(now: dt.datetime) -> Delete:
    """What no longer counts, of whatever key. Rows that another transaction is forgetting are left to it, so
    that two never wait for each other."""
    over = (
        select(LimitedAct.id)
        .where(LimitedAct.ends_at <= now)
        .order_by(LimitedAct.ends_at)
        .limit(FORGET_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return delete(LimitedAct).where(LimitedAct.id.in_(over)).execution_options(synchronize_session=False)
