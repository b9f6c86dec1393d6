"""Units, supervision bodies with their remit, and people."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.columns import stored_enum
from portal.domain.base import Base


class UnitKind(StrEnum):
    TOWN = "town"  # 乡镇街道
    BUREAU = "bureau"  # 区直委局
    TEMPORARY = "temporary"  # 临时机构


class BodyKind(StrEnum):
    DEDICATED = "dedicated"  # 专门督查机构
    PART_TIME = "part_time"  # 兼职督查机构


class Role(StrEnum):
    REPORTER = "reporter"  # 单位报送员
    HEAD = "head"  # 单位负责人
    SUPERVISOR = "supervisor"  # 督查员
    LEADER = "leader"  # 责任领导
    ADMINISTRATOR = "administrator"  # 管理员


class Unit(Base):
    """A unit that answers for work: township or street, bureau, temporary body. WGS-84 as decimal strings."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    english: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[UnitKind] = mapped_column(stored_enum(UnitKind))
    lon: Mapped[str | None] = mapped_column(String(12), default=None)
    lat: Mapped[str | None] = mapped_column(String(12), default=None)
    body: Mapped[SupervisionBody | None] = relationship(back_populates="unit", uselist=False)


class SupervisionBody(Base):
    """A supervision body 督查机构, hosted by one unit. `district_wide` bodies act everywhere."""

    __tablename__ = "supervision_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[BodyKind] = mapped_column(stored_enum(BodyKind))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), unique=True)
    district_wide: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit] = relationship(back_populates="body")
    remits: Mapped[list[Remit]] = relationship(back_populates="body", cascade="all, delete-orphan")


class Remit(Base):
    """One line of a body's remit: a unit or a project that it may act on."""

    __tablename__ = "remit"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (project_id IS NULL)", name="one_target"),
        UniqueConstraint("body_id", "unit_id"),
        UniqueConstraint("body_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("supervision_body.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), default=None)
    body: Mapped[SupervisionBody] = relationship(back_populates="remits")


class Person(Base):
    """Somebody who can be named or can sign in. Never deleted; leaving is `disabled_at`."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(
            "role NOT IN ('reporter', 'head') OR unit_id IS NOT NULL", name="unit_staff_have_a_unit"
        ),
        CheckConstraint("role <> 'supervisor' OR body_id IS NOT NULL", name="supervisors_have_a_body"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(60), default="")
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("supervision_body.id"), default=None)
    password_hash: Mapped[str | None] = mapped_column(String(200), default=None)
    email: Mapped[str | None] = mapped_column(String(254), default=None)  # for letters alone, shown to nobody
    disabled_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    version_id: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit | None] = relationship()
    body: Mapped[SupervisionBody | None] = relationship()
    postings: Mapped[list[Posting]] = relationship(back_populates="person", order_by="Posting.since")

    __mapper_args__ = {"version_id_col": version_id}  # noqa: RUF012 - SQLAlchemy's own spelling


class Posting(Base):
    """Where somebody served in which role, from `since` until their next posting."""

    __tablename__ = "posting"
    __table_args__ = (UniqueConstraint("person_id", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[dt.datetime]
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("supervision_body.id"), default=None)
    title: Mapped[str] = mapped_column(String(60), default="")
    person: Mapped[Person] = relationship(back_populates="postings")
