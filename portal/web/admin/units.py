"""Units by kind, supervision bodies, and what each body may act on."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, Refused, Stale
from portal.domain.organisation import SupervisionBody
from portal.queries.plan import plans
from portal.queries.remits import bodies, others_on, units_by_kind
from portal.web.admin.asking import number_typed
from portal.web.desk import find, now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import BODY_KINDS, UNIT_KINDS, word
from portal.web.words import by_field, refusal_words
from portal.workflows.edit_remit import edit_remit, remit_seen

bp = door(Blueprint("admin_units", __name__), Audience.ADMINISTRATION)


@bp.get("/desk/admin/units")
def listing() -> str:
    with reading() as (session, _actor):
        kinds = [
            (kind.value, word(UNIT_KINDS, kind.value), units)
            for kind, units in units_by_kind(session).items()
        ]
        return render_template(
            "admin/units.html",
            kinds=kinds,
            bodies=bodies(session),
            body_word={kind: word(BODY_KINDS, kind) for kind in BODY_KINDS},
        )


@bp.get("/desk/admin/units/bodies/<int:body_id>")
def remit(body_id: int) -> Response:
    return _form(body_id)


@bp.post("/desk/admin/units/bodies/<int:body_id>")
def change_remit(body_id: int) -> BaseResponse:
    try:
        with writing() as (session, actor):
            body = find(session, SupervisionBody, body_id)
            edit_remit(
                session,
                body=body,
                district_wide=request.form.get("district_wide") == "yes",
                units=_ticked("unit"),
                projects=_ticked("project"),
                seen=request.form.get("seen", ""),
                actor=actor,
                now=now(),
            )
    except (Invalid, Stale) as refusal:
        return _form(body_id, refusal)
    say(_("职责范围已改好，马上生效。"))
    return redirect(url_for("admin_units.listing"), 303)


def _form(body_id: int, refusal: Refused | None = None) -> Response:
    with reading() as (session, _actor):
        body = find(session, SupervisionBody, body_id)
        units, projects = others_on(session, body=body)
        ticked = (
            {"unit": _ticked("unit"), "project": _ticked("project"), "wide": "district_wide" in request.form}
            if refusal is not None
            else {
                "unit": {r.unit_id for r in body.remits},
                "project": {r.project_id for r in body.remits},
                "wide": body.district_wide,
            }
        )
        page = render_template(
            "admin/remit.html",
            body=body,
            kind=word(BODY_KINDS, body.kind.value),
            seen=remit_seen(body),
            ticked=ticked,
            kinds=[(word(UNIT_KINDS, kind.value), found) for kind, found in units_by_kind(session).items()],
            years=_projects_by_year(session),
            others_on_unit=units,
            others_on_project=projects,
            problems=by_field(refusal.problems) if isinstance(refusal, Invalid) else {},
            stale=refusal_words(refusal) if isinstance(refusal, Stale) else "",
        )
    return make_response(page, 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422)


def _projects_by_year(session: Session) -> list[tuple[int, list[object]]]:
    return [(shown.plan.year, list(shown.plan.projects)) for shown in plans(session)]


def _ticked(name: str) -> set[int]:
    return {key for key in map(number_typed, request.form.getlist(name)) if key is not None}
