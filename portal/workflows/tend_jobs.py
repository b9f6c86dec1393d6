"""What failed for good: trying it again, or giving it up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.errors import Stale
from portal.domain.organisation import Person
from portal.domain.permissions import AdminAct, permit_admin
from portal.ports import JobQueue


@dataclass(frozen=True)
class _Tended:
    """A job as the trail names it."""

    id: int
    __tablename__: ClassVar[str] = "job"


def retry_job(session: Session, *, queue: JobQueue, job_id: int, actor: Person, now: dt.datetime) -> None:
    """All attempts anew, from now on. Raises `Stale` when the job is not set aside (any more)."""
    permit_admin(actor, AdminAct.TEND_JOBS)
    if not queue.retry(session, job_id=job_id, now=now):
        raise Stale("job_not_set_aside")
    audit.note(session, actor=actor, act="retry_job", subject=_Tended(job_id), now=now)


def discard_job(session: Session, *, queue: JobQueue, job_id: int, actor: Person, now: dt.datetime) -> None:
    """Never again. Raises `Stale` when the job is not set aside (any more)."""
    permit_admin(actor, AdminAct.TEND_JOBS)
    if not queue.discard(session, job_id=job_id, now=now):
        raise Stale("job_not_set_aside")
    audit.note(session, actor=actor, act="discard_job", subject=_Tended(job_id), now=now)
