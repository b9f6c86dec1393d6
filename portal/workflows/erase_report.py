"""What a withdrawal leaves of a report in the house: who did what and when, and the sealed original; no word, no
picture that was public."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.domain.progress import PASSAGES, Photo, Report, Video
from portal.ports import MediaStore, Space
from portal.record.tables import PublicMedia


def versions_of(session: Session, number: str) -> Sequence[Report]:
    """Every version that was published under a number, and corrections of them that are not finished."""
    published = select(Report.id).where(Report.number == number)
    return session.scalars(
        select(Report).where(or_(Report.number == number, Report.corrects_id.in_(published)))
    ).all()


def erase_words(versions: Sequence[Report]) -> None:
    """Passages, words about photos and videos, names of files, what files claimed, and passages kept with returns."""
    for report in versions:
        for name in PASSAGES:
            setattr(report, name, "")
        report.correction_reason = ""
        for photo in report.all_photos:
            photo.caption = photo.file_name = ""
            photo.embedded, photo.renditions = {}, []
        for video in report.all_videos:
            video.description = video.file_name = ""
            video.embedded, video.renditions, video.film = {}, [], {}
        for decision in report.decisions:
            for reason in decision.reasons:
                reason.before = ""


def renditions_of(versions: Sequence[Report]) -> tuple[list[str], list[str]]:
    """Names of all renditions and films, and hashes of the originals that they were made from. To be asked before
    words and pictures are erased."""
    videos = [video for report in versions for video in report.all_videos]
    pictures: list[Photo | Video] = [*(photo for report in versions for photo in report.all_photos), *videos]
    names = {rendition["name"] for picture in pictures for rendition in picture.renditions}
    names |= {video.film["name"] for video in videos if video.film}
    return sorted(names), sorted({picture.original_sha256 for picture in pictures})


def destroy_media(
    session: Session, *, names: Sequence[str], originals: Sequence[str], media: MediaStore
) -> None:
    """Destroy renditions that no standing entry shows and no other report has. Doing it again changes nothing."""
    shown = set(session.scalars(select(PublicMedia.name).where(PublicMedia.name.in_(names))))
    others = session.scalars(select(Photo.renditions).where(Photo.original_sha256.in_(originals)))
    kept = {rendition["name"] for renditions in others for rendition in renditions}
    for video in session.scalars(select(Video).where(Video.original_sha256.in_(originals))):
        kept |= {rendition["name"] for rendition in video.renditions} | {video.film.get("name")}
    for name in names:
        if name not in shown:
            media.remove(Space.PUBLIC, name)
        if name not in kept:
            media.remove(Space.STAGED, name)
