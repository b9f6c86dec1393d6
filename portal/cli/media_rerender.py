"""`portal media rerender | rotate-photo-key`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from portal.adapters.key_file import KeyUnusable
from portal.cli.terminal import Mishap, bar, open_portal
from portal.database import again
from portal.domain.errors import Refused
from portal.imaging.developed import RECIPE, PhotoRefused
from portal.record.photo_authority import PhotoKey
from portal.wiring import Portal
from portal.workflows.develop_again import Covered, develop_covered
from portal.workflows.rerender_photos import Old, counted, outdated, take_in


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count.")
def rerender(dry_run: bool) -> None:
    """Develop photos of an older recipe again, from their sealed originals, where they are not public. What is
    public stays as the record shows it. What was cut off goes on where it was when it is run again.

    Example: python -m portal media rerender --dry-run
    """
    with open_portal() as portal:
        with portal.database.reading() as session:
            found = counted(session, recipe=RECIPE)
        click.echo(f"{found.waiting} photos that are not public are of a recipe before version {RECIPE}")
        if found.public:
            click.echo(
                f"{found.public} public ones stay as the record shows them; in the draft of a correction they follow"
            )
        if dry_run or not found.waiting:
            return
        left = _all(portal, found.waiting)
    if left:
        for old, why in left:
            click.secho(f"photo {old.photo_id} stays as it is: {why}", fg="yellow")
        raise Mishap(f"{len(left)} photos stay as they are; run it again, or look at those named")


def _all(portal: Portal, total: int) -> list[tuple[Old, str]]:
    """Those that could not be brought up, each with the reason."""
    left = []
    with bar("developing") as tell:
        for done, old in enumerate(_outdated(portal), start=1):
            try:
                developed = develop_covered(
                    original=old.original,
                    size=old.bytes,
                    covers=old.covers,
                    spool=portal.spool,
                    darkroom=portal.darkroom,
                    media=portal.media,
                )
            except PhotoRefused as refused:
                left.append((old, f"the darkroom refuses it ({refused.refusal.value})"))
            except Refused:
                left.append((old, "its original is missing, or not what was sealed"))
            else:
                if not _taken_in(portal, old, developed):
                    left.append((old, "somebody decided or changed it meanwhile"))
            tell(done, max(total, done))
    return left


def _outdated(portal: Portal) -> Iterator[Old]:
    after = 0
    while True:
        with portal.database.reading() as session:
            batch = outdated(session, recipe=RECIPE, after=after)
        if not batch:
            return
        yield from batch
        after = batch[-1].photo_id


def _taken_in(portal: Portal, old: Old, developed: Covered) -> bool:
    def once() -> bool:
        with portal.database.writing() as session:
            return take_in(
                session,
                old,
                developed=developed,
                recipe=RECIPE,
                queue=portal.queue,
                now=portal.now(),
            )

    return again(once)


@click.command("rotate-photo-key")
def rotate_photo_key() -> None:
    """Make a new key for photos, under a new authority. Photos that are signed already hold as before; the worker
    puts the new authority on the record with the next one. To be run as the worker's account.

    Example: python -m portal media rotate-photo-key
    """
    with open_portal() as portal:
        file = portal.photo_key
        try:
            if file.exists():
                file.aside.keep(file.read())
            file.keep(PhotoKey.make(portal.settings.site_name, now=portal.now()))
        except (KeyUnusable, OSError) as trouble:
            raise Mishap(str(trouble)) from trouble
    click.echo("photos are signed by a new key from now on; destroy the old one, which ends in .old")
