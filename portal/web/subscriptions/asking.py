"""Asking for letters about a question to the archive. One answer for every address, known or not."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.subscriptions import Every
from portal.ports import Asked, Limit, keyed_hash
from portal.text.mailbox import is_mailbox
from portal.web.desk import now, portal
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.workflows.keep_pace import count_or_refuse
from portal.workflows.subscribe import ask_to_be_told

bp = door(Blueprint("subscriptions_asking", __name__), Audience.EVERYBODY)

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
FROM_ONE_PLACE = 60  # an hour; a whole classroom may share an address
TO_ONE_ADDRESS = 3  # letters to confirm in a day; beyond that nothing is sent, and nothing else is said
TO_EVERYBODY = 600  # an hour


@bp.record_once
def _without_token(state: BlueprintSetupState) -> None:
    """The form stands on a window, which sets no cookie. Nobody is signed in, so there is nothing that another site's
    page could do in somebody's name: whoever wants a letter sent to an address can ask for it here directly."""
    state.app.extensions["csrf"].exempt(ask)


@bp.post("/subscriptions")
def ask() -> BaseResponse:
    """Owe the address a letter with a link that confirms."""
    if portal().letters is None:
        abort(404)
    email = request.form.get("email", "").strip()
    every, asked = request.form.get("every", ""), Asked.of(request.form.items(multi=True))
    if not is_mailbox(email):
        return _again(email, every, asked)
    count_or_refuse(
        portal().limits,
        Limit(key=f"subscribe/from/{_hash(request.remote_addr or '')}", most=FROM_ONE_PLACE, window=HOUR),
        Limit(key="subscribe/all", most=TO_EVERYBODY, window=HOUR),
        code="too_many_subscriptions_asked",
        now=now(),
    )
    _owe(email, Every.DAILY if every == Every.DAILY else Every.WEEKLY, asked)
    return redirect(window_path("/subscriptions/asked"), 303)


@bp.get("/subscriptions/asked")
def asked() -> str:
    """The same page whoever asked and whatever became of it."""
    return render_template("subscriptions/asked.html")


def _owe(email: str, every: Every, asked: Asked) -> None:
    to_one = Limit(key=f"subscribe/to/{_hash(email)}", most=TO_ONE_ADDRESS, window=DAY)
    with portal().database.writing() as session:
        if not portal().limits.count(to_one, now=now(), session=session):
            ask_to_be_told(session, email=email, asked=asked, every=every, queue=portal().queue, now=now())


def _again(email: str, every: str, asked: Asked) -> Response:
    page = render_template(
        "subscriptions/form.html",
        email=email[:254],
        every=every,
        hidden=asked.pairs,
        back=f"{window_path('/archive')}{asked.address}",
        error=_("这不像一个邮箱地址，应该像 name@example.cn。"),
    )
    return make_response(page, 422)


def _hash(text: str) -> str:
    return keyed_hash(portal().secret_key, text)
