"""What changed between two days, for all projects or for one: from the record alone, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import ColumnElement

from portal.record.shelf import Shelf, Shown
from portal.record.span import Moved, Span
from portal.record.tables import Act, Shelved
from portal.rules.numbers import PROJECT_CODE, project_item
from portal.web.changes import changed_words, reason_of
from portal.web.filters import day as day_words
from portal.web.filters import month, number
from portal.web.language import _
from portal.web.public.asked_days import Asked, asked_days, choices
from portal.web.public.evidence import shortened
from portal.web.public.links import item_href, positive, to, zh
from portal.web.public.withdrawals import withdrawn_of
from portal.web.states import ACTS, ITEM_KINDS, word
from portal.web.windows import window

bp = Blueprint("public_changes", __name__)

PAGE = 20  # items, each with all that changed in it
OPEN_UNITS = 8  # with more, the figures of each unit are folded


@bp.get("/changes")
def changes() -> Response:
    """Everything that was done on the record after one day, up to another."""
    return window("*", render=_render)


@bp.get("/projects/<code>/changes")
def of_project(code: str) -> Response:
    """The same for one project and its reports."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    return window(f"project/{code}", "kind/unit", render=lambda shelf: _render(shelf, code))


def _render(shelf: Shelf, code: str = "") -> str | tuple[str, int]:
    path, project = "/changes", None
    if code:
        path, project = f"/projects/{code}/changes", shelf.get(project_item(code))
        if project is None or project.sealed or project.withdrawn:
            abort(404)
    asked = asked_days(shelf)
    units = shelf.titles("unit")
    unit = request.args.get("unit", "") if not code else ""
    act = request.args.get("act", "")
    kept = {"unit": unit if unit in units else "", "act": act if act in set(Act) else ""}
    where = list(_conditions(code, kept["unit"]))
    context = {
        "project": project,
        "code": code,
        "asked": asked,
        "path": path,
        "choices": choices(shelf, asked, lambda first, last: to(path, **{**kept, "from": first, "to": last})),
        "feed": f"/projects/{code}/feed.atom" if code else "/feeds/latest.atom",
        "kept": kept,
    }
    if asked.wrong:
        return render_template("public/changes.html", **context), 400
    told = _told(shelf, asked, where, kept, path, units)
    return render_template("public/changes.html", **context, **told)


def _conditions(code: str, unit: str) -> Iterable[ColumnElement[bool]]:
    if code:
        yield Shelved.project == code
    if unit:
        yield Shelved.unit == unit


def _told(
    shelf: Shelf,
    asked: Asked,
    where: Sequence[ColumnElement[bool]],
    kept: dict[str, str],
    path: str,
    units: dict[str, str],
) -> dict[str, Any]:
    """Figures, one page of items, and what was withdrawn."""
    assert asked.first is not None
    assert asked.last is not None
    days = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    span = Span(shelf, asked.first, asked.last, *where)
    done = [Shelved.act == Act(kept["act"])] if kept["act"] else []
    listed = span.only(*done)
    figures = span.figures()
    totals = {act: sum(count for _unit, each, count in figures if each is act) for act in Act}
    total = listed.items()
    pages, page = max(1, -(-total // PAGE)), positive("page")
    moved = listed.moved(limit=PAGE, offset=(page - 1) * PAGE) if page <= pages else []
    projects = shelf.titles("project")
    base = to(path, **{**kept, **days})
    return {
        "counted": _counted(totals),
        "tiles": [_tile(act, totals[act], path, {**kept, **days}) for act in Act],
        "columns": [_("单位", n=1), *((word(ACTS, act.value), "number") for act in Act)],
        "units": _units(figures, units, lambda unit: to(path, **{**days, "unit": unit})),
        "unit_name": units.get(kept["unit"], ""),
        "open_units": OPEN_UNITS,
        "total": total,
        "rows": [_row(each, projects) for each in moved],
        "page": page,
        "pages": pages,
        "base": f"{base}&page=",
        "everything": to(path, **days),
        "withdrawn_href": to(path, **{**kept, **days, "act": Act.WITHDRAWN.value}),
        "withdrawn": withdrawn_of(span, units=units, projects=projects) if totals[Act.WITHDRAWN] else None,
    }


def _tile(act: Act, count: int, path: str, asked: dict[str, str]) -> dict[str, Any]:
    """How often an act was done, as a link that shows it alone, or all again."""
    current = asked["act"] == act.value
    href = to(path, **{**asked, "act": "" if current else act.value})
    return {"label": word(ACTS, act.value), "count": count, "href": href, "current": current}


def _counted(totals: dict[Act, int]) -> list[str]:
    return [
        _("公开 %(n)s 件", n=number(totals[Act.PUBLISHED])),
        _("更正 %(n)s 次", n=number(totals[Act.CORRECTED])),
        _("遮盖 %(n)s 次", n=number(totals[Act.REDACTED])),
        _("撤下 %(n)s 件", n=number(totals[Act.WITHDRAWN])),
    ]


def _units(figures: Sequence[tuple[str, Act, int]], names: dict[str, str], href: Any) -> list[dict[str, Any]]:
    """Each unit on whose items anything was done, in the order of codes: nothing here ranks them."""
    counts: dict[str, dict[Act, int]] = {}
    for unit, act, count in figures:
        counts.setdefault(unit, dict.fromkeys(Act, 0))[act] += count
    return [
        {
            "name": names.get(code) or code or _("全区共用"),
            "own": code in names,
            "href": href(code) if code in names else "",
            "numbers": [(word(ACTS, act.value), str(n), "number") for act, n in each.items()],
        }
        for code, each in sorted(counts.items())
    ]


def _row(moved: Moved, projects: dict[str, str]) -> dict[str, Any]:
    before, after = moved.before, moved.after
    gone = after.withdrawn or after.sealed
    changed = not gone and before.seq != after.seq
    return {
        "kind": word(ITEM_KINDS, moved.kind),
        "key": moved.item.partition("/")[2],
        "title": title_of(moved, projects),
        "href": "" if after.sealed else item_href(moved.item),
        "unit": "" if moved.kind == "unit" else after.document.get("unit", {}).get("name", ""),
        "after": after,
        "steps": [(word(ACTS, step.act.value), step) for step in moved.steps],
        "stone": after.document.get("withdrawn"),
        "sealed_by": after.sealed_by,
        "new": moved.new and not gone,
        "summary": _summary(after) if moved.new and not gone else [],
        "changed": changed,
        "reason": reason_of(after) if changed else "",
        "before_sealed_by": before.sealed_by,
        "changes": changed_words(before.document, after.document) if changed and not before.sealed else [],
    }


def title_of(moved: Moved, projects: dict[str, str]) -> str:
    """What the item is called: by its own words, or, when they are destroyed, by the project's."""
    document = moved.after.document
    if moved.kind == "rules":
        return _("查档案用的别名") if "groups" in document else _("亮灯规则")
    name = document.get("title") or projects.get(document.get("project", {}).get("code", ""), "")
    if "month" in document:
        return f"{name}{_('：')}{month(document['month'])}"
    return str(name)


def _summary(shown: Shown) -> list[tuple[str, object]]:
    """What a new item says, in few words."""
    document = shown.document
    said: list[tuple[str, object]] = []
    if "physical_percent" in document:
        said.append((_("形象进度"), f"{document['physical_percent']}%"))
    for name, label in (
        ("done", _("做成了什么")),
        ("problems", _("问题和困难")),
        ("content", _("主要内容")),
    ):
        if document.get(name):
            said.append((label, zh(shortened(document[name], 80))))
    if "due_on" in document:
        said.append((_("时限"), day_words(document["due_on"])))
    if document.get("photos"):
        said.append((_("照片"), _("%(n)s 张", n=len(document["photos"]))))
    if document.get("videos"):
        said.append((_("录像"), _("%(n)s 段", n=len(document["videos"]))))
    return said
