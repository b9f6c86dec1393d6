"""Administrators create, move, disable and enable people, and hand out links. Nobody is ever deleted from
history."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.access import LINK_LIFE, OneTimeLink, SignIn, secret_hash, spend_links
from portal.domain.errors import Invalid, Problem, Stale
from portal.domain.letters import owe_letter
from portal.domain.organisation import Person, Posting, Role, SupervisionBody, Unit
from portal.domain.permissions import AdminAct, permit_admin
from portal.domain.wording import clean
from portal.ports import JobQueue
from portal.text.mailbox import is_mailbox

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody serves, and as what."""

    role: Role
    unit: Unit | None = None
    body: SupervisionBody | None = None
    title: str = ""


def create_person(
    session: Session,
    *,
    login: str,
    name: str,
    place: Place,
    actor: Person | None,
    now: dt.datetime,
    email: str = "",
) -> Person:
    """A new person, without a password yet. `actor` None is the command line, where the machine is trusted.

    Raises `Invalid` naming a login that is taken or not one, an address that is none, a missing name, unit or
    body.
    """
    if actor is not None:
        permit_admin(actor, AdminAct.MANAGE_PEOPLE)
    login = login.strip().lower()
    problems = _check_place(place)
    if not LOGIN.fullmatch(login):
        problems.append(Problem("login", "not_a_login"))
    elif session.scalar(select(Person.id).where(Person.login == login)) is not None:
        problems.append(Problem("login", "login_taken"))
    if not name.strip():
        problems.append(Problem("name", "missing"))
    email = email.strip()
    problems += _check_email(email)
    if problems:
        raise Invalid(problems)
    person = Person(login=login, name=clean(name, limit=40), email=email or None, **_columns(place))
    session.add(person)
    session.flush()
    session.add(_posting(person, now))
    audit.note(session, actor=actor, act="create_person", subject=person, now=now)
    return person


def move_person(
    session: Session,
    *,
    person: Person,
    place: Place,
    seen_version: int | None,
    actor: Person | None,
    now: dt.datetime,
) -> None:
    """A new posting; the old one stays in the chain. Every browser of the person is signed out, because
    what they may do has changed."""
    _permit_and_check(person, seen_version, actor)
    problems = _check_place(place)
    if problems:
        raise Invalid(problems)
    for column, value in _columns(place).items():
        setattr(person, column, value)
    session.flush()
    session.add(_posting(person, now))
    _end_sign_ins(session, person, now)
    audit.note(session, actor=actor, act="move_person", subject=person, now=now, role=place.role.value)


def change_email(
    session: Session, *, person: Person, email: str, seen_version: int | None, actor: Person, now: dt.datetime
) -> None:
    """Another address, or none. Links that are still open stop working: one may have gone to the old address.

    Raises `Invalid` for an address that is none.
    """
    _permit_and_check(person, seen_version, actor)
    email = email.strip()
    if problems := _check_email(email):
        raise Invalid(problems)
    hold(session, person)
    person.email = email or None
    spend_links(session, person_id=person.id, now=now)
    audit.note(session, actor=actor, act="change_email", subject=person, now=now)


def disable_person(
    session: Session, *, person: Person, seen_version: int | None, actor: Person | None, now: dt.datetime
) -> None:
    """Let somebody in no longer, at once. An administrator cannot shut themselves out."""
    _permit_and_check(person, seen_version, actor)
    if actor is not None and actor.id == person.id:
        raise Invalid([Problem("person", "not_yourself")])
    person.disabled_at = person.disabled_at or now
    _end_sign_ins(session, person, now)
    audit.note(session, actor=actor, act="disable_person", subject=person, now=now)


def enable_person(
    session: Session, *, person: Person, seen_version: int | None, actor: Person | None, now: dt.datetime
) -> None:
    """Let somebody in again."""
    _permit_and_check(person, seen_version, actor)
    person.disabled_at = None
    audit.note(session, actor=actor, act="enable_person", subject=person, now=now)


def issue_link(
    session: Session,
    *,
    person: Person,
    actor: Person | None,
    now: dt.datetime,
    letters: JobQueue | None = None,
) -> str:
    """A one-time token with which the person sets their password; earlier ones stop working. When the person
    has an address and `letters` is given, a letter goes there too, with a link of its own."""
    if actor is not None:
        permit_admin(actor, AdminAct.MANAGE_PEOPLE)
    if person.disabled_at is not None:
        raise Invalid([Problem("person", "disabled")])
    hold(session, person)  # of two links issued at once, one works
    spend_links(session, person_id=person.id, now=now)
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(
        token_hash=secret_hash(token),
        person_id=person.id,
        created_by_id=actor.id if actor else None,
        expires_at=now + LINK_LIFE,
    )
    session.add(link)
    audit.note(session, actor=actor, act="issue_link", subject=person, now=now)
    if letters is not None and person.email is not None:
        letters.enqueue(session, **owe_letter(session, person=person, link=link, now=now).as_job())
    return token


def _permit_and_check(person: Person, seen_version: int | None, actor: Person | None) -> None:
    if actor is not None:
        permit_admin(actor, AdminAct.MANAGE_PEOPLE)
    if seen_version is not None and seen_version != person.version_id:
        raise Stale("person_changed_elsewhere")


def _check_place(place: Place) -> list[Problem]:
    if place.role in (Role.REPORTER, Role.HEAD) and place.unit is None:
        return [Problem("unit", "missing")]
    if place.role is Role.SUPERVISOR and place.body is None:
        return [Problem("body", "missing")]
    return []


def _check_email(email: str) -> list[Problem]:
    return [] if not email or is_mailbox(email) else [Problem("email", "not_an_address")]


def _columns(place: Place) -> dict[str, object]:
    unit = place.unit if place.role in (Role.REPORTER, Role.HEAD) else None
    body = place.body if place.role is Role.SUPERVISOR else None
    return {"role": place.role, "unit": unit, "body": body, "title": clean(place.title, limit=60)}


def _posting(person: Person, now: dt.datetime) -> Posting:
    return Posting(
        person_id=person.id,
        since=now,
        role=person.role,
        unit_id=person.unit_id,
        body_id=person.body_id,
        title=person.title,
    )


def _end_sign_ins(session: Session, person: Person, now: dt.datetime) -> None:
    for row in session.scalars(
        select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    ):
        row.ended_at = now
