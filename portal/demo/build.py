"""Building the demonstration district into an empty database, through the workflows that people use."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.demo import staffing, viewing
from portal.demo.acting import Stage, move, tell
from portal.demo.aliases import other_names
from portal.demo.calendar import adopted_at, steps, tellings
from portal.demo.pictures import Pictures, shots
from portal.demo.projects import ProjectSpec, projects
from portal.domain.lifecycle import MatterAct
from portal.domain.organisation import Person, Role, Unit
from portal.domain.plan import ProjectKind
from portal.domain.project_facts import MilestoneFacts, ProjectFacts
from portal.rules.clock import SHANGHAI, day_of
from portal.rules.lamps import DEFAULT_RULES
from portal.wiring import Portal
from portal.workflows.edit_plan import add_project, adopt_plan, draw_up_plan
from portal.workflows.follow_record import follow_into_search
from portal.workflows.publish_basics import publish_aliases, publish_lamp_rules, publish_units

Act = Callable[[Session], None]
Progress = Callable[[int, int], None]
TOGETHER = 250  # acts in one transaction


def is_built(portal: Portal) -> bool:
    """Whether somebody lives here already."""
    with portal.database.reading() as session:
        return session.scalar(select(Person.id).limit(1)) is not None


def build_district(portal: Portal, *, password: str, progress: Progress, reports: bool = True) -> None:
    """Found the district, draw its pictures, act out five years. Deterministic for a given day.

    reports: without them nothing is reported or pictured, only planned.
    """
    now = portal.now()
    today = day_of(now)
    specs = projects(today)
    home = staffing.demonstration_unit(specs, today)
    told = tellings(specs, now=now, home=home) if reports else []
    views = viewing.viewed(specs, told, home=home)
    told = viewing.pictured(told, views)
    wanted = shots(specs, told)
    bar = _Bar(progress, total=len(wanted) + len(told) + 7 * len(specs))
    with Pictures(portal, wanted, done=bar.step) as pictures:
        stage = Stage(portal, pictures, {spec.code: spec for spec in specs})
        _found(portal, specs, password=password, now=_begin(specs))
        acts = [*_plan_acts(stage, specs, now), *((t.at, _telling(stage, t)) for t in told)]
        acts += [(at, _making_views(stage, code, at)) for at, code in viewing.making(views, now=now)]
        acts.sort(key=lambda act: act[0])
        _act(portal, [act for _at, act in acts], done=bar.step)
    with portal.database.reading() as session:
        follow_into_search(session, index=portal.search)
    bar.finish()


class _Bar:
    """Counts what is done, from several threads, and tells the progress bar."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self._progress, self._total, self._done, self._lock = progress, total, 0, threading.Lock()

    def step(self) -> None:
        with self._lock:
            self._done += 1
            self._progress(min(self._done, self._total - 1), self._total)

    def finish(self) -> None:
        self._progress(self._total, self._total)


def _begin(specs: Sequence[ProjectSpec]) -> dt.datetime:
    return dt.datetime(int(specs[0].code[:4]), 1, 2, 9, tzinfo=SHANGHAI).astimezone(dt.UTC)


def _found(portal: Portal, specs: Sequence[ProjectSpec], *, password: str, now: dt.datetime) -> None:
    hashed = portal.passwords.hash(password)
    today = day_of(portal.now())
    with portal.database.writing() as session:
        staffing.found_units(session)
        staffing.hire(session, projects=specs, today=today, now=now, password_hash=hashed)
        publish_units(session, now=now)
        publish_lamp_rules(session, rules=DEFAULT_RULES, now=now)
        publish_aliases(session, groups=other_names(), now=now)


def _act(portal: Portal, acts: Sequence[Act], *, done: Callable[[], None]) -> None:
    for start in range(0, len(acts), TOGETHER):
        with portal.database.writing() as session:
            for act in acts[start : start + TOGETHER]:
                act(session)
                session.flush()
                done()
    with portal.database.writing() as session:
        staffing.share_out(session)


def _telling(stage: Stage, telling: object) -> Act:
    return lambda session: tell(stage, session, telling)  # type: ignore[arg-type]


def _making_views(stage: Stage, code: str, at: dt.datetime) -> Act:
    return lambda session: viewing.make(stage, session, code, at)


def _plan_acts(
    stage: Stage, specs: Sequence[ProjectSpec], now: dt.datetime
) -> Iterator[tuple[dt.datetime, Act]]:
    """Every plan drawn up and adopted, and each project's way through its states."""
    for year in sorted({spec.code[:4] for spec in specs}):
        adopted = adopted_at(int(year), now=now)
        yield adopted, _adopting(int(year), [spec for spec in specs if spec.code.startswith(year)], adopted)
    for at, code, act in steps(specs, now=now):
        yield at, _moving(stage, code, act, at)


def _moving(stage: Stage, code: str, act: MatterAct, at: dt.datetime) -> Act:
    return lambda session: move(stage, session, code, act, at)


def _adopting(year: int, specs: Sequence[ProjectSpec], at: dt.datetime) -> Act:
    def adopt(session: Session) -> None:
        admin = staffing.person(session, "admin")
        plan = draw_up_plan(session, year=year, title=f"{year} 年重点工程和重点工作", actor=admin, now=at)
        for spec in specs:
            project = add_project(session, plan=plan, facts=_facts(session, spec), actor=admin, now=at)
            assert project.code == spec.code, (project.code, spec.code)
        session.flush()
        session.refresh(plan, ["projects"])
        adopt_plan(session, plan=plan, actor=admin, now=at)

    return adopt


def _facts(session: Session, spec: ProjectSpec) -> ProjectFacts:
    units = {
        unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_([spec.town, spec.unit])))
    }
    unit = units[spec.unit]
    leader = session.scalars(
        select(Person).where(Person.name == spec.leader, Person.role == Role.LEADER)
    ).one()
    head = session.scalars(select(Person).where(Person.unit_id == unit.id, Person.role == Role.HEAD)).first()
    assert head is not None
    return ProjectFacts(
        kind=ProjectKind(spec.kind),
        name=spec.name,
        content=spec.content,
        category=spec.category,
        town=units[spec.town],
        place=spec.place,
        lon=f"{spec.lon:.6f}",
        lat=f"{spec.lat:.6f}",
        investment_wan=spec.investment_wan,
        start_on=spec.start_on,
        due_on=spec.due_on,
        milestones=[
            MilestoneFacts(
                name=m.name, target=m.target, due_on=m.due_on, scheduled_percent=m.scheduled_percent
            )
            for m in spec.milestones
        ],
        leaders=[leader],
        units=[unit],
        persons=[head],
    )
