"""What pictures look like, which look alike, and what a moderator said about it. For supervisors only."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.columns import stored_enum
from portal.domain.base import Base
from portal.domain.organisation import Person
from portal.domain.progress import Photo


class Kind(StrEnum):
    """How two pictures are alike, the strongest first."""

    IDENTICAL = "identical"  # the same file, byte for byte
    SAME = "same"  # the same picture, encoded anew
    PART = "part"  # one shows a part of the other
    MIRRORED = "mirrored"


class Answer(StrEnum):
    """What the moderator sees in it."""

    REUSED = "reused"
    SAME_SCENE = "same_scene"  # taken again from the same place
    DIFFERENT = "different"


class PhotoPrint(Base):
    """Fingerprints of one original (`imaging/likeness.py`), however many reports show it."""

    __tablename__ = "photo_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    original_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    prints: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[dt.datetime]


class PhotoCompared(Base):
    """That a photo was compared, when, and with how many pictures."""

    __tablename__ = "photo_compared"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    at: Mapped[dt.datetime]
    among: Mapped[int]


class Likeness(Base):
    """A photo that looks like one submitted elsewhere. distance: bits that differ, of 256; `answer` is the newest."""

    __tablename__ = "likeness"
    __table_args__ = (UniqueConstraint("photo_id", "other_id"), Index("ix_likeness_other", "other_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("photo.id"))
    kind: Mapped[Kind] = mapped_column(stored_enum(Kind))
    distance: Mapped[int]
    found_at: Mapped[dt.datetime]
    answer: Mapped[Answer | None] = mapped_column(stored_enum(Answer), default=None)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    answered_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    photo: Mapped[Photo] = relationship(foreign_keys=[photo_id])
    other: Mapped[Photo] = relationship(foreign_keys=[other_id])
    answered_by: Mapped[Person | None] = relationship()


def keep_prints(session: Session, *, original_sha256: str, prints: bytes, now: dt.datetime) -> None:
    """Remember what an original looks like. Once is enough, whoever comes second."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"original_sha256": original_sha256, "prints": prints, "made_at": now}
    session.execute(insert(PhotoPrint).values(row).on_conflict_do_nothing(index_elements=["original_sha256"]))
