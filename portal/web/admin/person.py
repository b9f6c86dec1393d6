"""One person: where they serve and have served, and what an administrator can do for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, Refused, Stale
from portal.domain.organisation import Person
from portal.queries.people import answers_for, last_letter, open_sign_ins, postings, waiting_link
from portal.web.admin.asking import number_typed
from portal.web.admin.people import place_choices, place_typed
from portal.web.desk import find, now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.words import by_field, refusal_words
from portal.workflows.manage_people import (
    change_email,
    disable_person,
    enable_person,
    issue_link,
    move_person,
)

bp = door(Blueprint("admin_person", __name__), Audience.ADMINISTRATION)
ADDRESS = "/desk/admin/people/<int:person_id>"


@bp.get(ADDRESS)
def show(person_id: int) -> Response:
    return _page(person_id)


@bp.post(f"{ADDRESS}/move")
def move(person_id: int) -> BaseResponse:
    """A new posting; the old one stays in the chain."""

    def act(session: Session, person: Person, actor: Person) -> None:
        place = place_typed(session)
        move_person(session, person=person, place=place, seen_version=_seen(), actor=actor, now=now())

    return _do(person_id, act, _("已调动。他要重新登录一次。"))


@bp.post(f"{ADDRESS}/disable")
def disable(person_id: int) -> BaseResponse:
    def act(session: Session, person: Person, actor: Person) -> None:
        disable_person(session, person=person, seen_version=_seen(), actor=actor, now=now())

    return _do(person_id, act, _("已停用，他现在就进不来了。写过的、审过的都还在。"))


@bp.post(f"{ADDRESS}/enable")
def enable(person_id: int) -> BaseResponse:
    def act(session: Session, person: Person, actor: Person) -> None:
        enable_person(session, person=person, seen_version=_seen(), actor=actor, now=now())

    return _do(person_id, act, _("已恢复，原来的密码还能用。"))


@bp.post(f"{ADDRESS}/email")
def email(person_id: int) -> BaseResponse:
    def act(session: Session, person: Person, actor: Person) -> None:
        typed = request.form.get("email", "")
        change_email(session, person=person, email=typed, seen_version=_seen(), actor=actor, now=now())

    return _do(person_id, act, _("邮箱改好了。还没用的设密码链接都作废，要用就再发一个。"))


@bp.post(f"{ADDRESS}/link")
def link(person_id: int) -> BaseResponse:
    """A one-time link, shown in this answer alone; a letter with one of its own goes to who has an address."""
    try:
        with writing() as (session, actor):
            person = find(session, Person, person_id)
            token = issue_link(session, person=person, actor=actor, now=now(), letters=portal().letters)
    except Invalid as refusal:
        return _page(person_id, refusal)
    address = request.host_url.rstrip("/") + window_path(f"/account/link/{token}")
    return _page(person_id, address=address)


def _do(person_id: int, act: Callable[[Session, Person, Person], None], said: str) -> BaseResponse:
    try:
        with writing() as (session, actor):
            act(session, find(session, Person, person_id), actor)
    except (Invalid, Stale) as refusal:
        return _page(person_id, refusal)
    say(said)
    return redirect(url_for("admin_person.show", person_id=person_id), 303)


def _seen() -> int | None:
    """The version that the form was made from; a form without one is as stale as any."""
    version = number_typed(request.form.get("version", ""))
    return -1 if version is None else version


def _page(person_id: int, refusal: Refused | None = None, *, address: str = "") -> Response:
    typed: dict[str, Any] = dict(request.form) if refusal is not None else {}
    with reading() as (session, actor):
        person = find(session, Person, person_id)
        page = render_template(
            "admin/person.html",
            person=person,
            itself=person.id == actor.id,
            chain=postings(session, person=person),
            projects=answers_for(session, person=person),
            address=address,
            typed={**_as_it_is(person), **typed},
            letter=last_letter(session, person=person),
            sign_ins=len(open_sign_ins(session, person_id=person.id, now=now())),
            waiting=waiting_link(session, person=person, now=now()),
            problems=by_field(refusal.problems) if isinstance(refusal, Invalid) else {},
            stale=refusal_words(refusal) if isinstance(refusal, Stale) else "",
            **place_choices(session),
        )
    return make_response(page, 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422)


def _as_it_is(person: Person) -> dict[str, str]:
    return {
        "role": person.role.value,
        "unit": str(person.unit_id or ""),
        "body": str(person.body_id or ""),
        "title": person.title,
        "email": person.email or "",
    }
