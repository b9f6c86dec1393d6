"""Writing down who has looked at a submission that is not public yet."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.audit import AuditEntry
from portal.domain.organisation import Person
from portal.domain.progress import Report

ACT = "see_report"
ONE_LOOK = dt.timedelta(hours=1)  # opening the page again within this time is the same look


def is_new_look(session: Session, *, report: Report, actor: Person, now: dt.datetime) -> bool:
    """Whether this person has not looked at this report lately."""
    earlier = select(AuditEntry.id).where(
        AuditEntry.subject_kind == report.__tablename__,
        AuditEntry.subject_id == str(report.id),
        AuditEntry.act == ACT,
        AuditEntry.actor_id == actor.id,
        AuditEntry.at > now - ONE_LOOK,
    )
    return session.scalar(earlier.limit(1)) is None


def see_report(session: Session, *, report: Report, actor: Person, now: dt.datetime) -> None:
    """A line in the audit for a new look."""
    audit.note(session, actor=actor, act=ACT, subject=report, now=now, round=report.round)
