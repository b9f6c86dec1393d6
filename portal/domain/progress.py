"""Progress reports 进展报送 with their photos, and the decisions of the moderating body."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.columns import stored_enum
from portal.domain.archives import MAX_KEY, Archive
from portal.domain.base import Base
from portal.domain.lifecycle import ReportState
from portal.domain.organisation import Person, SupervisionBody, Unit
from portal.domain.plan import Milestone, Project, View
from portal.domain.redaction import Cover, Redaction

MAX_PHOTOS = 20
MAX_PHOTO_BYTES = 40 * 1024 * 1024
MAX_VIDEOS = 3
MAX_VIDEO_BYTES = 200 * 1024 * 1024
PACE_WINDOW = dt.timedelta(minutes=10)
UPLOADS_PER_PERSON = 600  # in that window; thirty full reports, so that only a program meets it
DRAFTS_PER_PERSON = 120  # the same for beginning a report or going on with one
CLAIM_LASTS = dt.timedelta(minutes=5)
UNDO_LASTS = dt.timedelta(seconds=10)
MAX_TEXT = 2000  # characters of a passage
MAX_CAPTION = 120  # characters
SEALED_AS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIC": "heic", "AVIF": "avif"}  # fmt: skip
MAX_DESCRIPTION = 500  # characters of what a video shows
MIN_DESCRIPTION = 6
PASSAGES = ("done", "problems", "next_step")


class Verb(StrEnum):
    APPROVE = "approve"
    RETURN = "return"


class FilmState(StrEnum):
    """How far our own film of a video is."""

    WAITING = "waiting"
    CONVERTING = "converting"
    READY = "ready"
    FAILED = "failed"


class Report(Base):
    """One report of a unit for one project and milestone, in one version.

    `number` is given at first publication, so that public numbers tell nothing about what is not
    public. A correction is a new row with the same number and the next version.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        UniqueConstraint("unit_id", "idempotency_key"),
        CheckConstraint(
            "physical_percent IS NULL OR physical_percent BETWEEN 0 AND 100", name="percent_range"
        ),
        Index("ix_report_project_state", "project_id", "state"),
        Index("ix_report_state_submitted", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(16), default=None)
    version: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), default=None)
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), default=None)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ReportState] = mapped_column(stored_enum(ReportState), default=ReportState.DRAFT)
    month: Mapped[str] = mapped_column(String(7), default="")
    physical_percent: Mapped[int | None] = mapped_column(default=None)
    done: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    published_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    round: Mapped[int] = mapped_column(default=0)  # how many times it was submitted
    idempotency_key: Mapped[str | None] = mapped_column(String(64), default=None)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    claimed_until: Mapped[dt.datetime | None] = mapped_column(default=None)
    pending_id: Mapped[int | None] = mapped_column(
        ForeignKey("decision.id", name="fk_report_pending_id", use_alter=True), default=None
    )
    source_id: Mapped[int | None] = mapped_column(ForeignKey("archive.id"), default=None)
    source_number: Mapped[str] = mapped_column(String(MAX_KEY), default="", server_default=text("''"))
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    source: Mapped[Archive | None] = relationship()
    milestone: Mapped[Milestone | None] = relationship()
    unit: Mapped[Unit] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id])
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=[claimed_by_id])
    corrects: Mapped[Report | None] = relationship(remote_side=[id], foreign_keys=[corrects_id])
    pending: Mapped[Decision | None] = relationship(foreign_keys=[pending_id], post_update=True)
    all_photos: Mapped[list[Photo]] = relationship(
        back_populates="report", order_by="Photo.position, Photo.id", cascade="all, delete-orphan"
    )
    all_videos: Mapped[list[Video]] = relationship(
        back_populates="report", order_by="Video.position, Video.id", cascade="all, delete-orphan"
    )
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="report", order_by="Decision.at", foreign_keys="Decision.report_id"
    )

    __mapper_args__ = {"version_id_col": version_id}  # noqa: RUF012 - SQLAlchemy's own spelling

    @property
    def photos(self) -> list[Photo]:
        """The photos it stands with now; removed and replaced ones are kept aside."""
        return [photo for photo in self.all_photos if photo.removed_at is None]

    @property
    def videos(self) -> list[Video]:
        """The videos it stands with now; removed ones are kept aside."""
        return [video for video in self.all_videos if video.removed_at is None]

    @property
    def content_hash(self) -> str:
        """Names exactly what a moderator saw: every word, caption, original and what is covered of it, in order."""
        seen: dict[str, Any] = {
            "milestone": self.milestone_id,
            "month": self.month,
            "percent": self.physical_percent,
            "passages": [getattr(self, name) for name in PASSAGES],
            "reason": self.correction_reason,
            "photos": [p.said for p in self.photos],
        }
        if self.videos:
            seen["videos"] = [[v.original_sha256, v.description, str(v.taken_on or "")] for v in self.videos]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @property
    def last_return(self) -> Decision | None:
        """The return that this report still has to answer, if it is returned."""
        returns = [d for d in self.decisions if d.verb is Verb.RETURN and d.took_effect_at is not None]
        return returns[-1] if returns and self.state is ReportState.RETURNED else None

    def claimed_at(self, now: dt.datetime) -> Person | None:
        """Who is looking at it right now, unless the claim has lapsed."""
        return self.claimed_by if self.claimed_until is not None and now < self.claimed_until else None


class Photo(Base):
    """One photo of a report. `renditions` are ours and may be shown; the original stays sealed.

    renditions: `[{"edge", "format", "name", "width", "height", "bytes"}]`, and `"credit"` (report and place) in signed
    ones; embedded: what the file claims
    about time, place and device, for desks only; tone: mean colour `rrggbb`.
    """

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_report", "report_id", "position"),
        Index("ix_photo_received", "received_at"),
        Index("ix_photo_recipe", "recipe", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    position: Mapped[int]
    caption: Mapped[str] = mapped_column(String(MAX_CAPTION), default="")
    taken_on: Mapped[dt.date | None] = mapped_column(default=None)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    original_sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_format: Mapped[str] = mapped_column(String(8))
    original_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    tone: Mapped[str] = mapped_column(String(6))
    renditions: Mapped[list[Any]]
    embedded: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal_salt: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[dt.datetime]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    removed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"), default=None)
    view_id: Mapped[int | None] = mapped_column(ForeignKey("view.id"), default=None)
    view: Mapped[View | None] = relationship()
    recipe: Mapped[int] = mapped_column(default=1, server_default="1")  # version that renditions were made by
    report: Mapped[Report] = relationship(back_populates="all_photos")
    redactions: Mapped[list[Redaction]] = relationship(
        back_populates="photo", order_by="Redaction.id", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def covers(self) -> list[Cover]:
        """What is covered on it, in no order that tells anything."""
        return sorted(redaction.cover for redaction in self.redactions)

    @property
    def said(self) -> list[Any]:
        """What a moderator judges of it; its view and what is covered only where there are any."""
        view = [] if self.view is None else [f"view {self.view.ordinal}"]
        told = [cover.told for cover in self.covers]
        return [self.original_sha256, self.caption, str(self.taken_on or ""), *view, *told]

    @property
    def original_name(self) -> str:
        """Its name in the sealed room of the media store."""
        return f"{self.original_sha256}.{SEALED_AS[self.original_format]}"


class Video(Base):
    """One video of a report. `film` is ours and may be shown; the original, with its sound, stays sealed.

    renditions: those of one of its pictures, as a photo has them; film: `{"name", "width", "height", "bytes",
    "milliseconds"}`, empty until it is made; percent: how far that is; tries: how often the process that makes it has
    died of it; trouble: why there is none. embedded, tone: as of a photo.
    """

    __tablename__ = "video"
    __table_args__ = (Index("ix_video_report", "report_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="")
    taken_on: Mapped[dt.date | None] = mapped_column(default=None)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    original_sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_format: Mapped[str] = mapped_column(String(8))
    original_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    milliseconds: Mapped[int]
    sound: Mapped[bool]
    tone: Mapped[str] = mapped_column(String(6))
    renditions: Mapped[list[Any]]
    embedded: Mapped[dict[str, Any]] = mapped_column(default=dict)
    film: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[FilmState] = mapped_column(stored_enum(FilmState), default=FilmState.WAITING)
    percent: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(String(20), default="")
    seal_salt: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[dt.datetime]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    removed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    report: Mapped[Report] = relationship(back_populates="all_videos")

    @property
    def original_name(self) -> str:
        """Its name in the sealed room of the media store."""
        return f"{self.original_sha256}.{self.original_format.lower()}"


class Decision(Base):
    """What a supervisor decided, about exactly what they saw. It takes effect after the undo time."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    verb: Mapped[Verb] = mapped_column(stored_enum(Verb))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("supervision_body.id"))
    at: Mapped[dt.datetime]
    effect_at: Mapped[dt.datetime]
    took_effect_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    undone_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    seen_round: Mapped[int]
    seen_hash: Mapped[str] = mapped_column(String(64))
    report: Mapped[Report] = relationship(back_populates="decisions", foreign_keys=[report_id])
    by: Mapped[Person] = relationship()
    body: Mapped[SupervisionBody] = relationship()
    reasons: Mapped[list[ReturnReason]] = relationship(
        back_populates="decision", order_by="ReturnReason.id", cascade="all, delete-orphan"
    )


class ReturnReason(Base):
    """Why one photo or one passage was returned. `before` is the passage as it was returned."""

    __tablename__ = "return_reason"
    __table_args__ = (CheckConstraint("(photo_id IS NULL) <> (passage IS NULL)", name="photo_or_passage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"), default=None)
    passage: Mapped[str | None] = mapped_column(String(20), default=None)
    preset: Mapped[str] = mapped_column(String(30), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[Decision] = relationship(back_populates="reasons")
    photo: Mapped[Photo | None] = relationship()
