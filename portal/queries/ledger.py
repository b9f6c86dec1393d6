"""What a supervision body reads of its remit: projects with their lamps, and what was published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.domain.lifecycle import MatterState, ReportState
from portal.domain.organisation import SupervisionBody, Unit
from portal.domain.plan import Project, Responsibility
from portal.domain.progress import Report
from portal.record.shelf import Shelf, Shown
from portal.rules.lamps import DEFAULT_RULES, Lamp, Verdict, judge
from portal.rules.numbers import LAMP_RULES_ITEM
from portal.rules.schedule import scheduled_percent

S = MatterState
DONE = (S.COMPLETED, S.CLOSED, S.ARCHIVED)
NO_LAMP = (S.DRAFT, S.SUSPENDED, S.WITHDRAWN)
# The views of the ledger: which states stand in each.
VIEWS: dict[str, tuple[MatterState, ...]] = {
    "open": (S.FILED, S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS, S.COMPLETION_CLAIMED, S.COMPLETED, S.SUSPENDED),
    "check": (S.COMPLETION_CLAIMED, S.COMPLETED),
    "closed": (S.CLOSED, S.ARCHIVED, S.WITHDRAWN),
}
_WORST_FIRST = {Lamp.RED: 0, Lamp.YELLOW: 1, Lamp.GREEN: 2, Lamp.BLUE: 4}
_WITHOUT_LAMP = 3

# Joins a project to the one link of its chain that stands now.
CURRENT_LINK = and_(
    Responsibility.project_id == Project.id, Responsibility.since == Project.responsible_since
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A project as it stands today. `verdict` is None where lamps do not apply (suspended, taken out);
    `last` is its newest public report."""

    project: Project
    verdict: Verdict | None
    last: Shown | None

    @property
    def worst_first(self) -> tuple[int, int, str]:
        """Sorts what is most behind to the front."""
        if self.verdict is None:
            return _WITHOUT_LAMP, 0, self.project.code
        return _WORST_FIRST[self.verdict.lamp], -self.verdict.gap, self.project.code


def remit_of(body: SupervisionBody) -> ColumnElement[bool]:
    """`permissions.covers` as a condition on `Project` joined to its current link."""
    if body.district_wide:
        return true()
    units = [remit.unit_id for remit in body.remits if remit.unit_id is not None]
    projects = [remit.project_id for remit in body.remits if remit.project_id is not None]
    return or_(Responsibility.unit_id.in_(units), Project.id.in_(projects))


def standings(session: Session, projects: Iterable[Project], *, on: dt.date) -> list[Standing]:
    """These projects with the lamps that the public sees on that day, most behind first."""
    projects = list(projects)
    shelf = Shelf(session)
    stored = shelf.get(LAMP_RULES_ITEM)
    rules = stored.document["rules"] if stored is not None else DEFAULT_RULES
    newest = shelf.latest_reports_of(project.code for project in projects)
    found = [
        Standing(project=p, verdict=_verdict(p, newest.get(p.code), rules, on), last=newest.get(p.code))
        for p in projects
    ]
    return sorted(found, key=lambda standing: standing.worst_first)


def _verdict(project: Project, last: Shown | None, rules: Any, on: dt.date) -> Verdict | None:
    if project.state in NO_LAMP:
        return None
    return judge(
        rules,
        actual=last.document["physical_percent"] if last is not None else 0,
        planned=scheduled_percent(project.curve, on),
        completed=project.state in DONE,
        due_on=project.due_on,
        on=on,
    )


def projects_in_remit(
    session: Session, *, body: SupervisionBody, states: Sequence[MatterState]
) -> list[Project]:
    """The projects of a remit in these states, with everything a ledger row names."""
    query = (
        select(Project)
        .join(Responsibility, CURRENT_LINK)
        .where(Project.state.in_(states), remit_of(body))
        .options(*whole_project())
    )
    return list(session.scalars(query))


def project_in_remit(session: Session, *, body: SupervisionBody, code: str) -> Project | None:
    """One project by its code; None when there is none in this remit that anybody may know of."""
    query = (
        select(Project)
        .join(Responsibility, CURRENT_LINK)
        .where(Project.code == code, Project.state != S.DRAFT, remit_of(body))
        .options(*whole_project())
    )
    return session.scalars(query).first()


def counts_by_state(session: Session, *, body: SupervisionBody) -> dict[MatterState, int]:
    """How many projects of a remit stand in each state."""
    query = (
        select(Project.state, func.count())
        .select_from(Project)
        .join(Responsibility, CURRENT_LINK)
        .where(remit_of(body))
        .group_by(Project.state)
    )
    return dict(session.execute(query).all())


def whole_project() -> tuple[Any, ...]:
    """What to load along with projects, so that a list of them asks the database a few times only."""
    chain = selectinload(Project.responsibilities)
    return (
        selectinload(Project.milestones),
        chain.joinedload(Responsibility.unit),
        chain.joinedload(Responsibility.person),
        chain.joinedload(Responsibility.leader),
    )


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    reports: list[Report]
    total: int


def published_in_remit(
    session: Session, *, body: SupervisionBody, text: str, page: int, size: int
) -> PublishedPage:
    """What stands published in a remit, newest first. `text`: part of a number, project or unit name."""
    query = (
        select(Report)
        .join(Project, Report.project_id == Project.id)
        .join(Responsibility, CURRENT_LINK)
        .join(Unit, Report.unit_id == Unit.id)
        .where(Report.state == ReportState.PUBLISHED, remit_of(body))
    )
    if text:
        query = query.where(
            or_(
                *(
                    column.contains(text, autoescape=True)
                    for column in (Report.number, Project.name, Unit.name)
                )
            )
        )
    total = session.scalars(select(func.count()).select_from(query.subquery())).one()
    rows = session.scalars(
        query.options(joinedload(Report.project), joinedload(Report.unit), selectinload(Report.all_photos))
        .order_by(Report.published_at.desc(), Report.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return PublishedPage(reports=list(rows), total=total)
