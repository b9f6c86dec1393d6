"""Somebody who looks after files and kills themselves at a named point. Run as a process of its own: `python -m
tests.faults.killed_tending POINT MOMENT`, with the portal's settings in the environment."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from config import Settings
from portal.adapters import local_quarantine
from portal.adapters.local_media import LocalMediaStore
from portal.adapters.local_quarantine import LocalQuarantine
from portal.cli.media_copies import _repaired, _round
from portal.wiring import Portal, wire
from portal.worker import run_once, tend_media


def after(act: Callable[..., Any], *, times: int = 1) -> Callable[..., Any]:
    """Do it so many times, and then no more of anything."""
    left = [times]

    def killed(*words: Any, **named: Any) -> Any:
        result = act(*words, **named)
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return killed


def before(_act: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *_words, **_named: os.kill(os.getpid(), signal.SIGKILL)


def repair(portal: Portal) -> None:
    found = _round(portal, portal.media, anew=True, kept_down=True)
    _repaired(portal, found, portal.mirror)


# Point → (where, what is replaced, by what, what is then done).
POINTS: dict[str, tuple[Any, str, Callable[..., Any], Callable[[Portal], Any]]] = {
    "set aside, the name not durable": (local_quarantine, "fsync_folder", before, tend_media),
    "set aside, others still to come": (LocalQuarantine, "set_aside", after, tend_media),
    "copied, others still to come": (LocalMediaStore, "take", after, tend_media),
    "repairing, the bad one moved away": (LocalMediaStore, "take", before, repair),
    "published a rendition, no entry yet": (LocalMediaStore, "publish", after, run_once),
}


def main() -> None:
    owner, name, how, act = POINTS[sys.argv[1]]
    moment = dt.datetime.fromisoformat(sys.argv[2])
    portal = wire(Settings(_env_file=None), now=lambda: moment)
    setattr(owner, name, how(getattr(owner, name)))
    act(portal)
    raise SystemExit("the point was never reached")


if __name__ == "__main__":
    main()
