"""The archive: search over everything ever published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from flask import Blueprint, Response, render_template, request

from portal.ports import FACETS, Answer, Query, SearchUnavailable
from portal.record.shelf import Shelf, Shown
from portal.web.filters import day as day_words
from portal.web.language import _
from portal.web.public.archive_fallback import from_database
from portal.web.public.hits import hit_of
from portal.web.public.links import item_href, positive, to, zh
from portal.web.public.standing import judged
from portal.web.public.understanding import Offer, informed, offers, pages_of, readings
from portal.web.public.understanding import names as names_on
from portal.web.states import ITEM_KINDS, word
from portal.web.windows import as_of, portal, window

bp = Blueprint("public_archive", __name__)

PAGE = 10  # each with a picture and a passage: two screens of a desk, six of a phone
MOST_PAGES = 500
MOST_OPTIONS = 30  # values of one facet shown
SORTS = ("relevance", "newest", "oldest")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; whatever makes no sense in it is left out."""

    text: str
    chosen: dict[str, str]
    first: dt.date | None
    last: dt.date | None
    sort: str
    page: int

    def kept(self, **changed: object) -> dict[str, object]:
        """The address's own query with something changed; the page starts anew."""
        usual = SORTS[0] if self.text else SORTS[1]
        kept: dict[str, object] = {
            "q": self.text,
            **self.chosen,
            "from": self.first or "",
            "to": self.last or "",
        }
        return {**kept, "sort": "" if self.sort == usual else self.sort, **changed}


@bp.get("/archive")
def archive() -> Response:
    """Words, facets, days and order from the address; any of them may be missing."""
    try:
        position = str(portal().search.position())
    except SearchUnavailable:
        position = "unavailable"
    return window("*", render=_render, also=position)


def _asked() -> Asked:
    text = request.args.get("q", "").strip()[:300]
    sort = request.args.get("sort", "")
    return Asked(
        text=text,
        chosen={name: request.args[name][:40] for name in FACETS if request.args.get(name)},
        first=_day("from"),
        last=_day("to"),
        sort=sort if sort in SORTS else SORTS[0] if text else SORTS[1],
        page=positive("page", most=MOST_PAGES),
    )


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _render(shelf: Shelf) -> str:
    asked = _asked()
    answer, shown, unavailable = _found(shelf, asked)
    offered, nearest = (
        _nearest(shelf, asked) if asked.text and not answer.total and not unavailable else ([], [])
    )
    names = shelf.titles("unit")
    verdicts = {each.project.item: each for each in judged(shelf, [s for s in shown if s.kind == "project"])}
    pages = min(MOST_PAGES, max(1, -(-answer.total // PAGE)))
    return render_template(
        "public/archive.html",
        asked=asked,
        unavailable=unavailable,
        total=answer.total,
        hits=[hit_of(each, marks=answer.marks, standing=verdicts.get(each.item)) for each in shown],
        readings=readings(answer, asked.text),
        pages_of=[(each.text, item_href(each.item)) for each in pages_of(asked.text, names_on(shelf))],
        offered=offered,
        nearest=nearest,
        facets=[_facet(name, answer, asked, names) for name in FACETS],
        chips=_chips(asked, names),
        sorts=[
            (label, to("/archive", **asked.kept(sort=key)), key == asked.sort) for key, label in _sorts(asked)
        ],
        hidden=[(name, value) for name, value in _hidden(asked) if value],
        pages=pages,
        base=_base(to("/archive", **asked.kept())),
        everything=to("/archive", q=asked.text) if asked.text else to("/archive"),
    )


def _found(shelf: Shelf, asked: Asked) -> tuple[Answer, list[Shown], bool]:
    """What is found, the items on this page, and whether the search engine failed to answer.

    The engine knows only what stands today, so a past day is looked through in the record itself."""
    if shelf.as_of is not None:
        return *from_database(shelf, _query(asked)), False
    try:
        answer = portal().search.search(informed(_query(asked), shelf))
    except SearchUnavailable:
        return *from_database(shelf, _query(asked)), True
    found = shelf.many(answer.items)
    return answer, [found[item] for item in answer.items if item in found], False


def _nearest(shelf: Shelf, asked: Asked) -> tuple[list[Offer], list[dict[str, Any]]]:
    """What to look for instead when nothing is found, and the hits of the likeliest."""
    if shelf.as_of is not None:
        return [], []
    offered = offers(informed(_query(asked), shelf), portal().search)
    best = offered[0] if offered else None
    found = shelf.many(best.items) if best else {}
    return offered, [
        hit_of(found[item], marks=best.marks, standing=None) for item in best.items if item in found
    ] if best else []


def _query(asked: Asked) -> Query:
    return Query(
        text=asked.text,
        filters=tuple(asked.chosen.items()),
        dated_from=_number(asked.first),
        dated_to=_number(asked.last),
        sort=asked.sort,
        page=asked.page,
        size=PAGE,
    )


def _number(day: dt.date | None) -> int | None:
    return None if day is None else int(day.strftime("%Y%m%d"))


def _sorts(asked: Asked) -> list[tuple[str, str]]:
    labels = {"relevance": _("最相关的在前"), "newest": _("新的在前"), "oldest": _("旧的在前")}
    return [(key, labels[key]) for key in SORTS if asked.text or key != "relevance"]


def _hidden(asked: Asked) -> list[tuple[str, object]]:
    """What a form must send along so that nothing chosen is lost."""
    day = as_of()
    sort = asked.kept()["sort"]
    return [*asked.chosen.items(), ("sort", sort), ("as_of", day.isoformat() if day else "")]


def _titles() -> dict[str, str]:
    return {"kind": _("类型"), "unit": _("单位"), "town": _("镇街"), "category": _("类别"), "year": _("年度")}


def _label(name: str, value: str, names: dict[str, str]) -> str:
    if name == "kind":
        return word(ITEM_KINDS, value)
    if name == "year":
        return _("%(year)s 年", year=value)
    return names.get(value, value)


def _content(name: str, label: str) -> str:
    """Names are published content and stay Chinese; kinds and years are our words."""
    return label if name in ("kind", "year") else zh(label)


def _facet(name: str, answer: Answer, asked: Asked, names: dict[str, str]) -> dict[str, Any]:
    counts = dict(answer.facets.get(name, {}))
    chosen = asked.chosen.get(name)
    if chosen is not None:
        counts.setdefault(chosen, 0)
    elsewhere = to("/archive", **asked.kept(**{name: ""}))
    order = sorted(counts, key=(lambda v: v) if name == "year" else (lambda v: (-counts[v], v)))
    options = [
        (
            _content(name, _label(name, value, names)),
            counts[value],
            elsewhere if value == chosen else _more(elsewhere, name, value),
            value == chosen,
        )
        for value in (order[::-1] if name == "year" else order)[:MOST_OPTIONS]
    ]
    return {
        "title": _titles()[name],
        "open": name in ("kind", "year") or chosen is not None,
        "options": options,
    }


def _chips(asked: Asked, names: dict[str, str]) -> list[dict[str, Any]]:
    chips = [
        {"label": _label(name, value, names), "href": to("/archive", **asked.kept(**{name: ""}))}
        for name, value in asked.chosen.items()
    ]
    if asked.first:
        chips.append(
            {
                "label": _("%(day)s起", day=day_words(asked.first)),
                "href": to("/archive", **asked.kept(**{"from": ""})),
            }
        )
    if asked.last:
        chips.append(
            {"label": _("到%(day)s", day=day_words(asked.last)), "href": to("/archive", **asked.kept(to=""))}
        )
    return chips


def _base(address: str) -> str:
    """What the number of a page is appended to."""
    return _more(address, "page", "")


def _more(address: str, name: str, value: str) -> str:
    """The address with one more condition in its query."""
    return f"{address}{'&' if '?' in address else '?'}{name}={quote_plus(value)}"
