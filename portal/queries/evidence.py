"""What the photos of a submission claim about themselves, and what a person should look at.

A claim is never proof, and nothing here decides: hints are for the eye of the moderator.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.domain.photo_claims import metres_from
from portal.domain.plan import Project
from portal.domain.progress import Photo, Report
from portal.rules.clock import day_of

FAR_AWAY = 1000  # metres; beyond, somebody should look
OLD = dt.timedelta(days=62)  # a report speaks of its month; two months before it was sent is odd


class Hint(StrEnum):
    """What a moderator should look at."""

    USED_BEFORE = "used_before"
    FAR_FROM_SITE = "far_from_site"
    DAYS_DIFFER = "days_differ"
    OLD_PHOTO = "old_photo"


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the file itself says. taken_at: local time without zone; metres: from the project's
    place."""

    taken_at: dt.datetime | None
    metres: int | None
    device: str


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One hint about the photo at `place` (from 1); `facts` are what its sentence needs."""

    hint: Hint
    place: int
    facts: dict[str, Any] = field(default_factory=dict)


def claims_of(photo: Photo, project: Project) -> Claims:
    """What this file claims, measured against the project's place and time."""
    embedded = photo.embedded
    taken_at = _time(embedded.get("taken_at"))
    metres = metres_from(project, embedded.get("longitude"), embedded.get("latitude"))
    device = " ".join(part for part in (embedded.get("make"), embedded.get("model")) if part)
    return Claims(taken_at=taken_at, metres=metres, device=device)


def signals_of(session: Session, report: Report) -> list[Signal]:
    """Every hint about this submission, in the order of its photos."""
    used = _used_before(session, report)
    found: list[Signal] = []
    for place, photo in enumerate(report.photos, start=1):
        earlier = used.get(photo.original_sha256)
        if earlier is not None:
            facts = {"project": earlier.project.name, "number": earlier.number or "", "month": earlier.month}
            found.append(Signal(hint=Hint.USED_BEFORE, place=place, facts=facts))
        found.extend(_about_time_and_place(photo, report, place))
    return found


def _about_time_and_place(photo: Photo, report: Report, place: int) -> list[Signal]:
    claims = claims_of(photo, report.project)
    found = []
    if claims.metres is not None and claims.metres > FAR_AWAY:
        found.append(Signal(hint=Hint.FAR_FROM_SITE, place=place, facts={"metres": claims.metres}))
    if claims.taken_at is None:
        return found
    if photo.taken_on is not None and photo.taken_on != claims.taken_at.date():
        facts = {"typed": photo.taken_on, "embedded": claims.taken_at.date()}
        found.append(Signal(hint=Hint.DAYS_DIFFER, place=place, facts=facts))
    age = day_of(photo.received_at) - claims.taken_at.date()
    if age > OLD:
        found.append(Signal(hint=Hint.OLD_PHOTO, place=place, facts={"days": age.days}))
    return found


def _used_before(session: Session, report: Report) -> dict[str, Report]:
    """For each original that another report has shown too, the first of those. Versions of one report
    share their photos and do not count."""
    names = [photo.original_sha256 for photo in report.photos]
    rows = session.scalars(
        select(Photo)
        .join(Report, Photo.report_id == Report.id)
        .where(
            Photo.original_sha256.in_(names), Photo.report_id != report.id, Report.submitted_at.is_not(None)
        )
        .order_by(Photo.received_at, Photo.id)
        .options(joinedload(Photo.report).joinedload(Report.project))
    )
    family = {report.id, report.corrects_id}
    number = report.corrects.number if report.corrects is not None else report.number
    seen: dict[str, list[Report]] = defaultdict(list)
    for photo in rows:
        other = photo.report
        if other.id not in family and (number is None or other.number != number):
            seen[photo.original_sha256].append(other)
    return {name: reports[0] for name, reports in seen.items()}


def _time(text: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
