"""One progress report, for ever: every version readable, and a tombstone when it was withdrawn."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, render_template, request

from portal.record.shelf import Shelf, Shown
from portal.rules.numbers import project_item, report_item
from portal.web.changes import changed_words, history_words
from portal.web.public.evidence import photos_of
from portal.web.public.films import films_of
from portal.web.public.gone import gone
from portal.web.public.links import item_href
from portal.web.public.sharing import report_shared
from portal.web.windows import window

bp = Blueprint("public_reports", __name__)

NUMBER = re.compile(r"20\d\d-\d{6}")


@bp.get("/reports/<number>")
def report(number: str) -> Response:
    """The standing version, or another one with `?version=N`."""
    if not NUMBER.fullmatch(number):
        abort(404)
    item = report_item(number)
    return window(
        item,
        more=lambda shelf: project_item(shelf.project_of(item)),
        render=lambda shelf: _render(shelf, number),
    )


def _render(shelf: Shelf, number: str) -> str | tuple[str, int]:
    history = shelf.history(report_item(number))
    if not history:
        abort(404)
    wanted = _wanted(history)
    if wanted.withdrawn or wanted.sealed:
        return gone(shelf, wanted)
    standing = history[-1]
    gone_since = standing.withdrawn or standing.sealed
    code = wanted.document["project"]["code"]
    before, after = (None, None) if gone_since else shelf.beside(standing, code)
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
        project_href=item_href(project_item(code)),
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
