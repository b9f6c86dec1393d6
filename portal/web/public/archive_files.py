"""A result of the archive to take along: a table, JSON, and a feed that says when something new matches."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from portal.ports import Limit, keyed_hash
from portal.record.log import iso
from portal.record.shelf import Shelf, Shown
from portal.web.language import _
from portal.web.public.asking import Looking
from portal.web.public.feeds import ATOM, entry_of, plain, tag_of
from portal.web.public.found import find, position
from portal.web.public.links import absolute, item_href, to
from portal.web.public.narrowing import said
from portal.web.states import ITEM_KINDS, word
from portal.web.windows import photo_url, portal, streamed, window

bp = Blueprint("public_archive_files", __name__)

MOST = 5000  # lines of a file
BATCH = 250  # documents read at a time
NEWEST = 40  # entries of the feed
FILES, WINDOW = 60, dt.timedelta(minutes=5)  # of one address
FORMULA = "=+-@\t\r＝＋－＠"
BOM = "\ufeff"
TABLE, JSON = "text/csv; charset=utf-8", "application/json"


@bp.get("/archive.csv")
def table() -> Response:
    """The result as a table, the newest day first unless asked otherwise."""
    return _file(_table, mimetype=TABLE, name="archive.csv")


@bp.get("/archive.json")
def for_programs() -> Response:
    """The same for programs."""
    return _file(_json, mimetype=JSON, name="archive.json")


@bp.get("/archive.atom")
def feed() -> Response:
    """The matching items that came or changed last, the newest entry first."""
    return window("*", render=_feed, also=position(), mimetype=ATOM)


def _file(pieces: Any, *, mimetype: str, name: str) -> Response:
    """A long answer costs much more than a page, so they are counted, under a keyed hash alone."""
    address = keyed_hash(portal().secret_key, request.remote_addr or "")
    limit = Limit(key=f"archive/file/{address}", most=FILES, window=WINDOW)
    if seconds := portal().limits.count(limit, now=portal().now()):
        return make_response(
            render_template("errors/429.html", retry_after=seconds), 429, {"Retry-After": str(seconds)}
        )
    response = streamed("*", pieces=pieces, mimetype=mimetype, also=position())
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(shelf: Shelf) -> tuple[Looking, int, list[str]]:
    """The question, how many match, and the keys of the lines. All keys come from one answer of the index, so that none
    is missing or there twice."""
    looking = Looking.now()
    answer = find(shelf, looking.asked.query(sort=looking.sort, size=MOST), read=False).answer
    return looking, answer.total, list(answer.items)


def _shown(shelf: Shelf, items: list[str]) -> Iterator[Shown]:
    """What stands of these, in their order, read as it is sent."""
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        found = shelf.many(batch)
        yield from (found[item] for item in batch if item in found)


def _table(shelf: Shelf) -> Iterator[str]:
    _looking, _total, items = _found(shelf)
    yield BOM + _line(_heads())
    for shown in _shown(shelf, items):
        row = {**_row(shown), "kind": word(ITEM_KINDS, shown.kind)}
        yield _line([_safe(str(value)) for value in row.values()])


def _json(shelf: Shelf) -> Iterator[str]:
    looking, total, items = _found(shelf)
    head = {
        "question": looking.asked.pairs,
        "total": total,
        "most": MOST,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "items": ['
    comma = ""
    for shown in _shown(shelf, items):
        photos = [absolute(photo_url(_largest(photo))) for photo in shown.document.get("photos", ())]
        told = {"item": shown.item, "version": shown.version, **_row(shown), "photos": photos}
        yield comma + json.dumps(told, ensure_ascii=False)
        comma = ",\n"
    yield "]}\n"


def _row(shown: Shown) -> dict[str, Any]:
    """What a line says of an item, by names for programs."""
    document = shown.document
    return {
        "number": shown.item.partition("/")[2],
        "kind": shown.kind,
        "title": document["title"],
        "dated": document["dated"],
        "month": document.get("month", ""),
        "unit": document.get("unit", {}).get("name", ""),
        "town": document.get("town", {}).get("name", ""),
        "category": document.get("category", ""),
        "percent": document.get("physical_percent", ""),
        "said": document.get("done") or document.get("content", ""),
        "problems": document.get("problems", ""),
        "next_step": document.get("next_step", ""),
        "published": iso(shown.first_at),
        "address": absolute(item_href(shown.item)),
        "entry": shown.seq,
        "proof": absolute(to(f"/record/{shown.seq}")),
    }


def _heads() -> list[str]:
    """The same names for people, in the order of `_row`."""
    return [
        _("编号"),
        _("类型"),
        _("标题"),
        _("日期"),
        _("月份"),
        _("单位"),
        _("镇街"),
        _("类别"),
        _("形象进度"),
        _("做成了什么"),
        _("问题和困难"),
        _("下一步"),
        _("首次公开"),
        _("网址"),
        _("存证编号"),
        _("存证网址"),
    ]


def _safe(value: str) -> str:
    """No program for tables takes this for a formula."""
    return f"'{value}" if value[:1] and value[0] in FORMULA else value


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _largest(photo: dict[str, Any]) -> str:
    jpegs = [each for each in photo["renditions"] if each["format"] == "jpeg"]
    return str(max(jpegs, key=lambda each: each["edge"])["name"])


def _feed(shelf: Shelf) -> str:
    looking = Looking.now()
    found = find(shelf, looking.asked.query(sort="entered", size=NEWEST)).shown
    words = said(looking, shelf.titles("unit"))
    titles = shelf.titles("project")
    here = looking.as_file("atom")
    return render_template(
        "public/feed.xml",
        title=plain(_("查档案：%(q)s", q=words) if words else _("查档案")),
        id=tag_of("2026-01-01", f"archive?{urlencode(looking.asked.pairs)}"),
        page=absolute(looking.at(sort="", view="")),
        here=absolute(here),
        updated=iso(max(each.at for each in found)) if found else "2026-01-01T00:00:00Z",
        entries=[entry_of(each, titles) for each in found],
    )
