"""The door itself: signing in and out. One answer, one status and one amount of work for every wrong try."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import TypedDict

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import TooOften
from portal.domain.organisation import Person
from portal.ports import Limits, keyed_hash
from portal.web.desk import HOMES, now, portal, say
from portal.web.doors import Audience, door, safe_next
from portal.web.errors import error_page
from portal.web.language import ENGLISH, _, current, window_path
from portal.web.signed_in import let_in, let_out, me
from portal.web.words import refusal_words
from portal.workflows.sign_in import (
    end_sign_in,
    note_failed_try,
    open_sign_in,
    refuse_if_too_often,
)

bp = door(Blueprint("account_sign_in", __name__), Audience.EVERYBODY)

# The accounts that the demonstration district opens with; the page names them in demo mode only.
DEMONSTRATION = ("reporter", "head", "supervisor", "second", "leader", "admin")
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class Tried(TypedDict):
    """What a try is counted with."""

    limits: Limits
    name_hash: str
    address_hash: str
    now: dt.datetime


@dataclass(frozen=True)
class Known:
    """What is kept of a name that somebody tries."""

    id: int
    password_hash: str | None
    disabled: bool


@bp.get("/account/login")
def login() -> BaseResponse:
    """The form; who is signed in already goes on to where they wanted to be."""
    visitor = me()
    if visitor is not None:
        return redirect(_after(visitor.role, request.args.get("next", "")), 303)
    return _form(next_=request.args.get("next", ""))


@bp.post("/account/login")
def try_to_sign_in() -> BaseResponse:
    typed, password = request.form.get("login", ""), request.form.get("password", "")
    name = unicodedata.normalize("NFKC", typed).strip().lower()
    try:
        person = verified(name, password)
    except TooOften as refusal:
        return too_often(refusal)
    if person is None:
        return _form(next_=request.form.get("next", ""), typed=typed, failed=True)
    _leave()
    with portal().database.writing() as session:
        token = open_sign_in(session, person=person, browser=browser_name(), now=now())
    let_in(token)
    return redirect(_after(person.role.value, request.form.get("next", "")), 303)


@bp.post("/account/logout")
def logout() -> BaseResponse:
    _leave()
    say(_("已退出登录。"))
    return redirect(window_path("/account/login"), 303)


def verified(name: str, password: str) -> Person | None:
    """The person behind a name and a password, None when they do not belong together.

    The hash is computed for every name, known or not, and no transaction is open meanwhile. Raises
    `TooOften` before any of that when this name or this address has failed too many times, and after it too:
    a hundred tries sent at once to many processes are no more than ten sent one by one.
    """
    tried = Tried(
        limits=portal().limits,
        name_hash=keyed_hash(portal().secret_key, name),
        address_hash=visitor_hash(),
        now=now(),
    )
    with portal().database.reading() as session:
        refuse_if_too_often(session, **tried)
        known = _known(session, name)
    right = portal().passwords.verify(known.password_hash if known else None, password)
    tried["now"] = now()
    with portal().database.writing() as session:
        if known is not None and right and not known.disabled and _known(session, name) == known:
            refuse_if_too_often(session, **tried)
            return session.get_one(Person, known.id)
        note_failed_try(session, **tried)
    return None


def visitor_hash() -> str:
    """What limits may know of where a visitor comes from."""
    return keyed_hash(portal().secret_key, request.remote_addr or "")


def too_often(refusal: TooOften) -> Response:
    """429, which says when to come back and what to do if the password is forgotten."""
    response = error_page(
        429,
        said=refusal_words(refusal),
        cure=_("忘了密码，请管理员发一个设密码的链接。"),
        way_href=window_path("/account/login"),
        way=_("回到登录"),
    )
    response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def browser_name() -> str:
    """The browser in two words that its owner recognises, like `Chrome · Android`; never the whole header."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def _known(session: Session, name: str) -> Known | None:
    row = session.execute(
        select(Person.id, Person.password_hash, Person.disabled_at).where(Person.login == name)
    ).first()
    return None if row is None else Known(row.id, row.password_hash, row.disabled_at is not None)


def _leave() -> None:
    """End the sign-in that this browser holds, if any, and forget its session."""
    visitor = me()
    if visitor is not None:
        with portal().database.writing() as session:
            end_sign_in(session, token=visitor.token, now=now())
    let_out()


def _after(role: str, wanted: str) -> str:
    """Where to go after signing in: the page asked for, unless it is another role's desk or not ours."""
    path = safe_next(wanted)
    if path is None:
        return window_path(HOMES[role])
    plain = path.removeprefix("/en") if current() == ENGLISH else path
    foreign = plain.startswith(("/desk/", "/account/")) and not plain.startswith(HOMES[role])
    return window_path(HOMES[role]) if foreign else path


def _form(*, next_: str, typed: str = "", failed: bool = False) -> Response:
    page = render_template(
        "account/login.html", next=safe_next(next_) or "", typed=typed, failed=failed, accounts=DEMONSTRATION
    )
    return make_response(page, 422 if failed else 200)
