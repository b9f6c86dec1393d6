"""Addresses of windows: in the reader's language, and of the past day that the reader is looking at."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flask import Blueprint, request
from markupsafe import Markup, escape

from portal.rules.numbers import ALIASES_ITEM
from portal.web.language import ENGLISH, current, window_path
from portal.web.windows import as_of

bp = Blueprint("public_links", __name__)

CHINESE_LETTER = re.compile("[\u3007\u3400-\u9fff]")
EXPLAINED = {"rules": "lamps", "audit": "audit"}  # what is shown by words of the help
PLACES = {"project": "/projects/", "report": "/reports/", "unit": "/units/"}


@bp.app_template_global("to")
def to(path: str, **query: object) -> str:
    """The address of a window. Empty values are left out, a tuple is a value after the other; the past day asked for
    stays asked for."""
    asked: dict[str, str | tuple[str, ...]] = {
        name: value if isinstance(value, tuple) else str(value)
        for name, value in query.items()
        if value not in (None, "", ())
    }
    day = as_of()
    if day is not None:
        asked.setdefault("as_of", day.isoformat())
    return window_path(path) + (f"?{urlencode(asked, doseq=True)}" if asked else "")


@bp.app_template_global("item_href")
def item_href(item: str) -> str:
    """The window that shows an item of the record."""
    kind, _slash, key = item.partition("/")
    if kind == "receipts":
        return to("/record/receipt")
    if kind == "authority":
        return f"{to('/verify')}#photo"
    if item == ALIASES_ITEM:
        return f"{to('/help')}#aliases"
    if kind in EXPLAINED:
        return f"{to('/help')}#{EXPLAINED[kind]}"
    return to(PLACES[kind] + key)


def absolute(path: str) -> str:
    """A whole address, for feeds and sitemaps. `path` is in the reader's language already; one that is whole, as
    photos' at a CDN are, stays as it is."""
    return path if path.startswith(("https://", "http://")) else request.host_url.rstrip("/") + path


@bp.app_template_filter("zh")
def zh(text: object) -> str | Markup:
    """Content on a page in another language, marked as the Chinese that it is; unmarked when it has none."""
    if not text:
        return ""
    if current() != ENGLISH or not CHINESE_LETTER.search(str(text)):
        return escape(text)
    return Markup('<span lang="zh-CN">{}</span>').format(text)


@bp.app_template_filter("paragraphs")
def paragraphs(text: str) -> list[str]:
    """A passage line by line, without empty ones."""
    return [line for line in text.split("\n") if line.strip()]


def pieces_zh(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The same for text in pieces (see `portal.text.highlight`)."""
    if current() != ENGLISH:
        return pieces
    return [(Markup('<span lang="zh-CN">'), False), *pieces, (Markup("</span>"), False)]


def positive(name: str, default: int = 1, most: int = 100_000) -> int:
    """A whole number from the address; what is none, or out of range, is the default."""
    text = request.args.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default
    return number if 1 <= number <= most else default
