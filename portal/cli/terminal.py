"""What all commands share: the wired portal, progress bars, sentences for what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import ArgumentError

from config import Settings
from portal.adapters import schema
from portal.wiring import Portal, wire


class Mishap(Exception):
    """A command cannot do what it was asked; the message says why and what to do."""


def wired() -> Portal:
    """The portal of the settings, whatever state its database is in. Raises `Mishap` for settings that
    lead nowhere."""
    settings = Settings()
    try:
        return wire(settings)
    except ArgumentError as error:
        raise Mishap(f"PORTAL_DATABASE_URL: {error}") from error
    except (ValueError, OSError) as error:
        raise Mishap(str(error)) from error


@contextmanager
def open_portal(*, migrated: bool = True) -> Iterator[Portal]:
    """The portal of the settings. Raises `Mishap` when its database has not been made yet."""
    portal = wired()
    try:
        if migrated and not schema.is_current(portal.database):
            raise Mishap("the database is not ready; run `python -m portal init` first")
        yield portal
    finally:
        portal.close()


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar that is told (done, total); it draws itself on a terminal and prints one line elsewhere."""
    with click.progressbar(length=1, label=label, show_pos=True, update_min_steps=10) as drawn:

        def tell(done: int, total: int) -> None:
            drawn.length = total
            drawn.update(done - drawn.pos)

        yield tell
        drawn.length = max(drawn.length or 0, drawn.pos)
        drawn.finish()


def say_unsafe(settings: Settings) -> None:
    """Name the defaults that only a demonstration may have."""
    for fault in settings.unsafe():
        click.secho(f"demo only: {fault}", fg="yellow", err=True)
