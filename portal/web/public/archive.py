"""The archive: search over everything ever published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template

from portal.ports import Query
from portal.record.shelf import Shelf, Shown
from portal.web.public.archive_photos import pictures_of
from portal.web.public.asking import MOST_PAGES, Looking, more
from portal.web.public.found import Found, find, position
from portal.web.public.histogram import histogram_of
from portal.web.public.hits import hit_of
from portal.web.public.links import item_href, to
from portal.web.public.narrowing import chips_of, facets_of, sorts_of
from portal.web.public.standing import judged
from portal.web.public.understanding import Offer, informed, offers, pages_of, readings
from portal.web.windows import portal, window

bp = Blueprint("public_archive", __name__)

PAGE = 10  # each with a picture and a passage: two screens of a desk, six of a phone


@bp.get("/archive")
def archive() -> Response:
    """Words, facets, days and order from the address; any of them may be missing."""
    return window("*", render=_render, also=position())


def _render(shelf: Shelf) -> str:
    looking = Looking.now()
    query = _query(looking)
    found = find(shelf, query)
    offered, nearest = _nearest(shelf, query, found)
    titles = shelf.titles("unit")
    asked, answer = looking.asked, found.answer
    return render_template(
        "public/archive.html",
        asked=asked,
        page=looking.page,
        view=looking.view,
        unavailable=found.unavailable,
        total=answer.total,
        **_results(shelf, looking, found),
        facets=facets_of(answer, looking, titles),
        chips=chips_of(looking, titles),
        sorts=sorts_of(looking),
        views=[("list", looking.at(view="")), ("photos", looking.at(view="photos"))],
        histogram=histogram_of(answer.months, looking),
        hidden={name: looking.hidden(*left_out) for name, left_out in _FORMS.items()},
        pages=min(MOST_PAGES, max(1, -(-answer.total // PAGE))),
        base=more(looking.here, "page", ""),
        readings=readings(answer, asked.text),
        pages_of=[(each.text, item_href(each.item)) for each in pages_of(asked.text, shelf)],
        offered=offered,
        nearest=nearest,
        everything=to("/archive", q=asked.text) if asked.text else to("/archive"),
        files=[(kind, looking.as_file(kind)) for kind in ("atom", "csv", "json")],
        letters=portal().letters is not None,
    )


_FORMS = {"words": ("q",), "days": ("from", "to"), "letters": ("sort", "view", "as_of")}


def _query(looking: Looking) -> Query:
    """Only reports have photos, so the photos of a result are those of its reports."""
    query = looking.asked.query(sort=looking.sort, page=looking.page, size=PAGE)
    if looking.view != "photos" or "kind" in looking.asked.chosen:
        return query
    return Query(**{**vars(query), "filters": (*query.filters, ("kind", "report"))})


def _nearest(shelf: Shelf, query: Query, found: Found) -> tuple[list[Offer], list[dict[str, Any]]]:
    """What to look for instead when nothing is found, and the hits of the likeliest."""
    if not query.text or found.answer.total or found.unavailable or shelf.as_of is not None:
        return [], []
    offered = offers(informed(query, shelf), portal().search, nearest=found.answer.nearest)
    best = offered[0] if offered else None
    shown = shelf.many(best.items) if best else {}
    return offered, [
        hit_of(shown[item], marks=best.marks, standing=None) for item in best.items if item in shown
    ] if best else []


def _results(shelf: Shelf, looking: Looking, found: Found) -> dict[str, Any]:
    """The hits of this page as they are looked at."""
    if looking.view == "photos":
        tiles = [pictures_of(each, marks=found.answer.marks) for each in found.shown if each.kind == "report"]
        bare = sum(1 for each in tiles if not each)
        return {"hits": [], "photos": [tile for each in tiles for tile in each], "bare": bare}
    return {"hits": _hits(shelf, found), "photos": [], "bare": 0}


def _hits(shelf: Shelf, found: Found) -> list[dict[str, Any]]:
    projects: list[Shown] = [each for each in found.shown if each.kind == "project"]
    standing = {each.project.item: each for each in judged(shelf, projects)}
    marks = found.answer.marks
    return [hit_of(each, marks=marks, standing=standing.get(each.item)) for each in found.shown]
