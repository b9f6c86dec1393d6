"""One project: what was promised, who answers for it, how far it is, and the evidence month by month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, abort, get_template_attribute, render_template, request
from markupsafe import Markup

from portal.record.pictures import Picture, pictures_in
from portal.record.promises import is_pictured
from portal.record.shelf import Shelf, Shown
from portal.rules.clock import day_of, month_of
from portal.rules.numbers import PROJECT_CODE, project_item
from portal.rules.schedule import scheduled_percent
from portal.web.changes import history_words
from portal.web.filters import month as month_words
from portal.web.filters import shortday
from portal.web.language import _
from portal.web.public.comparing import Pair, pairs_of, shown_pair
from portal.web.public.dossier import size_words, weight
from portal.web.public.evidence import first_photo
from portal.web.public.gone import gone
from portal.web.public.links import item_href, to, zh
from portal.web.public.map import locator
from portal.web.public.pieces import piece
from portal.web.public.sharing import project_shared
from portal.web.public.standing import (
    DONE,
    STOPPED,
    Standing,
    points_of,
    rules_of,
    shown_day,
    stand,
)
from portal.web.public.timeline import timeline_of
from portal.web.states import MATTER_STATES, PROJECT_KINDS, why, word
from portal.web.windows import window

bp = Blueprint("public_project", __name__)

PAIRS = 3  # views and milestones shown before and after


@bp.get("/projects/<code>")
def project(code: str) -> Response:
    """A project or work item under its code."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    return window(f"project/{code}", render=lambda shelf: _render(shelf, code))


def _render(shelf: Shelf, code: str) -> str | tuple[str, int]:
    shown = shelf.get(project_item(code))
    if shown is None:
        abort(404)
    if shown.sealed or shown.withdrawn:
        return gone(shelf, shown)
    everything = shelf.reports_of(code)
    everything.sort(key=lambda report: report.told)
    reports = [report for report in everything if not (report.withdrawn or report.sealed)]
    on = shown_day(shelf)
    standing = stand(shown, reports[-1] if reports else None, rules=rules_of(shelf), on=on)
    pictured = next((r for r in reversed(reports) if is_pictured(r)), None)
    year = request.args.get("year", "")
    timeline = timeline_of(shown, everything, on=on, year=year)
    if timeline is None:
        abort(404)
    versions = shelf.history(shown.item)
    history = history_words(versions)
    pictures = pictures_in(reports)
    return render_template(
        "public/project.html",
        **_promise(shown, standing, on=on),
        lead=first_photo(pictured, proof=True) if pictured else None,
        lead_href=item_href(pictured.item) if pictured else "",
        steps=_steps(standing, reports),
        points=_points(standing, reports, on),
        pairs=[_pair(code, *each) for each in enumerate(pairs_of(shown.document, pictures)[:PAIRS], 1)],
        views=_views(shown.document, pictures),
        comparable=len(pictures) > 1,
        months=timeline.months,
        elsewhere=timeline.elsewhere,
        year=year,
        published=len(reports),
        chain=piece(("chain", shown.seq), lambda: _made("chain", shown.document)),
        history=_history(versions, history),
        promised=sum(bool(row["changes"]) and not row["beside"] for row in history),
        latest=max([shown, *everything], key=lambda each: each.seq),
        on=on,
        drawn=locator(shown),
        share=project_shared(standing, pictured),
        dossier_size=size_words(weight(reports)),
    )


def _made(macro: str, *given: object, template: str = "public/project_pieces.html") -> str:
    return str(get_template_attribute(template, macro)(*given))


def _history(versions: list[Shown], told: list[dict[str, Any]]) -> Markup:
    key = ("history", *((each.seq, each.sealed_by) for each in versions))
    return piece(key, lambda: _made("history", told, template="public/parts.html"))


def _pair(code: str, place: int, pair: Pair) -> Markup:
    sides = [(each.report.seq, each.key) for each in (pair.before, pair.after)]

    def made() -> str:
        return _made("before_and_after", shown_pair(code, pair), place)

    return piece(("pair", *sides, pair.name, place), made)


def _promise(shown: Shown, standing: Standing, *, on: dt.date) -> dict[str, Any]:
    """What was promised, and how it stands on that day."""
    document = shown.document
    return {
        "project": document,
        "shown": shown,
        "standing": standing,
        "reason": why(standing.verdict) if standing.verdict else "",
        "state": word(MATTER_STATES, document["state"]),
        "kind": word(PROJECT_KINDS, document["type"]),
        "stopped": document["state"] in STOPPED,
        "done": document["state"] in DONE,
        "days_left": (dt.date.fromisoformat(document["due_on"]) - on).days,
    }


def _steps(standing: Standing, reports: list[Shown]) -> list[dict[str, Any]]:
    """Milestones with when the reports first reached them; the first that is not reached is current."""
    steps: list[dict[str, Any]] = []
    current_given = False
    completed = standing.project.document["state"] in DONE
    for milestone in standing.project.document["milestones"]:
        reached = next((r for r in reports if r.document["physical_percent"] >= milestone["percent"]), None)
        step = {"name": zh(milestone["name"]), "due_on": milestone["due_on"], "state": "later"}
        if reached is not None or completed:
            step["state"] = "done"
        elif not current_given:
            step["state"], current_given = "current", True
        step["remark"] = _remark(milestone, reached)
        steps.append(step)
    return steps


def _remark(milestone: dict[str, Any], reached: Shown | None) -> object:
    """What was promised, or, once a report has reached it, when that was published."""
    if reached is None:
        return zh(milestone["target"])
    told = "source" in reached.document  # what an old archive says was reached on its own day
    day = dt.date.fromisoformat(reached.document["dated"]) if told else day_of(reached.first_at)
    late = (day - dt.date.fromisoformat(milestone["due_on"])).days
    facts: dict[str, Any] = {"day": shortday(day), "percent": milestone["percent"]}
    if told:
        return _("%(day)s的旧档案记着到了 %(percent)s%%", **facts)
    if late > 0:
        return _("%(day)s公开的进展到了 %(percent)s%%，晚 %(late)s 天", late=late, **facts)
    return _("%(day)s公开的进展到了 %(percent)s%%", **facts)


def _points(standing: Standing, reports: list[Shown], on: dt.date) -> list[dict[str, Any]]:
    """Planned and reported percent at the end of every month, from the start to the deadline or today."""
    document = standing.project.document
    start, due = (dt.date.fromisoformat(document[name]) for name in ("start_on", "due_on"))
    curve = points_of(standing.project)
    last_report = dt.date.fromisoformat(reports[-1].document["dated"]) if reports else start
    end = max(due, min(on, last_report), start)
    points: list[dict[str, Any]] = [
        {"label": _label(start), "planned": 0, "actual": 0 if start <= on else None}
    ]
    told = [(r.document["month"], int(r.document["physical_percent"])) for r in reports]
    month = start
    while month <= end:
        close = min(_month_end(month), end)
        day = min(close, on) if month_of(close) == month_of(on) else close
        actual = None if day > on else _last_told(told, month_of(day))
        points.append({"label": _label(day), "planned": scheduled_percent(curve, day), "actual": actual})
        month = _month_end(month) + dt.timedelta(days=1)
    return points


def _last_told(told: list[tuple[str, int]], month: str) -> int:
    """The percent last reported for the months up to one."""
    return next((percent for of, percent in reversed(told) if of <= month), 0)


def _label(day: dt.date) -> str:
    return month_words(month_of(day))


def _month_end(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _views(project: dict[str, Any], pictures: list[Picture]) -> list[dict[str, Any]]:
    """The views, each with in how many months it was photographed."""
    return [
        {
            "name": view["name"],
            "href": to(f"/projects/{project['project']['code']}/views/{view['ordinal']}"),
            "months": len({month_of(each.day) for each in pictures if each.view == view["ordinal"]}),
            "closed": "closed_on" in view,
        }
        for view in project.get("views", ())
    ]
