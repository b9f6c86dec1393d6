"""A one-time link with which somebody sets their password. Looking at it changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from portal.adapters.passwords import SHORTEST
from portal.domain.errors import NoSuchThing, Problem
from portal.queries.people import open_link
from portal.web.account.new_password import check_new_password
from portal.web.account.sign_in import visitor_hash
from portal.web.desk import now, portal, say
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.signed_in import let_out, me
from portal.web.words import by_field
from portal.workflows.keep_pace import count_or_refuse, refuse_if_full
from portal.workflows.sign_in import end_sign_in, use_link, wrong_links

bp = door(Blueprint("account_link", __name__), Audience.EVERYBODY)


@bp.get("/account/link/<token>")
def show(token: str) -> Response:
    _refuse_guessing()
    return _form(token)


@bp.post("/account/link/<token>")
def set_password(token: str) -> BaseResponse:
    _refuse_guessing()
    password = request.form.get("password", "")
    problems = check_new_password(password, again=request.form.get("again", ""))
    if problems:
        return _form(token, problems)
    with portal().database.reading() as session:
        valid = open_link(session, token=token, now=now()) is not None
    if not valid:
        return _spent()
    hashed = portal().passwords.hash(password)
    visitor = me()
    try:
        with portal().database.writing() as session:
            use_link(session, token=token, password_hash=hashed, now=now())
            if visitor is not None:
                end_sign_in(session, token=visitor.token, now=now())
    except NoSuchThing:  # somebody used it while we hashed
        return _spent()
    let_out()
    say(_("密码设好了，现在登录。"))
    return redirect(window_path("/account/login"), 303)


def _form(token: str, problems: list[Problem] | None = None) -> Response:
    with portal().database.reading() as session:
        link = open_link(session, token=token, now=now())
        page = link and render_template(
            "account/link.html",
            token=token,
            person=link.person,
            expires_at=link.expires_at,
            problems=by_field(problems or ()),
            least=SHORTEST,
        )
    return make_response(page, 422 if problems else 200) if page else _spent()


def _refuse_guessing() -> None:
    """Raises `TooOften` when too many links that open nothing have come from this address."""
    guesses = wrong_links(address_hash=visitor_hash())
    refuse_if_full(portal().limits, guesses, code="too_many_links", now=now())


def _spent() -> Response:
    """The same answer for a link that is used, too old, or never was. It counts as a guess."""
    guesses = wrong_links(address_hash=visitor_hash())
    count_or_refuse(portal().limits, guesses, code="too_many_links", now=now())
    return make_response(render_template("account/link_spent.html"), 404)
