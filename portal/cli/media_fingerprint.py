"""`portal media fingerprint`: what pictures look like that came before anybody asked."""

from __future__ import annotations

import click

from portal.cli.terminal import bar, open_portal
from portal.domain.errors import Refused
from portal.domain.likeness import keep_prints
from portal.domain.progress import MAX_PHOTO_BYTES
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.developed import PhotoRefused
from portal.imaging.likeness import prints_of
from portal.queries.likeness import without_prints
from portal.wiring import Portal
from portal.workflows.develop_again import spooled

UNREADABLE = (PhotoRefused, Refused, DarkroomUnavailable)


@click.command()
def fingerprint() -> None:
    """Take the fingerprints of every original that has none, in the confined child. May be stopped and repeated.

    Example: python -m portal media fingerprint
    """
    with open_portal() as portal:
        with portal.database.reading() as session:
            waiting = without_prints(session)
        left_out = []
        with bar("fingerprinting") as tell:
            for done, (sha256, name) in enumerate(waiting, start=1):
                try:
                    prints = _taken(portal, name)
                except UNREADABLE as trouble:
                    left_out.append(f"{name}: {type(trouble).__name__} {trouble}")
                else:
                    with portal.database.writing() as session:
                        keep_prints(session, original_sha256=sha256, prints=prints, now=portal.now())
                tell(done, len(waiting))
    click.echo(f"{len(waiting) - len(left_out)} photos have got their fingerprints")
    for line in left_out:
        click.secho(f"left out: {line}", fg="yellow")


def _taken(portal: Portal, name: str) -> bytes:
    """The fingerprints of one sealed original, which the confined child develops again."""
    with spooled(name, size=MAX_PHOTO_BYTES, spool=portal.spool, media=portal.media) as path:
        return prints_of(portal.darkroom.develop(path).plane)
