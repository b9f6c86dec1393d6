"""The front page: what was promised, and how far it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template

from portal.record.promises import JUDGED_BY
from portal.record.remembered import Remembered
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Act
from portal.rules.clock import day_of, end_of
from portal.web.language import _
from portal.web.public.evidence import Pictured, card_of, first_photo, ledger_row, pictured
from portal.web.public.links import item_href, to
from portal.web.public.sharing import site_data
from portal.web.public.standing import (
    DONE,
    Standing,
    counted,
    district,
    shown_day,
    standings,
    worst_first,
)
from portal.web.windows import window

bp = Blueprint("public_home", __name__)

FRESH, LATE, DUE = 8, 6, 6  # cards in the wall, lines in the ledger, milestones that come next
DUE_WITHIN = 30  # days
LOOKED_AT = 60  # newest reports among which the wall is picked


@bp.get("/")
def home() -> Response:
    """Newest photo, lamps, newest evidence, what is behind, what comes next, this year's counts."""
    return window("*", render=_render)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What home says of the district, in no language.

    lead: the report whose photo opens the page; fresh: projects whose evidence is newest; due: milestones that come
    next, each with its day; late: what is behind, the largest gap first; towns: by code, the name and the lamps.
    """

    lead: Shown | None
    fresh: Sequence[Pictured]
    counts: Mapping[str, int]
    total: int
    rules: Mapping[str, Any]
    due: Sequence[tuple[dt.date, str, Standing]]
    late: Sequence[Standing]
    account: Mapping[str, Any]
    towns: Mapping[str, tuple[str, Mapping[str, int]]]


def _facts(shelf: Shelf, on: dt.date) -> Facts:
    everything, rules = standings(shelf), district(shelf).rules
    newest = shelf.lately_pictured(limit=LOOKED_AT)
    by_code = {each.code: each for each in everything}
    codes = list(dict.fromkeys(code for _seq, code in newest))[:FRESH]
    return Facts(
        lead=shelf.at(newest[0][0]) if newest else None,
        fresh=pictured(shelf, [by_code[code] for code in codes if code in by_code]),
        counts=counted(everything),
        total=len(everything),
        rules=rules,
        due=_due(everything, on),
        late=[each for each in worst_first(everything) if each.colour in ("red", "yellow")],
        account=_account(shelf, everything, on),
        towns=_towns(everything),
    )


_FACTS = Remembered(_facts, rests_on=JUDGED_BY)


def _more_acts(
    _shelf: Shelf, before: Mapping[Act, int], news: Sequence[Any], since: dt.date
) -> Mapping[Act, int]:
    begun = end_of(since - dt.timedelta(days=1))
    return Counter(before) + Counter(row.act for row in news if row.kind == "report" and row.at >= begun)


_ACTS = Remembered(
    lambda shelf, since: shelf.acts("report", since=since), rests_on=JUDGED_BY, renew=_more_acts
)


def _render(shelf: Shelf) -> str:
    on = shown_day(shelf)
    facts = _FACTS.of(shelf, on)
    return render_template(
        "public/home.html",
        total=facts.total,
        lead=_lead(facts.lead),
        strip=[(colour, n) for colour, n in facts.counts.items() if n and colour != "none"],
        lamps=_lamps(facts.counts, facts.rules),
        due=[_coming(*each) for each in facts.due],
        due_within=DUE_WITHIN,
        fresh=[card_of(each) for each in facts.fresh],
        late=[ledger_row(each) for each in facts.late[:LATE]],
        late_total=len(facts.late),
        year=on.year,
        account=facts.account,
        towns=[_town(code, *each) for code, each in facts.towns.items()],
        on=on,
        about_site=site_data(),
    )


def _lead(report: Shown | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "photo": first_photo(report, proof=True, unit=True),
        "project": report.document["title"],
        "href": item_href(report.item),
    }


def _lamps(counts: Mapping[str, int], rules: Mapping[str, Any]) -> list[dict[str, Any]]:
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


def _due(standings: list[Standing], on: dt.date) -> list[tuple[dt.date, str, Standing]]:
    """Milestones that come due next, of projects that are not done."""
    coming = []
    first, last = on.isoformat(), (on + dt.timedelta(days=DUE_WITHIN)).isoformat()
    for each in standings:
        document = each.project.document
        if document["state"] in DONE or each.verdict is None:
            continue
        for milestone in document["milestones"]:
            if first <= milestone["due_on"] <= last and each.verdict.actual < milestone["percent"]:
                coming.append((dt.date.fromisoformat(milestone["due_on"]), milestone["name"], each))
    return sorted(coming, key=lambda row: (row[0], row[2].code))[:DUE]


def _coming(day: dt.date, name: str, standing: Standing) -> dict[str, Any]:
    return {
        "on": day,
        "name": name,
        "project": standing.project.document["title"],
        "colour": standing.colour,
        "href": item_href(standing.project.item),
    }


def _account(shelf: Shelf, standings: list[Standing], on: dt.date) -> dict[str, Any]:
    """This year in figures, each with its total or its method."""
    first = dt.date(on.year, 1, 1)
    acts = _ACTS.of(shelf, first)
    since, until = first.isoformat(), on.isoformat()
    due = [
        (milestone["percent"], each)
        for each in standings
        for milestone in each.project.document["milestones"]
        if since <= milestone["due_on"] <= until and each.verdict is not None
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


def _towns(standings: list[Standing]) -> dict[str, tuple[str, dict[str, int]]]:
    """Every town that has projects, in the order of codes."""
    towns: dict[str, list[Standing]] = {}
    names: dict[str, str] = {}
    for each in standings:
        town = each.project.document["town"]
        towns.setdefault(town["code"], []).append(each)
        names[town["code"]] = town["name"]
    return {code: (names[code], counted(towns[code])) for code in sorted(towns)}


def _town(code: str, name: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """A town with its worst lamp and how many show it."""
    colour = next((c for c in ("red", "yellow", "green", "blue") if counts[c]), "none")
    return {
        "name": name,
        "colour": colour,
        "count": counts[colour],
        "total": sum(counts.values()),
        "href": to("/projects", town=code),
    }
