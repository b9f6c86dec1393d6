"""Photos that an older recipe has developed are developed again from their sealed originals, while they are not
public.

What is public stays as the record shows it, byte by byte: a new recipe is no reason to publish anything. When its unit
corrects it, the draft's copies are not public yet, and are brought up like all others.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Photo, Report
from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import Developed
from portal.ports import JobQueue, MediaMissing, MediaStore, Received, Space

JOB = "destroy_media"
NOT_PUBLIC = (ReportState.DRAFT, ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.RETURNED)
BATCH = 200


class Arriving(Protocol):
    """A file on its way into the spool."""

    def write(self, data: bytes, /) -> int: ...
    def finish(self) -> Received: ...
    def discard(self) -> None: ...


class Spool(Protocol):
    """Where a file lies while the darkroom reads it."""

    def receive(self, limit: int) -> Arriving: ...
    def discard(self, received: Received) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Old:
    """A photo to be developed again, and the names of its renditions as they were when it was looked up."""

    photo_id: int
    original: str
    bytes: int
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
            names=_names(photo.renditions),
        )
        for photo in session.scalars(query)
    ]


def develop_sealed(old: Old, *, spool: Spool, darkroom: Darkroom, media: MediaStore) -> Developed:
    """Develop a sealed original once more; nothing of it is kept yet. Raises `MediaMissing` when the sealed room
    does not hold what it should, and what the darkroom raises."""
    arrival = spool.receive(old.bytes)
    try:
        with media.open(Space.SEALED, old.original) as sealed:
            shutil.copyfileobj(sealed, arrival, 1 << 20)
        received = arrival.finish()
    except ValueError:  # longer than it was
        raise MediaMissing(old.original) from None
    finally:
        arrival.discard()
    try:
        if received.sha256 != old.original.partition(".")[0]:
            raise MediaMissing(old.original)
        return darkroom.develop(received.path)
    finally:
        spool.discard(received)


def stage(developed: Developed, *, media: MediaStore) -> list[dict[str, Any]]:
    """Keep new renditions where nobody but desks sees them; what a photo's row says of them."""
    for each in developed.renditions:
        media.put(Space.STAGED, each.name, each.data)
    return [
        {
            "edge": each.edge,
            "format": each.format,
            "name": each.name,
            "width": each.width,
            "height": each.height,
            "bytes": len(each.data),
        }
        for each in developed.renditions
    ]


def take_in(
    session: Session,
    old: Old,
    *,
    renditions: list[dict[str, Any]],
    tone: str,
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
    if not open_to_change or _names(photo.renditions) != old.names:
        return False
    photo.renditions, photo.tone, photo.recipe = renditions, tone, recipe
    left = sorted(set(old.names) - set(_names(renditions)))
    if left:
        destroyed = {"names": left, "originals": [photo.original_sha256]}
        queue.enqueue(session, kind=JOB, payload=destroyed, not_before=now)
    audit.note(session, actor=None, act="rerender_photo", subject=photo, now=now, recipe=recipe)
    return True


def _names(renditions: Sequence[dict[str, Any]]) -> list[str]:
    return [rendition["name"] for rendition in renditions]
