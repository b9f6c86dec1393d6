"""The unit desk without a network: what installs it, the worker that opens it, and the one page it then shows. None of
them knows anybody: what that page lists lies on the phone."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, url_for

from portal.web.desk import HOMES
from portal.web.doors import Audience, door
from portal.web.language import current, window_path
from portal.web.windows import static_url

bp = door(Blueprint("unit_offline", __name__), Audience.UNIT)

# Everything the page without a network is made of.
SHELL = (
    "css/tokens.css",
    "css/dark.css",
    "css/base.css",
    "css/components.css",
    "css/desk.css",
    "css/unit.css",
    "js/kept.js",
    "icons.svg",
    "mark.svg",
)
# Modules name each other without a version, so they are kept without one.
MODULES = ("js/outbox.js",)
ICONS = (192, 512)


@bp.get("/desk/unit/kept")
def kept() -> Response:
    """What is on this phone only; shown in place of every page of the desk when there is no network."""
    site = current_app.extensions["site"][current()]
    return make_response(
        render_template("unit_desk/kept.html", home=window_path(HOMES["reporter"]), site=site)
    )


@bp.get("/desk/unit/offline.js")
def worker() -> Response:
    """The service worker. Its text changes with the shell, so that browsers notice a new one."""
    modules = [f"{current_app.static_url_path}/{name}" for name in MODULES]
    script = render_template(
        "unit_desk/offline.js",
        build=current_app.extensions["build"],
        page=url_for(".kept"),
        shell=[static_url(name) for name in SHELL] + modules,
    )
    answer = Response(script, mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = window_path(HOMES["reporter"])
    return answer


@bp.get("/desk/unit/manifest.json")
def manifest() -> Response:
    """What makes the desk an application on a home screen."""
    site = current_app.extensions["site"][current()]
    home = window_path(HOMES["reporter"])
    icons = [
        {"src": static_url(f"icon-{edge}.png"), "sizes": f"{edge}x{edge}", "type": "image/png"}
        for edge in ICONS
    ]
    answer = jsonify(
        id=home,
        name=site.name,
        short_name=site.name[:12],
        lang=current(),
        start_url=home,
        scope=window_path("/"),
        display="standalone",
        background_color="#faf7f0",
        theme_color="#faf7f0",
        icons=icons,
    )
    answer.mimetype = "application/manifest+json"
    return answer
