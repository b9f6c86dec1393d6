"""Sealed originals of a submission's photos and videos, handed to who may decide it."""

from __future__ import annotations

from flask import Response

from portal.domain.errors import NoSuchThing
from portal.domain.progress import Photo, Video
from portal.ports import MediaMissing
from portal.web import desk_photos
from portal.web.desk import find, now, writing
from portal.web.supervisor_desk.showing import report_in_remit
from portal.workflows.open_original import open_original


def handed_out(report_id: int, kind: type[Photo] | type[Video], media_id: int) -> Response:
    """The original, exactly as it came, as a download; who took it is written down first. Raises `NoSuchThing` where
    the report has none, and `NotPermitted`."""
    with writing() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        media = find(session, kind, media_id)
        if media.report_id != report.id:
            raise NoSuchThing("no_such_thing")
        name = open_original(session, media=media, actor=actor, now=now())
        try:
            return desk_photos.sealed(name)
        except MediaMissing:  # and it is not written down as handed out
            raise NoSuchThing("no_such_thing") from None
