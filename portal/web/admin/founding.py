"""Founding and renaming units and supervision bodies."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, Refused, Stale
from portal.domain.organisation import BodyKind, SupervisionBody, Unit, UnitKind
from portal.queries.remits import hostless_units
from portal.web.admin.asking import number_typed
from portal.web.desk import find, now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import BODY_KINDS, UNIT_KINDS, word
from portal.web.words import by_field, refusal_words
from portal.workflows.found_organisation import (
    UnitFacts,
    change_unit,
    found_body,
    found_unit,
    organisation_seen,
    rename_body,
)

bp = door(Blueprint("admin_founding", __name__), Audience.ADMINISTRATION)


@bp.get("/desk/admin/units/new")
def new_unit() -> Response:
    return _unit_form({})


@bp.post("/desk/admin/units/new")
def create_unit() -> BaseResponse:
    typed = request.form
    try:
        with writing() as (session, actor):
            kind = UnitKind(typed["kind"]) if typed.get("kind") in set(UnitKind) else None
            found_unit(
                session, code=typed.get("code", ""), kind=kind, facts=_facts(typed), actor=actor, now=now()
            )
    except Invalid as refusal:
        return _unit_form(typed, refusal=refusal)
    say(_("单位已加上，已公开。"))
    return redirect(url_for("admin_units.listing"), 303)


@bp.get("/desk/admin/units/<int:unit_id>")
def unit(unit_id: int) -> Response:
    return _known_unit(unit_id)


@bp.post("/desk/admin/units/<int:unit_id>")
def change(unit_id: int) -> BaseResponse:
    try:
        with writing() as (session, actor):
            change_unit(
                session,
                unit=find(session, Unit, unit_id),
                facts=_facts(request.form),
                seen=request.form.get("seen", ""),
                actor=actor,
                now=now(),
            )
    except (Invalid, Stale) as refusal:
        return _known_unit(unit_id, refusal)
    say(_("改好了，已公开。"))
    return redirect(url_for("admin_units.listing"), 303)


@bp.get("/desk/admin/units/bodies/new")
def new_body() -> Response:
    return _body_form({"unit": request.args.get("unit", "")})


@bp.post("/desk/admin/units/bodies/new")
def create_body() -> BaseResponse:
    typed = request.form
    wide = typed.get("district_wide") == "yes"
    try:
        with writing() as (session, actor):
            body = found_body(
                session,
                name=typed.get("name", ""),
                kind=_body_kind(),
                unit=session.get(Unit, number_typed(typed.get("unit", "")) or 0),
                district_wide=wide,
                actor=actor,
                now=now(),
            )
            key = body.id
    except Invalid as refusal:
        return _body_form(typed, refusal)
    if wide:
        say(_("督查机构已设好，全区都管。"))
        return redirect(url_for("admin_units.listing"), 303)
    say(_("督查机构已设好。接着定它管哪些，定好才能审。"))
    return redirect(url_for("admin_units.remit", body_id=key), 303)


@bp.get("/desk/admin/units/bodies/<int:body_id>/name")
def body_name(body_id: int) -> Response:
    return _known_body(body_id)


@bp.post("/desk/admin/units/bodies/<int:body_id>/name")
def rename(body_id: int) -> BaseResponse:
    try:
        with writing() as (session, actor):
            rename_body(
                session,
                body=find(session, SupervisionBody, body_id),
                name=request.form.get("name", ""),
                kind=_body_kind(),
                seen=request.form.get("seen", ""),
                actor=actor,
                now=now(),
            )
    except (Invalid, Stale) as refusal:
        return _known_body(body_id, refusal)
    say(_("改好了，已公开。"))
    return redirect(url_for("admin_units.listing"), 303)


def _facts(typed: Mapping[str, str]) -> UnitFacts:
    lon, lat = (
        unicodedata.normalize("NFKC", typed.get(name, "")).strip()[:12] or None for name in ("lon", "lat")
    )
    return UnitFacts(name=typed.get("name", ""), english=typed.get("english", ""), lon=lon, lat=lat)


def _body_kind() -> BodyKind | None:
    typed = request.form.get("kind", "")
    return BodyKind(typed) if typed in set(BodyKind) else None


def _known_unit(unit_id: int, refusal: Refused | None = None) -> Response:
    with reading() as (session, _actor):
        row = find(session, Unit, unit_id)
        stored = {name: getattr(row, name) or "" for name in ("name", "english", "lon", "lat")}
        typed = request.form if refusal else stored
        return _unit_form(typed, unit=row, seen=organisation_seen(row), refusal=refusal)


def _unit_form(
    typed: Mapping[str, str], *, unit: Unit | None = None, seen: str = "", refusal: Refused | None = None
) -> Response:
    said = _problems(refusal)
    if "place" in said:
        said["lon"] = said.pop("place")
    page = render_template(
        "admin/unit_form.html",
        typed=typed,
        unit=unit,
        kind=word(UNIT_KINDS, unit.kind.value) if unit else "",
        kinds=[(kind, word(UNIT_KINDS, kind)) for kind in UNIT_KINDS],
        problems=said,
        **_seen(seen, refusal),
    )
    return make_response(page, _status(refusal))


def _known_body(body_id: int, refusal: Refused | None = None) -> Response:
    with reading() as (session, _actor):
        row = find(session, SupervisionBody, body_id)
        typed = request.form if refusal else {"name": row.name, "kind": row.kind.value}
        return _body_form(typed, refusal, body=row)


def _body_form(
    typed: Mapping[str, str], refusal: Refused | None = None, *, body: SupervisionBody | None = None
) -> Response:
    with reading() as (session, _actor):
        page = render_template(
            "admin/body_form.html",
            typed=typed,
            body=body,
            kinds=[(kind, word(BODY_KINDS, kind)) for kind in BODY_KINDS],
            units=[(str(key), name) for key, name in hostless_units(session)],
            problems=_problems(refusal),
            **_seen(organisation_seen(body) if body else "", refusal),
        )
    return make_response(page, _status(refusal))


def _problems(refusal: Refused | None) -> dict[str, str]:
    return by_field(refusal.problems) if isinstance(refusal, Invalid) else {}


def _seen(seen: str, refusal: Refused | None) -> dict[str, Any]:
    return {"seen": seen, "stale": refusal_words(refusal) if isinstance(refusal, Stale) else ""}


def _status(refusal: Refused | None) -> int:
    return 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422
