"""gunicorn's threads, which answer seen pages on the doorstep: with their headers as they were written the first time,
in one piece with the page, and without beginning a WSGI request.

What a request says is decided by gunicorn's parser and nobody else, before we look; its Response writes the headers
and says whether the connection stays. Whatever is not simply a page that was seen goes the usual way, as if nobody had
looked. tests/web/test_doorstep.py sends the same bytes both ways, and names what of gunicorn is relied on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gunicorn import SERVER, util
from gunicorn.http import wsgi
from gunicorn.workers.gthread import ThreadWorker

from portal.web.kept import Ready

Glance = Callable[[dict[str, Any], None], Ready | None]


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker of threads. An application that has no `glance` is served as ever."""

    _glance: Glance | None = None

    def load_wsgi(self) -> None:
        super().load_wsgi()
        said_of_each = self.log.access_log_enabled or self.cfg.statsd_host
        if not said_of_each and "SCRIPT_NAME" not in os.environ:
            self._glance = getattr(self.wsgi, "glance", None)

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Whether the connection stays open, as of gunicorn's own."""
        ready = self._seen(req)
        if ready is None:
            return bool(super().handle_request(req, conn))
        self.nr += 1
        full = len(self.keepalived_conns) >= self.max_keepalived
        stays = self.alive and self.cfg.keepalive and not full and not req.should_close()
        if not ready.written:
            ready.written.append(_written(wsgi.Response(req, conn.sock, self.cfg), ready))
        body = b"" if req.method == "HEAD" else ready.body
        conn.sock.sendall(_head(req.version, ready.status, stays, int(time.time())) + ready.written[0] + body)
        return bool(stays)

    def _seen(self, req: Any) -> Ready | None:
        """The answer for a page that was seen before; None where the usual way has to be gone."""
        if self._glance is None or req._expected_100_continue or self.nr + 1 >= self.max_requests:
            return None
        asked = asked_of(req)
        return None if asked is None else self._glance(asked, None)


def asked_of(req: Any) -> dict[str, Any] | None:
    """What a request asks for, as in gunicorn's environ. None where that would take more than copying: a header that
    comes twice, or one in the writing of environs, which may only be a proxy's."""
    asked = {
        "REQUEST_METHOD": req.method,
        "PATH_INFO": util.unquote_to_wsgi_str(req.path),
        "QUERY_STRING": req.query,
    }
    for name, value in req.headers:
        key = "HTTP_" + name.replace("-", "_")
        if key in asked or "_" in name:
            return None
        asked[key] = value
    return asked


@lru_cache(maxsize=64)
def _head(version: tuple[int, int], status: str, stays: bool, second: int) -> bytes:
    """The lines that gunicorn begins every answer with; the same for a second."""
    lines = (
        f"HTTP/{version[0]}.{version[1]} {status}",
        f"Server: {SERVER}",
        f"Date: {util.http_date(second)}",
        f"Connection: {'keep-alive' if stays else 'close'}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def _written(response: Any, ready: Ready) -> bytes:
    """The headers as gunicorn writes them, looked through by it, to the empty line."""
    response.process_headers(ready.headers)
    return "".join([*(f"{name}: {value}\r\n" for name, value in response.headers), "\r\n"]).encode("latin-1")
