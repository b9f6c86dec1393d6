"""A phone sends a photo or a video in pieces: it is announced, goes on where it stopped, and becomes one once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.editable import editable_photos
from portal.domain.errors import Refused
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import (
    MAX_PHOTOS,
    MAX_VIDEOS,
    PACE_WINDOW,
    UPLOADS_PER_PERSON,
    Photo,
    Report,
    Video,
)
from portal.domain.uploads import MAX_OPEN_UPLOADS, UPLOAD_LASTS, PartialUpload
from portal.domain.wording import clean
from portal.ports import Limit

UNFINISHED = (PartialUpload.photo_id.is_(None), PartialUpload.video_id.is_(None))


def announcements_of(person: Person) -> Limit:
    """How many photos somebody may announce."""
    return Limit(key=f"announce/person/{person.id}", most=UPLOADS_PER_PERSON, window=PACE_WINDOW)


def begin_upload(
    session: Session,
    *,
    report: Report,
    replaces: Photo | None,
    file_name: str,
    size: int,
    sha256: str,
    film: bool = False,
    mark: str = "",
    actor: Person,
    now: dt.datetime,
) -> PartialUpload:
    """Announce a file for a report. The same file announced again, because the answer was lost or the page was
    loaded anew, is the upload that is open. Raises `Refused` (`too_many_photos`, `too_many_videos`,
    `photo_not_open`, `too_many_uploads_open`)."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    open_ones = _open_uploads(session, actor=actor, now=now)
    told: dict[str, Any] = {
        "report_id": report.id,
        "replaces_id": replaces.id if replaces else None,
        "size": size,
    }
    told |= {"film": film, "sha256": sha256, "mark": mark}
    for each in open_ones:
        if (sha256 or mark) and told == {name: getattr(each, name) for name in told}:
            return each
    _refuse_unless_room(report, replaces, film=film)
    if len(open_ones) >= MAX_OPEN_UPLOADS:
        raise Refused("too_many_uploads_open", most=MAX_OPEN_UPLOADS)
    upload = PartialUpload(
        key=secrets.token_hex(16),
        person_id=actor.id,
        file_name=clean(file_name, limit=200),
        created_at=now,
        expires_at=now + UPLOAD_LASTS,
        **told,
    )
    session.add(upload)
    audit.note(session, actor=actor, act="begin_upload", subject=report, now=now, bytes=size)
    return upload


def _refuse_unless_room(report: Report, replaces: Photo | None, *, film: bool) -> None:
    if film:
        if len(report.videos) >= MAX_VIDEOS:
            raise Refused("too_many_videos", most=MAX_VIDEOS)
    elif replaces is None:
        if len(report.photos) >= MAX_PHOTOS:
            raise Refused("too_many_photos", most=MAX_PHOTOS)
    elif replaces.report_id != report.id or replaces.id not in editable_photos(report):
        raise Refused("photo_not_open")


def finish_upload(session: Session, *, key: str, taken: Photo | Video) -> None:
    """Remember what it has become, in the transaction that makes that; its name goes. "" is no upload."""
    upload = session.scalars(select(PartialUpload).where(PartialUpload.key == key)).first()
    if upload is not None:
        session.flush()
        upload.file_name = ""
        if isinstance(taken, Video):
            upload.video_id = taken.id
        else:
            upload.photo_id = taken.id


def end_upload(session: Session, *, upload: PartialUpload, actor: Person, now: dt.datetime) -> None:
    """Give an upload up. A photo that it has become stays."""
    report = upload.report
    session.delete(upload)
    audit.note(session, actor=actor, act="end_upload", subject=report, now=now)


def forget_expired(session: Session, *, now: dt.datetime) -> frozenset[str]:
    """Forget uploads whose time is over, and answer the keys of those that may be gone on with."""
    session.execute(delete(PartialUpload).where(PartialUpload.expires_at <= now))
    return frozenset(session.scalars(select(PartialUpload.key).where(*UNFINISHED)))


def _open_uploads(session: Session, *, actor: Person, now: dt.datetime) -> Sequence[PartialUpload]:
    return session.scalars(
        select(PartialUpload).where(
            PartialUpload.person_id == actor.id,
            *UNFINISHED,
            PartialUpload.expires_at > now,
        )
    ).all()
