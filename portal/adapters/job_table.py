"""The job queue as a table in our own database: a job commits with the act that asks for it.

Claiming takes a lease and counts the attempt before the work begins, so a worker that dies gives its
job back when the lease runs out, and a job that kills workers is set aside instead of going round.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlalchemy import JSON, ColumnElement, Index, String, Text, delete, func, or_, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from portal.columns import UtcDateTime, metadata
from portal.database import Database
from portal.ports import Job

log = logging.getLogger(__name__)

LEASE = dt.timedelta(
    seconds=30
)  # longer than the longest job that does not keep it, short enough to wait out
MAX_ATTEMPTS = 8
IDLE = frozenset({"transcode_video", "send_digest"})  # kinds that take minutes, or come in thousands
FIRST_WAIT = 5.0  # seconds; doubles with every attempt, with jitter
LONGEST_WAIT = 3600.0


class _Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: UtcDateTime, dict[str, Any]: JSON}


class JobRow(_Base):
    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "done_at", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(80), index=True)
    payload: Mapped[dict[str, Any]]
    not_before: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[dt.datetime | None] = mapped_column(default=None)
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    set_aside_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(Text, default="")

    def as_job(self) -> Job:
        return Job(id=self.id, kind=self.kind, payload=self.payload, attempt=self.attempts)


class JobTable:
    """`JobQueue` on the portal's own database; any number of workers may run it."""

    def __init__(self, database: Database, *, max_attempts: int = MAX_ATTEMPTS) -> None:
        self.database = database
        self.max_attempts = max_attempts

    def enqueue(
        self,
        session: Session,
        *,
        kind: str,
        payload: Mapping[str, Any],
        not_before: dt.datetime,
        key: str | None = None,
    ) -> None:
        if key is not None and session.scalar(select(JobRow.id).where(JobRow.key == key, _open()).limit(1)):
            return
        session.add(JobRow(kind=kind, key=key, payload=dict(payload), not_before=not_before))

    def cancel(self, session: Session, *, key: str) -> bool:
        gone = session.execute(
            delete(JobRow).where(
                JobRow.key == key, _open(), JobRow.attempts == 0, JobRow.leased_until.is_(None)
            )
        )
        return bool(gone.rowcount)  # type: ignore[attr-defined]

    def run_due(self, handlers: Mapping[str, Callable[[Job], None]], *, now: dt.datetime) -> int:
        run = 0
        while (job := self._claim(now)) is not None:
            run += 1
            self._run(job, handlers, now)
        return run

    def run_idle(self, handlers: Mapping[str, Callable[[Job], None]], *, now: dt.datetime) -> int:
        job = self._claim(now, idle=True)
        if job is not None:
            self._run(job, handlers, now)
        return int(job is not None)

    def _run(self, job: Job, handlers: Mapping[str, Callable[[Job], None]], now: dt.datetime) -> None:
        try:
            handlers[job.kind](job)
        except Exception as error:  # whatever a job does, the worker goes on
            log.exception("job failed", extra={"job": job.id, "kind": job.kind, "attempt": job.attempt})
            self._failed(job, error, now)
        else:
            self._done(job, now)

    def keep(self, job: Job, *, now: dt.datetime) -> bool:
        ours = (JobRow.id == job.id) & (JobRow.attempts == job.attempt) & _open()
        with self.database.writing() as session:
            kept = session.execute(update(JobRow).where(ours).values(leased_until=now + LEASE))
        return bool(kept.rowcount)  # type: ignore[attr-defined]

    def waiting(self, *, now: dt.datetime) -> tuple[int, dt.timedelta]:
        with self.database.reading() as session:
            count, oldest = session.execute(
                select(func.count(), func.min(JobRow.not_before)).where(
                    _open(), JobRow.not_before <= now, JobRow.kind.not_in(IDLE)
                )
            ).one()
        return count, (now - oldest if oldest is not None else dt.timedelta())

    def set_aside(self) -> list[tuple[Job, str]]:
        with self.database.reading() as session:
            rows = session.scalars(select(JobRow).where(_stuck()).order_by(JobRow.id))
            return [(row.as_job(), row.error) for row in rows]

    def retry(self, session: Session, *, job_id: int, now: dt.datetime) -> bool:
        return self._end(session, job_id, attempts=0, set_aside_at=None, leased_until=None, not_before=now)

    def discard(self, session: Session, *, job_id: int, now: dt.datetime) -> bool:
        return self._end(session, job_id, done_at=now)

    def _end(self, session: Session, job_id: int, **values: Any) -> bool:
        """Change a job that is set aside; whether it was."""
        changed = session.execute(update(JobRow).where(JobRow.id == job_id, _stuck()).values(**values))
        return bool(changed.rowcount)  # type: ignore[attr-defined]

    def _claim(self, now: dt.datetime, *, idle: bool = False) -> Job | None:
        kinds = JobRow.kind.in_(IDLE) if idle else JobRow.kind.not_in(IDLE)
        free = or_(JobRow.leased_until.is_(None), JobRow.leased_until <= now)
        due = (
            select(JobRow)
            .where(_open(), JobRow.not_before <= now, free, kinds)
            .order_by(JobRow.not_before, JobRow.id)
        )
        with self.database.reading() as session:  # looking does not take the write lock
            if session.scalar(due.limit(1)) is None:
                return None
        with self.database.writing() as session:
            row = session.scalars(due.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            if row.attempts >= self.max_attempts:  # it died with its worker, again and again
                row.set_aside_at, row.error = now, row.error or "the worker died each time"
                return None
            row.attempts += 1
            row.leased_until = now + LEASE
            return row.as_job()

    def _done(self, job: Job, now: dt.datetime) -> None:
        with self.database.writing() as session:
            session.execute(update(JobRow).where(JobRow.id == job.id).values(done_at=now, leased_until=None))

    def _failed(self, job: Job, error: Exception, now: dt.datetime) -> None:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (job.attempt - 1)) * random.uniform(0.8, 1.2)  # noqa: S311
        with self.database.writing() as session:
            row = session.get_one(JobRow, job.id)
            row.leased_until, row.error = None, f"{type(error).__name__}: {error}"[:500]
            row.not_before = now + dt.timedelta(seconds=wait)
            if job.attempt >= self.max_attempts:
                row.set_aside_at = now


def _open() -> ColumnElement[bool]:
    return JobRow.done_at.is_(None) & JobRow.set_aside_at.is_(None)


def _stuck() -> ColumnElement[bool]:
    return JobRow.done_at.is_(None) & JobRow.set_aside_at.is_not(None)
