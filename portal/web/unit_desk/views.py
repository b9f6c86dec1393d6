"""The views of a project on the report form: what to photograph again, and what it looked like before."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal.domain.progress import Photo, Report
from portal.queries.views import ViewShown, views_of
from portal.record.pictures import Picture
from portal.web.headers import allow_camera
from portal.web.language import _


def viewfinder(session: Session, report: Report) -> list[dict[str, Any]]:
    """The views that are photographed now, those of the report's milestone first, each with its reference. A page
    that shows any may ask for the camera."""
    shown = [each for each in views_of(session, report.project) if each.view.closed_at is None]
    if shown:
        allow_camera()
    shown.sort(
        key=lambda each: each.view.milestone_id is None or each.view.milestone_id != report.milestone_id
    )
    return [_view(each, report) for each in shown]


def view_options(photo: Photo) -> list[tuple[str, str]]:
    """What a photo can be filed under: the views in use, and the one it is filed under already."""
    return [
        (str(view.ordinal), view.name)
        for view in photo.report.project.views
        if view.closed_at is None or view is photo.view
    ]


def view_chosen(photo: Photo) -> str:
    return str(photo.view.ordinal) if photo.view is not None else ""


def reference_shown(picture: Picture) -> dict[str, Any]:
    """A published photo for the macros of `components/photos.html`."""
    return {
        "renditions": picture.photo["renditions"],
        "alt": picture.photo["caption"] or _("参照照片"),
        "tone": picture.photo["tone"],
        "day": picture.day,
    }


def _view(each: ViewShown, report: Report) -> dict[str, Any]:
    view = each.view
    return {
        "ordinal": view.ordinal,
        "name": view.name,
        "milestone": view.milestone.name if view.milestone is not None else "",
        "wanted": view.milestone_id is not None and view.milestone_id == report.milestone_id,
        "taken": sum(photo.view_id == view.id for photo in report.photos),
        "reference": reference_shown(each.reference) if each.reference is not None else None,
    }
