"""Photos and videos that a unit's phone is sending in pieces: whose they are and where they belong. Their bytes lie in
files."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.base import Base
from portal.domain.organisation import Person
from portal.domain.progress import Photo, Report

UPLOAD_LASTS = dt.timedelta(days=7)  # from its beginning; a phone may be without a network for days
MAX_OPEN_UPLOADS = 60  # of one person; three full reports


class PartialUpload(Base):
    """One file on its way into a report. `photo_id` or `video_id` is set when it has become one, so that whoever
    missed the answer gets it again. film: whether it is to be a video; sha256: of the whole as the phone said, "" when
    it could not; mark: by which the phone knows a file again that it cannot hash; replaces_id: whose place it takes."""

    __tablename__ = "partial_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"), default=None)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), default="")
    film: Mapped[bool] = mapped_column(default=False)
    mark: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"), default=None)
    video_id: Mapped[int | None] = mapped_column(ForeignKey("video.id"), default=None)
    report: Mapped[Report] = relationship()
    person: Mapped[Person] = relationship()
    photo: Mapped[Photo | None] = relationship(foreign_keys=[photo_id])

    def expired_at(self, now: dt.datetime) -> bool:
        """Whether it can no longer be gone on with; what became a photo or a video stays one."""
        return not self.arrived and now >= self.expires_at

    @property
    def arrived(self) -> bool:
        """Whether it has become what it was sent for."""
        return self.photo_id is not None or self.video_id is not None
