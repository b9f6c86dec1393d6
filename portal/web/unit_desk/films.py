"""Videos of the unit's own reports: taken in one by one, shown as they will be, with how far our films of them are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Request, Response, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from portal.adapters.spool import Arrival
from portal.database import DatabaseBusy, DatabaseFull, DatabaseGone
from portal.domain.errors import Refused, TooOften
from portal.domain.organisation import Person
from portal.domain.progress import MAX_VIDEOS, Report, Video
from portal.domain.wording import clean
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.film_room import FilmRoomUnavailable
from portal.imaging.filmed import FilmRefused
from portal.ports import MediaMissing, StoreBroken, StoreFull
from portal.web import desk_films, desk_photos
from portal.web.desk import find, now, portal, reading, writing
from portal.web.doors import Audience, door
from portal.web.film_words import FILM_REFUSALS
from portal.web.unit_desk.attempts import counted
from portal.web.unit_desk.intake import NoRoom, NotTaken, Unwanted, Upload
from portal.web.unit_desk.own import own_report
from portal.web.unit_desk.room import full_words, refuse_beyond_day
from portal.web.words import PHOTO_REFUSALS, refusal_words
from portal.workflows.draft_photos import uploads_of
from portal.workflows.draft_videos import Filmed, add_video, remove_video, restore_video
from portal.workflows.keep_pace import count_or_refuse
from portal.workflows.receive_video import receive_video
from portal.workflows.resume_upload import finish_upload

bp = door(Blueprint("unit_films", __name__), Audience.UNIT)
bp.record_once(lambda state: state.app.extensions.setdefault("takes_photos", set()).add("unit_films.upload"))


def chosen_videos(sent: Request) -> list[Upload]:
    """The chosen videos of a request, in order; an input left empty is none."""
    return [
        Upload(name=clean(storage.filename, limit=200), arrival=_arrival(storage), replaces=None)
        for storage in sent.files.getlist("videos")
        if storage.filename
    ]


def take_videos(report_id: int, chosen: list[Upload]) -> list[NotTaken]:
    """Take every video that can be taken; name the others."""
    not_taken = []
    for upload in chosen:
        try:
            take_video(report_id, upload)
        except Unwanted as why:
            not_taken.append(NotTaken(name=upload.name, said=str(why)))
    return not_taken


def take_video(report_id: int, upload: Upload) -> int:
    """Take one video into the report; its id. Raises `Unwanted`."""
    try:
        _refuse_early(report_id, upload)
        filmed = _looked_into(upload)
        with writing() as (session, actor):
            report = own_report(session, report_id, actor)
            refuse_beyond_day(session, report, more=filmed.bytes, alone=True)
            video = add_video(
                session, report=report, arrived=filmed, actor=actor, queue=portal().queue, now=now()
            )
            session.flush()
            finish_upload(session, key=upload.key, taken=video)
            return video.id
    except FilmRefused as refused:
        raise Unwanted(FILM_REFUSALS[refused.refusal.value]()) from refused
    except (StoreFull, DatabaseFull) as full:
        raise NoRoom(full_words()) from full
    except StoreBroken as broken:
        raise Unwanted(PHOTO_REFUSALS["not_kept"]()) from broken
    except (DatabaseBusy, DatabaseGone) as busy:
        raise Unwanted(FILM_REFUSALS["busy"]()) from busy
    except (FilmRoomUnavailable, DarkroomUnavailable) as crashed:
        raise Unwanted(FILM_REFUSALS["crashed"]()) from crashed
    except Refused as refused:
        say = FILM_REFUSALS.get(refused.code)
        raise Unwanted(say() if say else refusal_words(refused)) from refused


def act_on_video(session: Session, report: Report, *, act: str, video_id: int, actor: Person) -> None:
    """Take a video out, or put it back."""
    video = next((each for each in report.all_videos if each.id == video_id), None)
    if video is None:
        return
    if act == "restore-video":
        restore_video(session, report=report, video=video, actor=actor, queue=portal().queue, now=now())
    elif video.removed_at is None:
        remove_video(session, report=report, video=video, actor=actor, now=now())


def video_cards(report: Report) -> list[dict[str, Any]]:
    """The report's videos as templates need them."""
    return [
        desk_films.card(video, place=place, folder=_folder(report, video))
        for place, video in enumerate(report.videos, start=1)
        if video.renditions
    ]


@bp.post("/desk/unit/reports/<int:report_id>/videos")
def upload(report_id: int) -> tuple[Response, int]:
    """One video, for a page that uploads by itself; answers the video as the page shows it."""
    chosen = chosen_videos(request)
    if len(chosen) != 1:
        return jsonify(said=FILM_REFUSALS["empty"]()), 422
    try:
        video_id = take_video(report_id, chosen[0])
    except Unwanted as why:
        later = isinstance(why.__cause__, TooOften)  # the page then offers to send it again
        status = 507 if isinstance(why, NoRoom) else 429 if later else 422
        return jsonify(said=str(why), name=chosen[0].name), status
    return video_answer(report_id, video_id), 201


def video_answer(report_id: int, video_id: int) -> Response:
    """The video as the page shows it; `removed` when it was taken out again meanwhile."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        card = next((each for each in video_cards(report) if each["id"] == video_id), None)
        html = render_template("unit_desk/_video.html", video=card, errors={}) if card else ""
        facts = {"count": len(report.videos), "room": MAX_VIDEOS - len(report.videos)}
        return jsonify(video=video_id, html=html, removed=card is None, **facts)


@bp.get("/desk/unit/reports/<int:report_id>/videos")
def states(report_id: int) -> Response:
    """How far the films are, for a page that asks again and again."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        return jsonify(
            videos=[
                {"id": card["id"], "state": card["state"], "said": card["said"], "percent": card["percent"]}
                for card in video_cards(report)
            ]
        )


@bp.get("/desk/unit/reports/<int:report_id>/videos/<int:video_id>/film.mp4")
def film(report_id: int, video_id: int) -> Response:
    """Our film of a video that may not be public yet."""
    with reading() as (session, actor):
        video = _video_of(session, own_report(session, report_id, actor), video_id)
        name = video.film.get("name")
    if name is None:
        raise NotFound
    try:
        return desk_films.staged_film(name)
    except MediaMissing:
        raise NotFound from None


@bp.get("/desk/unit/reports/<int:report_id>/videos/<int:video_id>/<int:edge>.<any(jpg, avif):extension>")
def poster(report_id: int, video_id: int, edge: int, extension: str) -> Response:
    """One of the pictures that stand for a video."""
    with reading() as (session, actor):
        video = _video_of(session, own_report(session, report_id, actor), video_id)
        name = desk_films.poster_name(video, edge, extension)
    if name is None:
        raise NotFound
    try:
        return desk_photos.staged(name)
    except MediaMissing:
        raise NotFound from None


def _video_of(session: Session, report: Report, video_id: int) -> Video:
    video = find(session, Video, video_id)
    if video.report_id != report.id:
        raise NotFound
    return video


def _folder(report: Report, video: Video) -> str:
    return url_for("unit_films.film", report_id=report.id, video_id=video.id).removesuffix("film.mp4")


def _refuse_early(report_id: int, upload: Upload) -> None:
    """What can be refused without looking into it; what cannot is counted against the person's pace."""
    if upload.arrival.too_large:
        raise Unwanted(FILM_REFUSALS["too_large"]())
    if upload.arrival.full:
        raise NoRoom(full_words())
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        if len(report.videos) >= MAX_VIDEOS:
            raise Unwanted(FILM_REFUSALS["too_many_videos"]())
        refuse_beyond_day(session, report, more=upload.arrival.size)
        pace = uploads_of(actor)
    count_or_refuse(portal().limits, pace, code="too_many_uploads", now=now())


def _looked_into(upload: Upload) -> Filmed:
    received = upload.arrival.finish()
    wired = portal()
    try:
        with counted(received, file_name=upload.name):
            return receive_video(
                received=received,
                file_name=upload.name,
                films=wired.films,
                darkroom=wired.darkroom,
                media=wired.media,
                scratch=wired.spool.scratch,
            )
    finally:
        wired.spool.discard(received)


def _arrival(storage: FileStorage) -> Arrival:
    arrival = storage.stream
    assert isinstance(arrival, Arrival), "uploads arrive through the spool"
    return arrival
