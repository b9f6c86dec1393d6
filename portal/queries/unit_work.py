"""What a unit's desk shows: what is due, what came back, what waits, and everything ever reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, selectinload

from portal.domain.lifecycle import MATTER, MatterAct, MatterState, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import may_matter
from portal.domain.plan import Milestone, Project, Responsibility
from portal.domain.progress import Decision, Photo, Report
from portal.record.shelf import Shelf
from portal.rules.clock import day_of
from portal.rules.lamps import DEFAULT_RULES, Lamp, Verdict, judge
from portal.rules.numbers import LAMP_RULES_ITEM
from portal.rules.schedule import scheduled_percent

PAGE = 20
TAKES_REPORTS = (MatterState.ASSIGNED, MatterState.ACCEPTED, MatterState.IN_PROGRESS)
IN_HAND = (*TAKES_REPORTS, MatterState.COMPLETION_CLAIMED, MatterState.SUSPENDED)
WAITING = (ReportState.SUBMITTED, ReportState.IN_REVIEW)
STANDING = (ReportState.PUBLISHED, ReportState.SUPERSEDED)
ON_RECORD = tuple(state for state in ReportState if state is not ReportState.DISCARDED)
WORST_FIRST = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.BLUE)


@dataclass(frozen=True, kw_only=True)
class DueProject:
    """A project that the unit answers for.

    milestone: the next one due, or the last; days: until it is due (negative = past); last: the report
    published last; open_report: a draft or a returned report to go on with; acts: what this person may
    do with the project now.
    """

    project: Project
    verdict: Verdict
    milestone: Milestone | None
    days: int
    last: Report | None
    open_report: Report | None
    takes_reports: bool
    acts: tuple[MatterAct, ...]


@dataclass(frozen=True, kw_only=True)
class Work:
    """Everything on the unit's first page, each list in the order in which it wants attention."""

    returned: Sequence[Report]
    drafts: Sequence[Report]
    waiting: Sequence[Report]
    due: Sequence[DueProject]


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One page of the unit's reports, with how many there are in each state."""

    reports: Sequence[Report]
    counts: Mapping[ReportState, int]
    page: int
    pages: int
    total: int


def unit_work(session: Session, *, person: Person, now: dt.datetime) -> Work:
    """What this person's unit has to do now."""
    open_reports = session.scalars(
        select(Report)
        .where(
            Report.unit_id == person.unit_id,
            Report.state.in_((ReportState.DRAFT, ReportState.RETURNED, *WAITING)),
        )
        .order_by(Report.submitted_at, Report.created_at)
        .options(*_WITH_PHOTOS, selectinload(Report.decisions).selectinload(Decision.reasons))
    ).all()
    by_state: dict[ReportState, list[Report]] = {}
    for report in open_reports:
        by_state.setdefault(report.state, []).append(report)
    mine = [*by_state.get(ReportState.RETURNED, []), *by_state.get(ReportState.DRAFT, [])]
    return Work(
        returned=by_state.get(ReportState.RETURNED, []),
        drafts=by_state.get(ReportState.DRAFT, []),
        waiting=[report for state in WAITING for report in by_state.get(state, [])],
        due=_due_projects(session, person=person, open_reports=mine, now=now),
    )


def unit_reports(session: Session, *, person: Person, state: ReportState | None, page: int) -> Reported:
    """A page of everything the unit ever reported, newest first."""
    counted = session.execute(
        select(Report.state, func.count())
        .where(Report.unit_id == person.unit_id, Report.state.in_(ON_RECORD))
        .group_by(Report.state)
    )
    counts = dict(counted.all())
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    reports = session.scalars(
        select(Report)
        .where(Report.unit_id == person.unit_id, Report.state.in_(ON_RECORD if state is None else (state,)))
        .order_by(func.coalesce(Report.submitted_at, Report.created_at).desc(), Report.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
        .options(*_WITH_PHOTOS)
    ).all()
    return Reported(reports=reports, counts=counts, page=page, pages=pages, total=total)


def last_published(session: Session, *, project: Project) -> Report | None:
    """The report on this project that was published last and still stands."""
    return session.scalars(
        select(Report)
        .where(Report.project_id == project.id, Report.state == ReportState.PUBLISHED)
        .order_by(Report.submitted_at.desc(), Report.id.desc())
        .limit(1)
    ).first()


def planned_percent(project: Project, *, on: dt.date) -> int:
    """Where the plan expects the project to stand on a day."""
    return scheduled_percent(project.curve, on)


_WITH_PHOTOS = (
    selectinload(Report.project),
    selectinload(Report.milestone),
    selectinload(Report.all_photos),
    selectinload(Report.all_videos),
)


def _due_projects(
    session: Session, *, person: Person, open_reports: Sequence[Report], now: dt.datetime
) -> list[DueProject]:
    projects = session.scalars(
        select(Project)
        .join(
            Responsibility,
            and_(Responsibility.project_id == Project.id, Responsibility.since == Project.responsible_since),
        )
        .where(Responsibility.unit_id == person.unit_id, Project.state.in_(IN_HAND))
        .options(selectinload(Project.milestones), selectinload(Project.responsibilities))
    ).all()
    last = _last_of_each(session, [project.id for project in projects])
    lamps = Shelf(session).get(LAMP_RULES_ITEM)
    rules = lamps.document["rules"] if lamps is not None else DEFAULT_RULES
    to_go_on = {report.project_id: report for report in reversed(open_reports) if report.corrects_id is None}
    due = [
        _due(
            project,
            last=last.get(project.id),
            rules=rules,
            person=person,
            on=day_of(now),
            open_report=to_go_on.get(project.id),
        )
        for project in projects
    ]
    return sorted(due, key=lambda one: (WORST_FIRST.index(one.verdict.lamp), -one.verdict.gap, one.days))


def _due(
    project: Project,
    *,
    last: Report | None,
    rules: Mapping[str, object],
    person: Person,
    on: dt.date,
    open_report: Report | None,
) -> DueProject:
    milestones = project.milestones
    next_due = next((m for m in milestones if m.due_on >= on), milestones[-1] if milestones else None)
    actual = last.physical_percent if last is not None and last.physical_percent is not None else 0
    verdict = judge(
        rules,
        actual=actual,
        planned=planned_percent(project, on=on),
        completed=False,
        due_on=project.due_on,
        on=on,
    )
    return DueProject(
        project=project,
        verdict=verdict,
        milestone=next_due,
        days=((next_due.due_on if next_due else project.due_on) - on).days,
        last=last,
        open_report=open_report,
        takes_reports=project.state in TAKES_REPORTS,
        acts=tuple(act for act in MATTER.acts(project.state) if may_matter(person, act, project)),
    )


def _last_of_each(session: Session, project_ids: Sequence[int]) -> dict[int, Report]:
    reports = session.scalars(
        select(Report)
        .where(Report.project_id.in_(project_ids), Report.state == ReportState.PUBLISHED)
        .order_by(Report.submitted_at, Report.id)
    )
    return {report.project_id: report for report in reports}


def photo_of(session: Session, *, report: Report, photo_id: int) -> Photo | None:
    """A photo of this report, removed ones included."""
    photo = session.get(Photo, photo_id)
    return photo if photo is not None and photo.report_id == report.id else None
