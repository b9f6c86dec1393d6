"""Photos and videos sent in pieces: announced, gone on with after every break, and taken into the report like any
other."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, request, url_for
from werkzeug.exceptions import MethodNotAllowed

from portal.domain.progress import MAX_PHOTO_BYTES, MAX_VIDEO_BYTES, Photo
from portal.ports import NotWhole, OffsetConflict, PieceTooLong, StoreFull
from portal.web.desk import find, now, portal, reading, writing
from portal.web.doors import Audience, door
from portal.web.film_words import FILM_REFUSALS
from portal.web.language import _
from portal.web.unit_desk import tus
from portal.web.unit_desk.begun import Begun, Expired, begun, give_up, mine, offset_of
from portal.web.unit_desk.claimed import claimed_in
from portal.web.unit_desk.films import video_answer
from portal.web.unit_desk.own import own_report
from portal.web.unit_desk.room import full_words, refuse_beyond_day
from portal.web.unit_desk.taking import photo_answer, sent_already, take_film, take_whole
from portal.web.words import PHOTO_REFUSALS
from portal.workflows.keep_pace import count_or_refuse
from portal.workflows.resume_upload import announcements_of, begin_upload

bp = door(Blueprint("unit_uploads", __name__), Audience.UNIT)
bp.record_once(
    lambda state: state.app.extensions.setdefault("takes_photos", set()).update(
        {"unit_uploads.append", "unit_uploads.instead"}
    )
)
UPLOAD = "/desk/unit/uploads/<key>"


@bp.before_request
def speaks_tus() -> Response | None:
    """Refuse other versions of the protocol."""
    if request.method == "OPTIONS" or request.endpoint == "unit_uploads.take":
        return None
    if request.headers.get("Tus-Resumable") == tus.VERSION:
        return None
    answer = tus.refused(412, _("上传协议的版本对不上，刷新页面再传。"))
    answer.headers["Tus-Version"] = tus.VERSION
    return answer


@bp.after_request
def says_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    return response


@bp.errorhandler(tus.BadRequest)
def misread(wrong: tus.BadRequest) -> Response:
    return tus.misread(wrong)


@bp.errorhandler(Expired)
def expired(_gone: Expired) -> Response:
    return tus.refused(410, _("隔得太久，传到一半的已经清掉了。会从头再传一次。"))


@bp.errorhandler(StoreFull)
def full(_full: StoreFull) -> Response:
    return tus.refused(507, full_words())


@bp.route(UPLOAD, methods=["OPTIONS"])
def options_of_one(key: str) -> Response:  # noqa: ARG001 - the same for all, there or not
    return options()


@bp.route("/desk/unit/reports/<int:report_id>/uploads", methods=["OPTIONS"])
def options_of_report(report_id: int) -> Response:  # noqa: ARG001
    return options()


def options() -> Response:
    """What of the protocol is spoken here."""
    answer = Response(status=204)
    answer.headers.update(tus.CAN)
    return answer


@bp.post("/desk/unit/reports/<int:report_id>/uploads")
def begin(report_id: int) -> Response:
    """Announce a file: 201 with the address to send it to, or 200 with the photo when the unit has sent it before."""
    told = tus.announced(request)
    words = FILM_REFUSALS if told.film else PHOTO_REFUSALS
    if told.size > (MAX_VIDEO_BYTES if told.film else MAX_PHOTO_BYTES):
        return tus.refused(413, words["too_large"]())
    if told.size == 0:
        return tus.refused(422, words["empty"]())
    if not told.film and (answer := sent_already(report_id, told)):
        return answer
    with reading() as (_session, actor):
        pace = announcements_of(actor)
    count_or_refuse(portal().limits, pace, code="too_many_uploads", now=now())
    _must_have_room()
    with writing() as (session, actor):
        report = own_report(session, report_id, actor)
        refuse_beyond_day(session, report, more=told.size)
        upload = begin_upload(
            session,
            report=report,
            replaces=find(session, Photo, told.replaces) if told.replaces else None,
            file_name=told.file_name,
            size=told.size,
            sha256=told.sha256,
            film=told.film,
            mark=told.mark,
            actor=actor,
            now=now(),
        )
        made = begun(upload)
    answer = make_response(jsonify(offset=offset_of(made)), 201)
    answer.headers.update({"Location": url_for(".append", key=made.key), "Upload-Expires": made.expires})
    return answer


@bp.route(UPLOAD, methods=["HEAD"])
def offset(key: str) -> Response:
    """How far it has come; what is answered here is on the disk."""
    upload = mine(key)
    answer = Response(status=200)
    answer.headers.update(_progress(upload, offset_of(upload)) | {"Upload-Length": str(upload.size)})
    return answer


@bp.patch(UPLOAD)
def append(key: str) -> Response:
    """Go on where it stopped. What was acknowledged is on the disk; what came before a break counts too."""
    upload = mine(key)
    at = tus.number(request, "Upload-Offset")
    if request.mimetype != tus.BYTES:
        return tus.refused(415, _("请求里的 %(header)s 看不懂。", header="Content-Type"))
    here = offset_of(upload)
    if at != here:
        return _conflict(here)
    if at + (request.content_length or 0) > upload.size:
        return tus.refused(413, _("发来的比说好的多。刷新页面再传。"))
    if here == upload.size:
        return _moved(upload, here)
    _must_have_room()
    try:
        with tus.pieces(request) as pieces:
            here = portal().partials.append(key, at=at, pieces=pieces, size=upload.size)
    except OffsetConflict as conflict:
        return _conflict(conflict.offset)
    except PieceTooLong:
        return tus.refused(413, _("发来的比说好的多。刷新页面再传。"))
    except tus.ChecksumMismatch:
        return tus.refused(460, _("这一段在路上传坏了，会再传一次。"))
    return _moved(upload, here)


@bp.delete(UPLOAD)
def terminate(key: str) -> Response:
    """Give it up. What it has become stays in the report."""
    give_up(key)
    return Response(status=204)


@bp.post(UPLOAD)
def instead(key: str) -> Response:
    """PATCH and DELETE for networks that let only GET and POST through."""
    wanted = {"PATCH": append, "DELETE": terminate}.get(request.headers.get("X-HTTP-Method-Override", ""))
    if wanted is None:
        raise MethodNotAllowed(["HEAD", "PATCH", "DELETE", "OPTIONS"])
    return wanted(key)


@bp.post(f"{UPLOAD}/photo")
def take(key: str) -> Response | tuple[Response, int]:
    """Take what has arrived into the report, like a file of the form. Asked again, it answers the same."""
    upload = mine(key)
    if upload.video_id is not None:
        return video_answer(upload.report_id, upload.video_id), 201
    if upload.photo_id is not None:
        return photo_answer(upload.report_id, upload.photo_id, status=201)
    try:
        received = portal().partials.whole(key, size=upload.size)
    except NotWhole:
        return _conflict(portal().partials.offset(key))
    if upload.film:
        return take_film(upload, received)
    view, claimed = tus.view_number(request.form.get("view", "")), claimed_in(request.form)
    return take_whole(upload, received, view=view, claimed=claimed)


def _must_have_room() -> None:
    """Raises `StoreFull` while the disk is below its reserve."""
    if portal().room.short() is not None:
        raise StoreFull("below the reserve")


def _moved(upload: Begun, here: int) -> Response:
    answer = Response(status=204)
    answer.headers.update(_progress(upload, here))
    return answer


def _progress(upload: Begun, here: int) -> dict[str, str]:
    return {"Upload-Offset": str(here), "Upload-Expires": upload.expires}


def _conflict(here: int) -> Response:
    answer = tus.refused(409, _("这里收到的和手机上的对不上，会从收到的地方接着传。"), offset=here)
    answer.headers["Upload-Offset"] = str(here)
    return answer
