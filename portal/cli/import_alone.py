"""One import at a time: from its first photo to its last note."""

from __future__ import annotations

import time

from portal.wiring import Portal

LEASE = "import/archive"
PATIENCE = 30  # seconds to wait for another import, or for what is left of one that was killed


class OneAtATime(Exception):
    """Another import is running."""


def wait_alone(portal: Portal) -> None:
    """Wait until no other import runs. Raises `OneAtATime`."""
    until = time.monotonic() + PATIENCE
    while not portal.leases.hold(LEASE, now=portal.now()):
        if time.monotonic() >= until:
            raise OneAtATime
        time.sleep(0.5)


def stay_alone(portal: Portal) -> None:
    """Say that this import still runs. Raises `OneAtATime` when it was silent for so long that another began."""
    if not portal.leases.hold(LEASE, now=portal.now()):
        raise OneAtATime
