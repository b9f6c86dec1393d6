"""Readers who ask for too much new work are turned away for a moment, in words; who is signed in never is."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, request

from portal.web.errors import error_page
from portal.web.fairness import TOO_OFTEN, Fairness
from portal.web.language import _
from portal.web.signed_in import me


def guard() -> Response | None:
    """Before every request: nothing for whoever may go on."""
    seconds = request.environ.get(TOO_OFTEN)
    if seconds is None or me() is not None:
        return None
    response = error_page(
        429,
        said=_("从您这个网络来的请求，短时间里太多了。打开过的页面照常能看，新的页面要等一等。"),
        cure=_(
            "过 %(n)s 秒再试。几个人共用一个网络时，错开一会儿就好；要成批取用，请用订阅和整包下载。",
            n=seconds,
        ),
    )
    response.headers["Retry-After"] = str(seconds)
    return response


def keep_words(response: Response) -> Response:
    """After every request, when all headers are set: the refusal itself is kept for the next such reader."""
    if response.status_code == 429 and TOO_OFTEN in request.environ and response.mimetype == "text/html":
        fairness = cast(Fairness, current_app.extensions["fairness"])
        language = request.environ.get("portal.language", "")
        fairness.keep_words(language, request.environ[TOO_OFTEN], response.headers, response.get_data())
    return response
