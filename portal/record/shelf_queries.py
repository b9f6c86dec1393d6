"""What windows ask of the shelf, put together once: that costs more than the answers.

Each is kept in two forms: of what stands now, and of what stood at the `end` of a past day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.record.tables import Act, Entry, Freeze, Opening, PublicMedia, Shelved, Touched

Rows = Select[*tuple[Any, ...]]
Stands = Callable[[type[Shelved]], ColumnElement[bool]]  # which rows stand

FROZEN = -3  # minus the last number: how a frozen record is told from one that goes on
END = bindparam("end", type_=Shelved.at.type)

_later, _kept, _then = aliased(Shelved), aliased(Opening), aliased(Shelved)
_SEALING = select(func.min(_later.seq)).where(
    _later.item == Shelved.item,
    _later.seq > Shelved.seq,
    or_(_later.act == Act.WITHDRAWN, _later.act == Act.REDACTED),
)
# Looked for only where an opening is gone, and in the same query, however many are gone.
_SEALED_BY = case((Opening.seq.is_(None), _SEALING.correlate(Shelved, Opening).scalar_subquery()))
READ = (
    Shelved.seq,
    Shelved.item,
    Shelved.kind,
    Shelved.act,
    Shelved.version,
    Shelved.at,
    Shelved.first_at,
    Opening.document,
    _SEALED_BY.label("sealed_by"),
)
OPENED = select(*READ).outerjoin(Opening, Opening.seq == Shelved.seq)
_NEWEST_THEN = select(func.max(_then.seq)).where(_then.at < END).group_by(_then.item)


def stands_now(shelved: type[Shelved]) -> ColumnElement[bool]:
    return shelved.latest.is_(True)


def stood_then(shelved: type[Shelved]) -> ColumnElement[bool]:
    return shelved.seq.in_(_NEWEST_THEN)


def still_open(shelved: type[Shelved]) -> ColumnElement[bool]:
    """Of a past day: what has not been destroyed since. What stands today never is."""
    return exists().where(_kept.seq == shelved.seq)


def shown_now(shelved: type[Shelved]) -> ColumnElement[bool]:
    return stands_now(shelved) & (shelved.act != Act.WITHDRAWN)


def shown_then(shelved: type[Shelved]) -> ColumnElement[bool]:
    return stood_then(shelved) & (shelved.act != Act.WITHDRAWN) & still_open(shelved)


@dataclass(frozen=True)
class Asked:
    """One question in its two forms."""

    now: Rows
    then: Rows


def _of_what_stands(made: Callable[[Stands], Rows]) -> Asked:
    """Tombstones included, and what has been destroyed since."""
    return Asked(made(stands_now), made(stood_then))


def _of_what_is_shown(made: Callable[[Stands], Rows]) -> Asked:
    return Asked(made(shown_now), made(shown_then))


def _given(name: str) -> ColumnElement[Any]:
    """The value of a shelf column that is given with the question."""
    return bindparam(name, type_=getattr(Shelved, name).type)


def _newest_report(stands: Stands, *, pictured: bool) -> Rows:
    """For each of these projects, its newest report."""
    promised, then = aliased(Shelved), aliased(Shelved)
    newest = (
        select(then.seq)
        .where(
            stands(then),
            then.kind == "report",
            then.project == promised.project,
            *([exists().where(PublicMedia.seq == then.seq)] if pictured else []),
        )
        .order_by(then.dated.desc(), then.first_at.desc(), then.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    # One step into the index for each project, however many reports there are.
    named = promised.project.in_(bindparam("projects", expanding=True))
    found = select(newest).where(promised.kind == "project", named)
    return OPENED.where(Shelved.seq.in_(found)).add_columns(Shelved.project)


def _beside(stands: Stands, *, later: bool) -> Rows:
    """The report of the same project that was told next before one, or next after it."""
    told = tuple_(Shelved.dated, Shelved.first_at, Shelved.seq)
    this = tuple_(_given("dated"), _given("first_at"), _given("seq"))
    order = [column if later else column.desc() for column in (Shelved.dated, Shelved.first_at, Shelved.seq)]
    same = (Shelved.kind == "report", Shelved.project == _given("project"))
    return (
        OPENED.where(stands(Shelved), *same, told > this if later else told < this).order_by(*order).limit(1)
    )


_named = Shelved.item.in_(bindparam("items", expanding=True))
_versions = OPENED.where(Shelved.item == _given("item")).order_by(Shelved.seq)
_acts = (
    select(Entry.act, func.count().label("n"))
    .where(Entry.kind == _given("kind"), Entry.at >= bindparam("since", type_=Entry.at.type))
    .group_by(Entry.act)
)

GET = _of_what_stands(lambda stands: OPENED.where(stands(Shelved), Shelved.item == _given("item")))
MANY = _of_what_stands(lambda stands: OPENED.where(stands(Shelved), _named))
HISTORY = Asked(_versions, _versions.where(Shelved.at < END))
REPORTS = _of_what_stands(
    lambda stands: OPENED.where(
        stands(Shelved), Shelved.kind == "report", Shelved.project == _given("project")
    ).order_by(Shelved.dated.desc(), Shelved.seq.desc())
)
NEWEST_REPORT = _of_what_is_shown(lambda stands: _newest_report(stands, pictured=False))
NEWEST_PICTURED = _of_what_is_shown(lambda stands: _newest_report(stands, pictured=True))
BEFORE = _of_what_is_shown(lambda stands: _beside(stands, later=False))
AFTER = _of_what_is_shown(lambda stands: _beside(stands, later=True))
LATELY_PICTURED = _of_what_is_shown(
    lambda stands: (
        select(
            Shelved.seq,
            Shelved.project,
            Shelved.dated,
            Shelved.first_at,
            exists().where(PublicMedia.seq == Shelved.seq).label("pictured"),
        )
        .where(stands(Shelved), Shelved.kind == "report")
        .order_by(Shelved.dated.desc(), Shelved.seq.desc())
        .limit(bindparam("limit"))
    )
)
TITLES = _of_what_stands(
    lambda stands: select(Shelved.item, Shelved.title).where(
        stands(Shelved), Shelved.kind == _given("kind"), Shelved.act != Act.WITHDRAWN
    )
)
ACTS = Asked(_acts, _acts.where(Entry.at < END))
AT = OPENED.where(Shelved.seq == _given("seq"))
PROJECT_OF = (
    select(Shelved.project).where(Shelved.item == _given("item")).order_by(Shelved.seq.desc()).limit(1)
)

# Each scope is a whole kind or one item.
SINCE = (
    select(*READ[:7], Shelved.project, Shelved.unit)
    .where(
        Shelved.seq > bindparam("after"),
        Shelved.kind.in_(bindparam("kinds", expanding=True))
        | Shelved.item.in_(bindparam("items", expanding=True)),
    )
    .order_by(Shelved.seq)
    .limit(bindparam("limit"))
)

_lines = (
    select(
        Entry.seq,
        Entry.at,
        Entry.act,
        Entry.item,
        Entry.kind,
        Entry.version,
        Shelved.title,
        Opening.seq.label("opened"),
    )
    .join(Shelved, Shelved.seq == Entry.seq)
    .outerjoin(Opening, Opening.seq == Entry.seq)
    .where(Entry.seq < bindparam("before"))
    .order_by(Entry.seq.desc())
    .limit(bindparam("limit"))
)
LINES = Asked(_lines, _lines.where(Entry.at < END))

_last = func.coalesce(func.max(Touched.seq), -1)
TOUCHED = select(case((exists().where(Freeze.cured_at.is_(None)), FROZEN - _last), else_=_last)).where(
    Touched.scope.in_(bindparam("scopes", expanding=True))
)
