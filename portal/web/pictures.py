"""Published photos before Flask: one bare look whether the record shows them, and the file.

Whatever is not simply "here it is" (withdrawn, never there, a part of a film, a store in trouble) is answered by the
window behind, in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wsgi import wrap_file

from portal.ports import MediaMissing, MediaStore, Space
from portal.web.headers import FILM_POLICY, MEDIA_POLICY
from portal.web.kept import BODILESS, known_tag

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from portal.database import Database

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
SHOWN = "SELECT COUNT(*) FROM (SELECT 1 FROM record_media WHERE name = {} LIMIT 1) AS shown"
AT_ONCE = 256 * 1024  # bytes that are read and sent in one piece


class Picked(Protocol):
    """What names a published file: the database where windows read, and the store."""

    @property
    def database(self) -> Database: ...
    @property
    def media(self) -> MediaStore: ...


def tag_of(name: str) -> str:
    """The validator of a file whose name says its content."""
    return name[:32]


def policy_of(name: str) -> str:
    return FILM_POLICY if name.endswith(".mp4") else MEDIA_POLICY


class Pictures:
    """Answers `/media/<name>` for what the record shows now."""

    def __init__(self, picked: Picked, *, hosts: Iterable[str], headers: Iterable[tuple[str, str]]) -> None:
        """hosts: those that are answered, all when there are none; headers: what every picture carries."""
        self._picked, self._headers = picked, tuple(headers)
        trusted = list(hosts)
        self._is_ours = lru_cache(maxsize=64)(lambda host: not trusted or host_is_trusted(host, trusted))

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        """Send a picture; None where the window behind has to answer."""
        name = environ["PATH_INFO"].removeprefix("/media/")
        if not NAME.fullmatch(name) or "HTTP_RANGE" in environ:
            return None
        if not self._is_ours(environ.get("HTTP_HOST", "")):
            return None
        try:
            if not self._picked.database.glance(SHOWN, (name,)):
                return None
            return self._sent(name, environ, start_response)
        except Exception:  # said in words behind, by the same trouble
            return None

    def _sent(self, name: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ending = name.rpartition(".")[2]
        headers = [
            *self._headers,
            ("Content-Type", TYPES[ending]),
            ("Cache-Control", FOR_EVER),
            ("Content-Security-Policy", policy_of(name)),
            ("ETag", f'"{tag_of(name)}"'),
        ]
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if known and known_tag(known, tag_of(name)):  # without asking the store for it
            start_response("304 Not Modified", [h for h in headers if h[0].lower() not in BODILESS])
            return [b""]
        store = self._picked.media
        size = store.size(Space.PUBLIC, name)
        headers += [("Content-Length", str(size)), ("Accept-Ranges", "bytes")]
        if environ["REQUEST_METHOD"] == "HEAD":
            start_response("200 OK", headers)
            return [b""]
        stream = store.open(Space.PUBLIC, name)
        if size > AT_ONCE:
            start_response("200 OK", headers)
            return wrap_file(environ, stream)
        with stream:
            body = stream.read()
        if len(body) != size:
            raise MediaMissing(name)
        start_response("200 OK", headers)
        return [body]
