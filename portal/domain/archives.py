"""Old archives that were brought in: which they are, who did it, and which row became which note.

A note of an archive is a report like any other, born published. What tells it apart is its `source`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.base import Base
from portal.domain.organisation import Person

MAX_SOURCE = 60  # characters of an archive's name
MAX_KEY = 40  # characters of a number in it


class Archive(Base):
    """One file that is brought in, or was. name: what citizens see as the source; office: who brought it in, as
    citizens see it; mark: of the file and of what was asked with it; rows: notes in it."""

    __tablename__ = "archive"
    __table_args__ = (Index("ix_archive_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_SOURCE))
    office: Mapped[str] = mapped_column(String(60))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[int]
    begun_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person] = relationship()


class ArchiveNote(Base):
    """That a row of an archive is in. key: `note_key`; said: a hash of everything
    the row says, so that a changed one is noticed."""

    __tablename__ = "archive_note"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    archive_id: Mapped[int] = mapped_column(ForeignKey("archive.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), unique=True)
    place: Mapped[int]
    said: Mapped[str] = mapped_column(String(64))


class ArchivePhoto(Base):
    """A photo of an archive that has been developed and waits for its note. developed: as the darkroom judged it."""

    __tablename__ = "archive_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    developed: Mapped[dict[str, Any]]
    prints: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    made_at: Mapped[dt.datetime]


def note_key(source: str, number: str) -> str:
    """What names a row for ever: the archive, and the row's own number in it."""
    return hashlib.sha256(f"sunlight/archive/v1\n{source}\n{number}".encode()).hexdigest()
