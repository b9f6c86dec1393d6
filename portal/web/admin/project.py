"""One project of the plan: its page, adding one, changing one with the difference shown first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, NoSuchThing, Problem, Refused, Stale
from portal.domain.lifecycle import MATTER, MatterAct, MatterState
from portal.domain.organisation import Person
from portal.domain.permissions import may_matter
from portal.domain.plan import Project
from portal.queries.plan import choices, project_of
from portal.record.shelf import Shelf
from portal.rules.numbers import project_item
from portal.web.admin.asking import number_typed
from portal.web.admin.foretold import document_of, said_by
from portal.web.admin.plan import found as plan_found
from portal.web.admin.project_form import NAMED, PLAIN, Reading, Typed, as_typed, typed_in
from portal.web.changes import changed_words, rows
from portal.web.desk import now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import ACTS, MATTER_STATES, PROJECT_KINDS, UNIT_KINDS, word
from portal.web.words import MATTER_ACTS, by_field, refusal_words
from portal.workflows.edit_plan import act_on_project, add_project, change_project

bp = door(Blueprint("admin_project", __name__), Audience.ADMINISTRATION)
ORDER = (*PLAIN[:4], "investment_wan", *PLAIN[4:8], *NAMED, "start_on", "due_on", "milestones", "reason")
ADDRESS = "/desk/admin/plan/projects/<code>"


@bp.get(ADDRESS)
def show(code: str) -> Response:
    return _page(code)


@bp.post(f"{ADDRESS}/act")
def act(code: str) -> BaseResponse:
    """Suspend, resume, take out, archive: what an administrator may do to a published project."""
    asked = request.form.get("act", "")
    if asked not in set(MatterAct):
        return _page(code, {"act": _("选要做的事。")})
    try:
        with writing() as (session, actor):
            act_on_project(
                session,
                project=_found(session, code),
                act=MatterAct(asked),
                reason=request.form.get("reason", ""),
                actor=actor,
                now=now(),
            )
    except Invalid as refusal:
        return _page(code, by_field(refusal.problems))
    say(_("办好了，已公开。"))
    return redirect(url_for("admin_project.show", code=code), 303)


@bp.get("/desk/admin/plan/<int:year>/new")
def new(year: int) -> Response:
    with reading() as (session, _actor):
        plan = plan_found(session, year)
        return _form(session, Typed(), plan=plan)


@bp.post("/desk/admin/plan/<int:year>/new")
def add(year: int) -> BaseResponse:
    """Into a plan that is adopted a project goes only after its public face was shown."""
    typed, asked = typed_in(request.form), request.form.get("act", "")
    refusal: Refused | None = None
    try:
        with writing() as (session, actor):
            plan = plan_found(session, year)
            if not _changes_rows(asked):
                facts = Reading(session, typed).facts()

                def do() -> Project:
                    return add_project(session, plan=plan, facts=facts, actor=actor, now=now())

                if asked == "save" or (asked == "check" and plan.adopted_at is None):
                    code = do().code
                    say(_("已加进计划，编号 %(code)s。", code=code))
                    return redirect(url_for("admin_project.show", code=code), 303)
                if asked == "check":
                    return _preview(typed, plan=plan, lines=list(rows(said_by(session, do))))
    except Invalid as invalid:
        refusal = invalid
    with reading() as (session, _actor):
        shown = typed.with_steps(asked) if _changes_rows(asked) else typed
        return _form(session, shown, plan=plan_found(session, year), refusal=refusal)


@bp.get(f"{ADDRESS}/edit")
def edit(code: str) -> Response:
    with reading() as (session, _actor):
        project = _found(session, code)
        return _form(session, as_typed(project), plan=project.plan, project=project)


@bp.post(f"{ADDRESS}/edit")
def change(code: str) -> BaseResponse:
    """A published project changes only after the difference was shown as citizens will read it."""
    typed, asked = typed_in(request.form), request.form.get("act", "")
    refusal: Refused | None = None
    try:
        with writing() as (session, actor):
            project = _found(session, code)
            if not _changes_rows(asked):
                public = project.state is not MatterState.DRAFT
                facts = Reading(session, typed, keep=len(project.milestones) if public else 0).facts()
                before, plan = document_of(project), project.plan

                def do() -> Project:
                    change_project(
                        session,
                        project=project,
                        facts=facts,
                        reason=typed.reason,
                        seen_version=_seen(),
                        actor=actor,
                        now=now(),
                    )
                    return project

                if asked == "save" or (asked == "check" and not public):
                    do()
                    say(_("改好了，已公开。") if public else _("改好了。"))
                    return redirect(url_for("admin_project.show", code=code), 303)
                if asked == "check":
                    differs = changed_words(before, said_by(session, do))
                    return _preview(typed, plan=plan, project=project, changes=differs)
    except (Invalid, Stale) as refused:
        refusal = refused
    with reading() as (session, _actor):
        project = _found(session, code)
        shown = typed.with_steps(asked) if _changes_rows(asked) else typed
        return _form(session, shown, plan=project.plan, project=project, refusal=refusal)


def _changes_rows(asked: str) -> bool:
    return asked == "add-row" or asked.startswith("drop-row:")


def _seen() -> int:
    version = number_typed(request.form.get("version", ""))
    return -1 if version is None else version


def _found(session: Session, code: str) -> Project:
    project = project_of(session, code=code)
    if project is None:
        raise NoSuchThing("no_such_thing")
    return project


def _form(
    session: Session,
    typed: Typed,
    *,
    plan: Any,
    project: Project | None = None,
    refusal: Refused | None = None,
) -> Response:
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    said = by_field(problems)
    if "place" in said:  # it is the coordinates that are wrong
        said["lon"] = said.pop("place")
    said = {name: said[name] for name in sorted(said, key=_place_in_form)}
    page = render_template(
        "admin/project_form.html",
        typed=typed,
        plan=plan,
        project=project,
        problems=said,
        milestone_problems=_all_of("milestones", problems),
        **_offered(session, typed),
        kinds=[(kind, word(PROJECT_KINDS, kind)) for kind in PROJECT_KINDS],
        keep=len(project.milestones) if project and project.state is not MatterState.DRAFT else 0,
        public=project is not None and project.state is not MatterState.DRAFT,
        stale=refusal_words(refusal) if isinstance(refusal, Stale) else "",
    )
    status = 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422
    return make_response(page, status)


def _place_in_form(name: str) -> int:
    """Faults are listed as they are met going down the page."""
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _offered(session: Session, typed: Typed) -> dict[str, Any]:
    """What the selects offer, in groups of (group, options)."""
    named = (number_typed(key) for name in ("leader", "person") for key in typed.named.get(name, ()))
    offered = choices(session, chosen=[key for key in named if key is not None])
    return {
        "categories": offered.categories,
        "towns": [(str(town.id), town.name) for town in offered.towns],
        "leader_groups": [("", [(each.id, _called(each)) for each in offered.leaders])],
        "unit_groups": [
            (word(UNIT_KINDS, kind), [(unit.id, unit.name) for unit in offered.units if unit.kind == kind])
            for kind in UNIT_KINDS
        ],
        "person_groups": [
            (unit.name, [(each.id, _called(each)) for each in persons]) for unit, persons in offered.persons
        ],
    }


def _called(person: Person) -> str:
    gone = _("（已停用）") if person.disabled_at else ""
    return " ".join(part for part in (person.name, person.title) if part) + gone


def _all_of(field: str, problems: tuple[Problem, ...]) -> list[str]:
    """Every sentence about one field: several milestones can be wrong at once."""
    return [by_field([problem])[field] for problem in problems if problem.field == field]


def _preview(typed: Typed, *, plan: Any, project: Project | None = None, **shown: Any) -> Response:
    sent = [
        (name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "act")
    ]
    page = render_template(
        "admin/project_preview.html", typed=typed, plan=plan, project=project, sent=sent, **shown
    )
    return make_response(page)


def _page(code: str, problems: dict[str, str] | None = None) -> Response:
    with reading() as (session, actor):
        project = _found(session, code)
        history = Shelf(session).history(project_item(code))[::-1]
        open_acts = [each for each in MATTER.acts(project.state) if may_matter(actor, each, project)]
        page = render_template(
            "admin/project.html",
            project=project,
            lines=list(rows(document_of(project))),
            history=history,
            state=word(MATTER_STATES, project.state.value),
            act_word={a.value: word(ACTS, a.value) for a in {each.act for each in history}},
            acts=[
                (each.value, word(MATTER_ACTS, each.value))
                for each in open_acts
                if project.state is not MatterState.DRAFT
            ],
            problems=problems or {},
            typed=request.form,
            public=project.state is not MatterState.DRAFT,
        )
    return make_response(page, 422 if problems else 200)
