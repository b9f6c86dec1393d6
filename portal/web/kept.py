"""Finished pages: kept with what they depend on, sent in the form that a reader takes, or not at all (304)."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.web.codings import OFTEN, PLAIN, SUFFIX, coding_of, packed, unpacked

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_BYTES = 64 * 1024 * 1024
MOST_OF_ONE = 1024 * 1024  # a page beyond this is not worth keeping
BODILESS = frozenset({"content-type", "content-disposition"})  # what a 304 does not say again
UNCHANGED = frozenset(
    {"cache-control", "vary", "etag"}
)  # all that a 304 for a page says, besides the server's own
REMADE = frozenset(
    {"content-length", "set-cookie", "etag"}
)  # what is said anew for every reader, or to one alone


@dataclass(frozen=True)
class Ready:
    """An answer as it is sent, but for what the server adds. `written`: its headers in the server's writing, which a
    server that writes them itself makes once (see doorstep)."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    written: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A rendered page and what it depends on. `day` is the local day its lamps were lit for.

    `forms` are its bytes by coding, each made once, when the first reader takes it. Of a page that was sent packed the
    bytes as they were written are not kept: they are four times as many, and can be had back from any form. `answers`
    are what is sent, to those who have none and to those who have it already.
    """

    seq: int
    day: dt.date
    scopes: tuple[str, ...]
    etag: str
    headers: tuple[tuple[str, str], ...]
    forms: dict[str, bytes]
    sent: int = OFTEN
    answers: dict[tuple[str, bool], Ready] = field(default_factory=dict)

    def form(self, coding: str) -> bytes:
        made = self.forms.get(coding)
        if made is not None:
            return made
        some, kept = list(self.forms.items())[0]  # noqa: RUF015 - in one step, because another thread may add one
        written = unpacked(kept, some)
        if coding == PLAIN:
            return written
        made = self.forms[coding] = packed(written, coding, sent=self.sent)  # by two threads: the same bytes
        return made

    def let_go(self) -> None:
        """Keep the bytes as they were written only while no packed form is kept."""
        if len(self.forms) > 1:
            self.forms.pop(PLAIN, None)
            self.answers.pop((PLAIN, False), None)

    def size(self) -> int:
        return sum(map(len, self.forms.values()))


class Pages:
    """The pages seen lately, least recently used out first; safe for threads."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[tuple[str, ...], tuple[Page, int]] = OrderedDict()
        self._bytes, self._most = 0, most_bytes
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> Page | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is None:
                return None
            self._pages.move_to_end(key)
            return kept[0]

    def keep(self, key: tuple[str, ...], page: Page) -> None:
        """Keep a page, or count anew what it has become when a form was added."""
        page.let_go()
        size = page.size()
        if size > MOST_OF_ONE:
            return
        with self._lock:
            self._drop(key)
            self._pages[key] = page, size
            self._bytes += size
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: tuple[str, ...]) -> None:
        _page, size = self._pages.pop(key, (None, 0))
        self._bytes -= size


def make_page(
    *,
    seq: int,
    day: dt.date,
    scopes: tuple[str, ...],
    etag: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    sent: int = OFTEN,
) -> Page:
    """A page ready to be sent and kept, its headers fixed. sent: how often it will be."""
    kept = tuple((name, value) for name, value in headers if name.lower() not in REMADE)
    return Page(seq=seq, day=day, scopes=scopes, etag=etag, headers=kept, forms={PLAIN: body}, sent=sent)


def ready(page: Page, environ: WSGIEnvironment) -> Ready:
    """What this reader gets: the page in the form that it takes, or 304 when it has the page already."""
    coding = coding_of(environ.get("HTTP_ACCEPT_ENCODING", ""))
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    unchanged = bool(known) and known_tag(known, page.etag)
    made = page.answers.get((coding, unchanged))
    if made is None:  # two threads may both make it: the same answer
        made = _unchanged(page, coding) if unchanged else _whole(page, coding)
        if unchanged or coding in page.forms:
            page.answers[coding, unchanged] = made
    return made


def _whole(page: Page, coding: str) -> Ready:
    body = page.form(coding)
    headers = [*page.headers, _tag(page, coding)]
    if coding:
        headers.append(("Content-Encoding", coding))
    return Ready("200 OK", (*headers, ("Content-Length", str(len(body)))), body)


def _unchanged(page: Page, coding: str) -> Ready:
    """Short, because phones ask often: what else was said with the page stands with it (RFC 9111, 3.2 and 4.3.4), and
    another build or other settings never answer with this tag."""
    said = [header for header in page.headers if header[0].lower() in UNCHANGED]
    return Ready("304 Not Modified", (*said, _tag(page, coding)), b"")


def _tag(page: Page, coding: str) -> tuple[str, str]:
    return "ETag", f'"{page.etag}{SUFFIX[coding]}"'


def answer(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Send a page in the form that the reader takes, or 304."""
    return send(ready(page, environ), environ, start_response)


def send(sent: Ready, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An answer that is ready, through WSGI."""
    start_response(sent.status, list(sent.headers))
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else sent.body]


def known_tag(if_none_match: str, etag: str) -> bool:
    """Whether the reader holds this version, in whatever form."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in if_none_match.split(",")}
    return not tags.isdisjoint({"*", *(etag + suffix for suffix in SUFFIX.values())})
