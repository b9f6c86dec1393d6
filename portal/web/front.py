"""The front: a small WSGI layer before Flask that answers pages it has seen.

A page is kept under (language, address, display) with the sequence number that last touched what it shows.
One integer from the database says whether it still stands; so no process ever shows a page older than the
record, and a visit to a seen page costs a look-up instead of a rendering.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from portal.rules.clock import day_of
from portal.web.fairness import Fairness
from portal.web.kept import Page, Pages, Ready, ready, send
from portal.web.language import CHINESE, ENGLISH, speaking

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from portal.database import Database

TOUCHED = (  # as `portal.record.shelf.touched` says it
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM record_freeze WHERE cured_at IS NULL) "
    "THEN -3 - COALESCE(MAX(seq), -1) ELSE COALESCE(MAX(seq), -1) END FROM record_touched WHERE scope IN ({})"
)
READING = ("GET", "HEAD")


class Validator:
    """Reads the one integer, where windows read: so a kept page stands against the same picture."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, scopes: tuple[str, ...]) -> int:
        return int(self._database.glance(TOUCHED, scopes))


class Files(Protocol):
    """Answers below one folder; None leaves it to the application behind."""

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None: ...


class Front:
    """The WSGI application that a server runs: language from the address, seen pages, then Flask."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        pages: Pages,
        validate: Callable[[tuple[str, ...]], int],
        now: Callable[[], dt.datetime],
        files: Mapping[str, Files],
        fairness: Fairness,
    ) -> None:
        """files: what answers below a folder (`media`), where it can, without Flask."""
        self._app, self._pages, self._validate, self._now = app, pages, validate, now
        self._files, self._fairness = files, fairness

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        language = _language_of(environ)
        key = page_key(environ)
        if environ["REQUEST_METHOD"] in READING:
            files = self._files_of(environ)
            if files is None:
                seen = self._seen(key, environ)
                answered = None if seen is None else send(seen, environ, start_response)
            else:
                answered = files.answer(environ, start_response)
            if answered is not None:
                return answered
        environ["portal.page_key"] = key
        with speaking(language):
            return self._fairness.answer(self._app, environ, start_response)

    def glance(self, environ: WSGIEnvironment, _start_response: object = None) -> Ready | None:
        """The answer for a page that was seen before, for a server that asks before it begins one; None leaves the
        request to the whole application. It is shaped like one, so that what proxies say is read the same way."""
        _language_of(environ)
        if environ["REQUEST_METHOD"] not in READING or self._files_of(environ) is not None:
            return None
        return self._seen(page_key(environ), environ)

    def _files_of(self, environ: WSGIEnvironment) -> Files | None:
        return self._files.get(environ.get("PATH_INFO", "")[1:].partition("/")[0])

    def _seen(self, key: tuple[str, ...], environ: WSGIEnvironment) -> Ready | None:
        """What is sent for a page that was seen before and still stands."""
        page = self._pages.get(key)
        if page is None or not self._stands(page):
            return None
        forms = len(page.forms)
        sent = ready(page, environ)
        if len(page.forms) > forms:
            self._pages.keep(key, page)
        return sent

    def _stands(self, page: Page) -> bool:
        """Whether a kept page is what a rendering now would give. A database in trouble is no yes: the
        application behind says it in words."""
        try:
            return page.day == day_of(self._now()) and self._validate(page.scopes) == page.seq
        except Exception:
            return False


def _language_of(environ: WSGIEnvironment) -> str:
    """The language that the address names; from here on it stands in SCRIPT_NAME, as if we were mounted there."""
    path = environ.get("PATH_INFO", "")
    if path != "/en" and not path.startswith("/en/"):
        return CHINESE
    environ["portal.language"] = ENGLISH
    environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
    environ["PATH_INFO"] = path[3:] or "/"
    return ENGLISH


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
