"""The trail of acts: who did what, when, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.domain.audit import AuditEntry
from portal.domain.organisation import Person
from portal.domain.plan import Project

PAGE = 50  # acts on a page


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One act. `actor` is empty for the system and for strangers; `subject` names a person or project."""

    id: int
    at: dt.datetime
    actor: str
    actor_id: int | None
    act: str
    subject_kind: str
    subject_id: str
    subject: str
    detail: Mapping[str, Any]


def trail(
    session: Session, *, actor_id: int | None = None, act: str = "", page: int = 1
) -> tuple[list[Trace], int]:
    """One page of the trail, and how many acts there are in all."""
    conditions = [
        *((AuditEntry.actor_id == actor_id,) if actor_id is not None else ()),
        *((AuditEntry.act == act,) if act else ()),
    ]
    total = session.scalars(select(func.count()).select_from(AuditEntry).where(*conditions)).one()
    entries = session.scalars(
        select(AuditEntry)
        .where(*conditions)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    called = _people(session, entries) | _projects(session, entries)
    return [_trace(entry, called) for entry in entries], total


def acts(session: Session) -> list[str]:
    """Every kind of act there is in the trail."""
    return sorted(session.scalars(select(AuditEntry.act).distinct()))


def actors(session: Session) -> list[tuple[int, str, str]]:
    """Everybody who has done something: id, name, login."""
    acted = aliased(AuditEntry)
    rows = session.execute(
        select(Person.id, Person.name, Person.login)
        .where(select(acted.id).where(acted.actor_id == Person.id).exists())
        .order_by(Person.id)
    )
    return [(key, name, login) for key, name, login in rows]


def _people(session: Session, entries: Any) -> dict[tuple[str, str], str]:
    ids = {e.actor_id for e in entries if e.actor_id is not None}
    ids |= {int(e.subject_id) for e in entries if e.subject_kind == "person" and e.subject_id}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {("person", str(key)): name for key, name in rows}


def _projects(session: Session, entries: Any) -> dict[tuple[str, str], str]:
    ids = {int(e.subject_id) for e in entries if e.subject_kind == "project" and e.subject_id}
    rows = session.execute(select(Project.id, Project.code, Project.name).where(Project.id.in_(ids)))
    return {("project", str(key)): f"{code} {name}" for key, code, name in rows}


def _trace(entry: AuditEntry, called: Mapping[tuple[str, str], str]) -> Trace:
    return Trace(
        id=entry.id,
        at=entry.at,
        actor=called.get(("person", str(entry.actor_id)), ""),
        actor_id=entry.actor_id,
        act=entry.act,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        subject=called.get((entry.subject_kind, entry.subject_id), ""),
        detail=entry.detail,
    )
