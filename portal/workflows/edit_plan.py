"""The annual plan: drawing it up, adopting it, changing it with a reason, handing work over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.disclosure import project_shown
from portal.domain import audit
from portal.domain.counter import next_number
from portal.domain.errors import Invalid, Problem, Stale, WrongState
from portal.domain.lifecycle import MATTER, MatterAct, MatterState
from portal.domain.organisation import Person, Role, Unit, UnitKind
from portal.domain.permissions import AdminAct, permit_admin, permit_matter
from portal.domain.plan import AnnualPlan, Milestone, Project, ProjectKind, Responsibility
from portal.domain.wording import clean
from portal.record import log
from portal.rules.clock import day_of
from portal.rules.numbers import project_code
from portal.rules.schedule import check_curve

UNSEEN_STATES = (MatterState.DRAFT,)


@dataclass(frozen=True, kw_only=True)
class MilestoneFacts:
    name: str
    target: str
    due_on: dt.date
    scheduled_percent: int


@dataclass(frozen=True, kw_only=True)
class ProjectFacts:
    """What a plan says of a project. `leaders`, `units` and `persons` are what the form named: exactly
    one of each is accepted, and a wrong number is refused by name."""

    kind: ProjectKind
    name: str
    content: str
    category: str
    town: Unit
    place: str
    lon: str | None
    lat: str | None
    investment_wan: int
    start_on: dt.date
    due_on: dt.date
    milestones: Sequence[MilestoneFacts]
    leaders: Sequence[Person]
    units: Sequence[Unit]
    persons: Sequence[Person]


def draw_up_plan(session: Session, *, year: int, title: str, actor: Person, now: dt.datetime) -> AnnualPlan:
    """The plan of a year; the existing one when there is one."""
    permit_admin(actor, AdminAct.EDIT_PLAN)
    plan = session.scalars(select(AnnualPlan).where(AnnualPlan.year == year)).first()
    if plan is None:
        plan = AnnualPlan(year=year, title=clean(title, limit=80))
        session.add(plan)
        audit.note(session, actor=actor, act="draw_up_plan", subject=plan, now=now, year=year)
    return plan


def add_project(
    session: Session, *, plan: AnnualPlan, facts: ProjectFacts, actor: Person, now: dt.datetime
) -> Project:
    """Put a project into a plan. In an adopted plan it is brought in (调入) and published at once."""
    permit_admin(actor, AdminAct.EDIT_PLAN)
    problems = check_project(facts)
    if problems:
        raise Invalid(problems)
    since = now.replace(microsecond=0)
    project = Project(
        plan=plan,
        code=project_code(plan.year, next_number(session, name=f"project/{plan.year}")),
        responsible_since=since,
        **_columns(facts),
    )
    project.milestones = _milestones(facts)
    session.add(project)
    session.flush()
    session.add(_link(project, facts, since=since, reason=""))
    session.flush()
    session.refresh(project, ["responsibilities"])
    audit.note(session, actor=actor, act="add_project", subject=project, now=now, code=project.code)
    if plan.adopted_at is not None:
        _adopt(session, project, now)
    return project


def adopt_plan(session: Session, *, plan: AnnualPlan, actor: Person, now: dt.datetime) -> int:
    """Adopt a plan: every drafted item is filed, assigned and published. How many were."""
    permit_admin(actor, AdminAct.ADOPT_PLAN)
    if plan.adopted_at is not None:
        raise WrongState("plan_already_adopted", year=plan.year)
    if not plan.projects:
        raise Invalid([Problem("plan", "plan_is_empty")])
    plan.adopted_at = now
    for project in plan.projects:
        _adopt(session, project, now)
    audit.note(session, actor=actor, act="adopt_plan", subject=plan, now=now, year=plan.year)
    return len(plan.projects)


def change_project(
    session: Session,
    *,
    project: Project,
    facts: ProjectFacts,
    reason: str,
    seen_version: int,
    actor: Person,
    now: dt.datetime,
) -> None:
    """Change what the plan says. A published project needs a reason and becomes a corrected version.

    Raises `Stale` when the project has changed since `seen_version`, `Invalid` naming every problem.
    """
    permit_admin(actor, AdminAct.EDIT_PLAN)
    if project.version_id != seen_version:
        raise Stale("project_changed_elsewhere")
    problems = check_project(facts)
    reason = clean(reason, limit=500)
    if project.state not in UNSEEN_STATES and not reason:
        problems.append(Problem("reason", "missing"))
    if problems:
        raise Invalid(problems)
    before = _said(project)
    for name, value in _columns(facts).items():
        setattr(project, name, value)
    _change_milestones(project, facts)
    if _said_link(project.responsible) != (facts.leaders[0].id, facts.units[0].id, facts.persons[0].id):
        _hand_over(session, project, facts, reason=reason, now=now)
    session.flush()
    if before == _said(project):
        raise Invalid([Problem("project", "nothing_changed")])
    audit.note(session, actor=actor, act="change_project", subject=project, now=now, code=project.code)
    _publish(session, project, reason=reason, now=now)


def act_on_project(
    session: Session, *, project: Project, act: MatterAct, reason: str, actor: Person, now: dt.datetime
) -> None:
    """Move a project along its lifecycle (签收, 申请办结, 办结, 销号 …) and publish that it moved."""
    permit_matter(actor, act, project)
    project.state = MATTER.next(project.state, act)
    reason = clean(reason, limit=500)
    if act in (MatterAct.SUSPEND, MatterAct.TAKE_OUT, MatterAct.RETURN) and not reason:
        raise Invalid([Problem("reason", "missing")])
    session.flush()
    audit.note(session, actor=actor, act=f"matter_{act.value}", subject=project, now=now, code=project.code)
    _publish(session, project, reason=reason, now=now)


def check_project(facts: ProjectFacts) -> list[Problem]:
    """Everything that keeps these facts from being a project."""
    problems = [
        Problem(name, "missing")
        for name in ("name", "content", "category")
        if not getattr(facts, name).strip()
    ]
    for name, named in (("leader", facts.leaders), ("unit", facts.units), ("person", facts.persons)):
        if len(named) != 1:
            problems.append(Problem(name, "exactly_one", {"has": len(named)}))
    if not problems:
        problems.extend(_check_people(facts))
    if facts.town.kind is not UnitKind.TOWN:
        problems.append(Problem("town", "not_a_town"))
    if facts.investment_wan < 0:
        problems.append(Problem("investment_wan", "negative"))
    if facts.due_on < facts.start_on:
        problems.append(Problem("due_on", "due_before_start"))
    return [*problems, *_check_place(facts), *_check_milestones(facts)]


def _check_people(facts: ProjectFacts) -> list[Problem]:
    problems = []
    if facts.leaders[0].role is not Role.LEADER:
        problems.append(Problem("leader", "not_a_leader"))
    if facts.persons[0].unit_id != facts.units[0].id:
        problems.append(Problem("person", "not_of_the_unit"))
    return problems


def _check_place(facts: ProjectFacts) -> list[Problem]:
    if facts.lon is None and facts.lat is None:
        return []
    try:
        lon, lat = float(facts.lon or "x"), float(facts.lat or "x")
    except ValueError:
        return [Problem("place", "not_coordinates")]
    inside_china = 73 <= lon <= 136 and 3 <= lat <= 54
    return [] if inside_china else [Problem("place", "coordinates_elsewhere")]


def _check_milestones(facts: ProjectFacts) -> list[Problem]:
    if not facts.milestones:
        return [Problem("milestones", "missing")]
    curve = sorted({facts.start_on: 0, **{m.due_on: m.scheduled_percent for m in facts.milestones}}.items())
    fault = check_curve(curve)
    problems = [Problem("milestones", fault)] if fault else []
    for place, milestone in enumerate(facts.milestones, start=1):
        if not facts.start_on <= milestone.due_on <= facts.due_on:
            problems.append(Problem("milestones", "milestone_outside", {"place": place}))
    return problems


def _columns(facts: ProjectFacts) -> dict[str, object]:
    return {
        "kind": facts.kind,
        "name": clean(facts.name, limit=80),
        "content": clean(facts.content, limit=2000),
        "category": facts.category,
        "town": facts.town,
        "place": clean(facts.place, limit=80),
        "lon": facts.lon,
        "lat": facts.lat,
        "investment_wan": facts.investment_wan,
        "start_on": facts.start_on,
        "due_on": facts.due_on,
    }


def _milestones(facts: ProjectFacts) -> list[Milestone]:
    return [
        Milestone(
            ordinal=ordinal,
            name=clean(m.name, limit=60),
            target=clean(m.target, limit=500),
            due_on=m.due_on,
            scheduled_percent=m.scheduled_percent,
        )
        for ordinal, m in enumerate(facts.milestones, start=1)
    ]


def _change_milestones(project: Project, facts: ProjectFacts) -> None:
    """Milestones keep their identity by their place, because reports name them."""
    wanted = _milestones(facts)
    for milestone, new in zip(project.milestones, wanted, strict=False):
        milestone.name, milestone.target = new.name, new.target
        milestone.due_on, milestone.scheduled_percent = new.due_on, new.scheduled_percent
    project.milestones.extend(wanted[len(project.milestones) :])
    del project.milestones[len(wanted) :]


def _link(project: Project, facts: ProjectFacts, *, since: dt.datetime, reason: str) -> Responsibility:
    return Responsibility(
        project_id=project.id,
        since=since,
        leader_id=facts.leaders[0].id,
        unit_id=facts.units[0].id,
        person_id=facts.persons[0].id,
        reason=reason,
    )


def _hand_over(
    session: Session, project: Project, facts: ProjectFacts, *, reason: str, now: dt.datetime
) -> None:
    since = max(now.replace(microsecond=0), project.responsible_since + dt.timedelta(seconds=1))
    session.add(_link(project, facts, since=since, reason=reason))
    project.responsible_since = since
    session.flush()
    session.refresh(project, ["responsibilities"])


def _said_link(link: Responsibility) -> tuple[int, int, int]:
    return link.leader_id, link.unit_id, link.person_id


def _said(project: Project) -> dict[str, object]:
    return dict(project_shown(project, dated="2000-01-01").document)


def _adopt(session: Session, project: Project, now: dt.datetime) -> None:
    if project.state is MatterState.DRAFT:
        project.state = MATTER.next(project.state, MatterAct.FILE)
        project.state = MATTER.next(project.state, MatterAct.ASSIGN)
        session.flush()
        log.publish(session, project_shown(project, dated=day_of(now).isoformat()), at=now)


def _publish(session: Session, project: Project, *, reason: str, now: dt.datetime) -> None:
    if project.state not in UNSEEN_STATES:
        log.publish(session, project_shown(project, dated=day_of(now).isoformat(), reason=reason), at=now)
