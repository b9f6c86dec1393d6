"""What somebody sees of themselves: who they are here, where they are signed in, their password."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotAcceptable
from werkzeug.wrappers import Response as BaseResponse

from portal.adapters.passwords import SHORTEST
from portal.domain.access import ABSOLUTE, IDLE, secret_hash
from portal.domain.errors import Problem, TooOften
from portal.domain.organisation import Person
from portal.queries.people import open_sign_ins, postings
from portal.web.account.new_password import check_new_password
from portal.web.account.sign_in import browser_name, too_often, verified
from portal.web.desk import now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.signed_in import Visitor, let_in, let_out, me
from portal.web.states import word
from portal.web.words import ROLES, by_field
from portal.workflows.sign_in import change_password, end_all_sign_ins

bp = door(Blueprint("account_myself", __name__), Audience.SIGNED_IN)


@bp.get("/account")
def show() -> Response:
    return _page()


@bp.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> BaseResponse:
    with writing() as (session, actor):
        end_all_sign_ins(session, person=actor, now=now())
    let_out()
    say(_("所有地方都退出了，包括这里。"))
    return redirect(window_path("/account/login"), 303)


@bp.post("/account/password")
def set_password() -> BaseResponse:
    new = request.form.get("password", "")
    problems = check_new_password(new, again=request.form.get("again", ""))
    if problems:
        return _page(problems)
    try:
        person = verified(_login(), request.form.get("old_password", ""))
    except TooOften as refusal:
        return too_often(refusal)
    if person is None:
        return _page([Problem("old_password", "wrong")])
    hashed = portal().passwords.hash(new)
    with writing() as (session, actor):
        token = change_password(
            session, person=actor, password_hash=hashed, browser=browser_name(), now=now()
        )
    let_in(token)
    say(_("密码换好了。别的浏览器都已退出，这里还登录着。"))
    return redirect(window_path("/account"), 303)


@bp.get("/account/keep-alive")
def keep_alive() -> Response:
    """For the warning before a sign-in ends: being asked is what keeps it open, as any page does. The
    answer says how long, in seconds, and brings the token that the forms of the page need now."""
    if request.accept_mimetypes.best != "application/json":
        raise NotAcceptable
    return jsonify(seconds_left=_visitor().seconds_left, csrf_token=generate_csrf())


def _page(problems: list[Problem] | None = None) -> Response:
    visitor = _visitor()
    with reading() as (session, actor):
        page = render_template(
            "account/myself.html",
            person=actor,
            role=word(ROLES, actor.role.value),
            chain=postings(session, person=actor),
            sign_ins=open_sign_ins(session, person_id=actor.id, now=now()),
            this_browser=secret_hash(visitor.token),
            problems=by_field(problems or ()),
            least=SHORTEST,
            idle_minutes=int(IDLE.total_seconds()) // 60,
            absolute_hours=int(ABSOLUTE.total_seconds()) // 3600,
        )
    return make_response(page, 422 if problems else 200)


def _login() -> str:
    with portal().database.reading() as session:
        return session.get_one(Person, _visitor().id).login


def _visitor() -> Visitor:
    visitor = me()
    assert visitor is not None, "reached without a door"
    return visitor
