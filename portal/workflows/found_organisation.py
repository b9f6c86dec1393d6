"""Founding units and supervision bodies, and renaming them. What the public reads of a unit is published at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.disclosure import unit_shown
from portal.domain import audit
from portal.domain.errors import Invalid, Problem, Stale
from portal.domain.organisation import BodyKind, Person, SupervisionBody, Unit, UnitKind
from portal.domain.permissions import AdminAct, permit_admin
from portal.domain.project_facts import check_place
from portal.domain.wording import clean
from portal.record import log
from portal.rules.clock import day_of

CODE = re.compile(r"[A-Z0-9]{2,8}")


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """What is said of a unit and may be said anew. `lon` and `lat`: WGS-84 as decimal strings."""

    name: str
    english: str
    lon: str | None
    lat: str | None


def organisation_seen(row: Unit | SupervisionBody) -> str:
    """Names exactly the unit or body that somebody looked at, so that a change in between is noticed."""
    said = (row.english, row.lon, row.lat) if isinstance(row, Unit) else (row.kind.value,)
    return hashlib.sha256("\n".join(map(str, (row.name, *said))).encode()).hexdigest()[:16]


def found_unit(
    session: Session, *, code: str, kind: UnitKind | None, facts: UnitFacts, actor: Person, now: dt.datetime
) -> Unit:
    """A new unit, public at once. Its code stands in its address, so it never changes afterwards.

    Raises `Invalid` naming a code or name that is taken or missing, and a place that is none.
    """
    permit_admin(actor, AdminAct.FOUND_ORGANISATION)
    code = code.strip().upper()
    problems = _check_unit(session, facts)
    if not CODE.fullmatch(code):
        problems.append(Problem("code", "not_a_unit_code"))
    elif session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        problems.append(Problem("code", "code_taken"))
    if kind is None:
        problems.append(Problem("kind", "not_a_kind"))
    if problems or kind is None:
        raise Invalid(problems)
    unit = Unit(code=code, kind=kind, **_columns(facts))
    session.add(unit)
    audit.note(session, actor=actor, act="found_unit", subject=unit, now=now, code=code)
    _publish(session, unit, now)
    return unit


def change_unit(
    session: Session, *, unit: Unit, facts: UnitFacts, seen: str, actor: Person, now: dt.datetime
) -> None:
    """Rename or place a unit: a corrected version of what the public reads of it.

    Raises `Stale` when it is no longer as it was `seen`, `Invalid` naming every problem.
    """
    permit_admin(actor, AdminAct.FOUND_ORGANISATION)
    if seen != organisation_seen(unit):
        raise Stale("unit_changed_elsewhere")
    problems = _check_unit(session, facts, itself=unit)
    columns = _columns(facts)
    if not problems and all(getattr(unit, name) == value for name, value in columns.items()):
        problems.append(Problem("name", "nothing_changed"))
    if problems:
        raise Invalid(problems)
    for name, value in columns.items():
        setattr(unit, name, value)
    audit.note(session, actor=actor, act="change_unit", subject=unit, now=now, code=unit.code)
    _publish(session, unit, now)


def found_body(
    session: Session,
    *,
    name: str,
    kind: BodyKind | None,
    unit: Unit | None,
    district_wide: bool,
    actor: Person,
    now: dt.datetime,
) -> SupervisionBody:
    """A new supervision body in a unit that has none. Unless it is district-wide it may act on nothing until
    its remit is said. Raises `Invalid` naming every problem."""
    permit_admin(actor, AdminAct.FOUND_ORGANISATION)
    problems = _check_name(session, SupervisionBody, name)
    if kind is None:
        problems.append(Problem("kind", "not_a_kind"))
    if unit is None:
        problems.append(Problem("unit", "missing"))
    elif unit.body is not None:
        problems.append(Problem("unit", "has_a_body", {"body": unit.body.name}))
    if problems or kind is None or unit is None:
        raise Invalid(problems)
    body = SupervisionBody(name=clean(name, limit=60), kind=kind, unit=unit, district_wide=district_wide)
    session.add(body)
    audit.note(session, actor=actor, act="found_body", subject=body, now=now, district_wide=district_wide)
    _publish(session, unit, now)
    return body


def rename_body(
    session: Session,
    *,
    body: SupervisionBody,
    name: str,
    kind: BodyKind | None,
    seen: str,
    actor: Person,
    now: dt.datetime,
) -> None:
    """Another name or kind for a body; the public reads it with the unit that hosts it.

    Raises `Stale` when it is no longer as it was `seen`, `Invalid` naming every problem.
    """
    permit_admin(actor, AdminAct.FOUND_ORGANISATION)
    if seen != organisation_seen(body):
        raise Stale("body_changed_elsewhere")
    problems = _check_name(session, SupervisionBody, name, itself=body)
    if kind is None:
        problems.append(Problem("kind", "not_a_kind"))
    name = clean(name, limit=60)
    if not problems and (body.name, body.kind) == (name, kind):
        problems.append(Problem("name", "nothing_changed"))
    if problems or kind is None:
        raise Invalid(problems)
    body.name, body.kind = name, kind
    audit.note(session, actor=actor, act="rename_body", subject=body, now=now)
    _publish(session, body.unit, now)


def _check_unit(session: Session, facts: UnitFacts, *, itself: Unit | None = None) -> list[Problem]:
    return [*_check_name(session, Unit, facts.name, itself=itself), *check_place(facts.lon, facts.lat)]


def _check_name(
    session: Session,
    kind: type[Unit | SupervisionBody],
    name: str,
    *,
    itself: Unit | SupervisionBody | None = None,
) -> list[Problem]:
    name = clean(name, limit=60)
    if not name:
        return [Problem("name", "missing")]
    other = session.scalars(select(kind).where(kind.name == name)).first()
    return [Problem("name", "name_taken")] if other is not None and other is not itself else []


def _columns(facts: UnitFacts) -> dict[str, str | None]:
    return {
        "name": clean(facts.name, limit=60),
        "english": clean(facts.english, limit=120),
        "lon": facts.lon,
        "lat": facts.lat,
    }


def _publish(session: Session, unit: Unit, now: dt.datetime) -> None:
    log.publish(session, unit_shown(unit, dated=day_of(now).isoformat()), at=now)
