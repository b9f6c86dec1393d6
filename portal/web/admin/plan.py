"""Annual plans: drawing one up, what it holds, and adopting it."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, NoSuchThing, Problem, Stale
from portal.domain.plan import AnnualPlan
from portal.queries.plan import plan_of, plans
from portal.rules.clock import day_of
from portal.web.admin.asking import number_typed
from portal.web.desk import now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import MATTER_STATES, PROJECT_KINDS, word
from portal.web.words import by_field
from portal.workflows.edit_plan import adopt_plan, draw_up_plan

bp = door(Blueprint("admin_plan", __name__), Audience.ADMINISTRATION)


@bp.get("/desk/admin/plan")
def listing() -> Response:
    year = day_of(now()).year + 1
    return _list({"year": str(year), "title": ""}, ())


@bp.post("/desk/admin/plan")
def draw_up() -> BaseResponse:
    typed = {name: request.form.get(name, "").strip() for name in ("year", "title")}
    year = number_typed(typed["year"])
    problems = []
    if year is None or not 2000 <= year <= 2099:
        problems.append(Problem("year", "not_a_year"))
    if not typed["title"]:
        problems.append(Problem("title", "missing"))
    if problems or year is None:
        return _list(typed, tuple(problems))
    with writing() as (session, actor):
        draw_up_plan(session, year=year, title=typed["title"], actor=actor, now=now())
    return redirect(url_for("admin_plan.show", year=year), 303)


@bp.get("/desk/admin/plan/<int:year>")
def show(year: int) -> str:
    with reading() as (session, _actor):
        return render_template("admin/plan.html", **_shown(found(session, year)))


@bp.get("/desk/admin/plan/<int:year>/adopt")
def confirm(year: int) -> BaseResponse:
    return _confirm(year)


@bp.post("/desk/admin/plan/<int:year>/adopt")
def adopt(year: int) -> BaseResponse:
    """Adopt exactly what the confirming page showed."""
    try:
        with writing() as (session, actor):
            plan = found(session, year)
            if plan.adopted_at is None and request.form.get("seen") != _seen(plan):
                raise Stale("plan_changed_elsewhere")
            count = adopt_plan(session, plan=plan, actor=actor, now=now())
    except Stale:
        return _confirm(year, stale=True)
    except Invalid as refusal:
        say(by_field(refusal.problems)["plan"], "red")
        return redirect(url_for("admin_plan.show", year=year), 303)
    say(_("%(year)s年计划已印发，%(n)s 个项目已公开。", year=year, n=count))
    return redirect(url_for("admin_plan.show", year=year), 303)


def found(session: Session, year: int) -> AnnualPlan:
    """The plan of a year. Raises `NoSuchThing`."""
    plan = plan_of(session, year=year)
    if plan is None:
        raise NoSuchThing("no_such_thing")
    return plan


def _confirm(year: int, *, stale: bool = False) -> BaseResponse:
    with reading() as (session, _actor):
        plan = found(session, year)
        if plan.adopted_at is not None or not plan.projects:
            return redirect(url_for("admin_plan.show", year=year), 303)
        page = render_template("admin/plan_adopt.html", seen=_seen(plan), stale=stale, **_shown(plan))
    return make_response(page, 409 if stale else 200)


def _shown(plan: AnnualPlan) -> dict[str, object]:
    return {
        "plan": plan,
        "states": {state: word(MATTER_STATES, state) for state in MATTER_STATES},
        "kinds": {kind: word(PROJECT_KINDS, kind) for kind in PROJECT_KINDS},
    }


def _seen(plan: AnnualPlan) -> str:
    """Names exactly the items and versions that the confirming page shows."""
    lines = (f"{project.code}/{project.version_id}" for project in plan.projects)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _list(typed: dict[str, str], problems: tuple[Problem, ...]) -> Response:
    with reading() as (session, _actor):
        page = render_template(
            "admin/plans.html", plans=plans(session), typed=typed, problems=by_field(problems)
        )
    return make_response(page, 422 if problems else 200)
