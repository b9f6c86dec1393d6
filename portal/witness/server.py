"""A witness as a WSGI application, for the server that the portal uses too."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from portal.witness.memory import Memory, Unusable
from portal.witness.protocol import LARGEST, Answer, add_checkpoint

log = logging.getLogger(__name__)
WORDS = {
    200: "200 OK", 400: "400 Bad Request", 403: "403 Forbidden", 404: "404 Not Found", 405: "405 Method Not Allowed",
    409: "409 Conflict", 422: "422 Unprocessable Entity", 503: "503 Service Unavailable",
}  # fmt: skip

Start = Callable[[str, list[tuple[str, str]]], object]


class Application:
    """Serves one folder. Raises `Unusable` when it cannot."""

    def __init__(self, folder: Path) -> None:
        self._memory = Memory(folder)
        self._key, self._logs = self._memory.key(), self._memory.logs()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        try:
            answer = self._answer(environ)
        except (Unusable, OSError) as trouble:
            log.critical("nothing is signed: %s", trouble)
            answer = Answer(status=503, body="this witness cannot sign now; its operator can read why\n")
        data = answer.body.encode()
        headers = [
            ("Content-Type", answer.kind),
            ("Content-Length", str(len(data))),
            ("Cache-Control", "no-store"),
        ]
        if answer.status == 405:
            headers.append(("Allow", "POST" if environ["PATH_INFO"] == "/add-checkpoint" else "GET, HEAD"))
        start(WORDS[answer.status], headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path not in ("/", "/add-checkpoint"):
            return Answer(status=404, body="a witness has / and /add-checkpoint\n")
        if method not in (("POST",) if path == "/add-checkpoint" else ("GET", "HEAD")):
            return Answer(status=405, body="not like that\n")
        if path == "/":
            return Answer(status=200, body=self._page())
        body = _body(environ)
        now = dt.datetime.now(dt.UTC)
        return add_checkpoint(body, memory=self._memory, key=self._key, logs=self._logs, now=now)

    def _page(self) -> str:
        lines = [
            f"{self._key.name}",
            "见证方：记住每本公开记录上次有多长，只给接着往后写的签名。",
            "A witness: it remembers how long each log was, and signs only what extends that. (c2sp.org/tlog-witness)",
            "",
            f"vkey  {self._key.public.line}",
        ]
        for origin in sorted(self._logs):
            seen = self._memory.seen(origin, key=self._key.public)
            told = "nothing yet" if seen is None else f"{seen.size} entries, {seen.at}"
            lines.append(f"log   {origin}  {told}")
        return "\n".join(lines) + "\n"


def _body(environ: dict[str, Any]) -> bytes:
    """What was sent, or one byte more than is taken."""
    told = str(environ.get("CONTENT_LENGTH") or "")
    if told.isascii() and told.isdigit():
        size = min(int(told), LARGEST + 1)
    else:  # in pieces, whose end the server knows
        size = LARGEST + 1 if environ.get("wsgi.input_terminated") else 0
    body: bytes = environ["wsgi.input"].read(size)
    return body


def serve(folder: str) -> Application:
    """What gunicorn is told to run."""
    return Application(Path(folder))
