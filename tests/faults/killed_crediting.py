"""A worker that is killed at its n-th write into the store of photos: `python -m tests.faults.killed_crediting N TIME`, with
the portal's settings in the environment."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import signal
import sys
from typing import Any

from config import Settings
from portal.ports import MediaStore
from portal.wiring import wire
from portal.worker import run_once


class Dying:
    """A media store whose process is gone at its n-th write."""

    def __init__(self, store: MediaStore, *, at: int) -> None:
        self._store, self._left = store, at

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if name not in ("put", "publish", "remove"):
            return real

        def once_more(*given: Any) -> None:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            real(*given)

        return once_more


def main() -> None:
    at, now = int(sys.argv[1]), dt.datetime.fromisoformat(sys.argv[2])
    portal = wire(Settings(_env_file=None), now=lambda: now)
    run_once(dataclasses.replace(portal, media=Dying(portal.media, at=at)))


if __name__ == "__main__":
    main()
