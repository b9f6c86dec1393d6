"""An upload in pieces as views need it: read once, known to belong to the one who asks."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import format_datetime

from portal.domain.uploads import PartialUpload
from portal.web.desk import now, portal, reading, writing
from portal.web.unit_desk.own import own_upload
from portal.workflows.resume_upload import end_upload


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An upload of the one who asks. `expires`: for the header; `photo_id`, `video_id`: what it has become."""

    key: str
    report_id: int
    size: int
    sha256: str
    file_name: str
    replaces: int | None
    expires: str
    film: bool
    photo_id: int | None
    video_id: int | None

    @property
    def arrived(self) -> bool:
        return self.photo_id is not None or self.video_id is not None


class Expired(Exception):
    """Its time is over; what had arrived is given up."""


def mine(key: str) -> Begun:
    """The asker's own upload. Raises `NoSuchThing`, also for anybody else's, and `Expired`."""
    with reading() as (session, actor):
        upload = own_upload(session, key, actor)
        if upload.expired_at(now()):
            raise Expired
        return begun(upload)


def begun(upload: PartialUpload) -> Begun:
    return Begun(
        key=upload.key,
        report_id=upload.report_id,
        size=upload.size,
        sha256=upload.sha256,
        file_name=upload.file_name,
        replaces=upload.replaces_id,
        expires=format_datetime(upload.expires_at, usegmt=True),
        film=upload.film,
        photo_id=upload.photo_id,
        video_id=upload.video_id,
    )


def offset_of(upload: Begun) -> int:
    """How far it has come."""
    return upload.size if upload.arrived else portal().partials.offset(upload.key)


def give_up(key: str) -> None:
    """Forget an upload of the asker, its bytes too. What it has become stays in the report."""
    with writing() as (session, actor):
        end_upload(session, upload=own_upload(session, key, actor), actor=actor, now=now())
    portal().partials.discard(key)
