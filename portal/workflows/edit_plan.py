"""The annual plan: drawing it up, adopting it, changing it with a reason, handing work over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.disclosure import project_shown
from portal.domain import audit
from portal.domain.counter import next_number
from portal.domain.errors import Invalid, Problem, Stale, WrongState
from portal.domain.lifecycle import MATTER, MatterAct, MatterState
from portal.domain.organisation import Person
from portal.domain.permissions import AdminAct, permit_admin, permit_matter
from portal.domain.plan import AnnualPlan, Milestone, Project, Responsibility
from portal.domain.progress import Report
from portal.domain.project_facts import MilestoneFacts, ProjectFacts, check_project
from portal.domain.wording import clean
from portal.record import log
from portal.rules.clock import day_of
from portal.rules.numbers import project_code

UNSEEN_STATES = (MatterState.DRAFT,)


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
    project.milestones = _milestones(facts.milestones)
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
    problems = [*check_project(facts), *_check_named_by_reports(session, project, facts)]
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


def _milestones(said: Sequence[MilestoneFacts]) -> list[Milestone]:
    return [
        Milestone(
            ordinal=ordinal,
            name=clean(m.name, limit=60),
            target=clean(m.target, limit=500),
            due_on=m.due_on,
            scheduled_percent=m.scheduled_percent,
        )
        for ordinal, m in enumerate(said, start=1)
    ]


def _change_milestones(project: Project, facts: ProjectFacts) -> None:
    """Milestones keep their identity by their place, because reports name them."""
    wanted = _milestones(facts.milestones)
    for milestone, new in zip(project.milestones, wanted, strict=False):
        milestone.name, milestone.target = new.name, new.target
        milestone.due_on, milestone.scheduled_percent = new.due_on, new.scheduled_percent
    project.milestones.extend(wanted[len(project.milestones) :])
    del project.milestones[len(wanted) :]


def _check_named_by_reports(session: Session, project: Project, facts: ProjectFacts) -> list[Problem]:
    """A milestone that a report names stays, so that the report still says what it is about."""
    gone = project.milestones[len(facts.milestones) :]
    named = set(
        session.scalars(select(Report.milestone_id).where(Report.milestone_id.in_([m.id for m in gone])))
    )
    return [
        Problem("milestones", "milestone_reported", {"place": milestone.ordinal, "name": milestone.name})
        for milestone in gone
        if milestone.id in named
    ]


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
