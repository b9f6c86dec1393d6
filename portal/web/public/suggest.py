"""Suggestions while somebody types: published names that begin so, contain it, or sound like it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from portal.record.names import SCOPES
from portal.record.shelf import Shelf
from portal.text.names import Name
from portal.web.language import _
from portal.web.public.links import item_href, to
from portal.web.public.understanding import names
from portal.web.windows import window

bp = Blueprint("public_suggest", __name__)

MOST = 8
MOST_ON_PAGE = 60


@bp.get("/archive/suggest")
def listing() -> Response:
    """A page of links, for readers without scripts."""

    def render(shelf: Shelf) -> str:
        typed = _typed()
        found = names(shelf).begun(typed, limit=MOST_ON_PAGE) if typed else []
        return render_template("public/suggest.html", typed=typed, found=[_row(name) for name in found])

    return window(*SCOPES, render=render, keep=False)


@bp.get("/archive/suggest.json")
def listed() -> Response:
    """The same for the search field."""

    def render(shelf: Shelf) -> str:
        typed = _typed()
        found = names(shelf).begun(typed, limit=MOST) if typed else []
        return current_app.json.dumps({"suggestions": [_row(name) for name in found]})

    return window(*SCOPES, render=render, mimetype="application/json", keep=False)


def _typed() -> str:
    return request.args.get("q", "").strip()[:60]


def _row(name: Name) -> dict[str, Any]:
    kinds = {
        "unit": _("单位", n=1),
        "project": _("项目", n=1),
        "category": _("类别"),
        "alias": _("别名"),
        "report": _("进展"),
    }
    page = item_href(name.item) if name.item else ""
    return {"text": name.text, "kind": kinds[name.kind], "href": to("/archive", q=name.text), "page": page}
