"""People: finding them, and adding somebody."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, Problem
from portal.domain.organisation import Role, SupervisionBody, Unit
from portal.queries.people import PAGE, Wanted, people
from portal.queries.remits import body_choices, unit_choices
from portal.web.admin.asking import base_of_pages, number_typed, page_asked, pages_of
from portal.web.desk import now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import word
from portal.web.words import ROLES, by_field
from portal.workflows.manage_people import Place, create_person

bp = door(Blueprint("admin_people", __name__), Audience.ADMINISTRATION)


@bp.get("/desk/admin/people")
def listing() -> str:
    asked = {name: request.args.get(name, "").strip() for name in ("q", "role", "unit", "body", "able")}
    wanted = Wanted(
        words=asked["q"][:100],
        role=role_typed(asked["role"]),
        unit_id=number_typed(asked["unit"]),
        body_id=number_typed(asked["body"]),
        disabled={"yes": False, "no": True}.get(asked["able"]),
    )
    page = page_asked()
    with reading() as (session, _actor):
        found, total = people(session, wanted=wanted, page=page)
        return render_template(
            "admin/people.html",
            people=found,
            total=total,
            page=page,
            pages=pages_of(total, size=PAGE),
            asked=asked,
            base=base_of_pages(**asked),
            **place_choices(session),
        )


@bp.get("/desk/admin/people/new")
def new() -> Response:
    return _form(request.args, ())


@bp.post("/desk/admin/people/new")
def create() -> BaseResponse:
    typed = request.form
    try:
        with writing() as (session, actor):
            person = create_person(
                session,
                login=typed.get("login", ""),
                name=typed.get("name", ""),
                place=place_typed(session),
                email=typed.get("email", ""),
                actor=actor,
                now=now(),
            )
            session.flush()
            key = person.id
    except Invalid as refusal:
        return _form(typed, refusal.problems)
    say(_("已加上。给他发一个设密码的链接，才能登录。"))
    return redirect(url_for("admin_person.show", person_id=key), 303)


def place_typed(session: Session) -> Place:
    """Where the form puts somebody. Raises `Invalid` when it names no role."""
    role = role_typed(request.form.get("role", ""))
    if role is None:
        raise Invalid([Problem("role", "missing")])
    unit_id, body_id = (number_typed(request.form.get(name, "")) for name in ("unit", "body"))
    return Place(
        role=role,
        unit=session.get(Unit, unit_id) if unit_id is not None else None,
        body=session.get(SupervisionBody, body_id) if body_id is not None else None,
        title=request.form.get("title", ""),
    )


def role_typed(text: str) -> Role | None:
    return Role(text) if text in set(Role) else None


def place_choices(session: Session) -> dict[str, Any]:
    """What the forms of people offer."""
    return {
        "roles": [(role.value, word(ROLES, role.value)) for role in Role],
        "units": [(str(key), name) for key, name in unit_choices(session)],
        "bodies": [(str(key), name) for key, name in body_choices(session)],
        "role_word": partial(word, ROLES),
        "mail": portal().mailer is not None,
    }


def _form(typed: Any, problems: tuple[Problem, ...]) -> Response:
    with reading() as (session, _actor):
        page = render_template(
            "admin/person_new.html", typed=typed, problems=by_field(problems), **place_choices(session)
        )
    return make_response(page, 422 if problems else 200)
