"""Videos of submissions as they will be shown, with how far our films of them are; and the one address that ever serves
the original of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from portal.domain.errors import NoSuchThing
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report, Video
from portal.ports import MediaMissing
from portal.web import desk_films, desk_photos
from portal.web.desk import find, reading
from portal.web.doors import Audience, door
from portal.web.supervisor_desk.originals import handed_out
from portal.web.supervisor_desk.showing import report_in_remit, report_path

bp = door(Blueprint("supervisor_films", __name__), Audience.SUPERVISION)

GONE = (ReportState.WITHDRAWN,)


def video_cards(report: Report) -> list[dict[str, Any]]:
    """The videos of a submission for the review desk."""
    return [
        desk_films.card(video, place=place, folder=report_path(report, "videos", str(video.id)) + "/")
        | {"original": report_path(report, "videos", str(video.id), "original")}
        for place, video in enumerate(report.videos, start=1)
        if video.renditions
    ]


@bp.get("/desk/supervision/reports/<int:report_id>/videos")
def states(report_id: int) -> Response:
    """How far the films are, for a page that asks again and again."""
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        return jsonify(
            videos=[
                {"id": card["id"], "state": card["state"], "said": card["said"], "percent": card["percent"]}
                for card in video_cards(report)
            ]
        )


@bp.get("/desk/supervision/reports/<int:report_id>/videos/<int:video_id>/film.mp4")
def film(report_id: int, video_id: int) -> Response:
    """Our film of a video that was submitted in the remit."""
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        name = _video_of(report, find(session, Video, video_id)).film.get("name")
    if name is None:
        raise NoSuchThing("no_such_thing")
    try:
        return desk_films.staged_film(name)
    except MediaMissing:
        raise NoSuchThing("no_such_thing") from None


@bp.get(
    "/desk/supervision/reports/<int:report_id>/videos/<int:video_id>/<int:edge>.<any(jpg, avif):extension>"
)
def poster(report_id: int, video_id: int, edge: int, extension: str) -> Response:
    """One of the pictures that stand for a video that was submitted in the remit."""
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        name = desk_films.poster_name(_video_of(report, find(session, Video, video_id)), edge, extension)
    if name is None:
        raise NoSuchThing("no_such_thing")
    try:
        return desk_photos.staged(name)
    except MediaMissing:
        raise NoSuchThing("no_such_thing") from None


@bp.post("/desk/supervision/reports/<int:report_id>/videos/<int:video_id>/original")
def original(report_id: int, video_id: int) -> Response:
    """The original with its sound, exactly as it came, as a download; who took it is written down first."""
    return handed_out(report_id, Video, video_id)


def _video_of(report: Report, video: Video) -> Video:
    """A video of this report that is part of the submission. Raises `NoSuchThing` for any other."""
    if video.report_id != report.id or report.state in GONE or video.removed_at is not None:
        raise NoSuchThing("no_such_thing")
    return video
