"""Photos that are not published, and originals, for desks: through the portal, or from the bucket by an address that is
good for a minute where browsers reach it."""

from __future__ import annotations

from flask import Response, send_file

from portal.ports import Space
from portal.web.desk import portal
from portal.web.headers import MEDIA_POLICY

SIGNED_SECONDS = 60  # long enough to follow the address, too short to pass it on
TYPES = {
    "jpg": "image/jpeg", "avif": "image/avif", "png": "image/png", "webp": "image/webp", "heic": "image/heic",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
}  # fmt: skip


def staged(name: str) -> Response:
    """One of our renditions. Raises `MediaMissing`."""
    media, mimetype = portal().media, TYPES[name.rpartition(".")[2]]
    if address := media.signed(Space.STAGED, name, seconds=SIGNED_SECONDS, mimetype=mimetype):
        return sent_to(address)
    with media.open(Space.STAGED, name) as stream:
        answer = Response(stream.read(), mimetype=mimetype)
    answer.headers["Content-Security-Policy"] = MEDIA_POLICY
    return answer


def sealed(name: str) -> Response:
    """An original, exactly as it came, as a download. Raises `MediaMissing`."""
    media = portal().media
    mimetype = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    if address := media.signed(Space.SEALED, name, seconds=SIGNED_SECONDS, mimetype=mimetype, saved_as=name):
        return sent_to(address)
    stream, size = media.open(Space.SEALED, name), media.size(Space.SEALED, name)
    answer = send_file(stream, mimetype=mimetype, as_attachment=True, download_name=name)
    answer.content_length = size
    answer.headers["Content-Security-Policy"] = MEDIA_POLICY
    return answer


def sent_to(address: str) -> Response:
    """The way to an address that the store has signed."""
    answer = Response(status=303)
    answer.location, answer.autocorrect_location_header = address, False
    return answer
