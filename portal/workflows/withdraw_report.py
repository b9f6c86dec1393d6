"""Taking something published down: reason and legal basis stay on a tombstone, the content is destroyed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.errors import Invalid, Problem
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.photo_claims import forget_claims
from portal.domain.progress import Report
from portal.domain.receipts import Outcome, decided, submission_of
from portal.domain.wording import clean
from portal.ports import JobQueue
from portal.record import log
from portal.rules.numbers import report_item
from portal.workflows.erase_report import erase_words, renditions_of, versions_of

JOB = "destroy_media"
SCRUB = "scrub_database"  # after what is deleted has been deleted


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
    versions = versions_of(session, report.number)
    names, originals = renditions_of(versions)
    erase_words(versions)
    forget_claims(session, photos=[photo for each in versions for photo in each.all_photos])
    for each in versions:  # corrections that are not decided go with what they correct
        decided(session, submission_of(each), outcome=Outcome.WITHDRAWN, at=now)
    media = {"names": names, "originals": originals}
    queue.enqueue(session, kind=JOB, payload=media, not_before=now)
    queue.enqueue(session, kind=SCRUB, payload={}, not_before=now)
    audit.note(session, actor=actor, act="withdraw_report", subject=report, now=now, number=report.number)
