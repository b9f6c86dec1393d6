"""A portal that really listens: its pages on a port of this machine, its worker beside them, the time as it is."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from tests.small_district import SmallDistrict, build

WORKER_PAUSE = 0.3  # seconds


class RunningClock:
    """The real time, and as far ahead of it as a test has moved it."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def forward(self, **delta: float) -> dt.datetime:
        self.ahead += dt.timedelta(**delta)
        return self()


@dataclass(frozen=True)
class Site:
    """A served portal. `address` has no slash at its end."""

    address: str
    portal: Portal
    district: SmallDistrict
    clock: RunningClock


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Requests are no news."""


@contextlib.contextmanager
def serving(folder: Path, *, migrated: Path) -> Iterator[Site]:
    """A small district in a folder of its own, served until the block ends."""
    shutil.copy(migrated, folder / "portal.sqlite")
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'portal.sqlite'}",
        media_url=f"file:{folder / 'uploads'}",
        search_url=f"whoosh:{folder / 'index'}",
        instance=folder / "instance",
        secret_key="a secret key that is only for tests, and long",
    )
    clock = RunningClock()
    portal = wire(settings, now=clock)
    try:
        district = build(portal, now=clock())
        server = make_server("127.0.0.1", 0, create_app(portal), threaded=True, request_handler=QuietHandler)
        server.daemon_threads = True  # type: ignore[attr-defined]
        with _running(server.serve_forever, ended=server.shutdown), _working(portal):
            yield Site(f"http://127.0.0.1:{server.server_port}", portal, district, clock)
        server.server_close()
    finally:
        portal.close()


@contextlib.contextmanager
def _working(portal: Portal) -> Iterator[None]:
    """The worker, looking a few times a second."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(WORKER_PAUSE):
            run_once(portal)

    with _running(work, ended=stop.set):
        yield


@contextlib.contextmanager
def _running(act, *, ended) -> Iterator[None]:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended()
        thread.join()
