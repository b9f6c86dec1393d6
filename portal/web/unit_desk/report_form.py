"""Writing a report: one plain form that saves words first, then takes the photos, then does the act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.database import TROUBLE
from portal.domain.errors import Invalid, Problem, Stale, TooOften, WrongState
from portal.domain.organisation import Person
from portal.domain.progress import Photo, Report, Video
from portal.web import filters
from portal.web.desk import find, now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.unit_desk.films import act_on_video, chosen_videos, take_videos
from portal.web.unit_desk.intake import NoRoom, NotTaken, Unwanted, take_in, take_one, uploads
from portal.web.unit_desk.own import CAN_BE_WRITTEN, own_report
from portal.web.unit_desk.receipts import give_for
from portal.web.unit_desk.report_page import Said, form_page, photo_card, receipt_page
from portal.web.unit_desk.typed import Typed, read_typed
from portal.web.words import PHOTO_REFUSALS, by_field
from portal.workflows.compare_photos import ask_to_compare
from portal.workflows.draft_photos import move_photo, remove_photo
from portal.workflows.draft_report import discard_draft, save_draft
from portal.workflows.restore_photo import restore_photo
from portal.workflows.submit_report import missing, submit_report, unanswered

bp = door(Blueprint("unit_report", __name__), Audience.UNIT)
bp.record_once(
    lambda state: state.app.extensions.setdefault("takes_photos", set()).update(
        {"unit_report.send", "unit_report.upload"}
    )
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a sent form. Empty: everything was done."""

    problems: tuple[Problem, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()
    stale: bool = False
    busy: bool = False
    gone: bool = False  # the report is no longer in the unit's hands

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows it."""
        if self.busy or self.stale or self.gone:
            return 503 if self.busy else 409
        return 507 if any(each.full for each in self.not_taken) else 422


@bp.get("/desk/unit/reports/<int:report_id>")
def show(report_id: int) -> str:
    """The form while the unit can write, else the receipt."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        if report.state in CAN_BE_WRITTEN:
            return form_page(
                session,
                report,
                said=Said(removed=_removed(session, report), removed_video=_removed_video(session, report)),
            )
        return receipt_page(session, report, errors={}, typed={})


@bp.post("/desk/unit/reports/<int:report_id>")
def send(report_id: int) -> BaseResponse | tuple[str, int]:
    """The whole form: words, photos, act."""
    typed = read_typed(request.form, report_id=report_id)
    chosen, videos = uploads(request), chosen_videos(request)
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        if typed.key is not None and typed.key == report.idempotency_key:
            return redirect(url_for(".show", report_id=report_id), 303)  # this very sending arrived before
    outcome = _save(report_id, typed)
    if not (outcome.busy or outcome.gone):
        outcome = _merged(outcome, not_taken=[*take_in(report_id, chosen), *take_videos(report_id, videos)])
        outcome = _merged(outcome, problems=_act(report_id, typed, hold=outcome != Outcome()))
    elif outcome.busy:
        busy = PHOTO_REFUSALS["busy"]()
        not_taken = [NotTaken(name=each.name, said=busy) for each in (*chosen, *videos)]
        outcome = _merged(outcome, not_taken=not_taken)
    return _done(report_id, typed) if outcome == Outcome() else _again(report_id, typed, outcome)


@bp.post("/desk/unit/reports/<int:report_id>/draft")
def autosave(report_id: int) -> Response | tuple[Response, int]:
    """The words, and an act on one photo, for a page that saves by itself."""
    typed = read_typed(request.form, report_id=report_id)
    with writing() as (session, actor):
        report = own_report(session, report_id, actor)
        problems = save_draft(
            session,
            report=report,
            words=typed.words(report),
            seen_version=typed.version,
            actor=actor,
            now=now(),
        )
        _act_on_photo(session, report, typed, actor)
        session.flush()
        return jsonify(
            version=report.version_id,
            saved=f"{filters.as_moment(now()):%H:%M}",
            problems=by_field(problems),
            photos=[photo.id for photo in sorted(report.photos, key=lambda each: (each.position, each.id))],
        )


@bp.post("/desk/unit/reports/<int:report_id>/photos")
def upload(report_id: int) -> tuple[Response, int]:
    """One photo, for a page that uploads by itself; answers the photo as the page shows it."""
    chosen = uploads(request)
    if len(chosen) != 1:
        return jsonify(said=PHOTO_REFUSALS["empty"]()), 422
    try:
        photo_id = take_one(report_id, chosen[0])
    except Unwanted as why:
        later = isinstance(why.__cause__, TooOften)  # the page then offers to send it again
        status = 507 if isinstance(why, NoRoom) else 429 if later else 422
        return jsonify(said=str(why), name=chosen[0].name), status
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        card = photo_card(report, find(session, Photo, photo_id), typed={})
        html = render_template("unit_desk/_photo.html", report=report, photo=card, errors={})
        return jsonify(photo=photo_id, html=html, version=report.version_id, count=len(report.photos)), 201


def _save(report_id: int, typed: Typed) -> Outcome:
    try:
        with writing() as (session, actor):
            report = own_report(session, report_id, actor)
            problems = save_draft(
                session,
                report=report,
                words=typed.words(report),
                seen_version=typed.version,
                actor=actor,
                now=now(),
            )
            return Outcome(problems=tuple(problems))
    except Stale:
        return Outcome(stale=True)
    except WrongState:
        return Outcome(gone=True)
    except TROUBLE:
        return Outcome(busy=True)


def _act(report_id: int, typed: Typed, *, hold: bool) -> list[Problem]:
    """Do what the button says. With `hold`, nothing is sent or thrown away, only what is missing is said."""
    with writing() as (session, actor):
        report = own_report(session, report_id, actor)
        if typed.act == "submit" and hold:
            return [*missing(report), *unanswered(report)]
        if typed.act == "submit":
            try:
                if submit_report(session, report=report, actor=actor, key=typed.key, now=now()):
                    give_for(session, report)
                    ask_to_compare(session, report=report, queue=portal().queue, now=now())
            except Invalid as invalid:
                return list(invalid.problems)
        elif typed.act == "discard" and not hold:
            discard_draft(session, report=report, actor=actor, now=now())
        else:
            _act_on_photo(session, report, typed, actor)
    return []


def _act_on_photo(session: Session, report: Report, typed: Typed, actor: Person) -> None:
    if typed.photo_id is None:
        return
    if typed.act in ("remove-video", "restore-video"):
        act_on_video(session, report, act=typed.act, video_id=typed.photo_id, actor=actor)
        return
    photo = next((each for each in report.all_photos if each.id == typed.photo_id), None)
    if photo is None:
        return  # removed by somebody else meanwhile; the page that follows shows it
    if typed.act == "restore":
        restore_photo(session, report=report, photo=photo, actor=actor, now=now())
    elif photo.removed_at is not None:
        return
    elif typed.act == "remove":
        remove_photo(session, report=report, photo=photo, actor=actor, now=now())
    else:
        up = typed.act == "earlier"
        move_photo(session, report=report, photo=photo, up=up, actor=actor, now=now())


def _done(report_id: int, typed: Typed) -> BaseResponse:
    anchor, removed, video = None, None, None
    if typed.act == "discard":
        say(_("草稿作废了。"))
        return redirect(url_for("unit_home.home"), 303)
    if typed.act == "submit":
        say(_("已报送。审核通过后自动公开，这一页能看到走到哪一步。"))
    elif typed.act == "save":
        say(_("已保存 %(at)s", at=f"{filters.as_moment(now()):%H:%M}"))
    elif typed.act == "remove":
        anchor, removed = "photos", typed.photo_id
    elif typed.act in ("remove-video", "restore-video"):
        anchor, video = "videos", typed.photo_id if typed.act == "remove-video" else None
    else:
        anchor = f"photo-{typed.photo_id}"
    return redirect(url_for(".show", report_id=report_id, removed=removed, video=video, _anchor=anchor), 303)


def _again(report_id: int, typed: Typed, outcome: Outcome) -> BaseResponse | tuple[str, int]:
    """The page once more, with everything typed and everything that is wrong."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        if typed.key is not None and typed.key == report.idempotency_key:
            return redirect(url_for(".show", report_id=report_id), 303)  # its twin was faster
        if report.state not in CAN_BE_WRITTEN:
            return receipt_page(session, report, errors={}, typed=typed.fields), outcome.status
        said = Said(
            typed=typed.fields,
            errors=by_field(outcome.problems),
            not_taken=outcome.not_taken,
            stale=outcome.stale,
            busy=outcome.busy,
        )
        return form_page(session, report, said=said), outcome.status


def _merged(
    outcome: Outcome, *, problems: Iterable[Problem] = (), not_taken: Iterable[NotTaken] = ()
) -> Outcome:
    return Outcome(
        problems=(*outcome.problems, *problems),
        not_taken=(*outcome.not_taken, *not_taken),
        stale=outcome.stale,
        busy=outcome.busy,
        gone=outcome.gone,
    )


def _removed(session: Session, report: Report) -> int | None:
    """The photo whose removal can be taken back, when the page was reached by removing it."""
    asked = request.args.get("removed", type=int)
    photo = session.get(Photo, asked) if asked else None
    return photo.id if photo is not None and photo.report_id == report.id and photo.removed_at else None


def _removed_video(session: Session, report: Report) -> int | None:
    asked = request.args.get("video", type=int)
    video = session.get(Video, asked) if asked else None
    return video.id if video is not None and video.report_id == report.id and video.removed_at else None
