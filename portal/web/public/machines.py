"""For search engines: what there is, and what need not be fetched."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from portal.record.log import iso
from portal.record.shelf import NO_WINDOW, Shelf
from portal.record.tables import Shelved
from portal.web.public.links import absolute, item_href, positive, to
from portal.web.windows import window

bp = Blueprint("public_machines", __name__)

PAGE = 10_000  # addresses in one file; the format allows 50,000
STANDING = (
    "/",
    "/projects",
    "/map",
    "/units",
    "/archive",
    "/record",
    "/about",
    "/help",
    "/privacy",
    "/provenance",
    "/accessibility",
)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """Every address of the record; an index of several files when one cannot hold them."""
    return window("*", render=_sitemap, mimetype="application/xml")


@bp.get("/robots.txt")
def robots() -> Response:
    """Desks and switches are no destination; a day in the past is the same content again."""
    lines = (
        "User-agent: *",
        *(
            f"Disallow: {path}"
            for path in (
                "/desk/",
                "/account",
                "/display",
                "/*?*as_of=",
                "/archive?",
                "/*/changes?",
                "/changes?",
            )
        ),
        f"Sitemap: {absolute('/sitemap.xml')}",
        "",
    )
    return Response("\n".join(lines), mimetype="text/plain")


def _sitemap(shelf: Shelf) -> str:
    total, page = shelf.count(Shelved.kind.not_in(NO_WINDOW)), positive("page", default=0, most=1000)
    if page == 0 and total > PAGE:
        pages = [absolute(to("/sitemap.xml", page=n)) for n in range(1, -(-total // PAGE) + 1)]
        return render_template("public/sitemaps.xml", pages=pages)
    at = max(page, 1)
    rows = [
        (absolute(item_href(item)), iso(when))
        for item, when in shelf.addresses(limit=PAGE, offset=(at - 1) * PAGE)
    ]
    if not rows and page:
        abort(404)
    standing = [absolute(to(path)) for path in STANDING] if at == 1 else []
    return render_template("public/sitemap.xml", rows=rows, standing=standing)
