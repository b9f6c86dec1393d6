"""Saying which names mean the same to the archive. The list is public, like every rule the portal goes by."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.disclosure import aliases_shown
from portal.domain import audit
from portal.domain.errors import Invalid, Problem, Stale
from portal.domain.organisation import Person
from portal.domain.permissions import AdminAct, permit_admin
from portal.domain.wording import clean
from portal.record import log
from portal.rules.clock import day_of
from portal.rules.numbers import ALIASES_ITEM

MOST_GROUPS = 1000
LONGEST = 60  # characters of one name
_BETWEEN = re.compile(r"[、，,;；\t=＝]+")

Groups = list[list[str]]


def aliases_now(session: Session) -> tuple[Groups, int]:
    """The published groups, and the number of the entry that they stand at; -1 before the first."""
    entry = log.latest(session, ALIASES_ITEM)
    if entry is None:
        return [], -1
    said = log.document_of(session, entry.seq) or {}
    return [list(group) for group in said.get("groups", ())], entry.seq


def groups_typed(text: str) -> Groups:
    """One group a line, its names with 、 or a comma between them; empty lines are left out."""
    lines = [clean(line, limit=2000) for line in text.splitlines()]
    return [
        list(dict.fromkeys(filter(None, (name.strip() for name in _BETWEEN.split(line)))))
        for line in lines
        if line
    ]


def edit_aliases(session: Session, *, groups: Groups, seen: int, actor: Person, now: dt.datetime) -> None:
    """Publish these groups in place of those there are; every process searches by them at once.

    Raises `Stale` when the list is no longer as it was `seen`, `Invalid` naming every problem.
    """
    permit_admin(actor, AdminAct.EDIT_ALIASES)
    before, stands_at = aliases_now(session)
    if seen != stands_at:
        raise Stale("aliases_changed_elsewhere")
    problems = list(_problems(groups)) or ([Problem("groups", "nothing_changed")] if groups == before else [])
    if problems:
        raise Invalid(problems)
    log.publish(session, aliases_shown(groups, dated=day_of(now).isoformat()), at=now)
    audit.note(session, actor=actor, act="edit_aliases", subject=None, now=now, **_moved(before, groups))


def _problems(groups: Groups) -> Sequence[Problem]:
    found = []
    if len(groups) > MOST_GROUPS:
        found.append(Problem("groups", "too_many", {"most": MOST_GROUPS}))
    for line, group in enumerate(groups, start=1):
        if len(group) < 2:
            found.append(Problem("groups", "alone", {"line": line}))
        for name in group:
            if len(name) > LONGEST:
                found.append(
                    Problem("groups", "too_long", {"line": line, "name": name[:20], "most": LONGEST})
                )
    return found[:1]


def _moved(before: Groups, after: Groups) -> dict[str, int]:
    """How many groups came and went."""
    had, have = {tuple(group) for group in before}, {tuple(group) for group in after}
    return {"added": len(have - had), "removed": len(had - have)}
