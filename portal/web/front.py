"""The front: a small WSGI layer before Flask that answers pages it has seen.

A page is kept under (language, address, display) with the sequence number that last touched what it shows.
One integer from the database says whether it still stands; so no process ever shows a page older than the
record, and a visit to a seen page costs a look-up instead of a rendering.
"""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.rules.clock import day_of
from portal.web.language import CHINESE, ENGLISH, speaking

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from portal.database import Database

MOST_BYTES = 64 * 1024 * 1024
TOUCHED = (  # as `portal.record.shelf.touched` says it
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM record_freeze WHERE cured_at IS NULL) "
    "THEN -3 - COALESCE(MAX(seq), -1) ELSE COALESCE(MAX(seq), -1) END FROM record_touched WHERE scope IN ({})"
)
NO_STORE_PAGES = 1024 * 1024  # a page beyond this is not worth keeping


@dataclass(frozen=True)
class Page:
    """A rendered page and what it depends on. `day` is the local day its lamps were lit for."""

    seq: int
    day: dt.date
    scopes: tuple[str, ...]
    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    zipped: bytes


class Pages:
    """The pages seen lately, least recently used out first; safe for threads."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self._bytes, self._most = 0, most_bytes
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: tuple[str, ...], page: Page) -> None:
        size = len(page.body) + len(page.zipped)
        if size > NO_STORE_PAGES:
            return
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._bytes += size
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: tuple[str, ...]) -> None:
        old = self._pages.pop(key, None)
        if old is not None:
            self._bytes -= len(old.body) + len(old.zipped)


class Validator:
    """Reads the one integer, where windows read: so a kept page stands against the same picture."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, scopes: tuple[str, ...]) -> int:
        return int(self._database.glance(TOUCHED, scopes))


class Front:
    """The WSGI application that a server runs: language from the address, seen pages, then Flask."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        pages: Pages,
        validate: Callable[[tuple[str, ...]], int],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._app, self._pages, self._validate, self._now = app, pages, validate, now

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        english = path == "/en" or path.startswith("/en/")
        if english:
            environ["portal.language"] = ENGLISH
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        key = page_key(environ)
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            page = self._pages.get(key)
            if page is not None and self._stands(page):
                return answer(page, environ, start_response)
        environ["portal.page_key"] = key
        with speaking(ENGLISH if english else CHINESE):
            return self._app(environ, start_response)

    def _stands(self, page: Page) -> bool:
        """Whether a kept page is what a rendering now would give. A database in trouble is no yes: the
        application behind says it in words."""
        try:
            return page.day == day_of(self._now()) and self._validate(page.scopes) == page.seq
        except Exception:
            return False


def page_key(environ: WSGIEnvironment) -> tuple[str, ...]:
    """What one rendering of one address is kept under."""
    return (
        environ.get("portal.language", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        display_of(environ.get("HTTP_COOKIE", "")),
    )


def display_of(cookies: str) -> str:
    """The value of the display cookie (`elder.dark`), the only cookie that changes a window."""
    for cookie in cookies.split(";"):
        name, _, value = cookie.strip().partition("=")
        if name == "display":
            return value if value.replace(".", "").isalpha() and len(value) < 16 else ""
    return ""


def make_page(
    *,
    seq: int,
    day: dt.date,
    scopes: tuple[str, ...],
    etag: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    effort: int = 6,
) -> Page:
    """A page ready to be sent and kept: compressed once, headers fixed. effort: of the compression, 1 to 9."""
    left_out = {"content-length", "set-cookie", "etag"}
    kept = tuple((name, value) for name, value in headers if name.lower() not in left_out)
    return Page(
        seq=seq,
        day=day,
        scopes=scopes,
        etag=etag,
        headers=kept,
        body=body,
        zipped=gzip.compress(body, compresslevel=effort, mtime=0),
    )


def answer(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Send a kept page, or 304 when the reader has it already."""
    zipped = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    etag = f'"{page.etag}-gz"' if zipped else f'"{page.etag}"'
    headers = [*page.headers, ("ETag", etag)]
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if known and known_tag(known, page.etag):
        start_response("304 Not Modified", [h for h in headers if h[0].lower() != "content-type"])
        return [b""]
    body = page.zipped if zipped else page.body
    if zipped:
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the reader can read gzip; `gzip;q=0` says no."""
    for coding in accept_encoding.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").removeprefix("q=").strip("0.") != "" or not weight
    return False


def known_tag(if_none_match: str, etag: str) -> bool:
    """Whether the reader holds this version, in either encoding."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in if_none_match.split(",")}
    return not tags.isdisjoint({etag, f"{etag}-gz", "*"})
