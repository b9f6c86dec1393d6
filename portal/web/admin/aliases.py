"""The names that mean the same to the archive, as one list to be edited."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, Refused, Stale
from portal.web.desk import now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.words import by_field, refusal_words
from portal.workflows.edit_aliases import aliases_now, edit_aliases, groups_typed

bp = door(Blueprint("admin_aliases", __name__), Audience.ADMINISTRATION)


@bp.get("/desk/admin/aliases")
def listing() -> Response:
    return _form()


@bp.post("/desk/admin/aliases")
def change() -> BaseResponse:
    try:
        with writing() as (session, actor):
            edit_aliases(
                session,
                groups=groups_typed(request.form.get("groups", "")),
                seen=_seen(),
                actor=actor,
                now=now(),
            )
    except (Invalid, Stale) as refusal:
        return _form(refusal)
    say(_("别名已公开，查档案马上照着找。"))
    return redirect(url_for("admin_aliases.listing"), 303)


def _seen() -> int:
    text = request.form.get("seen", "")
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 12 else -2


def _form(refusal: Refused | None = None) -> Response:
    with reading() as (session, _actor):
        groups, seen = aliases_now(session)
        typed = request.form.get("groups", "") if refusal else "\n".join("、".join(group) for group in groups)
        page = render_template(
            "admin/aliases.html",
            groups=groups,
            seen=seen,
            typed=typed,
            problems=by_field(refusal.problems) if isinstance(refusal, Invalid) else {},
            stale=refusal_words(refusal) if isinstance(refusal, Stale) else "",
        )
    return make_response(page, 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422)
