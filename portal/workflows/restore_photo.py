"""A unit takes back the removal of a photo."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.errors import Refused
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import MAX_PHOTOS, Photo, Report


def restore_photo(session: Session, *, report: Report, photo: Photo, actor: Person, now: dt.datetime) -> None:
    """Put a removed photo back where it was; doing it again changes nothing.

    Raises `Refused`: `photo_not_open` when another photo has taken its place, `too_many_photos` when the
    report is full again.
    """
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    if photo.report_id != report.id or any(each.replaces_id == photo.id for each in report.photos):
        raise Refused("photo_not_open")
    if photo.removed_at is None:
        return
    last = report.last_return
    if last is not None and (last.took_effect_at is None or photo.removed_at < last.took_effect_at):
        raise Refused("photo_not_open")  # it was gone before the return; nobody asked for it
    if len(report.photos) >= MAX_PHOTOS:
        raise Refused("too_many_photos", most=MAX_PHOTOS)
    photo.removed_at = None
    audit.note(
        session, actor=actor, act="restore_photo", subject=report, now=now, photo=photo.original_sha256
    )
