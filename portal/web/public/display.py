"""How a reader wants pages shown: large print, light or dark. Remembered in a cookie of two words."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request

from portal.web.front import display_of
from portal.web.language import window_path

bp = Blueprint("public_display", __name__)
YEAR = 365 * 24 * 3600


@bp.get("/display")
def display() -> Response:
    """Set `elder=on|off` or `theme=auto|light|dark` and go back to where the reader was."""
    chosen = set(display_of(request.headers.get("Cookie", "")).split(".")) - {""}
    if request.args.get("elder") in ("on", "off"):
        chosen.discard("elder")
        chosen |= {"elder"} if request.args["elder"] == "on" else set()
    if request.args.get("theme") in ("auto", "light", "dark"):
        chosen -= {"light", "dark"}
        chosen |= {request.args["theme"]} - {"auto"}
    response: Response = redirect(_back(), 303)  # type: ignore[assignment]
    response.set_cookie(
        "display", ".".join(sorted(chosen)), max_age=YEAR, samesite="Lax", secure=request.is_secure
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _back() -> str:
    """The page the reader came from when it is one of ours, else the home page."""
    asked = request.args.get("back", "")
    parts = urlsplit(asked)
    ours = (
        asked.startswith("/")
        and not asked.startswith(("//", "/\\"))
        and not parts.netloc
        and asked.isprintable()
    )
    return asked if ours else window_path("/")
