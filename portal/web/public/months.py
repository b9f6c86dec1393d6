"""What the record had when each month ended, for paper: a notice board, a newspaper, the archives."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy.orm import Session

from portal.record.checkpoint import Checkpoint
from portal.record.notes import Note
from portal.record.paper import (
    CHINESE,
    ENGLISH,
    code_svg,
    code_text,
    ended_with,
    is_over,
    months_over,
    words_of,
)
from portal.record.shelf import Shelf
from portal.record.signed import generation_of, generations
from portal.record.tables import SignedCheckpoint
from portal.record.witnessing import lines_tag, lines_under
from portal.rules.clock import day_of, end_of, last_day, month_of
from portal.web.public.receipts import MONTH
from portal.web.windows import as_of, portal, window

bp = Blueprint("public_months", __name__)

FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/record/months")
def months() -> Response:
    """The months that are over, newest first, and when the running one will be."""
    with portal().database.viewing() as session:
        known = months_over(session, now=_moment())
    this = _this_month()

    def render(_shelf: Shelf) -> str:
        return render_template(
            "public/months.html", months=known, this=this, comes_on=last_day(this) + dt.timedelta(days=1)
        )

    return window("*", render=render, also=f"months {known[:1]} {len(known)} {this}")


@bp.get("/record/months/<month>")
def of_month(month: str) -> Response:
    """One month: size, root, who signed; in words and as a code, to be printed."""
    over = _is_over(month)
    with portal().database.viewing() as session:
        row = ended_with(session, month) if over else None
        tag = lines_tag(session, None if row is None else row.id)

    def render(shelf: Shelf) -> str:
        row = ended_with(shelf.session, month) if over else None
        return render_template(
            "public/month.html",
            month=month,
            over=over,
            comes_on=last_day(month) + dt.timedelta(days=1),
            told=None if row is None else _told(shelf.session, row, month),
            host=request.host_url,
        )

    return window("*", render=render, also=f"month {over} {tag} {request.host_url}")


@bp.get("/record/months/<month>.svg")
def code(month: str) -> Response:
    """The code of a month that is over, which never changes."""
    if not _is_over(month):
        abort(404)
    with portal().database.viewing() as session:
        row = ended_with(session, month)
        if row is None:
            abort(404)
        told = Checkpoint.parse(Note.parse(row.note.encode()).text)
    picture = code_svg(code_text(told, month))
    return Response(picture, content_type="image/svg+xml", headers={"Cache-Control": FOR_EVER})


def _moment() -> dt.datetime:
    """Now, or the end of the past day that is asked for."""
    now, day = portal().now(), as_of()
    return now if day is None else min(now, end_of(day))


def _this_month() -> str:
    return month_of(as_of() or day_of(portal().now()))


def _is_over(month: str) -> bool:
    """Whether a month has ended. A month that has not begun is not found."""
    if not MONTH.fullmatch(month) or month > _this_month():
        abort(404)
    return is_over(month, now=_moment())


def _told(session: Session, row: SignedCheckpoint, month: str) -> dict[str, Any]:
    note = Note.parse(row.note.encode())
    told, generation = Checkpoint.parse(note.text), generation_of(note, generations(session))
    policy = portal().policy
    lines = Note(text=note.text, signatures=tuple(lines_under(session, row.id)))
    signed = {} if policy is None else policy.signed(lines)
    moment = _moment()
    return {
        "origin": told.origin,
        "size": told.size,
        "root": told.root.hex(),
        "at": row.at,
        "within": month_of(day_of(row.at)) == month,
        "characters": words_of(told.root, CHINESE),
        "words": words_of(told.root, ENGLISH),
        "generation": generation.number,
        "keys": [
            (kind, key.id.hex()) for kind, key in zip(("Ed25519", "ML-DSA-44"), generation.keys, strict=True)
        ],
        "witnesses": [(name, each.at) for name, each in signed.items() if each.at <= moment],
        "of": 0 if policy is None else len(policy.witnesses),
    }
