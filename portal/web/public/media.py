"""Public renditions of photos and our films of videos, and nothing else: originals are never served."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from portal.ports import MediaMissing, Space
from portal.record.shelf import Shelf
from portal.web.pictures import FOR_EVER, NAME, TYPES, policy_of, tag_of
from portal.web.public.gone import gone
from portal.web.ranges import ranged
from portal.web.windows import photo_url, portal

bp = Blueprint("public_media", __name__)


@bp.get("/media/<name>")
def media(name: str) -> Response:
    """A rendition or a film that an entry of the record shows. What was withdrawn is gone, with the reason; what never
    was is not found."""
    if not NAME.fullmatch(name):
        abort(404)
    wired = portal()
    with wired.database.viewing() as session:
        shelf = Shelf(session)
        if not shelf.shows_media(name):
            took = shelf.what_took(name)
            if took is None:
                abort(404)
            page, status = gone(shelf, took)
            return Response(page, status=status)
    if request.if_none_match.contains(tag_of(name)):
        return _kept_for_ever(Response(status=304), name)  # without asking the store for it
    try:
        size = wired.media.size(Space.PUBLIC, name)
        stream = wired.media.open(Space.PUBLIC, name)
    except MediaMissing:
        abort(404)
    response = ranged(
        request.environ, stream, size=size, mimetype=TYPES[name.rpartition(".")[2]], tag=tag_of(name)
    )
    return _kept_for_ever(response, name)


def _kept_for_ever(response: Response, name: str) -> Response:
    response.set_etag(tag_of(name))
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Security-Policy"] = policy_of(name)
    if not photo_url("").startswith("/"):  # a page of another origin than the CDN's shows it
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
