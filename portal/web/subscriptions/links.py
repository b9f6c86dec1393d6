"""What the links in letters lead to. Looking changes nothing, because mail programs look too; pressing does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import NoSuchThing
from portal.domain.subscriptions import Subscription
from portal.ports import Asked
from portal.record.shelf import Shelf
from portal.web.desk import now, portal
from portal.web.doors import Audience, door
from portal.web.filters import day as day_words
from portal.web.language import _, window_path
from portal.web.states import ITEM_KINDS, word
from portal.workflows.subscribe import CONFIRM, END, confirm, end, named_by

bp = door(Blueprint("subscriptions_links", __name__), Audience.EVERYBODY)


@bp.record_once
def _without_token(state: BlueprintSetupState) -> None:
    """The secret in the link is what a token would be. A mail program that ends letters for its reader (RFC 8058) has
    neither page nor cookie, and many readers open a letter's link where cookies do not last."""
    for view in (press_confirm, press_end):
        state.app.extensions["csrf"].exempt(view)


@bp.get("/subscriptions/<token>/confirm")
def see_confirm(token: str) -> BaseResponse:
    return _page(token, CONFIRM)


@bp.post("/subscriptions/<token>/confirm")
def press_confirm(token: str) -> BaseResponse:
    try:
        subscription_id = named_by(portal().secret_key, CONFIRM, token)
        with portal().database.writing() as session:
            confirm(session, subscription_id=subscription_id, now=now())
    except NoSuchThing:
        return _spent(CONFIRM)
    return redirect(window_path(f"/subscriptions/{token}/confirm"), 303)


@bp.get("/subscriptions/<token>/end")
def see_end(token: str) -> BaseResponse:
    return _page(token, END)


@bp.post("/subscriptions/<token>/end")
def press_end(token: str) -> BaseResponse:
    """For the button, and for mail programs. What has ended already ends again."""
    try:
        subscription_id = named_by(portal().secret_key, END, token)
    except NoSuchThing:
        return _spent(END)
    with portal().database.writing() as session:
        end(session, subscription_id=subscription_id)
    return make_response(render_template("subscriptions/ended.html"))


def _page(token: str, purpose: str) -> Response:
    try:
        subscription_id = named_by(portal().secret_key, purpose, token)
    except NoSuchThing:
        return _spent(purpose)
    with portal().database.reading() as session:
        found = session.get(Subscription, subscription_id)
        if found is None or (purpose == CONFIRM and not (found.confirmed_at or found.open_at(now()))):
            return _spent(purpose)
        told = _told(session, found)
    return make_response(render_template(f"subscriptions/{purpose}.html", token=token, **told))


def _told(session: Session, found: Subscription) -> dict[str, Any]:
    """What the page says of a subscription: never its address, because a link may be passed on."""
    asked = Asked.kept(found.asked)
    names = Shelf(session).titles("unit")
    return {
        "conditions": _conditions(asked, names),
        "every": found.every.value,
        "confirmed": found.confirmed_at is not None,
        "archive": f"{window_path('/archive')}{asked.address}",
    }


def _conditions(asked: Asked, names: dict[str, str]) -> list[str]:
    """The question in words."""
    chosen = [
        word(ITEM_KINDS, value) if facet == "kind" else names.get(value, value)
        for facet, values in asked.chosen.items()
        for value in values
    ]
    days = [_("%(day)s起", day=day_words(asked.first))] if asked.first else []
    days += [_("到%(day)s", day=day_words(asked.last))] if asked.last else []
    return [*([asked.text] if asked.text else []), *chosen, *days]


def _spent(purpose: str) -> Response:
    """One answer for a link that is not ours, has expired, or whose subscription has ended."""
    return make_response(render_template("subscriptions/spent.html", purpose=purpose), 404)
