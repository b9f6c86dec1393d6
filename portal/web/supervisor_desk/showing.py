"""From the house's objects to what the templates of this desk show, and who may see them here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, make_response, render_template
from sqlalchemy.orm import Session

from portal.domain.errors import NoSuchThing
from portal.domain.lifecycle import ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import covers
from portal.domain.progress import Photo, Report
from portal.domain.redaction import covered_on
from portal.queries.review import Waiting, open_decisions
from portal.web import desk_films
from portal.web.covered import covered_words
from portal.web.desk import find
from portal.web.language import _, window_path
from portal.web.supervisor_desk import sentences

HOME = "/desk/supervision"
UNSENT = (ReportState.DRAFT, ReportState.DISCARDED)


def report_in_remit(session: Session, report_id: int, actor: Person) -> Report:
    """A report that has been sent, in the actor's remit. Raises `NoSuchThing` for anything else."""
    report = find(session, Report, report_id)
    if report.state in UNSENT or not covers(actor, report.project):
        raise NoSuchThing("no_such_thing")
    return report


def report_path(report: Report, *more: str) -> str:
    return window_path("/".join((f"{HOME}/reports/{report.id}", *more)))


def photo_shown(photo: Photo, *, number: int = 0) -> dict[str, Any]:
    """A photo for the macros of `components/photos.html`, from the staged room."""
    return {
        "media": report_path(photo.report, "photos", str(photo.id)) + "/",
        "renditions": [
            rendition | {"name": f"{rendition['edge']}.{rendition['name'].rpartition('.')[2]}"}
            for rendition in photo.renditions
        ],
        "alt": photo.caption or _("没有说明的照片"),
        "caption": photo.caption,
        "tone": photo.tone,
        "number": number or None,
        "covered": covered_words(covered_on(photo)),
    }


def queue_items(queue: Iterable[Waiting], *, current: int | None = None) -> list[dict[str, Any]]:
    """The queue for its macro."""
    return [
        {
            "href": report_path(waiting.report),
            "title": waiting.report.project.name,
            "unit": waiting.report.unit.name,
            "count": len(waiting.report.photos),
            "waited": sentences.waited(waiting.waited),
            "photo": _first_picture(waiting.report),
            "current": waiting.report.id == current,
            "signals": sentences.marks_of(waiting),
            "held_by": waiting.holder,
        }
        for waiting in queue
    ]


def _first_picture(report: Report) -> dict[str, Any] | None:
    """The first photo, or what stands for the first video."""
    if report.photos:
        return photo_shown(report.photos[0])
    video = next((each for each in report.videos if each.renditions), None)
    folder = report_path(report, "videos", str(video.id)) + "/" if video is not None else ""
    return None if video is None else desk_films.card(video, place=1, folder=folder)["poster"]


def around(queue: Sequence[Waiting], report_id: int, *, most: int) -> Sequence[Waiting]:
    """The stretch of the queue that holds this report, at most so many."""
    here = next((i for i, waiting in enumerate(queue) if waiting.report.id == report_id), 0)
    start = max(min(here - most // 3, len(queue) - most), 0)
    return queue[start : start + most]


def undo_bars(session: Session, actor: Person, now: dt.datetime) -> list[dict[str, Any]]:
    """What this person can still take back, newest first."""
    return [
        {
            "said": sentences.decided(decision),
            "action": window_path(f"{HOME}/decisions/{decision.id}/undo"),
            "seconds": max(int((decision.effect_at - now).total_seconds()), 1),
        }
        for decision in open_decisions(session, person=actor, now=now)
    ]


def gone_page(report: Report, *, headline: str, way_href: str, way: str) -> Response:
    """409: what has become of a submission that cannot be acted on here any more, and the way on."""
    context = {
        "headline": headline,
        "said": sentences.gone(report),
        "way_href": window_path(way_href),
        "way": way,
    }
    return make_response(render_template("supervisor_desk/gone.html", **context), 409)
