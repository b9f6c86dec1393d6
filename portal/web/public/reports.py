"""One progress report, for ever: every version readable, and a tombstone when it was withdrawn."""

from __future__ import annotations

import datetime as dt
import re

from flask import Blueprint, Response, abort, render_template, request

from portal.record.shelf import Shelf, Shown
from portal.record.tables import Shelved
from portal.rules.numbers import project_item, report_item
from portal.web.changes import changed_words, history_words
from portal.web.public.evidence import photos_of
from portal.web.public.films import films_of
from portal.web.public.gone import gone
from portal.web.public.links import item_href
from portal.web.public.sharing import report_shared
from portal.web.windows import shelf, window

bp = Blueprint("public_reports", __name__)

NUMBER = re.compile(r"20\d\d-\d{6}")
NEARBY = 20  # reports before and after one that are looked at for its neighbours


@bp.get("/reports/<number>")
def report(number: str) -> Response:
    """The standing version, or another one with `?version=N`."""
    if not NUMBER.fullmatch(number):
        abort(404)
    item = report_item(number)
    with shelf() as shown:
        version = shown.get(item)
    code = version.document.get("project", {}).get("code", "") if version else ""
    return window(item, f"project/{code}", render=lambda shelf: _render(shelf, number))


def _render(shelf: Shelf, number: str) -> str | tuple[str, int]:
    history = shelf.history(report_item(number))
    if not history:
        abort(404)
    wanted = _wanted(history)
    if wanted.withdrawn or wanted.sealed:
        return gone(shelf, wanted)
    standing = history[-1]
    before, after = _neighbours(shelf, wanted)
    newer = next((v for v in history if v.version == wanted.version + 1), None)
    return render_template(
        "public/report.html",
        report=wanted.document,
        shown=wanted,
        standing=standing,
        old=wanted.seq != standing.seq,
        since=changed_words(wanted.document, newer.document) if newer and not newer.withdrawn else [],
        newer=newer,
        photos=photos_of(wanted, view=True),
        films=films_of(wanted),
        history=history_words(history),
        project_href=item_href(project_item(wanted.document["project"]["code"])),
        share=report_shared(wanted),
        before=before,
        after=after,
    )


def _wanted(history: list[Shown]) -> Shown:
    """The version asked for, else the last one. Not found when there never was such a version."""
    asked = request.args.get("version")
    if asked is None:
        return history[-1]
    found = next((version for version in history if str(version.version) == asked), None)
    if found is None:
        abort(404)
    return found


def _neighbours(shelf: Shelf, report: Shown) -> tuple[Shown | None, Shown | None]:
    """The standing reports of the same project before and after this one. However many there are, only those of days
    nearby are looked at."""
    code, day = report.document["project"]["code"], dt.date.fromisoformat(report.document["dated"])
    of_project = (Shelved.kind == "report", Shelved.project == code)
    earlier = shelf.items(*of_project, Shelved.dated <= day, limit=NEARBY)
    later = shelf.items(*of_project, Shelved.dated >= day, newest_first=False, limit=NEARBY)
    around = sorted({each.seq: each for each in (*earlier, *later)}.values(), key=lambda each: each.told)
    place = next((at for at, each in enumerate(around) if each.item == report.item), None)
    if place is None:
        return None, None
    return around[place - 1] if place else None, around[place + 1] if place + 1 < len(around) else None
