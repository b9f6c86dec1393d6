"""The ledger of the remit: every project with its lamp, and the acts of checking: 办结, 退回重办, 销号."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, NoSuchThing
from portal.domain.lifecycle import MATTER, MatterAct, MatterState
from portal.domain.organisation import Person
from portal.domain.permissions import may_arrange_views, may_matter
from portal.domain.plan import Project
from portal.queries.ledger import (
    VIEWS,
    Standing,
    counts_by_state,
    project_in_remit,
    projects_in_remit,
    standings,
)
from portal.rules.clock import day_of
from portal.web.desk import now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.states import MATTER_STATES, why, word
from portal.web.supervisor_desk import sentences
from portal.web.supervisor_desk.showing import HOME
from portal.web.words import MATTER_ACTS, by_field
from portal.workflows.edit_plan import act_on_project

bp = door(Blueprint("supervisor_projects", __name__), Audience.SUPERVISION)
PAGE = 50


@bp.get("/desk/supervision/projects")
def projects() -> str:
    view = request.args.get("view", "open")
    view = view if view in VIEWS else "open"
    asked = request.args.get("page", "1")
    page = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
    with reading() as (session, actor):
        assert actor.body is not None
        counts = counts_by_state(session, body=actor.body)
        found = projects_in_remit(session, body=actor.body, states=VIEWS[view])
        rows = standings(session, found, on=day_of(now()))
        return render_template(
            "supervisor_desk/projects.html",
            rows=[(row, _why(row)) for row in rows[(page - 1) * PAGE : page * PAGE]],
            total=len(rows),
            page=page,
            pages=(len(rows) + PAGE - 1) // PAGE,
            view=view,
            views=[
                (v, sentences.VIEWS[v](), sum(counts.get(s, 0) for s in states))
                for v, states in VIEWS.items()
            ],
            states=MATTER_STATES,
        )


@bp.get("/desk/supervision/projects/<code>")
def project(code: str) -> Response:
    return _page(code)


@bp.post("/desk/supervision/projects/<code>/act")
def act(code: str) -> BaseResponse:
    """Move a project along, with the reason that becomes public."""
    reason = request.form.get("reason", "")
    try:
        chosen = MatterAct(request.form.get("act", ""))
    except ValueError:
        raise NoSuchThing("no_such_thing") from None
    try:
        with writing() as (session, actor):
            found = _find(session, actor, code)
            act_on_project(session, project=found, act=chosen, reason=reason, actor=actor, now=now())
            state = found.state
    except Invalid as refusal:
        return _page(code, reason=reason, errors=by_field(refusal.problems), status=422)
    say(_("已记下，现在是“%(state)s”。", state=word(MATTER_STATES, state.value)))
    return redirect(window_path(f"{HOME}/projects/{code}"), 303)


def _find(session: Session, actor: Person, code: str) -> Project:
    assert actor.body is not None
    found = project_in_remit(session, body=actor.body, code=code)
    if found is None:
        raise NoSuchThing("no_such_thing")
    return found


def _page(
    code: str, *, reason: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    with reading() as (session, actor):
        found = _find(session, actor, code)
        (standing,) = standings(session, [found], on=day_of(now()))
        acts = [act for act in MATTER.acts(found.state) if may_matter(actor, act, found)]
        page = render_template(
            "supervisor_desk/project.html",
            standing=standing,
            why=_why(standing),
            project=found,
            acts=[(act.value, word(MATTER_ACTS, act.value), act is MatterAct.RETURN) for act in acts],
            state=word(MATTER_STATES, found.state.value),
            waits=_what_it_waits_for(found.state, bool(acts)),
            hint=sentences.acts_reason_hint(found.state),
            reason=reason,
            errors=errors or {},
            arranges=may_arrange_views(actor, found),
        )
    return make_response(page, status)


def _why(standing: Standing) -> str:
    return why(standing.verdict) if standing.verdict is not None else ""


def _what_it_waits_for(state: MatterState, allowed: bool) -> str:
    """Why there is nothing to do here now; "" when there is."""
    if allowed:
        return ""
    if state in VIEWS["check"]:
        return _("这是您机构所在单位自己的项目，由别的督查机构核查。")
    if state in VIEWS["closed"]:
        return _("已经了结，没有要办的。")
    return _("单位申请办结以后，在这里核查：办结、退回重办，核实后销号。")
