"""The annual plan: projects and work items, milestones, schedule, and who answers for each.

Exactly one (唯一性): a project names its current `Responsibility` by a NOT NULL key, a responsibility has
exactly one leader, unit and person, and each link of the chain ends where the next begins, so that at
every instant there is one and only one.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.columns import stored_enum
from portal.domain.base import Base
from portal.domain.lifecycle import MatterState
from portal.domain.organisation import Person, Unit
from portal.rules.schedule import Point

MAX_VIEW_NAME = 20  # characters
MAX_VIEWS = 8  # open ones of a project: each asks for a picture, and what is asked for is capped


class ProjectKind(StrEnum):
    PROJECT = "project"  # 重点工程
    WORK_ITEM = "work_item"  # 工作事项


class AnnualPlan(Base):
    __tablename__ = "annual_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(80))
    adopted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    projects: Mapped[list[Project]] = relationship(back_populates="plan", order_by="Project.code")


class Project(Base):
    """A key project or work item. Money is whole 万元 (10,000 yuan); place is WGS-84, decimal strings."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("due_on >= start_on", name="due_after_start"),
        CheckConstraint("investment_wan >= 0", name="investment_not_negative"),
        ForeignKeyConstraint(
            ["id", "responsible_since"],
            ["responsibility.project_id", "responsibility.since"],
            name="fk_project_current_responsibility",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("annual_plan.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[ProjectKind] = mapped_column(stored_enum(ProjectKind))
    name: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(20))
    town_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    place: Mapped[str] = mapped_column(String(80), default="")
    lon: Mapped[str | None] = mapped_column(String(12), default=None)
    lat: Mapped[str | None] = mapped_column(String(12), default=None)
    investment_wan: Mapped[int] = mapped_column(default=0)
    start_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    state: Mapped[MatterState] = mapped_column(stored_enum(MatterState), default=MatterState.DRAFT)
    responsible_since: Mapped[dt.datetime]
    version_id: Mapped[int] = mapped_column(default=1)

    plan: Mapped[AnnualPlan] = relationship(back_populates="projects")
    town: Mapped[Unit] = relationship()
    milestones: Mapped[list[Milestone]] = relationship(
        back_populates="project", order_by="Milestone.ordinal", cascade="all, delete-orphan"
    )
    views: Mapped[list[View]] = relationship(back_populates="project", order_by="View.ordinal")
    responsibilities: Mapped[list[Responsibility]] = relationship(
        back_populates="project", order_by="Responsibility.since", foreign_keys="Responsibility.project_id"
    )

    __mapper_args__ = {"version_id_col": version_id}  # noqa: RUF012 - SQLAlchemy's own spelling

    @property
    def responsible(self) -> Responsibility:
        """Who answers for it now."""
        return self.responsibilities[-1]

    @property
    def unit(self) -> Unit:
        return self.responsible.unit

    @property
    def curve(self) -> list[Point]:
        """The schedule: 0 at the start, then each milestone's share on its due day."""
        points = {self.start_on: 0}
        for milestone in self.milestones:
            points[milestone.due_on] = milestone.scheduled_percent
        return sorted(points.items())


class Milestone(Base):
    """A phased target 阶段目标; `scheduled_percent` is how much of the whole is done when it is met."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("project_id", "ordinal"),
        CheckConstraint("scheduled_percent BETWEEN 0 AND 100", name="percent_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(Text)
    due_on: Mapped[dt.date]
    scheduled_percent: Mapped[int]
    project: Mapped[Project] = relationship(back_populates="milestones")


class View(Base):
    """A place 机位 from which a project is photographed again and again, under a number that it keeps for ever.

    The reference is what the next picture should look like: a published photo, named as the record names it, by
    the number of its report and its seal. Without one it is the first that was published from here.
    """

    __tablename__ = "view"
    __table_args__ = (UniqueConstraint("project_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(String(MAX_VIEW_NAME))
    milestone_id: Mapped[int | None] = mapped_column(
        ForeignKey("milestone.id", ondelete="SET NULL"), default=None
    )
    reference_report: Mapped[str] = mapped_column(String(16), default="")
    reference_seal: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    project: Mapped[Project] = relationship(back_populates="views")
    milestone: Mapped[Milestone | None] = relationship()


class Responsibility(Base):
    """One link of the chain: leader, unit and person who answer from `since` until the next link."""

    __tablename__ = "responsibility"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(primary_key=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    project: Mapped[Project] = relationship(back_populates="responsibilities", foreign_keys=[project_id])
    leader: Mapped[Person] = relationship(foreign_keys=[leader_id])
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
