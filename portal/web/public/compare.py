"""Any two photos of a project against each other: an edge that moves, with script and without."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from portal.record.pictures import Picture, pictures_of
from portal.record.shelf import Shelf
from portal.rules.numbers import PROJECT_CODE, project_item
from portal.web.filters import day as day_words
from portal.web.language import _
from portal.web.public.comparing import asked_step, chosen_pair, side
from portal.web.public.gone import gone
from portal.web.public.links import positive, to
from portal.web.windows import window

bp = Blueprint("public_compare", __name__)

STEPS = (0, 25, 50, 75, 100)
MOST_KEY = 40  # characters of a key that is looked for


@bp.get("/projects/<code>/compare")
def compare(code: str) -> Response:
    """Two photos by their keys `a` and `b`, the edge `at` so many percent from the left."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    return window(f"project/{code}", render=lambda shelf: _render(shelf, code))


def _render(shelf: Shelf, code: str) -> str | tuple[str, int]:
    shown = shelf.get(project_item(code))
    if shown is None:
        abort(404)
    if shown.sealed or shown.withdrawn:
        return gone(shelf, shown)
    pictures = pictures_of(shelf, code)
    a, b = (request.args.get(name, "").strip()[:MOST_KEY] for name in ("a", "b"))
    view = positive("view", default=0) or None
    pair = chosen_pair(shown.document, pictures, a=a, b=b, view=view)
    context: dict[str, Any] = {"project": shown.document, "code": code, "pair": pair}
    if pair is not None:
        known = {each.key for each in pictures}
        edge = asked_step(request.args.get("at", ""))
        keys = {"a": pair[0].key, "b": pair[1].key}
        context |= {
            "before": side(pair[0]),
            "after": side(pair[1]),
            "days": abs((pair[1].day - pair[0].day).days),
            "missing": [key for key in (a, b) if key and key not in known],
            "edge": edge,
            "keys": keys,
            "steps": [(step, to(f"/projects/{code}/compare", **keys, at=step)) for step in STEPS],
            "choices": _choices(shown.document, pictures),
            "swapped": to(f"/projects/{code}/compare", a=keys["b"], b=keys["a"], at=100 - edge),
        }
    return render_template("public/compare.html", **context)


def _choices(project: dict[str, Any], pictures: list[Picture]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every picture by its view, as the two lists offer them: key, and day with caption."""
    names = {view["ordinal"]: view["name"] for view in project.get("views", ())}
    groups: dict[int | None, list[tuple[str, str]]] = {ordinal: [] for ordinal in (*names, None)}
    for each in pictures:
        label = f"{day_words(each.day)}　{each.photo['caption']}".strip()
        groups[each.view if each.view in names else None].append((each.key, label))
    return [
        (names[ordinal] if ordinal is not None else _("没有归到机位的"), options)
        for ordinal, options in groups.items()
        if options
    ]
