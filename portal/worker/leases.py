"""One process alone does what must not be done twice at once, for as long as it says that it is still there."""

from __future__ import annotations

from collections.abc import Callable

from portal.wiring import Portal


class NoLongerOurs(Exception):
    """Another process has this lease, or has taken over what this one was doing too slowly."""


def keeping(portal: Portal, name: str) -> Callable[..., None]:
    """Takes or keeps the lease at each call, however far the work is. Raises `NoLongerOurs` from there."""

    def keep(_done: int = 0, _total: int = 0) -> None:
        if not portal.leases.hold(name, now=portal.now()):
            raise NoLongerOurs

    return keep
