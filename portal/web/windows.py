"""What every window is built on: a reading session on the record, validators, and what pages expect.

Nothing here knows of desks. A window answers with `window(...)`; a page that the reader has already is
answered 304 without rendering.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from flask import Response, current_app, g, request, stream_with_context
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from portal.ports import Cards, Limits, MediaStore, SearchIndex, TileStore
from portal.record.policy import Policy
from portal.record.shelf import Shelf, touched
from portal.record.signed import is_frozen
from portal.rules.clock import day_of
from portal.rules.geography import Town
from portal.web.codings import OFTEN, ONCE
from portal.web.front import display_of
from portal.web.kept import Pages, answer, known_tag, make_page
from portal.web.language import ENGLISH, _, current, speaking, window_path
from portal.web.page_meta import column_of
from portal.web.statics import Statics

HTML = "text/html"
# Anybody between may keep a window, and asks us each time whether it stands: the answer costs less than a page, and
# nobody is shown what was withdrawn or has changed.
TO_BE_ASKED_FOR = "public, no-cache"


class Reads(Protocol):
    def viewing(self) -> AbstractContextManager[Session]: ...


class WindowSide(Protocol):
    """The part of the wired portal that windows may know."""

    @property
    def database(self) -> Reads: ...
    @property
    def media(self) -> MediaStore: ...
    @property
    def tiles(self) -> TileStore: ...
    @property
    def search(self) -> SearchIndex: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def policy(self) -> Policy | None: ...
    @property
    def letters(self) -> object | None: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def towns(self) -> tuple[Town, ...]: ...
    @property
    def now(self) -> Callable[[], dt.datetime]: ...


def portal() -> WindowSide:
    return cast(WindowSide, current_app.extensions["portal"])


def today() -> dt.date:
    """The local day on which this page is read."""
    return day_of(portal().now())


def as_of() -> dt.date | None:
    """The past day a reader asks for with `?as_of=`; None for now. A day that is none is not found."""
    if "as_of" not in request.args or not (asked := request.args["as_of"]):
        return None
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        raise NotFound from None
    return day if day < today() else None


@contextmanager
def shelf() -> Iterator[Shelf]:
    """The record's shelf for this request, as of the day asked for, in one consistent picture."""
    with portal().database.viewing() as session:
        yield Shelf(session, as_of=as_of())


def window(
    *scopes: str,
    render: Callable[[Shelf], str | tuple[str, int]],
    mimetype: str = HTML,
    also: str = "",
    keep: bool = True,
    more: Callable[[Shelf], str] | None = None,
) -> Response:
    """Answer a window that shows these scopes of the record, and one `more` that is only known from the shelf.

    `also` joins the validator when the page depends on more than the record; such a page is not kept by
    the front. A rendering may come with a status; only 200 is validated and kept.
    """
    day = today()
    with shelf() as shown:
        scopes = (*scopes, *([more(shown)] if more else []), "rules/lamps")
        seq = shown.touched(*scopes)
        g.frozen = seq < -1
        etag = _etag(seq, day, also, mimetype)
        known = request.headers.get("If-None-Match", "")
        if known.strip() != "*" and known_tag(
            known, etag
        ):  # "*" asks whether there is any page; render to know
            return _finish(Response(status=304, mimetype=mimetype), etag)
        rendered = render(shown)
    text, status = rendered if isinstance(rendered, tuple) else (rendered, 200)
    body = text.encode()
    response = Response(body, status=status, mimetype=mimetype)
    if status != 200:
        return response
    _finish(response, etag)
    key = request.environ.get("portal.page_key") if keep and not also else None
    request.environ["portal.finished"] = (key, seq, day, scopes, etag)
    return response


def streamed(
    *scopes: str, pieces: Callable[[Shelf], Iterator[str]], mimetype: str, also: str = ""
) -> Response:
    """As `window`, for an answer too long to be put together first: it is read from one picture of the record while it
    is sent, and kept nowhere."""
    with ExitStack() as opened:
        shown = opened.enter_context(shelf())
        etag = _etag(touched(shown.session, scopes), today(), also, mimetype)
        if known_tag(request.headers.get("If-None-Match", ""), etag):
            return _finish(Response(status=304, content_type=mimetype), etag)
        body = stream_with_context(_spoken(pieces(shown), current()))
        response = Response(body, content_type=mimetype)
        response.call_on_close(opened.pop_all().close)
    return _finish(response, etag)


def _spoken(pieces: Iterator[str], language: str) -> Iterator[bytes]:
    """Each piece in the language of the address, which the front has forgotten by the time it is sent."""
    while True:
        with speaking(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece.encode()


def keep_page(response: Response) -> Response:
    """After all headers are set: send a finished window as the front would, compressed, and keep it there
    when it depends on the record alone."""
    finished = request.environ.pop("portal.finished", None)
    if finished is None or response.status_code != 200:
        return response
    key, seq, day, scopes, etag = finished
    page = make_page(
        seq=seq,
        day=day,
        scopes=scopes,
        etag=etag,
        headers=list(response.headers),
        body=response.get_data(),
        sent=ONCE if key is None else OFTEN,
    )
    sent: dict[str, Any] = {}

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc: Any = None
    ) -> Callable[[bytes], object]:
        sent.update(status=status, headers=headers)
        return lambda _data: None

    body = answer(page, request.environ, start_response)
    if key is not None:  # with the form that its first reader takes
        cast(Pages, current_app.extensions["pages"]).keep(key, page)
    return Response(body, status=sent["status"], headers=sent["headers"])


def _finish(response: Response, etag: str) -> Response:
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Cache-Control"] = TO_BE_ASKED_FOR
    response.headers["Vary"] = "Accept-Encoding, Cookie" if response.mimetype == HTML else "Accept-Encoding"
    return response


def _etag(seq: int, day: dt.date, also: str, mimetype: str) -> str:
    """The cookie that chooses the display changes pages and nothing else."""
    display = display_of(request.headers.get("Cookie", "")) if mimetype == HTML else ""
    parts = (str(seq), day.isoformat(), current(), display, also, current_app.extensions["build"])
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def build_of(root: Path, settings: object) -> str:
    """Names this build of templates, words and settings, so that a new one never answers with old tags."""
    return hashlib.sha256(f"{settings!r} {_files_below(root)}".encode()).hexdigest()[:12]


@cache
def _files_below(root: Path) -> str:
    """A hash of when each file was written; looked at once, because a process goes on with what it has loaded."""
    digest = hashlib.sha256()
    for folder in ("templates", "translations", "portal"):
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(
                    f"{file.relative_to(root)} {file.stat().st_size} {file.stat().st_mtime_ns}\n".encode()
                )
    return digest.hexdigest()


def page_context() -> dict[str, Any]:
    """What every page expects (see docs/look.md)."""
    display = display_of(request.headers.get("Cookie", "")).split(".")
    settings = current_app.extensions["site"]
    english = current() == ENGLISH
    return {
        "language": current(),
        "site": settings[current()],
        "elder": "elder" in display,
        "theme": next((t for t in ("light", "dark") if t in display), "auto"),
        "demo": current_app.extensions["demo"],
        "other_language_url": _other_language(english),
        "nav": _nav(),
        "as_of": _as_of_for_the_frame(),
        "frozen": _is_frozen(),
        "column": column_of(request.path) if _is_window() else None,
    }


def _is_frozen() -> bool:
    """Whether every page has to say that the record is frozen. A page that says something else about the
    database goes on without an answer."""
    if "frozen" not in g:
        try:
            with portal().database.viewing() as session:
                g.frozen = is_frozen(session)
        except Exception:
            g.frozen = False
    return bool(g.frozen)


def _as_of_for_the_frame() -> dt.date | None:
    """The past day that the page's frame names. The page that says "no such day" names none."""
    try:
        return as_of() if _is_window() else None
    except NotFound:
        return None


def _is_window() -> bool:
    return (request.blueprint or "").startswith("public")


def _other_language(english: bool) -> str:
    path = request.full_path.rstrip("?")
    return path if english else f"/en{path}"


def _nav() -> list[tuple[str, str, bool]]:
    path = request.path
    places = (
        ("/", _("首页")),
        ("/projects", _("项目")),
        ("/map", _("地图")),
        ("/archive", _("档案")),
        ("/units", _("单位")),
        ("/record", _("存证")),
    )
    return [
        (window_path(where), label, path == where or (where != "/" and path.startswith(where + "/")))
        for where, label in places
    ]


def photo_url(name: str) -> str:
    """The address of a published rendition: here, or at the CDN in front."""
    return f"{current_app.extensions['photo_folder']}{name}"


def static_url(name: str) -> str:
    """The address of a static file, with its version, so that it can be kept for a year."""
    return cast(Statics, current_app.extensions["statics"]).address(name)


def one_sheet(head: str) -> Markup:
    """The head of a page with its sheets as one."""
    return Markup(cast(Statics, current_app.extensions["statics"]).as_one(head))  # noqa: S704 - a template's own words
