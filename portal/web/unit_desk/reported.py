"""Everything the unit has reported, with where each report stands; and corrections of what is public."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid
from portal.domain.lifecycle import ReportState
from portal.queries.unit_work import ON_RECORD, unit_reports
from portal.web.desk import now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.unit_desk.own import own_report
from portal.web.unit_desk.report_page import picture_of, receipt_page
from portal.web.words import REPORT_STATES, by_field
from portal.workflows.correct_report import start_correction

bp = door(Blueprint("unit_reported", __name__), Audience.UNIT)


@bp.get("/desk/unit/reports")
def reports() -> str:
    """The list, newest first, by state where one is asked for."""
    asked = request.args.get("state", "")
    state = ReportState(asked) if asked in ON_RECORD else None
    with reading() as (session, actor):
        found = unit_reports(session, person=actor, state=state, page=request.args.get("page", 1, type=int))
        return render_template(
            "unit_desk/reported.html",
            found=found,
            state=state,
            states=REPORT_STATES,
            on_record=ON_RECORD,
            picture_of=picture_of,
        )


@bp.post("/desk/unit/reports/<int:report_id>/correct")
def correct(report_id: int) -> BaseResponse | tuple[str, int]:
    """Begin a correction of a published report, with the reason that the public will read."""
    reason = request.form.get("reason", "")
    try:
        with writing() as (session, actor):
            report = own_report(session, report_id, actor)
            draft = start_correction(session, report=report, reason=reason, actor=actor, now=now())
            session.flush()
            draft_id = draft.id
    except Invalid as invalid:
        with reading() as (session, actor):
            report = own_report(session, report_id, actor)
            errors = {"reason": by_field(invalid.problems)["correction_reason"]}
            return receipt_page(session, report, errors=errors, typed={}), 422
    say(_("改好后再报送一次。审核通过前，公众看到的还是原来那一版。"), "blue")
    return redirect(url_for("unit_report.show", report_id=draft_id), 303)
