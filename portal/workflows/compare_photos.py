"""Every submitted photo is compared with everything ever submitted; what looks alike is kept for a moderator to judge.

Nothing here decides. Inside one project the same view is photographed month after month, so there only a picture that
agrees as a whole is worth a look; anywhere else a part or the mirror of it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.database import hold
from portal.domain import audit
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.likeness import Answer, Kind, Likeness, PhotoCompared, PhotoPrint
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import Photo, Report, ReturnReason
from portal.imaging.likeness_index import Alike, LikenessIndex
from portal.ports import JobQueue

JOB = "compare_photos"
SAME_PROJECT_AT_MOST = 20  # of 256 bits, between whole pictures; an honest retake differs in more
KEPT_PER_PHOTO = 5
LATE_COMERS = 1000  # keys below the newest that are asked for again: rows may commit out of order


def ask_to_compare(session: Session, *, report: Report, queue: JobQueue, now: dt.datetime) -> None:
    """Have the photos of a submission compared soon, in the transaction of the submission."""
    if report.photos:
        queue.enqueue(
            session, kind=JOB, payload={"report": report.id}, not_before=now, key=f"compare/{report.id}"
        )


def refresh(session: Session, *, index: LikenessIndex) -> None:
    """Bring the index up to everything that has fingerprints."""
    since = max(index.newest - LATE_COMERS, 0)
    missing = [
        key for key in session.scalars(select(PhotoPrint.id).where(PhotoPrint.id > since)) if key not in index
    ]
    for start in range(0, len(missing), 500):
        some = missing[start : start + 500]
        for key, prints in session.execute(
            select(PhotoPrint.id, PhotoPrint.prints).where(PhotoPrint.id.in_(some))
        ):
            index.add(key, prints)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one photo looks like. among: with how many pictures it was compared."""

    photo_id: int
    among: int
    alike: Sequence[tuple[int, Kind, int]]


def look(session: Session, *, report_id: int, index: LikenessIndex) -> list[Found]:
    """What the photos of a submission look like; writes nothing, because it takes its time. Photos that a correction
    has taken over were compared when they came."""
    report = session.get_one(Report, report_id)
    return [
        Found(
            photo_id=photo.id,
            among=len(index),
            alike=[
                (other.id, kind, distance) for other, kind, distance in _alike(session, photo, report, index)
            ],
        )
        for photo in report.photos
        if photo.received_at >= report.created_at
    ]


def keep(session: Session, *, found: Sequence[Found], now: dt.datetime) -> None:
    """Keep what was found. Doing it again keeps nothing twice, and changes no answer."""
    for each in found:
        known = set(session.scalars(select(Likeness.other_id).where(Likeness.photo_id == each.photo_id)))
        new = [alike for alike in each.alike if alike[0] not in known][: KEPT_PER_PHOTO - len(known)]
        for other_id, kind, distance in new:
            row = {"photo_id": each.photo_id, "other_id": other_id, "kind": kind, "distance": distance}
            session.add(Likeness(**row, found_at=now))
        compared = session.get(PhotoCompared, each.photo_id)
        if compared is None:
            session.add(PhotoCompared(photo_id=each.photo_id, at=now, among=each.among))
        else:
            compared.at, compared.among = now, each.among


def _alike(
    session: Session, photo: Photo, report: Report, index: LikenessIndex
) -> list[tuple[Photo, Kind, int]]:
    """Photos of other submissions that look alike, the nearest first; of each original the first that was submitted."""
    prints = session.scalars(
        select(PhotoPrint.prints).where(PhotoPrint.original_sha256 == photo.original_sha256)
    ).first()
    near = {alike.key: alike for alike in index.alike(prints)} if prints else {}
    names = dict(
        session.execute(
            select(PhotoPrint.original_sha256, PhotoPrint.id).where(PhotoPrint.id.in_(list(near)))
        ).all()
    )
    found = []
    for other in _submitted(session, photo, report, [*names, photo.original_sha256]):
        if other.original_sha256 == photo.original_sha256:
            found.append((other, Kind.IDENTICAL, 0))
            continue
        alike = near[names[other.original_sha256]]
        if other.report.project_id != report.project_id or _as_a_whole(alike):
            found.append((other, _kind(alike), alike.distance))
    return sorted(found, key=lambda each: (each[1] is not Kind.IDENTICAL, each[2], each[0].id))


def _as_a_whole(alike: Alike) -> bool:
    return alike.whole is not None and alike.whole <= SAME_PROJECT_AT_MOST


def _kind(alike: Alike) -> Kind:
    if alike.mirrored:
        return Kind.MIRRORED
    return Kind.PART if alike.part else Kind.SAME


def _submitted(session: Session, photo: Photo, report: Report, names: Sequence[str]) -> list[Photo]:
    """The first submitted photo of each of these originals, outside the versions of this report. A photo that was taken
    out of a draft before anybody saw it was never submitted."""
    judged = exists().where(ReturnReason.photo_id == Photo.id)
    rows = session.scalars(
        select(Photo)
        .join(Report, Photo.report_id == Report.id)
        .where(
            Photo.original_sha256.in_(names),
            Photo.id != photo.id,
            Report.submitted_at.is_not(None),
            or_(Photo.received_at <= Report.submitted_at, Report.source_id.is_not(None)),
            or_(Photo.removed_at.is_(None), judged),
        )
        .order_by(Photo.received_at, Photo.id)
        .options(joinedload(Photo.report).joinedload(Report.project))
    )
    first: dict[str, Photo] = {}
    for other in rows:
        if _elsewhere(other, photo, report):
            first.setdefault(other.original_sha256, other)
    return list(first.values())


def _elsewhere(other: Photo, photo: Photo, report: Report) -> bool:
    """Whether a photo belongs to another report, or came into this one before. Versions of one report share photos."""
    if other.report_id == report.id:
        return other.id < photo.id
    number = report.corrects.number if report.corrects is not None else report.number
    versions = number is not None and other.report.number == number
    return not (versions or other.report_id == report.corrects_id or other.report.corrects_id == report.id)


def answer_likeness(
    session: Session, *, likeness: Likeness, answer: Answer, actor: Person, now: dt.datetime
) -> None:
    """What the moderator sees in two pictures. It changes nothing else, and can be answered again."""
    report = likeness.photo.report
    hold(session, report)
    permit_report(actor, ReportAct.CLAIM, report)
    REPORT.next(report.state, ReportAct.CLAIM)
    likeness.answer, likeness.answered_by, likeness.answered_at = answer, actor, now
    audit.note(
        session,
        actor=actor,
        act="answer_likeness",
        subject=report,
        now=now,
        photo=likeness.photo.original_sha256,
        other=likeness.other.original_sha256,
        likeness=likeness.id,
        kind=likeness.kind.value,
        distance=likeness.distance,
        answer=answer.value,
    )
