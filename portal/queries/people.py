"""People as administrators find them, and as they see themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.domain.access import OneTimeLink, SignIn, secret_hash
from portal.domain.letters import OwedLetter
from portal.domain.organisation import Person, Posting, Role, SupervisionBody, Unit
from portal.domain.plan import Project, Responsibility

PAGE = 30  # people on a page


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which people somebody looks for. `words` match a name, a login or a title; empty means any."""

    words: str = ""
    role: Role | None = None
    unit_id: int | None = None
    body_id: int | None = None
    disabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Served:
    """One link of somebody's chain of postings; `until` is None for the present one."""

    since: dt.datetime
    until: dt.datetime | None
    role: Role
    place: str
    title: str


def people(session: Session, *, wanted: Wanted, page: int = 1) -> tuple[list[Person], int]:
    """One page of people, and how many there are in all. Those who may sign in come first."""
    conditions = _conditions(wanted)
    total = session.scalars(select(func.count()).select_from(Person).where(*conditions)).one()
    rows = session.scalars(
        select(Person)
        .where(*conditions)
        .options(joinedload(Person.unit), joinedload(Person.body))
        .order_by(Person.disabled_at.is_not(None), Person.role, Person.unit_id, Person.body_id, Person.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(rows), total


def person_with_login(session: Session, login: str) -> Person | None:
    """Whoever signs in under this name."""
    return session.scalars(select(Person).where(Person.login == login)).first()


def people_by_role(session: Session) -> dict[str, tuple[int, int]]:
    """For each role, how many may sign in and how many are disabled."""
    rows = session.execute(
        select(Person.role, func.count(), func.count(Person.disabled_at)).group_by(Person.role)
    )
    found = {role.value: (count - disabled, disabled) for role, count, disabled in rows}
    return {role.value: found.get(role.value, (0, 0)) for role in Role}


def postings(session: Session, *, person: Person) -> list[Served]:
    """Where somebody has served, newest first."""
    rows = session.execute(
        select(Posting, Unit.name, SupervisionBody.name)
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .outerjoin(SupervisionBody, SupervisionBody.id == Posting.body_id)
        .where(Posting.person_id == person.id)
        .order_by(Posting.since.desc(), Posting.id.desc())
    )
    served: list[Served] = []
    for posting, unit, body in rows:
        until = served[-1].since if served else None
        place = unit or body or ""
        served.append(
            Served(since=posting.since, until=until, role=posting.role, place=place, title=posting.title)
        )
    return served


def answers_for(session: Session, *, person: Person) -> list[Project]:
    """Projects for which somebody is the leader or the person in charge now."""
    current = (Responsibility.project_id == Project.id) & (Responsibility.since == Project.responsible_since)
    return list(
        session.scalars(
            select(Project)
            .join(Responsibility, current)
            .where(or_(Responsibility.leader_id == person.id, Responsibility.person_id == person.id))
            .order_by(Project.code)
        )
    )


def open_sign_ins(session: Session, *, person_id: int, now: dt.datetime) -> list[SignIn]:
    """The browsers in which somebody is signed in, newest first."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .options(joinedload(SignIn.person))
        .order_by(SignIn.created_at.desc())
    )
    return [row for row in rows if row.open_at(now)]


def open_link(session: Session, *, token: str, now: dt.datetime) -> OneTimeLink | None:
    """The one-time link behind a token, when it still opens."""
    link = session.get(OneTimeLink, secret_hash(token))
    return link if link is not None and link.open_at(now) else None


def waiting_link(session: Session, *, person: Person, now: dt.datetime) -> OneTimeLink | None:
    """The link that somebody was given and has not used yet."""
    links = session.scalars(
        select(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    )
    return next((link for link in links if link.open_at(now)), None)


def last_letter(session: Session, *, person: Person) -> OwedLetter | None:
    """The newest letter to somebody that was not needless."""
    return session.scalars(
        select(OwedLetter)
        .where(OwedLetter.person_id == person.id, OwedLetter.dropped_at.is_(None))
        .order_by(OwedLetter.asked_at.desc(), OwedLetter.id)
        .limit(1)
    ).first()


def names(session: Session) -> Sequence[tuple[int, str]]:
    """Everybody by id, for choosing one."""
    return [(row.id, row.name) for row in session.execute(select(Person.id, Person.name).order_by(Person.id))]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in wanted.words.split():
        conditions.append(
            or_(
                *(
                    column.contains(word, autoescape=True)
                    for column in (Person.name, Person.login, Person.title)
                )
            )
        )
    if wanted.role is not None:
        conditions.append(Person.role == wanted.role)
    if wanted.unit_id is not None:
        conditions.append(Person.unit_id == wanted.unit_id)
    if wanted.body_id is not None:
        conditions.append(Person.body_id == wanted.body_id)
    if wanted.disabled is not None:
        conditions.append(
            Person.disabled_at.is_not(None) if wanted.disabled else Person.disabled_at.is_(None)
        )
    return conditions
