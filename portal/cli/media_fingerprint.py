"""`portal media fingerprint`: what pictures look like that came before anybody asked."""

from __future__ import annotations

import shutil

import click

from portal.cli.terminal import bar, open_portal
from portal.domain.likeness import keep_prints
from portal.domain.progress import MAX_PHOTO_BYTES
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.developed import PhotoRefused
from portal.imaging.likeness import prints_of
from portal.ports import MediaMissing, Space
from portal.queries.likeness import without_prints
from portal.wiring import Portal

UNREADABLE = (PhotoRefused, MediaMissing, DarkroomUnavailable)


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
    arrival = portal.spool.receive(MAX_PHOTO_BYTES)
    with portal.media.open(Space.SEALED, name) as original:
        shutil.copyfileobj(original, arrival)
    received = arrival.finish()
    try:
        return prints_of(portal.darkroom.develop(received.path).plane)
    finally:
        portal.spool.discard(received)
