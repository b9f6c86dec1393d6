"""A unit sends its report to the supervision body, or answers a return."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.errors import Invalid, Problem
from portal.domain.filming import videos_missing
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.photo_requests import answer_requests
from portal.domain.progress import Decision, Report
from portal.domain.wording import passage_text


def submit_report(
    session: Session, *, report: Report, actor: Person, key: str | None, now: dt.datetime
) -> bool:
    """Send the report. False when this very submission has arrived before (the same `key`): nothing changes.

    Raises `Invalid` naming everything that is missing; the draft stays as it is.
    """
    hold(session, report)
    permit_report(actor, ReportAct.SUBMIT, report)
    if key is not None and key == report.idempotency_key:
        return False
    next_state = REPORT.next(report.state, ReportAct.SUBMIT)
    problems = [*missing(report), *unanswered(report)]
    if problems:
        raise Invalid(problems)
    report.state = next_state
    report.round += 1
    report.idempotency_key = key
    report.submitted_at, report.submitted_by = now, actor
    report.claimed_by = report.claimed_until = None
    answer_requests(session, report, now=now)
    audit.note(session, actor=actor, act="submit_report", subject=report, now=now, round=report.round)
    return True


def missing(report: Report) -> list[Problem]:
    """What a report must say before it can be sent. Photos and videos are never demanded, words about them
    are."""
    problems = []
    if report.milestone is None:
        problems.append(Problem("milestone", "missing"))
    if not report.month:
        problems.append(Problem("month", "missing"))
    if report.physical_percent is None:
        problems.append(Problem("physical_percent", "missing"))
    if not report.done:
        problems.append(Problem("done", "missing"))
    if report.corrects_id is not None and not report.correction_reason:
        problems.append(Problem("correction_reason", "missing"))
    for place, photo in enumerate(report.photos, start=1):
        if not photo.caption:
            problems.append(Problem(f"caption-{photo.id}", "caption_missing", {"place": place}))
    return [*problems, *videos_missing(report)]


def unanswered(report: Report) -> list[Problem]:
    """What was returned and is still as it was."""
    last = report.last_return
    return [] if last is None else [*_photos_unanswered(report, last), *_passages_unanswered(report, last)]


def _photos_unanswered(report: Report, last: Decision) -> list[Problem]:
    here = {photo.id: place for place, photo in enumerate(report.photos, start=1)}
    return [
        Problem(f"photo-{reason.photo_id}", "photo_not_replaced", {"place": here[reason.photo_id]})
        for reason in last.reasons
        if reason.photo_id in here and reason.preset != "caption_mismatch"
    ] + [
        Problem(f"caption-{reason.photo_id}", "caption_not_changed", {"place": here[reason.photo_id]})
        for reason in last.reasons
        if reason.photo_id in here
        and reason.preset == "caption_mismatch"
        and reason.photo is not None
        and reason.photo.caption == reason.before
    ]


def _passages_unanswered(report: Report, last: Decision) -> list[Problem]:
    return [
        Problem(reason.passage, "passage_not_changed")
        for reason in last.reasons
        if reason.passage and passage_text(report, reason.passage) == reason.before
    ]
