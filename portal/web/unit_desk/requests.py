"""What supervision bodies ask the unit for: one button leads to the form that answers it."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import NoSuchThing
from portal.domain.photo_requests import PhotoRequest
from portal.web.desk import find, now, portal, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.workflows.ask_for_photos import aim_draft
from portal.workflows.draft_report import drafts_of, start_draft
from portal.workflows.keep_pace import count_or_refuse

bp = door(Blueprint("unit_requests", __name__), Audience.UNIT)


@bp.post("/desk/unit/requests/<int:request_id>/report")
def answer(request_id: int) -> BaseResponse:
    """Begin the report that answers a request, or go on with the one that is open."""
    with writing() as (session, actor):
        asked = find(session, PhotoRequest, request_id)
        if asked.unit_id != actor.unit_id:
            raise NoSuchThing("no_such_thing")
        pace = drafts_of(actor)
        count_or_refuse(portal().limits, pace, code="too_many_drafts", now=now(), session=session)
        draft = start_draft(session, project=asked.project, actor=actor, now=now())
        aim_draft(session, request=asked, report=draft, actor=actor, now=now())
        session.flush()
        report_id, aimed = draft.id, draft.milestone_id == asked.milestone_id
        milestone, cap = asked.milestone.name, asked.cap
    if aimed:
        say(_("要的是“%(milestone)s”的照片，最多 %(n)s 张。", milestone=milestone, n=cap), "blue")
    else:
        say(
            _(
                "这份草稿写的是别的阶段目标。要的是“%(milestone)s”的照片，改好阶段目标再报送。",
                milestone=milestone,
            ),
            "yellow",
        )
    return redirect(url_for("unit_report.show", report_id=report_id), 303)
