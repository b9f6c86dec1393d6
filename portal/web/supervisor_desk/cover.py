"""Covering what must not be seen on a photo (打码): while it is reviewed, and after it was published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, NoSuchThing, NotPermitted, Refused, Stale
from portal.domain.lifecycle import ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import Photo, Report
from portal.domain.redaction import Cover
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.developed import PhotoRefused
from portal.ports import StoreFull
from portal.queries.covers import public_elsewhere
from portal.queries.review import WAITING
from portal.rules.boxes import MOST_BOXES
from portal.web.covered import COVER_KINDS
from portal.web.desk import find, now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.headers import MEDIA_POLICY
from portal.web.language import _
from portal.web.supervisor_desk.covering import (
    SPARE,
    Row,
    TypedCovers,
    covers_typed,
    heard,
    row_of,
    told,
)
from portal.web.supervisor_desk.review import why_blocked
from portal.web.supervisor_desk.showing import HOME, gone_page, photo_shown, report_in_remit, report_path
from portal.web.words import by_field, refusal_words
from portal.workflows.cover_photo import cover_photo, planned, redact_photo, settled_on
from portal.workflows.develop_again import Covered, develop_covered, develop_to_look
from portal.workflows.open_original import may_see_original, see_uncovered

bp = door(Blueprint("supervisor_cover", __name__), Audience.SUPERVISION)
PHOTO = "/desk/supervision/reports/<int:report_id>/photos/<int:photo_id>"
TROUBLE = (PhotoRefused, DarkroomUnavailable, StoreFull)


@bp.get(f"{PHOTO}/cover")
def form(report_id: int, photo_id: int) -> Response:
    """The photo with its boxes. `?under=1` shows what is under them, and that is written down."""
    return _page(report_id, photo_id)


@bp.get(f"{PHOTO}/uncovered.jpg")
def uncovered(report_id: int, photo_id: int) -> Response:
    """The original without its covers, developed for this look alone; who looks is written down first."""
    with writing() as (session, actor):
        photo = _photo(session, report_in_remit(session, report_id, actor), photo_id)
        original = see_uncovered(session, photo=photo, actor=actor, now=now())
        size = photo.original_bytes
    try:
        data = develop_to_look(original=original, size=size, spool=portal().spool, **_rooms())
    except (Refused, *TROUBLE):
        raise NoSuchThing("no_such_thing") from None
    answer = Response(data, mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = MEDIA_POLICY
    return answer


@bp.post(f"{PHOTO}/cover")
def cover(report_id: int, photo_id: int) -> BaseResponse:
    """Develop the photo with the boxes and put it in the place of what was there."""
    typed = covers_typed(request.form)
    if typed.errors:
        return _page(report_id, photo_id, typed=typed, status=422)
    try:
        where = _cover(report_id, photo_id, typed.covers)
    except Invalid as refusal:
        errors = by_field(refusal.problems)
        return _page(
            report_id, photo_id, typed=TypedCovers(rows=typed.rows, covers=(), errors=errors), status=422
        )
    except (NotPermitted, NoSuchThing):
        raise
    except Refused as refusal:
        return _page(report_id, photo_id, typed=typed, said=refusal_words(refusal), status=409)
    except TROUBLE:
        said = _("这一张没有盖成，什么都没有变。过一会儿再按一次；还是不成，就退回这张照片或撤下报送。")
        return _page(report_id, photo_id, typed=typed, said=said, status=503)
    return redirect(where, 303)


def _cover(report_id: int, photo_id: int, wanted: Sequence[Cover]) -> str:
    """Where to go on. The developing stands between two transactions, so that nobody waits for it."""
    with reading() as (session, actor):
        photo = _photo(session, report_in_remit(session, report_id, actor), photo_id)
        plan = planned(session, photo=photo, wanted=wanted, actor=actor)
        original, size = photo.original_name, photo.original_bytes
    covered = develop_covered(original=original, size=size, covers=plan, spool=portal().spool, **_rooms())
    with writing() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        _put(session, _photo(session, report, photo_id), covered, actor)
        return report_path(report, "photos", str(photo_id), "cover")


def _put(session: Session, photo: Photo, covered: Covered, actor: Person) -> None:
    seen = heard(request.form.get("seen", ""))
    if seen is None:
        raise Stale("covers_changed_elsewhere")
    how: dict[str, Any] = {"photo": photo, "covered": covered, "seen": seen, "actor": actor}
    how |= {"queue": portal().queue, "now": now()}
    if photo.report.state is ReportState.PUBLISHED:
        seq = redact_photo(session, media=portal().media, **how)
        say(_("已遮住并重新公开，存证第 %(n)s 条。旧图的地址从现在起打不开。", n=seq))
    else:
        cover_photo(session, **how)
        say(_("已存。下面就是公众会看到的样子。"))


def _rooms() -> dict[str, Any]:
    return {"darkroom": portal().darkroom, "media": portal().media}


def _photo(session: Session, report: Report, photo_id: int) -> Photo:
    """A photo that this report stands with. Raises `NoSuchThing` for any other."""
    photo = find(session, Photo, photo_id)
    if photo.report_id != report.id or photo.removed_at is not None or not photo.renditions:
        raise NoSuchThing("no_such_thing")
    return photo


def _page(
    report_id: int, photo_id: int, *, typed: TypedCovers | None = None, said: str = "", status: int = 200
) -> Response:
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        permit_report(actor, ReportAct.COVER, report)
        if report.state not in (*WAITING, ReportState.PUBLISHED):
            return gone_page(report, headline=_("现在不能打码"), way_href=HOME, way=_("回到待审核"))
        photo = _photo(session, report, photo_id)
        context = _context(session, report, photo, actor, typed)
        return make_response(render_template("supervisor_desk/cover.html", said=said, **context), status)


def _context(
    session: Session, report: Report, photo: Photo, actor: Person, typed: TypedCovers | None
) -> dict[str, Any]:
    public, settled = report.state is ReportState.PUBLISHED, settled_on(session, photo)
    rows = list(typed.rows) if typed is not None else [] if public else [row_of(c) for c in settled]
    under = bool(photo.redactions) and may_see_original(photo, actor)
    path = report_path(report, "photos", str(photo.id), "cover")
    looking = under and "under" in request.args
    return {
        "report": report,
        "path": path,
        "photo": photo,
        "public": public,
        "shown": photo_shown(photo),
        "looking": looking,
        "under_href": f"{path}?under=1" if under and not looking else "",
        "under_src": path.removesuffix("cover") + "uncovered.jpg",
        "settled": [(COVER_KINDS[c.kind.value](), row_of(c)) for c in settled] if public else [],
        "seen": told(settled),
        "rows": [*rows, *[Row()] * SPARE][: MOST_BOXES + SPARE],
        "filled": len(rows),
        "kinds": [(kind, say_kind()) for kind, say_kind in COVER_KINDS.items()],
        "errors": typed.errors if typed is not None else {},
        "photos": [
            (n, p, report_path(report, "photos", str(p.id), "cover")) for n, p in enumerate(report.photos, 1)
        ],
        "elsewhere": public_elsewhere(session, photo),
        "blocked": "" if public else why_blocked(report, actor),
        "back": f"{HOME}/published" if public else f"{HOME}/reports/{report.id}",
        "most": MOST_BOXES,
    }
