"""What a supervisor sees of a picture that looks like one under review.

They must be able to judge. So of any other picture a small rendition, the unit and the day are shown; its project,
month and report only when that report is public or in this supervisor's remit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from portal.domain.lifecycle import ReportState
from portal.domain.likeness import Likeness, PhotoCompared, PhotoPrint
from portal.domain.organisation import Person
from portal.domain.permissions import covers
from portal.domain.progress import Photo, Report

PUBLIC = (ReportState.PUBLISHED, ReportState.SUPERSEDED)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A photo under review and one that looks like it. report: the other's, None where it may not be named; number: of
    the public report; own: both are of one report."""

    likeness: Likeness
    photo: Photo
    other: Photo
    report: Report | None
    number: str | None
    received_at: dt.datetime
    own: bool


def pairs_of(session: Session, report: Report, *, viewer: Person) -> dict[int, list[Pair]]:
    """Everything that looks like a photo of this report, by photo, the strongest first."""
    rows = session.scalars(
        select(Likeness)
        .where(Likeness.photo_id.in_([photo.id for photo in report.photos]))
        .order_by(Likeness.distance, Likeness.id)
        .options(joinedload(Likeness.other).joinedload(Photo.report).joinedload(Report.project))
    )
    found: dict[int, list[Pair]] = {}
    for likeness in rows:
        other = likeness.other.report
        public = other.state in PUBLIC and other.number is not None
        found.setdefault(likeness.photo_id, []).append(
            Pair(
                likeness=likeness,
                photo=likeness.photo,
                other=likeness.other,
                report=other if public or covers(viewer, other.project) else None,
                number=other.number if public else None,
                received_at=likeness.other.received_at,
                own=other.id == report.id,
            )
        )
    return found


def compared_of(session: Session, report: Report) -> dict[int, PhotoCompared]:
    """Which photos of a report have been compared, and with how many pictures."""
    ids = [photo.id for photo in report.photos]
    rows = session.scalars(select(PhotoCompared).where(PhotoCompared.photo_id.in_(ids)))
    return {row.photo_id: row for row in rows}


def likeness_of(session: Session, report: Report, likeness_id: int) -> Likeness | None:
    """A likeness of a photo of this report."""
    found = session.get(Likeness, likeness_id)
    return found if found is not None and found.photo.report_id == report.id else None


def picture_name(photo: Photo, *, edge: int) -> str | None:
    """The JPEG that is at most so large; None when it was destroyed."""
    fitting = [r for r in photo.renditions if r["format"] == "jpeg" and r["edge"] <= edge]
    largest = max(fitting or photo.renditions, key=lambda r: r["edge"], default=None)
    return None if largest is None else str(largest["name"])


def without_prints(session: Session) -> list[tuple[str, str]]:
    """Every original that has no fingerprints: its hash, and its name in the sealed room."""
    known = exists().where(PhotoPrint.original_sha256 == Photo.original_sha256)
    photos = session.scalars(select(Photo).where(~known).order_by(Photo.id))
    return list({photo.original_sha256: photo.original_name for photo in photos}.items())
