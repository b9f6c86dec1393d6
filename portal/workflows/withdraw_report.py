"""Taking something published down: reason and legal basis stay on a tombstone, the content is destroyed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.disclosure import public_names
from portal.domain import audit
from portal.domain.errors import Invalid, Problem
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import Report
from portal.domain.wording import clean
from portal.ports import JobQueue, MediaStore, Space
from portal.record import log
from portal.record.tables import PublicMedia
from portal.rules.numbers import report_item

JOB = "destroy_media"


def withdraw_report(
    session: Session,
    *,
    report: Report,
    reason: str,
    basis: str,
    actor: Person,
    queue: JobQueue,
    now: dt.datetime,
) -> None:
    """Withdraw a published report with all its versions. Raises `Invalid` without reason or basis."""
    hold(session, report)
    permit_report(actor, ReportAct.WITHDRAW, report)
    next_state = REPORT.next(report.state, ReportAct.WITHDRAW)
    reason, basis = clean(reason, limit=500), clean(basis, limit=200)
    problems = [
        Problem(name, "missing") for name, value in (("reason", reason), ("basis", basis)) if not value
    ]
    if problems:
        raise Invalid(problems)
    assert report.number is not None
    assert actor.body is not None
    log.withdraw(
        session, report_item(report.number), reason=reason, basis=basis, role=actor.body.name, at=now
    )
    report.state = next_state
    versions = session.scalars(select(Report).where(Report.number == report.number))
    names = [name for version in versions for name in public_names(version.all_photos)]
    queue.enqueue(session, kind=JOB, payload={"names": sorted(set(names))}, not_before=now)
    audit.note(session, actor=actor, act="withdraw_report", subject=report, now=now, number=report.number)


def destroy_media(session: Session, *, names: Sequence[str], media: MediaStore) -> None:
    """Destroy public renditions that no standing entry shows. Doing it again changes nothing."""
    still_shown = set(session.scalars(select(PublicMedia.name).where(PublicMedia.name.in_(names))))
    for name in names:
        if name not in still_shown:
            media.remove(Space.PUBLIC, name)
