"""Refusals as answers: one table from domain errors to HTTP, and pages in the site's own look."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.database import TROUBLE, NeverStored
from portal.domain.errors import Invalid, NoSuchThing, NotPermitted, Refused, Stale, TooOften, WrongState
from portal.domain.progress import MAX_PHOTO_BYTES, MAX_PHOTOS, MAX_VIDEO_BYTES, MAX_VIDEOS
from portal.ports import StoreBroken, StoreFull, StoreUnavailable
from portal.record.signed import RecordFrozen
from portal.web.language import _
from portal.web.words import by_field, refusal_words

log = logging.getLogger(__name__)

STATUS: dict[type[Refused], int] = {
    NotPermitted: 403,
    NoSuchThing: 404,
    WrongState: 409,
    Stale: 409,
    Invalid: 422,
    TooOften: 429,
    Refused: 422,
}
MB = 1024 * 1024
PAGES = {400, 403, 404, 409, 410, 413, 422, 429, 500, 503}


def install(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    for trouble in (*TROUBLE, StoreFull, StoreBroken, StoreUnavailable):
        app.register_error_handler(trouble, _busy)
    app.register_error_handler(RecordFrozen, _frozen)
    app.register_error_handler(NeverStored, _never_stored)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, *, said: str = "", **context: Any) -> Response:
    """The page (or, for programs, the JSON) of an error."""
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error=status, said=said, **context), status)
    page = status if status in PAGES else 400 if status < 500 else 500
    body = render_template(f"errors/{page}.html", said=said, request_id=g.get("request_id", ""), **context)
    return make_response(body, status)


def _refused(refusal: Refused) -> Response:
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    context: dict[str, Any] = {}
    if isinstance(refusal, Invalid):
        context["problems"] = by_field(refusal.problems)
    if isinstance(refusal, TooOften):
        context["retry_after"] = refusal.facts["seconds"]
    said = "　".join(context["problems"].values()) if "problems" in context else refusal_words(refusal)
    response = error_page(status, said=said, **context)
    if isinstance(refusal, TooOften):
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def _csrf(_error: CSRFError) -> Response:
    return error_page(400, said=_("这一页开得太久，安全凭据过期了。"))


def _http(error: HTTPException) -> Response:
    response = error_page(error.code or 500, **(_too_large() if error.code == 413 else {}))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers.setdefault(name, value)
    return response


def _too_large() -> dict[str, str]:
    """How much the page that was asked takes, and what to do about it."""
    if request.endpoint in current_app.extensions.get("takes_photos", ()):
        whole = ((MAX_PHOTOS + 1) * MAX_PHOTO_BYTES + MAX_VIDEOS * MAX_VIDEO_BYTES) // MB
        one, film = MAX_PHOTO_BYTES // MB, MAX_VIDEO_BYTES // MB
        return {
            "said": _(
                "一张照片最多 %(one)s MB，一段录像最多 %(film)s MB，一次一共最多 %(all)s MB。",
                one=one,
                film=film,
                all=whole,
            ),
            "cure": _("退回上一页，少选几张，分两次传。写好的文字还在那一页里。"),
        }
    most = (request.max_content_length or MB) // MB
    return {
        "said": _("这一页一次最多收 %(most)s MB。", most=most),
        "cure": _("退回上一页，写短一些再提交。写好的文字还在那一页里。"),
    }


def _busy(trouble: Exception) -> Response:
    log.warning("busy", extra={"trouble": type(trouble).__name__})
    return error_page(503)


def _frozen(_refusal: RecordFrozen) -> Response:
    return error_page(503, said=_("公开记录停住了，现在不能公开、更正、撤下。写好的内容还在。"))


def _never_stored(_error: NeverStored) -> Response:
    """What cannot be stored cannot be found."""
    return error_page(404 if request.method in ("GET", "HEAD") else 400)


def _unexpected(_error: Exception) -> Response:
    log.exception("unexpected", extra={"endpoint": request.endpoint})
    return error_page(500)
