"""Photos that an older recipe has developed are developed again from their sealed originals, while they are not
public.

What is public stays as the record shows it, byte by byte: a new recipe is no reason to publish anything. When its unit
corrects it, the draft's copies are not public yet, and are brought up like all others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Photo, Report
from portal.domain.redaction import Cover
from portal.ports import JobQueue
from portal.workflows.develop_again import Covered

JOB = "destroy_media"
NOT_PUBLIC = (ReportState.DRAFT, ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.RETURNED)
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Old:
    """A photo to be developed again, with what is covered on it and the names of its renditions, as they were when it
    was looked up."""

    photo_id: int
    original: str
    bytes: int
    covers: list[Cover]
    names: list[str]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Photos of an older recipe. public: those that stay as they are."""

    waiting: int
    public: int


def counted(session: Session, *, recipe: int) -> Counted:
    def count(*where: ColumnElement[bool]) -> int:
        photos = select(func.count()).select_from(Photo).join(Report, Photo.report_id == Report.id)
        return session.scalars(photos.where(Photo.recipe < recipe, *where)).one()

    return Counted(
        waiting=count(Report.state.in_(NOT_PUBLIC)), public=count(Report.state == ReportState.PUBLISHED)
    )


def outdated(session: Session, *, recipe: int, after: int) -> list[Old]:
    """The next photos of an older recipe that are not public, by id."""
    query = (
        select(Photo)
        .join(Report, Photo.report_id == Report.id)
        .where(Photo.recipe < recipe, Photo.id > after, Report.state.in_(NOT_PUBLIC))
        .order_by(Photo.id)
        .limit(BATCH)
    )
    return [
        Old(
            photo_id=photo.id,
            original=photo.original_name,
            bytes=photo.original_bytes,
            covers=photo.covers,
            names=_names(photo.renditions),
        )
        for photo in session.scalars(query)
    ]


def take_in(
    session: Session,
    old: Old,
    *,
    developed: Covered,
    recipe: int,
    queue: JobQueue,
    now: dt.datetime,
) -> bool:
    """Put new renditions in the place of the old ones. False when the photo is about to be public, or was changed,
    since it was looked up: then it stays as it is."""
    photo = session.get(Photo, old.photo_id)
    if photo is None:
        return False
    report = photo.report
    hold(session, report)
    session.refresh(photo)
    open_to_change = report.state in NOT_PUBLIC and report.pending is None
    if not open_to_change or _names(photo.renditions) != old.names or photo.covers != old.covers:
        return False
    photo.renditions, photo.tone, photo.recipe = developed.renditions, developed.tone, recipe
    left = sorted(set(old.names) - set(_names(developed.renditions)))
    if left:
        destroyed = {"names": left, "originals": [photo.original_sha256]}
        queue.enqueue(session, kind=JOB, payload=destroyed, not_before=now)
    audit.note(session, actor=None, act="rerender_photo", subject=photo, now=now, recipe=recipe)
    return True


def _names(renditions: Sequence[dict[str, Any]]) -> list[str]:
    return [rendition["name"] for rendition in renditions]
