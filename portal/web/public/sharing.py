"""Passing a page on: the picture beside its link, its code for paper, the sheet for a site's board."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request

from portal.ports.cards import Card
from portal.record.paper import code_svg
from portal.record.shelf import Shelf, Shown
from portal.rules.numbers import PROJECT_CODE, project_item, report_item
from portal.web.filters import day, month, number
from portal.web.kept import known_tag
from portal.web.language import CHINESE, _, current
from portal.web.page_meta import CARD, Shared
from portal.web.public.evidence import lamp_word
from portal.web.public.gone import gone
from portal.web.public.links import absolute, to
from portal.web.public.map import place_of
from portal.web.public.standing import Standing, rules_of, shown_day, stand
from portal.web.states import PROJECT_KINDS, word
from portal.web.windows import photo_url, portal, shelf, window

bp = Blueprint("public_sharing", __name__)

KEPT = re.compile(r"/(project|report|unit)s/([0-9A-Za-z-]{1,12})")
NUMBER = re.compile(r"20\d\d-\d{6}")
STANDING = ("/", "/projects", "/map", "/archive", "/units", "/record", "/verify", "/help", "/about")
PICTURE = (1024, 480, 240)  # edges of the photo that stands in for a card, the best first


@bp.get("/qr.svg")
def code() -> Response:
    """The code of one of our own published pages, `path`; of nothing else, so that nobody borrows our name."""
    path = request.args.get("path", "")
    kept = KEPT.fullmatch(path)
    if kept is None and path not in STANDING:
        abort(404)
    scope = f"{kept[1]}/{kept[2]}" if kept else "rules/lamps"

    def render(shelf: Shelf) -> str:
        if kept is not None:
            shown = shelf.get(scope)
            if shown is None or shown.withdrawn or shown.sealed:
                abort(404)
        return code_svg(request.host_url.rstrip("/") + path).decode()

    return window(scope, render=render, mimetype="image/svg+xml")


@bp.get("/projects/<code>/board")
def board(code: str) -> Response:
    """A sheet of A4 for the board at the site: the code, and what everybody can do with it."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)

    def render(shelf: Shelf) -> str | tuple[str, int]:
        shown = shelf.get(project_item(code))
        if shown is None:
            abort(404)
        if shown.sealed or shown.withdrawn:
            return gone(shelf, shown)
        kind = word(PROJECT_KINDS, shown.document["type"])
        address = request.host_url.rstrip("/") + f"/projects/{code}"
        return render_template("public/board.html", project=shown.document, kind=kind, address=address)

    return window(f"project/{code}", render=render)


@bp.get("/projects/<code>/card.png")
def project_card(code: str) -> Response:
    """The picture beside a link to a project."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    with shelf() as shown:
        standing = _standing(shown, _there(shown, project_item(code)))
        return _picture(_card_of(standing, shown_day(shown)))


@bp.get("/reports/<number>/card.png")
def report_card(number: str) -> Response:
    """The picture beside a link to a report."""
    if not NUMBER.fullmatch(number):
        abort(404)
    with shelf() as shown:
        return _picture(_card_of_report(_there(shown, report_item(number))))


def project_shared(standing: Standing, newest: Shown | None) -> Shared:
    """What is said of a project beside a link to it. newest: its newest report with photos."""
    shown, document = standing.project, standing.project.document
    path = f"/projects/{standing.code}"
    place: dict[str, Any] = {"@type": "Place", "name": document.get("place", {}).get("name", "")}
    if (at := place_of(shown)) is not None:
        place["geo"] = {"@type": "GeoCoordinates", "longitude": at[0], "latitude": at[1]}
    about = {
        "@type": "Project",
        "name": document["title"],
        "identifier": standing.code,
        "description": document["content"],
        "location": place,
        "foundingDate": document["start_on"],
    }
    image, size = _image(path, _seq(standing), newest)
    return Shared(
        title=document["title"],
        path=path,
        url=absolute(to(path)),
        image=image,
        size=size,
        source=document["responsible"]["unit"]["name"],
        at=shown.first_at,
        changed=standing.report.at if standing.report else shown.at,
        data=_data("WebPage", document["title"], to(path), shown, image) | {"about": about},
    )


def report_shared(shown: Shown) -> Shared:
    """What is said of a report beside a link to it."""
    document = shown.document
    path, title = f"/reports/{document['number']}", f"{document['title']}：{month(document['month'])}"
    image, size = _image(path, shown.seq, shown)
    data = _data("Report", title, to(path), shown, image) | {
        "reportNumber": document["number"],
        "headline": title,
        "author": {"@type": "GovernmentOrganization", "name": document["unit"]["name"]},
        "about": {
            "@type": "Project",
            "name": document["title"],
            "url": absolute(to(f"/projects/{document['project']['code']}")),
        },
    }
    return Shared(
        title=title,
        path=path,
        url=absolute(to(path)),
        image=image,
        size=size,
        source=document["unit"]["name"],
        at=shown.first_at,
        changed=shown.at,
        data=data,
    )


def site_data() -> dict[str, Any]:
    """The site itself, with its search, as schema.org has it."""
    site = current_app.extensions["site"][current()]
    target = absolute(to("/archive")).partition("?")[0] + "?q={q}"
    return {
        "@type": "WebSite",
        "name": site.name,
        "url": absolute(to("/")),
        "inLanguage": current(),
        "publisher": {"@type": "GovernmentOrganization", "name": site.organiser},
        "potentialAction": {"@type": "SearchAction", "target": target, "query-input": "required name=q"},
    }


def _data(kind: str, name: str, path: str, shown: Shown, image: str) -> dict[str, Any]:
    site = current_app.extensions["site"][current()]
    data: dict[str, Any] = {
        "@type": kind,
        "name": name,
        "url": absolute(path),
        "inLanguage": CHINESE,
        "datePublished": shown.first_at.isoformat(),
        "dateModified": shown.at.isoformat(),
        "publisher": {"@type": "GovernmentOrganization", "name": site.organiser},
    }
    return data | ({"image": image} if image else {})


def _image(path: str, seq: int, pictured: Shown | None) -> tuple[str, tuple[int, int] | None]:
    """The card, under an address that changes with it, because chats remember pictures; without a font to draw it with,
    the photo."""
    if portal().cards.able:
        return absolute(to(f"{path}/card.png", v=seq)), CARD
    photos = pictured.document.get("photos", ()) if pictured else ()
    jpegs = {r["edge"]: r for photo in photos[:1] for r in photo["renditions"] if r["format"] == "jpeg"}
    found = next((jpegs[edge] for edge in PICTURE if edge in jpegs), None)
    if found is None:
        return "", None
    return absolute(photo_url(found["name"])), (found["width"], found["height"])


def _there(shelf: Shelf, item: str) -> Shown:
    """An item that stands. Nothing is drawn of what was taken down."""
    shown = shelf.get(item)
    if shown is None:
        abort(404)
    if shown.withdrawn or shown.sealed:
        abort(410)
    return shown


def _standing(shelf: Shelf, project: Shown) -> Standing:
    code = project.item.partition("/")[2]
    reports = shelf.latest_reports_of([code])
    return stand(project, reports.get(code), rules=rules_of(shelf), on=shown_day(shelf))


def _seq(standing: Standing) -> int:
    return max(standing.project.seq, standing.report.seq if standing.report else -1)


def _card_of(standing: Standing, on: dt.date) -> Card:
    verdict = standing.verdict
    return _card(
        title=standing.project.document["title"],
        lamp=standing.colour,
        lamp_word=lamp_word(standing.colour),
        actual=verdict.actual if verdict else None,
        planned=verdict.planned if verdict else None,
        note=_("%(day)s　公开记录第 %(n)s 条", day=day(on), n=number(_seq(standing))),
    )


def _card_of_report(shown: Shown) -> Card:
    document = shown.document
    return _card(
        title=document["title"],
        lamp="",
        lamp_word=_("%(month)s的进展", month=month(document["month"])),
        actual=document["physical_percent"],
        planned=None,
        note=_("%(day)s　公开记录第 %(n)s 条", day=day(shown.at), n=number(shown.seq)),
    )


def _card(**words: Any) -> Card:
    site = current_app.extensions["site"][current()]
    return Card(site=site.name, district=site.district, **words)


def _picture(card: Card) -> Response:
    """The card, validated by its words: as long as they are the same, so is the picture."""
    etag = hashlib.sha256(f"{card}\n{current_app.extensions['build']}".encode()).hexdigest()[:20]
    if known_tag(request.headers.get("If-None-Match", ""), etag):
        response = Response(status=304)
    else:
        drawn = portal().cards.draw(card)
        if drawn is None:
            abort(503 if portal().cards.able else 404)
        response = Response(drawn, mimetype="image/png")
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
