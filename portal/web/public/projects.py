"""The list of projects, narrowed down by links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request

from portal.record.shelf import Shelf
from portal.web.language import _
from portal.web.public.evidence import cards_of, lamp_word
from portal.web.public.links import positive, to, zh
from portal.web.public.standing import ORDER, Standing, shown_day, standings, worst_first
from portal.web.states import MATTER_STATES, PROJECT_KINDS, word
from portal.web.windows import window

bp = Blueprint("public_projects", __name__)

PAGE = 24
SORTS = ("late", "due", "code")


@dataclass(frozen=True)
class Facet:
    """One way to narrow down: which value a project has, and what that value is called. content: the
    name is published content, which stays Chinese."""

    title: Callable[[], str]
    value: Callable[[Mapping[str, Any], Standing], str]
    label: Callable[[Mapping[str, Any], str], str]
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


def _render(shelf: Shelf) -> str:
    everything = standings(shelf)
    chosen = {name: request.args[name] for name in FACETS if request.args.get(name)}
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    found = _sorted([each for each in everything if _meets(each, chosen)], sort)
    page, pages = positive("page"), max(1, -(-len(found) // PAGE))
    shown = found[(page - 1) * PAGE : page * PAGE]
    kept = {**chosen, "sort": sort if sort != SORTS[0] else ""}
    return render_template(
        "public/projects.html",
        total=len(found),
        cards=cards_of(shelf, shown),
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


def _meets(standing: Standing, chosen: Mapping[str, str]) -> bool:
    document = standing.project.document
    return all(FACETS[name].value(document, standing) == value for name, value in chosen.items())


def _facet(
    name: str, everything: list[Standing], chosen: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, Any]:
    """The values of one facet among what the other facets leave, each a link."""
    facet = FACETS[name]
    others = {other: value for other, value in chosen.items() if other != name}
    counts: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for each in everything:
        document = each.project.document
        value = facet.value(document, each)
        labels.setdefault(value, facet.label(document, value))
        counts[value] += _meets(each, others)
    options = [
        (
            zh(labels[value]) if facet.content else labels[value],
            counts[value],
            to("/projects", **{**kept, name: "" if chosen.get(name) == value else value}),
            chosen.get(name) == value,
        )
        for value in sorted(
            (v for v in counts if counts[v] or chosen.get(name) == v), key=_order(name, counts)
        )
    ]
    return {"title": facet.title(), "open": name in ("lamp", "year") or name in chosen, "options": options}


def _order(name: str, counts: Counter[str]) -> Callable[[str], Any]:
    if name == "lamp":
        places = [*(lamp.value for lamp in ORDER), "none"]
        return places.index
    if name == "year":
        return lambda value: -int(value)
    return lambda value: (-counts[value], value)


def _chips(
    everything: list[Standing], chosen: Mapping[str, str], kept: Mapping[str, str]
) -> list[dict[str, Any]]:
    chips = []
    for name, value in chosen.items():
        facet = FACETS[name]
        named = next((e for e in everything if facet.value(e.project.document, e) == value), None)
        label = facet.label(named.project.document, value) if named else value
        chips.append({"label": label, "href": to("/projects", **{**kept, name: ""})})
    return chips


def _base(address: str) -> str:
    """What the number of a page is appended to."""
    return address + ("&" if "?" in address else "?") + "page="
