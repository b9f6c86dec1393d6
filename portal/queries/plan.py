"""The plan as administrators draw it up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.domain.organisation import Person, Role, Unit, UnitKind
from portal.domain.plan import AnnualPlan, Project, Responsibility


@dataclass(frozen=True, kw_only=True)
class PlanShown:
    plan: AnnualPlan
    projects: int


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a project form can be filled with. `persons`: by unit, those who can be in charge."""

    towns: Sequence[Unit]
    units: Sequence[Unit]
    leaders: Sequence[Person]
    persons: Sequence[tuple[Unit, Sequence[Person]]]
    categories: Sequence[str]


def plans(session: Session) -> list[PlanShown]:
    """Every year's plan, newest first, with how many items it holds."""
    counted = select(Project.plan_id, func.count().label("held")).group_by(Project.plan_id).subquery()
    rows = session.execute(
        select(AnnualPlan, func.coalesce(counted.c.held, 0))
        .outerjoin(counted, counted.c.plan_id == AnnualPlan.id)
        .order_by(AnnualPlan.year.desc())
    )
    return [PlanShown(plan=plan, projects=items) for plan, items in rows]


def plan_of(session: Session, *, year: int) -> AnnualPlan | None:
    """The plan of a year with its projects and who answers for each."""
    return session.scalars(
        select(AnnualPlan)
        .where(AnnualPlan.year == year)
        .options(
            selectinload(AnnualPlan.projects).joinedload(Project.town),
            selectinload(AnnualPlan.projects).selectinload(Project.milestones),
            selectinload(AnnualPlan.projects)
            .selectinload(Project.responsibilities)
            .options(
                joinedload(Responsibility.leader),
                joinedload(Responsibility.unit),
                joinedload(Responsibility.person),
            ),
        )
    ).first()


def project_of(session: Session, *, code: str) -> Project | None:
    """One project by its code, with its chain of hand-overs."""
    return session.scalars(select(Project).where(Project.code == code)).first()


def choices(session: Session, *, chosen: Collection[int] = ()) -> Choices:
    """Everything that a project form offers. Disabled people are offered only where they are `chosen`."""
    units = list(session.scalars(select(Unit).order_by(Unit.code)))
    able = list(
        session.scalars(
            select(Person)
            .where(or_(Person.disabled_at.is_(None), Person.id.in_(chosen)))
            .order_by(Person.role, Person.id)
        )
    )
    by_unit = [(unit, [person for person in able if person.unit_id == unit.id]) for unit in units]
    return Choices(
        towns=[unit for unit in units if unit.kind is UnitKind.TOWN],
        units=units,
        leaders=[person for person in able if person.role is Role.LEADER],
        persons=[(unit, persons) for unit, persons in by_unit if persons],
        categories=list(session.scalars(select(Project.category).distinct().order_by(Project.category))),
    )
