"""Units, supervision bodies and people of the demonstration district, in the report's figures."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.demo import district, names
from portal.demo.projects import ProjectSpec
from portal.domain.organisation import BodyKind, Person, Remit, Role, SupervisionBody, Unit, UnitKind
from portal.domain.plan import Project
from portal.workflows.manage_people import Place, create_person

# Who the six known accounts are: they need work to show.
KNOWN = ("reporter", "head", "supervisor", "second", "leader", "admin")


def demonstration_unit(projects: Sequence[ProjectSpec], today: dt.date) -> str:
    """Code of the unit with the most work under way this year; the account `reporter` serves there."""
    live = [p.unit for p in projects if p.start_on < today < p.due_on and p.kind == "project"]
    return max(sorted(set(live)), key=live.count)


def found_units(session: Session) -> None:
    """All units and the bodies that some of them host."""
    for spec in district.UNITS:
        unit = Unit(
            code=spec.code,
            name=spec.name,
            english=spec.english,
            kind=UnitKind(spec.kind),
            lon=f"{spec.lon:.6f}",
            lat=f"{spec.lat:.6f}",
        )
        session.add(unit)
        if spec.body and spec.body_name:
            body = SupervisionBody(
                name=spec.body_name,
                kind=BodyKind(spec.body),
                unit=unit,
                district_wide=spec.body_name == district.COORDINATING_BODY,
            )
            session.add(body)
    session.flush()
    for body in session.scalars(select(SupervisionBody)):
        session.add(Remit(body_id=body.id, unit_id=body.unit_id))


def hire(
    session: Session, *, projects: Sequence[ProjectSpec], today: dt.date, now: dt.datetime, password_hash: str
) -> None:
    """Leaders, a head and a reporter for every unit, the supervision staff, and the six known accounts."""
    rng = random.Random(29)  # noqa: S311 - the same district every time
    taken = [leader.name for leader in district.LEADERS]
    fresh = iter(names.people(rng, count=2 * len(district.UNITS) + district.STAFF + 1, taken=taken))
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    home = demonstration_unit(projects, today)
    busiest = _busiest_leader(projects, today)

    def create(login: str, name: str, place: Place) -> None:
        person = create_person(session, login=login, name=name, place=place, actor=None, now=now)
        if login in KNOWN:
            person.password_hash = password_hash

    for number, leader in enumerate(district.LEADERS, start=1):
        login = "leader" if leader.name == busiest else f"leader{number:02d}"
        create(login, leader.name, Place(role=Role.LEADER, title=leader.title))
    create("admin", next(fresh), Place(role=Role.ADMINISTRATOR, title="系统管理员"))
    for spec in district.UNITS:
        known = spec.code == home
        for role, title in ((Role.HEAD, "负责人"), (Role.REPORTER, "报送员")):
            login = role.value if known else f"{role.value}-{spec.code.lower()}"
            create(login, next(fresh), Place(role=role, unit=units[spec.code], title=title))
    bodies = {body.unit.code: body for body in session.scalars(select(SupervisionBody))}
    for spec in district.UNITS:
        for number in range(1, spec.staff + 1):
            login = f"supervisor-{spec.code.lower()}-{number}"
            if spec.name == district.COORDINATING_UNIT and number <= 2:
                login = ("supervisor", "second")[number - 1]
            create(login, next(fresh), Place(role=Role.SUPERVISOR, body=bodies[spec.code], title="督查员"))


def share_out(session: Session) -> None:
    """Every body that is not district-wide gets some projects of other units into its remit, so that a
    body never has only what its own unit does."""
    rng = random.Random(64)  # noqa: S311 - the same district every time
    bodies = list(session.scalars(select(SupervisionBody).where(SupervisionBody.district_wide.is_(False))))
    for project in session.scalars(select(Project).order_by(Project.code)):
        others = [body for body in bodies if body.unit_id not in (project.unit.id, None)]
        session.add(Remit(body_id=rng.choice(others).id, project_id=project.id))


def person(session: Session, login: str) -> Person:
    """Somebody by login."""
    return session.scalars(select(Person).where(Person.login == login)).one()


def _busiest_leader(projects: Sequence[ProjectSpec], today: dt.date) -> str:
    live = [p.leader for p in projects if p.start_on < today < p.due_on]
    return max(sorted(set(live)), key=live.count)
