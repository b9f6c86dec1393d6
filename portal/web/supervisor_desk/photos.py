"""Photos of submissions for the moderating eye, and the one address that ever serves the original of one."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.domain.errors import NoSuchThing
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Photo, Report
from portal.ports import MediaMissing
from portal.web import desk_photos
from portal.web.desk import find, reading
from portal.web.doors import Audience, door
from portal.web.supervisor_desk.originals import handed_out
from portal.web.supervisor_desk.showing import report_in_remit

bp = door(Blueprint("supervisor_photos", __name__), Audience.SUPERVISION)
SEEN = (ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.PUBLISHED, ReportState.SUPERSEDED)


@bp.get(
    "/desk/supervision/reports/<int:report_id>/photos/<int:photo_id>/<int:edge>.<any(jpg, avif):extension>"
)
def rendition(report_id: int, photo_id: int, edge: int, extension: str) -> Response:
    """One of our renditions of a photo that was submitted in the remit."""
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        name = _rendition_name(_photo_of(report, find(session, Photo, photo_id)), edge, extension)
    try:
        return desk_photos.staged(name)
    except MediaMissing:
        raise NoSuchThing("no_such_thing") from None


@bp.post("/desk/supervision/reports/<int:report_id>/photos/<int:photo_id>/original")
def original(report_id: int, photo_id: int) -> Response:
    """The original, exactly as it came, as a download; who took it is written down first."""
    return handed_out(report_id, Photo, photo_id)


def _photo_of(report: Report, photo: Photo) -> Photo:
    """A photo of this report that was part of a submission. Raises `NoSuchThing` for any other."""
    judged = {reason.photo_id for decision in report.decisions for reason in decision.reasons}
    submitted = photo.removed_at is None or photo.id in judged
    if photo.report_id != report.id or report.state not in SEEN or not submitted:
        raise NoSuchThing("no_such_thing")
    return photo


def _rendition_name(photo: Photo, edge: int, extension: str) -> str:
    for rendition in photo.renditions:
        if rendition["edge"] == edge and rendition["name"].endswith(f".{extension}"):
            return str(rendition["name"])
    raise NoSuchThing("no_such_thing")
