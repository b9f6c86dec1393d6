"""Covering photos of the small district, as the desk does it: develop between two transactions."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Photo, Report
from portal.domain.redaction import Cover, CoverKind
from portal.ports import Space
from portal.rules.boxes import Box
from portal.workflows.cover_photo import cover_photo, planned, redact_photo, settled_on
from portal.workflows.develop_again import develop_covered
from tests.small_district import SmallDistrict

FACE = Cover(box=Box(left=100, top=200, width=150, height=200), kind=CoverKind.FACE)
PLATE = Cover(box=Box(left=600, top=700, width=200, height=100), kind=CoverKind.PLATE)


def first_photo(session: Session, report_id: int) -> Photo:
    return session.get_one(Report, report_id).photos[0]


def standing(session: Session, number: str) -> Report:
    """The version of a report that is public."""
    return session.scalars(
        select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
    ).one()


def put(
    district: SmallDistrict,
    report_id: int,
    *covers: Cover,
    login: str = "supervisor",
    seen: Sequence[Cover] | None = None,
    place: int = 0,
) -> int | None:
    """Cover a photo of a report; the number of the entry when it was public."""
    portal = district.portal
    with portal.database.reading() as session:
        photo = session.get_one(Report, report_id).photos[place]
        plan = planned(session, photo=photo, wanted=covers, actor=district.person(session, login))
        name, size = photo.original_name, photo.original_bytes
        before = settled_on(session, photo) if seen is None else seen
    rooms = {"spool": portal.spool, "darkroom": portal.darkroom, "media": portal.media}
    covered = develop_covered(original=name, size=size, covers=plan, **rooms)
    with portal.database.writing() as session:
        photo, actor = session.get_one(Report, report_id).photos[place], district.person(session, login)
        how = {"photo": photo, "covered": covered, "seen": before, "actor": actor, "now": portal.now()}
        if photo.report.state is ReportState.PUBLISHED:
            return redact_photo(session, media=portal.media, queue=portal.queue, **how)
        cover_photo(session, queue=portal.queue, **how)
    return None


def names_of(photo: Photo) -> set[str]:
    return {rendition["name"] for rendition in photo.renditions}


def is_black(data: bytes, cover: Cover) -> bool:
    """Whether a picture is dark all over what a box covers."""
    shown = Image.open(io.BytesIO(data)).convert("RGB")
    box, (wide, high) = cover.box, shown.size
    inner = (
        box.left * wide // 1000,
        box.top * high // 1000,
        (box.left + box.width) * wide // 1000,
        (box.top + box.height) * high // 1000,
    )
    return all(top < 48 for _low, top in shown.crop(inner).getextrema())  # type: ignore[misc, union-attr]


def bytes_of(district: SmallDistrict, space: Space, name: str) -> bytes:
    with district.portal.media.open(space, name) as stream:
        return stream.read()
