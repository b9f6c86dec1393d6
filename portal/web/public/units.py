"""Units: who is there, and what each of them answers for."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, render_template

from portal.record.remembered import Remembered
from portal.record.shelf import Shelf, Shown
from portal.record.span import Span
from portal.record.tables import Shelved
from portal.rules.clock import day_of
from portal.rules.numbers import unit_item
from portal.web.language import ENGLISH, current
from portal.web.public.evidence import first_photo, ledger_row
from portal.web.public.gone import gone
from portal.web.public.links import item_href, to
from portal.web.public.standing import shown_day, standings, worst_first
from portal.web.public.withdrawals import withdrawn_of
from portal.web.states import BODY_KINDS, UNIT_KINDS, word
from portal.web.windows import window

bp = Blueprint("public_units", __name__)

CODE = re.compile(r"[0-9A-Za-z]{1,8}")
DAY = dt.timedelta(days=1)
COUNTED = ("project", "report")
NEWEST = 12  # reports shown on a unit's page


@bp.get("/units")
def units() -> Response:
    """All units by kind, in the order of their codes: nothing here ranks them."""
    return window("kind/unit", "kind/project", "kind/report", render=_list)


@bp.get("/units/<code>")
def unit(code: str) -> Response:
    """One unit with its projects and newest reports."""
    if not CODE.fullmatch(code):
        abort(404)
    return window(unit_item(code), render=lambda shelf: _one(shelf, code))


Counts = Mapping[str, Mapping[str, int]]  # by kind, then by unit, how many items stand


def _counts(shelf: Shelf) -> Counts:
    return {kind: shelf.counts(Shelved.unit, Shelved.kind == kind) for kind in COUNTED}


def _more(shelf: Shelf, before: Counts, news: Sequence[Any]) -> Counts:
    """What is new is one more of its unit. A version of what was there before may have come from another unit, or have
    been taken down, so then all are counted."""
    if any(row.version > 1 for row in news):
        return _counts(shelf)
    return {
        kind: Counter(before[kind]) + Counter(row.unit for row in news if row.kind == kind)
        for kind in COUNTED
    }


_COUNTS = Remembered(_counts, rests_on=tuple(f"kind/{kind}" for kind in COUNTED), renew=_more)


def _list(shelf: Shelf) -> str:
    found = shelf.items(Shelved.kind == "unit")
    found.sort(key=lambda each: each.item)
    projects, reports = _COUNTS.of(shelf).values()
    kinds = list(dict.fromkeys(["town", "bureau", "temporary", *(u.document["type"] for u in found)]))
    groups = [
        {
            "kind": kind,
            "title": word(UNIT_KINDS, kind),
            "units": [_row(u, projects, reports) for u in found if u.document["type"] == kind],
        }
        for kind in kinds
    ]
    return render_template("public/units.html", groups=[g for g in groups if g["units"]], total=len(found))


def _row(unit: Shown, projects: Mapping[str, int], reports: Mapping[str, int]) -> dict[str, Any]:
    code = unit.document["unit"]["code"]
    return {
        "name": unit.document["title"],
        "english": unit.document["english"] if current() == ENGLISH else "",
        "href": item_href(unit.item),
        "projects": projects.get(code, 0),
        "reports": reports.get(code, 0),
    }


def _one(shelf: Shelf, code: str) -> str | tuple[str, int]:
    shown = shelf.get(unit_item(code))
    if shown is None:
        abort(404)
    if shown.sealed or shown.withdrawn:
        return gone(shelf, shown)
    document = shown.document
    own = worst_first(standings(shelf, Shelved.unit == code))
    reports = shelf.items(Shelved.kind == "report", Shelved.unit == code, limit=NEWEST)
    body = document.get("body")
    return render_template(
        "public/unit.html",
        shown=shown,
        unit=document,
        kind=word(UNIT_KINDS, document["type"]),
        english=document["english"] if current() == ENGLISH else "",
        body=(body["name"], word(BODY_KINDS, body["type"])) if body else None,
        projects=[ledger_row(each) for each in own],
        located=shelf.count(Shelved.kind == "project", Shelved.town == code),
        located_href=to("/projects", town=code),
        reports=[{"shown": r, "href": item_href(r.item), "photo": first_photo(r)} for r in reports],
        total=shelf.count(Shelved.kind == "report", Shelved.unit == code),
        withdrawn=_withdrawn(shelf, code, document["title"]),
        archive_href=to("/archive", unit=code, kind="report", sort="newest"),
    )


def _withdrawn(shelf: Shelf, code: str, name: str) -> dict[str, Any] | None:
    """What was taken down of this unit from the beginning until the day shown; None when nothing was."""
    first = shelf.at(0)
    if first is None:
        return None
    span = Span(shelf, day_of(first.at) - DAY, shown_day(shelf), Shelved.unit == code)
    told = withdrawn_of(span, units={code: name}, projects=shelf.titles("project"))
    return told if told["total"] else None
