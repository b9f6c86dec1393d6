"""The unit's first page: what came back, what is due, what waits; and the acts on its projects."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.lifecycle import MatterAct
from portal.domain.progress import MAX_PHOTO_BYTES, MAX_PHOTOS
from portal.queries.burden import month_so_far, open_requests
from portal.queries.unit_work import unit_work
from portal.rules.clock import day_of
from portal.web.desk import now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import why
from portal.web.unit_desk.own import own_project
from portal.web.unit_desk.report_page import picture_of, reason_words, waited
from portal.web.words import MATTER_ACTS, PASSAGES
from portal.workflows.draft_report import drafts_of, start_draft
from portal.workflows.edit_plan import act_on_project
from portal.workflows.keep_pace import count_or_refuse

bp = door(Blueprint("unit_home", __name__), Audience.UNIT)


@bp.get("/desk/unit")
def home() -> str:
    """What the unit has to do now."""
    with reading() as (session, actor):
        work = unit_work(session, person=actor, now=now())
        return render_template(
            "unit_desk/home.html",
            work=work,
            why=why,
            act_words=MATTER_ACTS,
            reason_words=reason_words,
            passages=PASSAGES,
            picture_of=picture_of,
            waited=waited,
            at_now=now(),
            requests=open_requests(session, person=actor),
            month=month_so_far(session, person=actor, now=now()),
            today=day_of(now()),
            most=MAX_PHOTOS,
            most_bytes=MAX_PHOTO_BYTES,
        )


@bp.post("/desk/unit/projects/<code>/report")
def report(code: str) -> BaseResponse:
    """Begin to report on a project, or go on where the unit stopped. A phone that began without a network asks for
    JSON and is told where what it holds belongs; it may ask again, it is the same draft."""
    with writing() as (session, actor):
        pace = drafts_of(actor)
        count_or_refuse(portal().limits, pace, code="too_many_drafts", now=now(), session=session)
        draft = start_draft(session, project=own_project(session, code, actor), actor=actor, now=now())
        session.flush()
        report_id, title = draft.id, draft.project.name
    page = url_for("unit_report.show", report_id=report_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(
            report=str(report_id),
            title=title,
            page=page,
            uploads=url_for("unit_uploads.begin", report_id=report_id),
            photos=url_for("unit_report.upload", report_id=report_id),
            most=MAX_PHOTOS,
            bytes=MAX_PHOTO_BYTES,
        )
    return redirect(page, 303)


@bp.post("/desk/unit/projects/<code>/act")
def act(code: str) -> BaseResponse:
    """签收, 开始办理, 申请办结: the acts that belong to the unit."""
    try:
        wanted = MatterAct(request.form.get("act", ""))
    except ValueError:
        raise BadRequest from None
    with writing() as (session, actor):
        project = own_project(session, code, actor)
        act_on_project(session, project=project, act=wanted, reason="", actor=actor, now=now())
        name = project.name
    say(_("%(name)s：%(act)s，已记入公开记录。", name=name, act=MATTER_ACTS[wanted.value]()))
    return redirect(url_for(".home"), 303)
