"""A worker that is killed just before or just after it hands a digest over: `python -m tests.faults.killed_digest
before|after TIME`, with the portal's settings in the environment."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import signal
import sys

from config import Settings
from portal.ports import Letter, Mailer
from portal.wiring import wire
from portal.worker import run_idle


class Dying:
    """A mailer whose process is gone around its first letter."""

    def __init__(self, mailer: Mailer, *, when: str) -> None:
        self._mailer, self._when = mailer, when

    def send(self, letter: Letter) -> None:
        if self._when == "after":
            self._mailer.send(letter)
        os.kill(os.getpid(), signal.SIGKILL)

    def check(self) -> str | None:
        return None


def main() -> None:
    when, now = sys.argv[1], dt.datetime.fromisoformat(sys.argv[2])
    portal = wire(Settings(_env_file=None), now=lambda: now)
    assert portal.mailer is not None
    run_idle(dataclasses.replace(portal, mailer=Dying(portal.mailer, when=when)))


if __name__ == "__main__":
    main()
