"""What a phone claimed about a photo when it was sent, the one-time codes, and who agreed to give a place.

All of it is for desks. What leaves the house is a grade with reasons (`provenance_of`), never a place, device or time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.columns import stored_enum
from portal.domain.base import Base
from portal.domain.plan import Project
from portal.domain.progress import Photo, Report
from portal.rules.clock import SHANGHAI
from portal.rules.provenance import Code, Facts, Graded, grade, is_an_editor, metres_between


class CaptureCode(Base):
    """A one-time code, kept by its hash: for one person and one report, good for one photo. skew: seconds that the
    phone's clock was ahead of ours when it asked."""

    __tablename__ = "capture_code"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    given_at: Mapped[dt.datetime]
    skew: Mapped[int | None] = mapped_column(default=None)
    used_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class PlaceConsent(Base):
    """Whether somebody lets the page send the place with photos taken in it. No row: never asked."""

    __tablename__ = "place_consent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    agreed: Mapped[bool]
    at: Mapped[dt.datetime]


class PhotoClaim(Base):
    """What came with a photo that was taken in the page. lon, lat: WGS-84 as decimal text; accuracy: metres, as the
    phone gave it; phone_at: when the
    file came to be, by the phone's clock; skew: as it was when the code was given."""

    __tablename__ = "photo_claim"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    code: Mapped[Code] = mapped_column(stored_enum(Code))
    code_given_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    phone_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    skew: Mapped[int | None] = mapped_column(default=None)
    lon: Mapped[str | None] = mapped_column(String(12), default=None)
    lat: Mapped[str | None] = mapped_column(String(12), default=None)
    accuracy: Mapped[int | None] = mapped_column(default=None)


CARRIED = ("code", "code_given_at", "phone_at", "skew", "lon", "lat", "accuracy")


def claims_of_report(session: Session, report: Report) -> dict[int, PhotoClaim]:
    """The claims that came with the photos of a report, by photo."""
    ids = [photo.id for photo in report.all_photos]
    found = session.scalars(select(PhotoClaim).where(PhotoClaim.photo_id.in_(ids)))
    return {claim.photo_id: claim for claim in found}


def carry_claims(session: Session, *, photos: Iterable[tuple[Photo, Photo]]) -> None:
    """Give copies of photos what their originals came with."""
    session.flush()
    for original, copy in photos:
        claim = session.get(PhotoClaim, original.id)
        if claim is not None:
            session.add(PhotoClaim(photo_id=copy.id, **{name: getattr(claim, name) for name in CARRIED}))


def forget_claims(session: Session, *, photos: Iterable[Photo]) -> None:
    """Where somebody was is not kept with a photo that was taken down."""
    ids = [photo.id for photo in photos]
    session.execute(delete(PhotoClaim).where(PhotoClaim.photo_id.in_(ids)))


def provenance_of(photo: Photo, claim: PhotoClaim | None, project: Project) -> Graded:
    """The grade of a photo, from everything that is stored about it."""
    return grade(facts_of(photo, claim, project))


def grades_of(session: Session, report: Report) -> dict[int, Graded]:
    """The grade of every photo of a report, by photo."""
    claims = claims_of_report(session, report)
    return {
        photo.id: provenance_of(photo, claims.get(photo.id), report.project) for photo in report.all_photos
    }


def facts_of(photo: Photo, claim: PhotoClaim | None, project: Project) -> Facts:
    """What is stored about a photo, as the table of grades asks for it."""
    embedded = photo.embedded
    taken = taken_at(embedded)
    facts: dict[str, Any] = {
        "camera_age": None if taken is None else round((photo.received_at - taken).total_seconds()),
        "maker": bool(embedded.get("make")),
        "edited": is_an_editor(str(embedded.get("software") or "")),
        "embedded_distance": metres_from(project, embedded.get("longitude"), embedded.get("latitude")),
        "archive": photo.report.source_id is not None,
    }
    if claim is not None:
        given = claim.code_given_at
        facts |= {
            "code": claim.code,
            "code_age": None if given is None else round((photo.received_at - given).total_seconds()),
            "file_age": _file_age(claim),
            "skew": claim.skew,
            "accuracy": claim.accuracy,
            "distance": metres_from(project, claim.lon, claim.lat),
        }
    return Facts(**facts)


def _file_age(claim: PhotoClaim) -> int | None:
    """Seconds that the file had existed when the code was given, both by the phone's clock."""
    if claim.code_given_at is None or claim.phone_at is None or claim.skew is None:
        return None
    return round((claim.code_given_at - claim.phone_at).total_seconds()) + claim.skew


def taken_at(embedded: dict[str, Any]) -> dt.datetime | None:
    """When the file says it was taken. A camera that names no zone is taken to stand in China."""
    try:
        local = dt.datetime.fromisoformat(str(embedded.get("taken_at") or ""))
        zone = embedded.get("offset")
        return (
            dt.datetime.fromisoformat(f"{local.isoformat()}{zone}")
            if zone
            else local.replace(tzinfo=SHANGHAI)
        )
    except ValueError:
        return None


def metres_from(project: Project, lon: str | None, lat: str | None) -> int | None:
    """Metres from a claimed place to the project's; None when either is unknown."""
    if not (project.lon and project.lat and lon and lat):
        return None
    return metres_between((float(lon), float(lat)), (float(project.lon), float(project.lat)))
