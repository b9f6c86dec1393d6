"""Photos of the unit's own reports, as they will be shown. Only our renditions; originals stay sealed."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from portal.ports import MediaMissing
from portal.queries.unit_work import photo_of
from portal.web import desk_photos
from portal.web.desk import reading
from portal.web.doors import Audience, door
from portal.web.unit_desk.own import own_report

bp = door(Blueprint("unit_previews", __name__), Audience.UNIT)

FORMATS = {"jpg": "jpeg", "avif": "avif"}


@bp.get("/desk/unit/reports/<int:report_id>/photos/<int:photo_id>/<int:edge>.<extension>")
def preview(report_id: int, photo_id: int, edge: int, extension: str) -> Response:
    """One rendition of a photo that may not be public yet."""
    if extension not in FORMATS:
        raise NotFound
    with reading() as (session, actor):
        photo = photo_of(session, report=own_report(session, report_id, actor), photo_id=photo_id)
        named = (
            [r["name"] for r in photo.renditions if (r["edge"], r["format"]) == (edge, FORMATS[extension])]
            if photo
            else []
        )
    if not named:
        raise NotFound
    try:
        return desk_photos.staged(named[0])
    except MediaMissing:
        raise NotFound from None
