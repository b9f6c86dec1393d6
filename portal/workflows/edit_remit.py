"""Saying what a supervision body may act on: everywhere, or these units and these projects."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.errors import Invalid, Problem, Stale
from portal.domain.organisation import Person, Remit, SupervisionBody, Unit
from portal.domain.permissions import AdminAct, permit_admin
from portal.domain.plan import Project

Line = tuple[int | None, int | None]  # ids of a unit or a project, one of them


def remit_seen(body: SupervisionBody) -> str:
    """Names exactly the remit that somebody looked at, so that a change in between is noticed."""
    lines = sorted(f"{remit.unit_id or ''}/{remit.project_id or ''}" for remit in body.remits)
    return hashlib.sha256("\n".join([str(body.district_wide), *lines]).encode()).hexdigest()[:16]


def edit_remit(
    session: Session,
    *,
    body: SupervisionBody,
    district_wide: bool,
    units: Collection[int],
    projects: Collection[int],
    seen: str,
    actor: Person,
    now: dt.datetime,
) -> None:
    """Replace a body's remit by these ids of units and projects.

    Raises `Stale` when it is no longer as it was `seen`, `Invalid` for an empty remit or an unknown id.
    """
    permit_admin(actor, AdminAct.EDIT_REMIT)
    if seen != remit_seen(body):
        raise Stale("remit_changed_elsewhere")
    units, projects = set(units), set(projects)
    if not (district_wide or units or projects):
        raise Invalid([Problem("remit", "remit_is_empty")])
    if _count(session, Unit.id, units) != len(units) or _count(session, Project.id, projects) != len(
        projects
    ):
        raise Invalid([Problem("remit", "not_there")])
    wanted: set[Line] = {(unit, None) for unit in units} | {(None, project) for project in projects}
    added, removed = _replace_lines(body, wanted)
    body.district_wide = district_wide
    audit.note(
        session,
        actor=actor,
        act="edit_remit",
        subject=body,
        now=now,
        district_wide=district_wide,
        added=added,
        removed=removed,
    )


def _replace_lines(body: SupervisionBody, wanted: set[Line]) -> tuple[list[list[int | None]], ...]:
    """Make the remit say exactly this; lines that stay are left alone. Answers what came and what went."""
    had = {(remit.unit_id, remit.project_id) for remit in body.remits}
    added = sorted(wanted - had, key=lambda line: (line[0] or 0, line[1] or 0))
    gone = [remit for remit in body.remits if (remit.unit_id, remit.project_id) not in wanted]
    for remit in gone:
        body.remits.remove(remit)
    body.remits.extend(Remit(unit_id=unit, project_id=project) for unit, project in added)
    return [list(line) for line in added], [[remit.unit_id, remit.project_id] for remit in gone]


def _count(session: Session, column: object, ids: Collection[int]) -> int:
    return session.scalars(select(func.count()).where(column.in_(ids))).one()  # type: ignore[attr-defined]
