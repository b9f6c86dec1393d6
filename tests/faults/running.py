"""The portal as real processes: started, killed at any moment, started again."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config import ROOT, Settings

START_SECONDS = 180.0  # on a machine that is busy with other tests


def environment(settings: Settings) -> dict[str, str]:
    """These settings as a process reads them."""
    told = settings.model_dump(mode="json", exclude_unset=True) | {
        "port": settings.port,
        "mode": settings.mode,
    }
    named = {f"PORTAL_{name.upper()}": str(value) for name, value in told.items()}
    others = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {**others, **named}


def command(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m portal …`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "portal", *words],
        env=environment(settings), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


class Process:
    """One command of the portal in a process group of its own. What it says goes to a file."""

    def __init__(self, settings: Settings, *words: str, said: Path) -> None:
        self._settings, self._words, self._said = settings, words, said
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._said.open("ab") as said:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "portal", *self._words],
                env=environment(self._settings), cwd=ROOT, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL for the whole group; nothing gets to tidy up."""
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
            self._running = None

    @property
    def pid(self) -> int:
        """Of the command itself, which leads the group."""
        assert self._running is not None
        return self._running.pid

    @property
    def ended(self) -> bool:
        """Whether it ended without being told to."""
        return self._running is not None and self._running.poll() is not None


def answers(port: int) -> bool:
    """Whether a web process there answers. A master that only listens does not count."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def until_it_answers(process: Process, *, port: int) -> None:
    """Wait for a web process. Raises `AssertionError` when it does not come up."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        assert not process.ended, "the web process ended by itself"
        assert time.monotonic() < deadline, "the web process does not come up"
        time.sleep(0.05)


@contextlib.contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Processes that are gone at the end, whatever happens."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.kill()
