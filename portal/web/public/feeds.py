"""Feeds: what was put on the record, newest first. Every version of an item is an entry of its own."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import ColumnElement, or_

from portal.record.log import iso
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Act, Shelved
from portal.rules.numbers import PROJECT_CODE, project_item, unit_item
from portal.web.covered import redaction_words
from portal.web.filters import isoday, month
from portal.web.language import _
from portal.web.public.links import absolute, item_href, to
from portal.web.public.standing import shown_day
from portal.web.public.units import CODE
from portal.web.states import ACTS, word
from portal.web.windows import photo_url, window

bp = Blueprint("public_feeds", __name__)

ATOM = "application/atom+xml"
LENGTH = 40
NEWS = 366  # days; what is published for the first time and speaks of an older day comes from an archive
KINDS = ("project", "report")
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML may hold these


@bp.get("/feeds/latest.atom")
def latest() -> Response:
    """Everything new about projects and their progress."""
    return window("*", render=lambda shelf: _feed(shelf, title=_("最新公开"), page=to("/")), mimetype=ATOM)


@bp.get("/projects/<code>/feed.atom")
def of_project(code: str) -> Response:
    """What is new about one project."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    render = _of_item(project_item(code), Shelved.project == code)
    return window(f"project/{code}", render=render, mimetype=ATOM)


@bp.get("/units/<code>/feed.atom")
def of_unit(code: str) -> Response:
    """What is new about the projects of one unit."""
    if not CODE.fullmatch(code):
        abort(404)
    render = _of_item(unit_item(code), Shelved.unit == code)
    return window(f"unit/{code}", render=render, mimetype=ATOM)


def _of_item(item: str, where: ColumnElement[bool]) -> Any:
    def render(shelf: Shelf) -> str:
        shown = shelf.get(item)
        if shown is None or shown.withdrawn:
            abort(404)
        return _feed(shelf, where, title=shown.document["title"], page=item_href(item))

    return render


def _feed(shelf: Shelf, *where: ColumnElement[bool], title: str, page: str) -> str:
    old = shown_day(shelf) - dt.timedelta(days=NEWS)
    news = or_(Shelved.dated > old, Shelved.act != Act.PUBLISHED)  # old notes that are brought in are none
    versions = shelf.versions(Shelved.kind.in_(KINDS), news, *where, limit=LENGTH)
    titles = shelf.titles("project")
    return render_template(
        "public/feed.xml",
        title=plain(title),
        id=tag_of("2026-01-01", f"feed{request.path}"),
        page=absolute(page),
        here=absolute(request.script_root + request.path),
        updated=iso(versions[0].at) if versions else "2026-01-01T00:00:00Z",
        entries=[entry_of(version, titles) for version in versions],
    )


def entry_of(version: Shown, titles: dict[str, str]) -> dict[str, Any]:
    """A version of an item as `public/feed.xml` expects it. titles: of projects, by code."""
    document = version.document
    name = document["title"] or titles.get(document.get("project", {}).get("code", ""), version.item)
    what = f"{name}：{month(document['month'])}" if "month" in document else name
    href = item_href(version.item)
    return {
        "id": tag_of(isoday(version.first_at), f"{version.item}/v{version.version}"),
        "title": plain(what if version.version == 1 else f"{what}（{word(ACTS, version.act.value)}）"),
        "href": absolute(href),
        "proof": absolute(to(f"/record/{version.seq}")),
        "updated": iso(version.at),
        "published": iso(version.first_at),
        "author": plain(document.get("unit", {}).get("name", "") or name),
        "paragraphs": [plain(text) for text in _said(document) if text],
        "photos": [_photo(photo) for photo in document.get("photos", ())],
        "films": [_film(video) for video in document.get("videos", ())],
        "category": plain(document.get("category", "")),
    }


def _said(document: dict[str, Any]) -> list[str]:
    withdrawn = document.get("withdrawn")
    if withdrawn:
        return [_("已经撤下。原因：%(reason)s", reason=withdrawn["reason"])]
    said = [document.get(name, "") for name in ("content", "done")]
    if "physical_percent" in document:
        said.append(_("形象进度 %(n)s%%", n=document["physical_percent"]))
    for name, label in (("problems", _("问题和困难")), ("next_step", _("下一步"))):
        if document.get(name):
            said.append(f"{label}：{document[name]}")
    if document.get("reason"):
        said.append(_("更正原因：%(reason)s", reason=document["reason"]))
    if "redaction" in document:
        said.append(redaction_words(document["redaction"]))
    return said


def _photo(photo: dict[str, Any]) -> dict[str, Any]:
    jpegs = [r for r in photo["renditions"] if r["format"] == "jpeg"]
    chosen = max((r for r in jpegs if r["edge"] <= 1024), key=lambda r: r["edge"], default=jpegs[0])
    return {**chosen, "href": absolute(photo_url(chosen["name"])), "caption": plain(photo["caption"])}


def _film(video: dict[str, Any]) -> dict[str, Any]:
    return {
        "href": absolute(photo_url(video["film"]["name"])),
        "bytes": video["film"]["bytes"],
        "said": plain(video["description"]),
    }


def tag_of(day: str, what: str) -> str:
    """A name for ever (RFC 4151): it does not change when the address does."""
    return f"tag:{request.host.partition(':')[0]},{day}:{what.lstrip('/')}"


def plain(text: str) -> str:
    """Text that may stand in XML."""
    return UNWANTED.sub("", text)
