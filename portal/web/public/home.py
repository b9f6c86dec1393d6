"""The front page: what was promised, and how far it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, render_template

from portal.record.shelf import Shelf, Shown
from portal.record.tables import Act, Shelved
from portal.rules.clock import day_of
from portal.web.language import _
from portal.web.public.evidence import cards_of, first_photo, is_pictured, ledger_row
from portal.web.public.links import item_href, to
from portal.web.public.sharing import site_data
from portal.web.public.standing import DONE, Standing, counted, rules_of, shown_day, standings, worst_first
from portal.web.windows import window

bp = Blueprint("public_home", __name__)

FRESH, LATE, DUE = 8, 6, 6  # cards in the wall, lines in the ledger, milestones that come next
DUE_WITHIN = 30  # days
LOOKED_AT = 60  # newest reports among which the wall is picked


@bp.get("/")
def home() -> Response:
    """Newest photo, lamps, newest evidence, what is behind, what comes next, this year's counts."""
    return window("*", render=_render)


def _render(shelf: Shelf) -> str:
    all_of_them, on = standings(shelf), shown_day(shelf)
    reports = shelf.items(Shelved.kind == "report", limit=LOOKED_AT)
    reports.sort(key=lambda report: report.told, reverse=True)
    with_photos = [report for report in reports if is_pictured(report)]
    late = [each for each in worst_first(all_of_them) if each.colour in ("red", "yellow")]
    return render_template(
        "public/home.html",
        total=len(all_of_them),
        lead=_lead(with_photos),
        strip=[(colour, n) for colour, n in counted(all_of_them).items() if n and colour != "none"],
        lamps=_lamps(all_of_them, rules_of(shelf)),
        due=_due(all_of_them, on),
        due_within=DUE_WITHIN,
        fresh=_fresh(shelf, with_photos, all_of_them),
        late=[ledger_row(each) for each in late[:LATE]],
        late_total=len(late),
        year=on.year,
        account=_account(shelf, all_of_them, on),
        towns=_towns(all_of_them),
        on=on,
        about_site=site_data(),
    )


def _lead(reports: list[Shown]) -> dict[str, Any] | None:
    if not reports:
        return None
    report = reports[0]
    return {
        "photo": first_photo(report, proof=True, unit=True),
        "project": report.document["title"],
        "href": item_href(report.item),
    }


def _lamps(standings: list[Standing], rules: Any) -> list[dict[str, Any]]:
    counts = counted(standings)
    remarks = {
        "red": _("比计划慢 %(n)s 个百分点以上，或者过了时限", n=rules["red_from_points"]),
        "yellow": _("慢了 %(n)s 个百分点以上，或者快到时限", n=rules["yellow_from_points"]),
        "green": _("按计划在走"),
        "blue": _("已经办结"),
    }
    return [
        {"colour": colour, "count": counts[colour], "remark": remark, "href": to("/projects", lamp=colour)}
        for colour, remark in remarks.items()
    ]


def _fresh(shelf: Shelf, reports: list[Shown], standings: list[Standing]) -> list[dict[str, Any]]:
    """The newest evidence of different projects, after the one that leads the page."""
    by_code = {each.code: each for each in standings}
    codes = dict.fromkeys(report.document["project"]["code"] for report in reports)
    return cards_of(shelf, [by_code[code] for code in list(codes)[:FRESH] if code in by_code])


def _due(standings: list[Standing], on: dt.date) -> list[dict[str, Any]]:
    """Milestones that come due next, of projects that are not done."""
    coming = []
    for each in standings:
        document = each.project.document
        if document["state"] in DONE or each.verdict is None:
            continue
        for milestone in document["milestones"]:
            day = dt.date.fromisoformat(milestone["due_on"])
            if on <= day <= on + dt.timedelta(days=DUE_WITHIN) and each.verdict.actual < milestone["percent"]:
                coming.append((day, each.code, milestone["name"], each))
    coming.sort(key=lambda row: row[:2])
    return [
        {"on": day, "name": name, "project": each.project.document["title"], "colour": each.colour,
         "href": item_href(each.project.item)}
        for day, _code, name, each in coming[:DUE]
    ]  # fmt: skip


def _account(shelf: Shelf, standings: list[Standing], on: dt.date) -> dict[str, Any]:
    """This year in figures, each with its total or its method."""
    first = dt.date(on.year, 1, 1)
    acts = shelf.acts("report", since=first)
    due = [
        (milestone["percent"], each)
        for each in standings
        for milestone in each.project.document["milestones"]
        if first.isoformat() <= milestone["due_on"] <= on.isoformat() and each.verdict is not None
    ]
    reached = [
        each
        for percent, each in due
        if each.verdict and (each.verdict.actual >= percent or each.colour == "blue")
    ]
    this_year = [each for each in standings if each.project.document["year"] == on.year]
    latest = max((day_of(each.report.at) for each in standings if each.report), default=None)
    return {
        "milestones_due": len(due),
        "milestones_reached": len(reached),
        "projects": len(this_year),
        "done": sum(each.colour == "blue" for each in this_year),
        "published": acts.get(Act.PUBLISHED, 0),
        "corrected": acts.get(Act.CORRECTED, 0),
        "withdrawn": acts.get(Act.WITHDRAWN, 0),
        "latest": latest,
    }


def _towns(standings: list[Standing]) -> list[dict[str, Any]]:
    """Every town that has projects, with its worst lamp and how many show it."""
    towns: dict[str, list[Standing]] = {}
    names: dict[str, str] = {}
    for each in standings:
        town = each.project.document["town"]
        towns.setdefault(town["code"], []).append(each)
        names[town["code"]] = town["name"]
    rows = []
    for code in sorted(towns):
        counts = counted(towns[code])
        colour = next((c for c in ("red", "yellow", "green", "blue") if counts[c]), "none")
        rows.append(
            {"name": names[code], "colour": colour, "count": counts[colour], "total": len(towns[code]),
             "href": to("/projects", town=code)}
        )  # fmt: skip
    return rows
