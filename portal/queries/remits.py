"""Units, supervision bodies, and who may act on what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.domain.organisation import Person, Remit, Role, SupervisionBody, Unit, UnitKind
from portal.domain.plan import Project


@dataclass(frozen=True, kw_only=True)
class RemitShown:
    """A body's remit in names. `staff`: supervisors who may sign in."""

    body: SupervisionBody
    units: tuple[Unit, ...]
    projects: tuple[Project, ...]
    staff: int


def units_by_kind(session: Session) -> dict[UnitKind, list[Unit]]:
    """Every unit with the body it hosts, by kind, in order of codes."""
    found: dict[UnitKind, list[Unit]] = {kind: [] for kind in UnitKind}
    for unit in session.scalars(select(Unit).options(joinedload(Unit.body)).order_by(Unit.code)):
        found[unit.kind].append(unit)
    return found


def bodies(session: Session) -> list[RemitShown]:
    """Every supervision body with its remit, district-wide ones first."""
    rows = session.scalars(
        select(SupervisionBody)
        .options(selectinload(SupervisionBody.remits), joinedload(SupervisionBody.unit))
        .order_by(SupervisionBody.district_wide.desc(), SupervisionBody.id)
    ).all()
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    projects = {project.id: project for project in session.scalars(select(Project))}
    counted = session.execute(
        select(Person.body_id, func.count())
        .where(Person.role == Role.SUPERVISOR, Person.disabled_at.is_(None))
        .group_by(Person.body_id)
    )
    staff = dict(counted.all())
    return [
        RemitShown(
            body=body,
            units=tuple(units[r.unit_id] for r in body.remits if r.unit_id is not None),
            projects=tuple(projects[r.project_id] for r in body.remits if r.project_id is not None),
            staff=staff.get(body.id, 0),
        )
        for body in rows
    ]


def others_on(
    session: Session, *, body: SupervisionBody
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Which other bodies name each unit and each project, so that overlap is seen before it happens."""
    by_unit: dict[int, list[str]] = defaultdict(list)
    by_project: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Remit.unit_id, Remit.project_id, SupervisionBody.name)
        .join(SupervisionBody, SupervisionBody.id == Remit.body_id)
        .where(Remit.body_id != body.id)
        .order_by(SupervisionBody.id)
    )
    for unit_id, project_id, name in rows:
        if unit_id is not None:
            by_unit[unit_id].append(name)
        if project_id is not None:
            by_project[project_id].append(name)
    return by_unit, by_project


def body_choices(session: Session) -> list[tuple[int, str]]:
    """Every body by id, for choosing one."""
    rows = session.execute(select(SupervisionBody.id, SupervisionBody.name).order_by(SupervisionBody.name))
    return [(key, name) for key, name in rows]


def hostless_units(session: Session) -> list[tuple[int, str]]:
    """Every unit by id that hosts no supervision body yet."""
    rows = session.execute(select(Unit.id, Unit.name).where(~Unit.body.has()).order_by(Unit.code))
    return [(key, name) for key, name in rows]


def unit_choices(session: Session) -> list[tuple[int, str]]:
    """Every unit by id, for choosing one."""
    rows = session.execute(select(Unit.id, Unit.name).order_by(Unit.code))
    return [(key, name) for key, name in rows]
