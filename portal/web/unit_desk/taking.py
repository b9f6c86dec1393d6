"""What has arrived in pieces becomes a photo or a video of the report, by the way that the form's files take; and a
photo that the unit has sent before becomes one without being sent again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, jsonify, make_response, render_template

from portal.database import DatabaseBusy, DatabaseFull, DatabaseGone
from portal.domain.errors import TooOften
from portal.domain.progress import MAX_PHOTO_BYTES, Photo
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.film_room import FilmRoomUnavailable
from portal.ports import MediaMissing, Received, Space, StoreFull, StoreUnavailable
from portal.queries.sent_before import sent_before
from portal.web.desk import find, portal, reading
from portal.web.language import _
from portal.web.unit_desk import tus
from portal.web.unit_desk.begun import Begun, give_up
from portal.web.unit_desk.films import take_video, video_answer
from portal.web.unit_desk.intake import Unwanted, Upload, take_one
from portal.web.unit_desk.own import own_report
from portal.web.unit_desk.report_page import photo_card
from portal.workflows.capture_photo import Claimed

# What another try may put right, as HTTP says it; everything else is the file's own fault.
FOR_GOOD = 422
LATER: dict[type[Exception], int] = {
    TooOften: 429,
    StoreFull: 507,
    DatabaseFull: 507,
    DatabaseBusy: 503,
    DatabaseGone: 503,
    DarkroomUnavailable: 503,
    FilmRoomUnavailable: 503,
}


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A file that has arrived in pieces, as the intake knows arrivals."""

    received: Received
    too_large: bool = False
    full: bool = False

    @property
    def size(self) -> int:
        return self.received.size

    def finish(self) -> Received:
        return self.received


def take_whole(upload: Begun, received: Received, *, view: int | None, claimed: Claimed) -> Response:
    """Make the photo, or say in words why not. What is refused for good is given up; else it may be asked again."""
    wanted = Upload(
        name=upload.file_name,
        arrival=Whole(received=received),
        replaces=upload.replaces,
        view=view,
        claimed=claimed,
        key=upload.key,
    )
    try:
        if upload.sha256 not in ("", received.sha256):
            give_up(upload.key)
            return tus.refused(460, _("照片在路上传坏了，会从头再传一次。"))
        photo_id = take_one(upload.report_id, wanted)
    except Unwanted as why:
        if (status := _status(why)) == FOR_GOOD:
            give_up(upload.key)
        return tus.refused(status, str(why), name=upload.file_name)
    finally:
        portal().spool.discard(received)
    portal().partials.discard(upload.key)
    return photo_answer(upload.report_id, photo_id, status=201)


def take_film(upload: Begun, received: Received) -> Response:
    """Make the video, or say in words why not, as above."""
    wanted = Upload(name=upload.file_name, arrival=Whole(received=received), replaces=None, key=upload.key)
    try:
        video_id = take_video(upload.report_id, wanted)
    except Unwanted as why:
        if (status := _status(why)) == FOR_GOOD:
            give_up(upload.key)
        return tus.refused(status, str(why), name=upload.file_name)
    finally:
        portal().spool.discard(received)
    portal().partials.discard(upload.key)
    return make_response(video_answer(upload.report_id, video_id), 201)


def sent_already(report_id: int, told: tus.Announced) -> Response | None:
    """The photo, when the unit has sent this file before; None when the phone has to send it."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        known = sent_before(session, report=report, sha256=told.sha256) if told.sha256 else None
        if known is None:
            return None
        photo_id, name = known.id, known.original_name
        here = known.report_id == report_id and known.removed_at is None
    if here and told.replaces is None:
        return photo_answer(report_id, photo_id, status=200)
    return _taken_again(report_id, name, told)


def _taken_again(report_id: int, name: str, told: tus.Announced) -> Response | None:
    """A photo that the unit has sent for another report, from its sealed original; None when that cannot be read, and
    the phone has to send it."""
    arrival = portal().spool.receive(MAX_PHOTO_BYTES)
    try:
        with portal().media.open(Space.SEALED, name) as original:
            while piece := original.read(tus.PIECE):
                arrival.write(piece)
        wanted = Upload(name=told.file_name, arrival=arrival, replaces=told.replaces, view=told.view)
        return photo_answer(report_id, take_one(report_id, wanted), status=200)
    except (MediaMissing, StoreUnavailable):
        return None
    except Unwanted as why:
        return tus.refused(_status(why), str(why), name=told.file_name)
    finally:
        arrival.discard()


def photo_answer(report_id: int, photo_id: int, *, status: int) -> Response:
    """The photo as the page shows it."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        photo = find(session, Photo, photo_id)
        card = photo_card(report, photo, typed={})
        html = render_template("unit_desk/_photo.html", report=report, photo=card, errors={})
        facts = {"photo": photo_id, "html": html, "version": report.version_id, "count": len(report.photos)}
        return make_response(jsonify(removed=photo.removed_at is not None, **facts), status)


def _status(why: Unwanted) -> int:
    return next((status for kind, status in LATER.items() if isinstance(why.__cause__, kind)), FOR_GOOD)
