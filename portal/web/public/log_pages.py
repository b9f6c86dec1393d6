"""The record for people: the log, one entry of it, and what programs need to check it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import Blueprint, Response, abort, get_template_attribute, render_template
from markupsafe import Markup

from portal.record.extent import extent, size
from portal.record.log import iso
from portal.record.proving import opening_text
from portal.record.shelf import NO_WINDOW, Shelf, Shown
from portal.record.tables import Entry, Opening
from portal.rules.clock import day_of
from portal.web.language import current
from portal.web.public.links import positive
from portal.web.public.pieces import piece
from portal.web.public.witnessed import witnessed, witnessed_tag
from portal.web.states import ACTS, ITEM_KINDS, word
from portal.web.windows import window

bp = Blueprint("public_record", __name__)

PAGE = 50
MOST = 10**8  # the number of no entry
JSON = "application/json"


@bp.get("/record")
def record() -> Response:
    """Entries, newest first; `before=SEQ` for the older ones."""
    return window("*", render=_list, also=witnessed_tag())


@bp.get("/record/<int:seq>")
def entry(seq: int) -> Response:
    """One entry: what was done to what, when, its commitment, and its neighbours in the item's history."""
    return window("*", render=lambda shelf: _one(shelf, seq))


@bp.get("/record/opening/<int:seq>.json")
def opening(seq: int) -> Response:
    """Salt and canonical document behind a commitment; gone once they are destroyed."""
    return window("*", render=lambda shelf: _opening(shelf, seq), mimetype=JSON)


@bp.get("/record/root.json")
def root() -> Response:
    """How many entries there are, and the RFC 9162 root over their leaves."""
    return window("*", render=_root, mimetype=JSON)


def _list(shelf: Shelf) -> str:
    before = positive("before", default=0, most=MOST) or None
    lines = shelf.lines(before=before or MOST, limit=PAGE + 1)
    more = lines[PAGE - 1].seq if len(lines) > PAGE else None
    whole, first = extent(shelf), shelf.at(0)
    return render_template(
        "public/record.html",
        rows=[_line(line) for line in lines[:PAGE]],
        more=more,
        newest=before is None,
        since=(day_of(first.at) - dt.timedelta(days=1)).isoformat() if first else "",
        size=whole.size,
        root=whole.root,
        at=whole.at,
        witnessed=witnessed(shelf.session),
    )


def _line(line: Any) -> Markup:
    """A line of the log; of what is destroyed only the number of its item is left."""
    destroyed = line.opened is None

    def made() -> str:
        each = {
            "entry": line,
            "act": word(ACTS, line.act.value),
            "kind": word(ITEM_KINDS, line.kind),
            "title": "" if line.kind in NO_WINDOW else line.title,
            "destroyed": destroyed,
        }
        return str(get_template_attribute("public/lines.html", "line")(each, current()))

    return piece(("line", line.seq, destroyed), made)


def _title(shown: Shown | None) -> str:
    return "" if shown is None or shown.kind in NO_WINDOW else str(shown.document["title"])


def _one(shelf: Shelf, seq: int) -> str:
    entry, shown = _entry(shelf, seq), shelf.at(seq)
    history = [version.seq for version in shelf.history(entry.item)]
    place = history.index(seq)
    document = shown.document if shown else {}
    return render_template(
        "public/entry.html",
        entry=entry,
        act=word(ACTS, entry.act.value),
        kind=word(ITEM_KINDS, entry.kind),
        title=_title(shown) if document else "",
        withdrawn=document.get("withdrawn"),
        sealed_by=shown.sealed_by if shown else None,
        before=history[place - 1] if place else None,
        after=history[place + 1] if place + 1 < len(history) else None,
        photos=len(document.get("photos", ())),
        videos=len(document.get("videos", ())),
        size=size(shelf),
    )


def _entry(shelf: Shelf, seq: int) -> Entry:
    """The entry, unless there is none yet on the day asked for."""
    entries = shelf.entries(before=seq + 1, limit=1)
    if not entries or entries[0].seq != seq:
        abort(404)
    return entries[0]


def _opening(shelf: Shelf, seq: int) -> str | tuple[str, int]:
    entry, found = _entry(shelf, seq), shelf.session.get(Opening, seq)
    if found is not None:
        return opening_text(entry, found)
    leaf, shown = {"seq": seq, "leaf": entry.leaf, "leaf_hash": entry.leaf_hash}, shelf.at(seq)
    return json.dumps({**leaf, "destroyed_by": shown.sealed_by if shown else None}), 410


def _root(shelf: Shelf) -> str:
    whole = extent(shelf)
    at = {"at": iso(whole.at)} if whole.at else {}
    return json.dumps({"size": whole.size, "root": whole.root, **at})
