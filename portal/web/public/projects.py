"""The list of projects, narrowed down by links."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request

from portal.record.promises import JUDGED_BY
from portal.record.remembered import Remembered
from portal.record.shelf import Shelf
from portal.web.language import _
from portal.web.public.evidence import card_of, lamp_word, pictured
from portal.web.public.links import positive, to, zh
from portal.web.public.standing import ORDER, Standing, shown_day, standings, worst_first
from portal.web.states import MATTER_STATES, PROJECT_KINDS, word
from portal.web.windows import window

bp = Blueprint("public_projects", __name__)

PAGE = 24
SORTS = ("late", "due", "code")

Values = Mapping[str, str]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Facet:
    """One way to narrow down: which value a project has, and what that value is called. content: the
    name is published content, which stays Chinese."""

    title: Callable[[], str]
    value: Callable[[Document, Standing], str]
    label: Callable[[Document, str], str]
    content: bool = False


FACETS: dict[str, Facet] = {
    "lamp": Facet(lambda: _("灯"), lambda _d, s: s.colour, lambda _d, v: lamp_word(v)),
    "year": Facet(lambda: _("年度"), lambda d, _s: str(d["year"]), lambda _d, v: _("%(year)s年", year=v)),
    "kind": Facet(lambda: _("类型"), lambda d, _s: d["type"], lambda _d, v: word(PROJECT_KINDS, v)),
    "category": Facet(
        lambda: _("类别"), lambda d, _s: d["category"], lambda d, _v: d["category"], content=True
    ),
    "town": Facet(
        lambda: _("镇街"), lambda d, _s: d["town"]["code"], lambda d, _v: d["town"]["name"], content=True
    ),
    "unit": Facet(
        lambda: _("责任单位"),
        lambda d, _s: d["responsible"]["unit"]["code"],
        lambda d, _v: d["responsible"]["unit"]["name"],
        content=True,
    ),
    "state": Facet(lambda: _("办理状态"), lambda d, _s: d["state"], lambda _d, v: word(MATTER_STATES, v)),
}


@bp.get("/projects")
def projects() -> Response:
    """Every project and work item, filtered by lamp, year, kind, category, town, unit and state."""
    return window("kind/project", "kind/report", render=_render)


@dataclass(frozen=True)
class Listed:
    """What the list is narrowed down from. projects: each with its value of every facet; named: for a facet and a
    value, the first document that has it, which says what it is called."""

    projects: tuple[tuple[Standing, Values], ...]
    named: Mapping[tuple[str, str], Document]

    def meeting(self, chosen: Values) -> list[tuple[Standing, Values]]:
        return [row for row in self.projects if all(row[1][name] == value for name, value in chosen.items())]


def _listed(shelf: Shelf, _on: dt.date) -> Listed:
    rows: list[tuple[Standing, Values]] = []
    named: dict[tuple[str, str], Document] = {}
    for each in standings(shelf):
        document = each.project.document
        values = {name: facet.value(document, each) for name, facet in FACETS.items()}
        for which in values.items():
            named.setdefault(which, document)
        rows.append((each, values))
    return Listed(projects=tuple(rows), named=named)


_LISTED = Remembered(_listed, rests_on=JUDGED_BY)


def _render(shelf: Shelf) -> str:
    everything = _LISTED.of(shelf, shown_day(shelf))
    chosen = {name: request.args[name] for name in FACETS if request.args.get(name)}
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    found = _sorted([each for each, _values in everything.meeting(chosen)], sort)
    page, pages = positive("page"), max(1, -(-len(found) // PAGE))
    shown = found[(page - 1) * PAGE : page * PAGE]
    kept = {**chosen, "sort": sort if sort != SORTS[0] else ""}
    return render_template(
        "public/projects.html",
        total=len(found),
        cards=[card_of(each) for each in pictured(shelf, shown)],
        chips=_chips(everything, chosen, kept),
        facets=[_facet(name, everything, chosen, kept) for name in FACETS],
        sorts=[(label, to("/projects", **{**chosen, "sort": key}), key == sort) for key, label in _sorts()],
        page=page,
        pages=pages,
        base=_base(to("/projects", **kept)),
        on=shown_day(shelf),
    )


def _sorts() -> list[tuple[str, str]]:
    return [("late", _("落后的在前")), ("due", _("快到期的在前")), ("code", _("按编号"))]


def _sorted(found: list[Standing], sort: str) -> list[Standing]:
    if sort == "due":
        return sorted(
            found, key=lambda each: (each.colour in ("blue", "none"), each.project.document["due_on"])
        )
    return worst_first(found) if sort == "late" else sorted(found, key=lambda each: each.code)


def _facet(name: str, everything: Listed, chosen: Values, kept: Values) -> dict[str, Any]:
    """The values of one facet among what the other facets leave, each a link."""
    facet, mine = FACETS[name], chosen.get(name, "")
    others = {other: value for other, value in chosen.items() if other != name}
    counts = Counter(values[name] for _each, values in everything.meeting(others))
    values = {*counts, mine} if (name, mine) in everything.named else {*counts}
    options = [
        (
            _called(facet, everything.named[name, value], value),
            counts[value],
            to("/projects", **{**kept, name: "" if mine == value else value}),
            mine == value,
        )
        for value in sorted(values, key=_order(name, counts))
    ]
    return {"title": facet.title(), "open": name in ("lamp", "year") or name in chosen, "options": options}


def _called(facet: Facet, document: Document, value: str) -> str:
    label = facet.label(document, value)
    return zh(label) if facet.content else label


def _order(name: str, counts: Counter[str]) -> Callable[[str], Any]:
    if name == "lamp":
        places = [*(lamp.value for lamp in ORDER), "none"]
        return places.index
    if name == "year":
        return lambda value: -int(value)
    return lambda value: (-counts[value], value)


def _chips(everything: Listed, chosen: Values, kept: Values) -> list[dict[str, Any]]:
    chips = []
    for name, value in chosen.items():
        document = everything.named.get((name, value))
        label = value if document is None else FACETS[name].label(document, value)
        chips.append({"label": label, "href": to("/projects", **{**kept, name: ""})})
    return chips


def _base(address: str) -> str:
    """What the number of a page is appended to."""
    return address + ("&" if "?" in address else "?") + "page="
