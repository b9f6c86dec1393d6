"""The tables of the record. Entries and openings never change; triggers refuse it."""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.columns import UtcDateTime, metadata, stored_enum


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime,
        list[Any]: JSON,
        dict[str, Any]: JSON,
    }


class Act(StrEnum):
    PUBLISHED = "published"
    CORRECTED = "corrected"
    REDACTED = "redacted"
    WITHDRAWN = "withdrawn"


class Entry(Base):
    """One act on one item. `leaf` is the canonical line that the tree is over; it holds no personal data."""

    __tablename__ = "record_entry"
    __table_args__ = (
        Index("ix_record_entry_item", "item", "seq"),
        Index("ix_record_entry_at", "at"),
        Index("ix_record_entry_kind", "kind", "at", "act"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    act: Mapped[Act] = mapped_column(stored_enum(Act))
    item: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    commit: Mapped[str] = mapped_column(String(64))
    prev: Mapped[int | None]
    leaf: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[str] = mapped_column(String(64))


class Opening(Base):
    """Salt and document behind an entry's commitment. Destroyed on withdrawal and redaction only."""

    __tablename__ = "record_opening"

    seq: Mapped[int] = mapped_column(ForeignKey("record_entry.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)


class Shelved(Base):
    """What lists and facets need of an entry, beside it: `latest` marks the version that stands now.

    An entry whose opening is destroyed keeps the columns of the entry that destroyed it, without a title;
    for a withdrawn item the latest row is its tombstone.
    """

    __tablename__ = "record_shelf"
    __table_args__ = (
        Index("ix_record_shelf_item", "item", "latest", "seq"),
        Index("ix_record_shelf_newest", "project", "kind", "latest", "dated", "first_at", "seq"),
        Index("ix_record_shelf_kind", "latest", "kind", "dated"),
        Index("ix_record_shelf_project", "latest", "project", "dated"),
        Index("ix_record_shelf_unit", "latest", "unit", "dated"),
    )

    seq: Mapped[int] = mapped_column(ForeignKey("record_entry.seq"), primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    act: Mapped[Act] = mapped_column(stored_enum(Act))
    version: Mapped[int]
    latest: Mapped[bool]
    first_at: Mapped[dt.datetime]  # when the item was first published
    at: Mapped[dt.datetime]
    title: Mapped[str] = mapped_column(String(200), default="")
    project: Mapped[str] = mapped_column(String(12), default="")
    unit: Mapped[str] = mapped_column(String(8), default="")
    town: Mapped[str] = mapped_column(String(8), default="")
    category: Mapped[str] = mapped_column(String(20), default="")
    year: Mapped[int] = mapped_column(default=0)
    dated: Mapped[dt.date]


class PublicMedia(Base):
    """A rendition that an entry shows. A file is public if and only if it has a row here."""

    __tablename__ = "record_media"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(
        ForeignKey("record_entry.seq"), primary_key=True, autoincrement=False, index=True
    )


class GoneMedia(Base):
    """Where a rendition was, so that its old address can say why it shows nothing: `mark` is a hash of the name, which
    nobody finds the picture by; `seq` is the entry that destroyed it. No part of the record, and not verified."""

    __tablename__ = "media_gone"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("record_entry.seq"))

    @staticmethod
    def mark_of(name: str) -> str:
        return hashlib.sha256(b"sunlight/gone/v1\n" + name.encode()).hexdigest()


class Touched(Base):
    """The last sequence number that touched a scope: `*`, `project/…`, `unit/…`, `kind/…`, an item."""

    __tablename__ = "record_touched"

    scope: Mapped[str] = mapped_column(String(48), primary_key=True)
    seq: Mapped[int]


class Head(Base):
    """Size and frontier of the tree; the single row is the lock that gives out the sequence."""

    __tablename__ = "record_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    frontier: Mapped[list[Any]]
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime | None]


class Follower(Base):
    """How far a follower has read. `position` is the last entry it has taken in; -1 before the first."""

    __tablename__ = "record_follower"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    moved_at: Mapped[dt.datetime]


class SignedCheckpoint(Base):
    """A checkpoint that the log has signed. None ever changes; `id` counts from 1 without gaps, so that two
    signers can never both have the next one."""

    __tablename__ = "record_checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]
    note: Mapped[str] = mapped_column(Text)


class Cosignature(Base):
    """A witness's line under a checkpoint. None ever changes. key: the witness's name and key id."""

    __tablename__ = "record_cosignature"

    checkpoint: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    at: Mapped[dt.datetime]
    line: Mapped[str] = mapped_column(Text)


class WitnessState(Base):
    """What is known of a witness. size: of the largest tree it is known to have signed; trouble: why it gave no
    signature when it was asked last, empty when it did."""

    __tablename__ = "record_witness"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    size: Mapped[int]
    asked_at: Mapped[dt.datetime]
    trouble: Mapped[str] = mapped_column(Text)


class LogKey(Base):
    """Public keys of the log, from when the record had `since` entries. `statement` is a note that says so,
    signed by these keys and by those before them."""

    __tablename__ = "record_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(255))
    ed25519: Mapped[str] = mapped_column(Text)
    ml_dsa: Mapped[str] = mapped_column(Text)
    since: Mapped[int]
    at: Mapped[dt.datetime]
    statement: Mapped[str] = mapped_column(Text)


class Freeze(Base):
    """Why nothing is signed any more, until somebody has cured it."""

    __tablename__ = "record_freeze"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(Text)
    cured_at: Mapped[dt.datetime | None]
