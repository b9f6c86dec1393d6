"""Taking a photo in the page: a one-time code when the camera is pressed, and whether a place may come with it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.organisation import Person
from portal.domain.photo_claims import PlaceConsent
from portal.rules.provenance import FRESH
from portal.web.desk import now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.unit_desk.claimed import moment
from portal.web.unit_desk.own import own_report
from portal.workflows.capture_photo import agree_to_place, give_code
from portal.workflows.draft_photos import uploads_of
from portal.workflows.keep_pace import count_or_refuse

bp = door(Blueprint("unit_capture", __name__), Audience.UNIT)


@bp.post("/desk/unit/reports/<int:report_id>/capture")
def code(report_id: int) -> Response:
    """A code for the photo that is about to be taken. `clock`: the phone's, in milliseconds."""
    with reading() as (session, actor):
        own_report(session, report_id, actor)
        pace = uploads_of(actor)
    count_or_refuse(portal().limits, pace, code="too_many_uploads", now=now())
    with writing() as (session, actor):
        given = give_code(
            session,
            report=own_report(session, report_id, actor),
            phone_at=moment(request.form.get("clock")),
            actor=actor,
            now=now(),
        )
    return jsonify(code=given, seconds=FRESH)


@bp.post("/desk/unit/reports/<int:report_id>/place")
def place(report_id: int) -> BaseResponse:
    """Agree to a place being sent with photos taken in the page, or take that back."""
    agreed = request.form.get("agree") == "yes"
    with writing() as (session, actor):
        own_report(session, report_id, actor)
        agree_to_place(session, agreed=agreed, actor=actor, now=now())
    if request.accept_mimetypes.best == "application/json":
        return jsonify(agreed=agreed)
    say(_("以后在这里拍的照片会带上位置。") if agreed else _("以后在这里拍的照片不带位置。"))
    return redirect(url_for("unit_report.show", report_id=report_id), 303)


def place_answer(session: Session, person: Person) -> str:
    """What somebody has said about the place: "yes", "no", or "" before they were asked."""
    consent = session.get(PlaceConsent, person.id)
    return "" if consent is None else "yes" if consent.agreed else "no"
