"""Public renditions of photos and our films of videos, and nothing else: originals are never served."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, request

from portal.ports import MediaMissing, Space
from portal.record.shelf import Shelf
from portal.web.headers import FILM_POLICY, MEDIA_POLICY
from portal.web.public.gone import gone
from portal.web.ranges import ranged
from portal.web.windows import photo_url, portal

bp = Blueprint("public_media", __name__)

NAME = re.compile(r"[0-9a-f]{64}\.(?:jpg|avif|webp|png|mp4)")
TYPES = {
    "jpg": "image/jpeg",
    "avif": "image/avif",
    "webp": "image/webp",
    "png": "image/png",
    "mp4": "video/mp4",
}
# A name is the hash of its content, so readers keep it for ever. Whoever stands between (a CDN) asks every minute
# whether the record still shows it: what is withdrawn is gone there too, without our calling anybody.
FOR_EVER = "public, max-age=31536000, s-maxage=60, immutable"


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
    digest, _dot, ending = name.partition(".")
    if request.if_none_match.contains(digest[:32]):
        return _kept_for_ever(Response(status=304), digest)  # without asking the store for it
    try:
        size = wired.media.size(Space.PUBLIC, name)
        stream = wired.media.open(Space.PUBLIC, name)
    except MediaMissing:
        abort(404)
    response = ranged(request.environ, stream, size=size, mimetype=TYPES[ending], tag=digest[:32])
    return _kept_for_ever(response, digest)


def _kept_for_ever(response: Response, digest: str) -> Response:
    response.set_etag(digest[:32])
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Security-Policy"] = (
        FILM_POLICY if response.mimetype == "video/mp4" else MEDIA_POLICY
    )
    if not photo_url("").startswith("/"):  # a page of another origin than the CDN's shows it
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
