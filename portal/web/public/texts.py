"""What the site says about itself. Each text is written in both languages, not translated line by line."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from portal.record.names import groups_of
from portal.record.shelf import Shelf
from portal.rules.numbers import ALIASES_ITEM
from portal.web.language import _, current
from portal.web.public.standing import rules_of
from portal.web.windows import window

bp = Blueprint("public_texts", __name__)


@bp.get("/about")
def about() -> Response:
    """What this site is and who runs it."""
    return _text("about")


@bp.get("/help")
def how_to() -> Response:
    """How to read a page, find something, read lamps and check the record."""
    return _text("help")


@bp.get("/privacy")
def privacy() -> Response:
    """What is kept of visitors and of people in photos."""
    return _text("privacy")


@bp.get("/accessibility")
def accessibility() -> Response:
    """What works for whom, what does not yet, and whom to tell."""
    return _text("accessibility")


@bp.get("/provenance")
def provenance() -> Response:
    """What the grades of photos mean, and the table that decides them."""
    return _text("provenance")


def _titles() -> dict[str, str]:
    return {
        "about": _("这个网站是什么"),
        "help": _("使用帮助"),
        "privacy": _("隐私"),
        "provenance": _("照片的来历"),
        "accessibility": _("无障碍说明"),
    }


def _text(name: str) -> Response:
    def render(shelf: Shelf) -> str:
        return render_template(
            "public/text.html",
            title=_titles()[name],
            text=f"public/texts/{name}.{current()}.html",
            rules=rules_of(shelf),
            groups=groups_of(shelf),
            site=current_app.extensions["site"][current()],
        )

    return window("rules/lamps", ALIASES_ITEM, render=render)
