"""Pictures that look alike: the other picture, and what the moderator sees in the two."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import NoSuchThing
from portal.domain.lifecycle import ReportAct
from portal.domain.likeness import Answer, Likeness
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.ports import MediaMissing
from portal.queries.likeness import likeness_of, picture_name
from portal.web import desk_photos
from portal.web.desk import now, reading, writing
from portal.web.doors import Audience, door
from portal.web.supervisor_desk.reasons import typed_in
from portal.web.supervisor_desk.review import review_page
from portal.web.supervisor_desk.showing import report_in_remit, report_path
from portal.workflows.compare_photos import answer_likeness

bp = door(Blueprint("supervisor_likenesses", __name__), Audience.SUPERVISION)
LARGEST = 480  # pixels of the other picture: enough to judge, whoever's it is


@bp.get("/desk/supervision/reports/<int:report_id>/likenesses/<int:likeness_id>.jpg")
def picture(report_id: int, likeness_id: int) -> Response:
    """The other picture, small. Whose report it is in does not matter: who reviews must be able to judge."""
    with reading() as (session, actor):
        likeness = _likeness(session, report_id, likeness_id, actor)
        name = picture_name(likeness.other, edge=LARGEST)
    if name is None:
        raise NoSuchThing("no_such_thing")
    try:
        return desk_photos.staged(name)
    except MediaMissing:
        raise NoSuchThing("no_such_thing") from None


@bp.post("/desk/supervision/reports/<int:report_id>/likenesses/<int:likeness_id>")
def answer(report_id: int, likeness_id: int) -> BaseResponse:
    """What the moderator sees. Reasons that are typed but not sent stay on the page."""
    try:
        seen = Answer(request.form.get("answer", ""))
    except ValueError:
        raise BadRequest from None
    typed = typed_in(request.form)
    with writing() as (session, actor):
        likeness = _likeness(session, report_id, likeness_id, actor)
        answer_likeness(session, likeness=likeness, answer=seen, actor=actor, now=now())
        where = f"{report_path(likeness.photo.report)}#likeness-{likeness.id}"
    return review_page(report_id, typed=typed) if typed.targets else redirect(where, 303)


def _likeness(session: Session, report_id: int, likeness_id: int, actor: Person) -> Likeness:
    report = report_in_remit(session, report_id, actor)
    permit_report(actor, ReportAct.CLAIM, report)
    likeness = likeness_of(session, report, likeness_id)
    if likeness is None:
        raise NoSuchThing("no_such_thing")
    return likeness
