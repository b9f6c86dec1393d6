"""A unit puts photos into its report, takes them out again and orders them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.editable import editable_photos
from portal.domain.errors import Refused, WrongState
from portal.domain.lifecycle import REPORT, ReportAct, ReportState
from portal.domain.likeness import keep_prints
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.plan import View
from portal.domain.progress import MAX_PHOTOS, PACE_WINDOW, UPLOADS_PER_PERSON, Photo, Report
from portal.domain.wording import clean
from portal.imaging.developed import RECIPE
from portal.ports import Limit
from portal.rules.clock import day_of

Prints = bytes


@dataclass(frozen=True, kw_only=True)
class Developed:
    """A photo that has arrived, as the darkroom judged it. Its files already lie in the media store. prints: what it
    looks like (`imaging/likeness.py`)."""

    sha256: str
    bytes: int
    format: str
    width: int
    height: int
    tone: str
    renditions: list[dict[str, Any]]
    embedded: dict[str, Any]
    file_name: str = ""
    prints: Prints | None = None
    recipe: int = RECIPE


def uploads_of(person: Person) -> Limit:
    """How many photos somebody may send."""
    return Limit(key=f"upload/person/{person.id}", most=UPLOADS_PER_PERSON, window=PACE_WINDOW)


def add_photo(
    session: Session,
    *,
    report: Report,
    arrived: Developed,
    actor: Person,
    now: dt.datetime,
    replaces: Photo | None = None,
    view: View | None = None,
) -> Photo:
    """Put a photo into the report, at the end or in the place of the one it replaces, filed under its view. The same
    picture again is not added twice: the one that is there is answered. Raises `Refused` (`too_many_photos`,
    `photo_not_open`)."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    same = next((p for p in report.photos if p.original_sha256 == arrived.sha256), None)
    if same is not None:
        return same
    _refuse_unless_room(report, replaces)
    photo = _photo(report, arrived, replaces, view, actor, now)
    session.add(photo)
    if arrived.prints is not None:
        keep_prints(session, original_sha256=arrived.sha256, prints=arrived.prints, now=now)
    if replaces is not None:
        replaces.removed_at = now
    audit.note(session, actor=actor, act="add_photo", subject=report, now=now, photo=arrived.sha256)
    return photo


def _refuse_unless_room(report: Report, replaces: Photo | None) -> None:
    if replaces is None:
        if len(report.photos) >= MAX_PHOTOS:
            raise Refused("too_many_photos", most=MAX_PHOTOS)
    elif replaces.report_id != report.id or replaces.id not in editable_photos(report):
        raise Refused("photo_not_open")


def _photo(
    report: Report,
    arrived: Developed,
    replaces: Photo | None,
    view: View | None,
    actor: Person,
    now: dt.datetime,
) -> Photo:
    return Photo(
        report=report,
        position=replaces.position if replaces else max((p.position for p in report.photos), default=0) + 1,
        caption=replaces.caption if replaces else "",
        taken_on=embedded_day(arrived.embedded, now),
        file_name=clean(arrived.file_name, limit=200),
        original_sha256=arrived.sha256,
        original_format=arrived.format,
        original_bytes=arrived.bytes,
        width=arrived.width,
        height=arrived.height,
        tone=arrived.tone,
        renditions=arrived.renditions,
        embedded=arrived.embedded,
        seal_salt=secrets.token_hex(32),
        received_at=now,
        received_by_id=actor.id,
        replaces_id=replaces.id if replaces else None,
        view=replaces.view if replaces else view,
        recipe=arrived.recipe,
    )


def remove_photo(session: Session, *, report: Report, photo: Photo, actor: Person, now: dt.datetime) -> None:
    """Take a photo out of the report; the sealed original stays in the house."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    if photo.id not in editable_photos(report):
        raise Refused("photo_not_open")
    photo.removed_at = now
    audit.note(session, actor=actor, act="remove_photo", subject=report, now=now, photo=photo.original_sha256)


def move_photo(
    session: Session, *, report: Report, photo: Photo, up: bool, actor: Person, now: dt.datetime
) -> None:
    """Change places with the neighbour above or below; at the edge nothing happens."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    if report.state is not ReportState.DRAFT:
        raise WrongState("order_is_fixed")
    order = report.photos
    here = order.index(photo)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order, start=1):
        each.position = position
    audit.note(session, actor=actor, act="move_photo", subject=report, now=now)


def embedded_day(embedded: Mapping[str, Any], now: dt.datetime) -> dt.date | None:
    """The day the file itself claims, when it is a believable one."""
    try:
        day = dt.date.fromisoformat(str(embedded.get("taken_at", ""))[:10])
    except ValueError:
        return None
    return day if dt.date(2000, 1, 1) <= day <= day_of(now) else None
