"""A request for photos 佐证材料要求: a supervision body asks a unit for photos of one milestone, at most so many.

What was given once serves every body: a second body joins the request that is open, and none is made for what is there.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.domain.base import Base
from portal.domain.errors import NotPermitted
from portal.domain.lifecycle import ReportState
from portal.domain.organisation import Person, Role, SupervisionBody, Unit
from portal.domain.permissions import covers
from portal.domain.plan import Milestone, Project
from portal.domain.progress import MAX_PHOTOS, Photo, Report

GIVEN = (ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.PUBLISHED)


class PhotoRequest(Base):
    """Open until a report with photos of its milestone is sent, or every body that asked has taken it back."""

    __tablename__ = "photo_request"
    __table_args__ = (
        CheckConstraint(f"cap BETWEEN 1 AND {MAX_PHOTOS}", name="cap_range"),
        CheckConstraint("answered_at IS NULL OR cancelled_at IS NULL", name="one_end"),
        Index("ix_photo_request_unit", "unit_id", "asked_at"),
        Index("ix_photo_request_milestone", "milestone_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    cap: Mapped[int]
    due_on: Mapped[dt.date]
    asked_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), default=None)
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    milestone: Mapped[Milestone] = relationship()
    unit: Mapped[Unit] = relationship()
    answer: Mapped[Report | None] = relationship()
    all_bodies: Mapped[list[AskingBody]] = relationship(
        back_populates="request", order_by="AskingBody.joined_at", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}  # noqa: RUF012 - SQLAlchemy's own spelling

    @property
    def bodies(self) -> list[AskingBody]:
        """Who asks for it now."""
        return [each for each in self.all_bodies if each.left_at is None]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.cancelled_at is None


class AskingBody(Base):
    """One body that asks, and why."""

    __tablename__ = "photo_request_body"

    request_id: Mapped[int] = mapped_column(ForeignKey("photo_request.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("supervision_body.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    request: Mapped[PhotoRequest] = relationship(back_populates="all_bodies")
    body: Mapped[SupervisionBody] = relationship()
    person: Mapped[Person] = relationship()


def permit_asking(person: Person, project: Project) -> None:
    """Raises `NotPermitted` unless the person's body covers the project."""
    allowed = person.disabled_at is None and person.role is Role.SUPERVISOR and covers(person, project)
    if not allowed:
        raise NotPermitted("not_yours_to_decide", act="ask_photos")


def open_request(session: Session, milestone: Milestone, unit: Unit) -> PhotoRequest | None:
    """The one request for photos of this milestone that the unit still has to answer."""
    return session.scalars(
        select(PhotoRequest).where(
            PhotoRequest.milestone_id == milestone.id,
            PhotoRequest.unit_id == unit.id,
            PhotoRequest.answered_at.is_(None),
            PhotoRequest.cancelled_at.is_(None),
        )
    ).first()


def photos_given(session: Session, milestone: Milestone) -> int:
    """Photos of this milestone that bodies have already, published or waiting, each once."""
    return session.scalars(
        select(func.count(func.distinct(Photo.original_sha256)))
        .join(Report, Photo.report_id == Report.id)
        .where(Report.milestone_id == milestone.id, Report.state.in_(GIVEN), Photo.removed_at.is_(None))
    ).one()


def answer_requests(session: Session, report: Report, *, now: dt.datetime) -> None:
    """A report that was just sent answers what was asked for its milestone, if it has photos."""
    if report.milestone is None or not report.photos:
        return
    request = open_request(session, report.milestone, report.unit)
    if request is not None:
        request.answered_at, request.answer = now, report
