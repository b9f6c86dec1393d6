"""A PostgreSQL server of one test, which it may stop, kill and follow with a replica."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from services import postgresql
from services.machine import Trouble
from tests.services import needs

HEALS_WITHIN = 60.0  # seconds


class OwnServer:
    """`url` is of its superuser."""

    def __init__(self, folder: Path, *, of: OwnServer | None = None) -> None:
        """of: the server that this one is a streaming replica of."""
        self.folder = folder
        started = postgresql.start(folder) if of is None else postgresql.start_replica(folder, of=of.port)
        self.url = started["PORTAL_TEST_POSTGRESQL"]

    @classmethod
    @contextmanager
    def running(cls, *, of: OwnServer | None = None) -> Iterator[OwnServer]:
        """One that is gone, with all it holds, at the end."""
        needs("PORTAL_TEST_POSTGRESQL")  # where one server can be started, another can
        folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
        folder.chmod(0o755)
        try:
            yield cls(folder, of=of)
        finally:
            postgresql.stop(folder)
            shutil.rmtree(folder)

    @property
    def port(self) -> int:
        port = make_url(self.url).port
        assert port
        return port

    def kill(self) -> None:
        """SIGKILL for the server, as a machine that dies would."""
        pid_file = Path((self.folder / "where").read_text(encoding="utf-8")) / "postmaster.pid"
        os.kill(int(pid_file.read_text(encoding="utf-8").split()[0]), signal.SIGKILL)

    def start(self) -> None:
        """Start it again on the same port; what a killed one left must have gone first."""
        end = time.monotonic() + HEALS_WITHIN
        while True:
            try:
                postgresql.start(self.folder)
                return
            except Trouble:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def stop(self) -> None:
        postgresql.stop(self.folder)
