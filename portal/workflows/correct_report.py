"""A unit corrects what it has published: a new draft beside it, with the reason for it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.errors import Invalid, Problem
from portal.domain.lifecycle import REPORT, ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.photo_claims import carry_claims
from portal.domain.progress import FilmState, Photo, Report, Video
from portal.domain.redaction import Redaction
from portal.domain.wording import clean

UNFINISHED = (ReportState.DRAFT, ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.RETURNED)
COPIED = (
    *("position", "caption", "taken_on", "file_name", "width", "height", "tone", "renditions", "embedded"),
    *("original_sha256", "original_format", "original_bytes", "seal_salt", "received_at", "received_by_id"),
    "view",
    "recipe",
)
COPIED_BOX = ("x", "y", "width", "height", "kind", "by_id", "body_id", "at")
COPIED_OF_A_VIDEO = (
    *("position", "description", "taken_on", "file_name", "width", "height", "milliseconds", "sound", "tone"),
    *("renditions", "embedded", "film", "percent"),
    *("original_sha256", "original_format", "original_bytes", "seal_salt", "received_at", "received_by_id"),
)


def start_correction(
    session: Session, *, report: Report, reason: str, actor: Person, now: dt.datetime
) -> Report:
    """A draft of the next version, with everything the published one says. One at a time: an unfinished
    correction is answered instead of a second."""
    hold(session, report)
    permit_report(actor, ReportAct.CORRECT, report)
    REPORT.next(report.state, ReportAct.CORRECT)
    reason = clean(reason, limit=500)
    if not reason:
        raise Invalid([Problem("correction_reason", "missing")])
    begun = session.scalars(
        select(Report).where(Report.corrects_id == report.id, Report.state.in_(UNFINISHED))
    ).first()
    if begun is not None:
        return begun
    draft = Report(
        project=report.project,
        milestone=report.milestone,
        unit=report.unit,
        author=actor,
        month=report.month,
        physical_percent=report.physical_percent,
        done=report.done,
        problems=report.problems,
        next_step=report.next_step,
        corrects=report,
        correction_reason=reason,
        source=report.source,
        source_number=report.source_number,
        created_at=now,
    )
    session.add(draft)
    _carry_pictures(session, report, draft)
    audit.note(session, actor=actor, act="start_correction", subject=draft, now=now, corrects=report.id)
    return draft


def _carry_pictures(session: Session, report: Report, draft: Report) -> None:
    """Photos with what is covered on them and claimed of them, and videos with their films."""
    copies = [
        (photo, Photo(report=draft, **{name: getattr(photo, name) for name in COPIED}))
        for photo in report.photos
    ]
    for photo, copy in copies:
        for box in photo.redactions:  # the renditions that are copied have them
            copy.redactions.append(Redaction(**{name: getattr(box, name) for name in COPIED_BOX}))
        session.add(copy)
    carry_claims(session, photos=copies)
    for video in report.videos:  # what is published has its film
        copied = {name: getattr(video, name) for name in COPIED_OF_A_VIDEO}
        session.add(Video(report=draft, state=FilmState.READY, **copied))
