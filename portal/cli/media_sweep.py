"""`portal media sweep`, `quarantine`, `restore`: files that nothing names."""

from __future__ import annotations

import click

from portal.cli.terminal import Mishap, open_portal
from portal.domain import media_rounds
from portal.ports import MediaMissing, StoreUnavailable
from portal.queries.kept_media import names_in_use
from portal.wiring import Portal
from portal.workflows.sweep_media import Swept, TooMany, key_of, write_down
from portal.workflows.sweep_media import restore as put_back
from portal.workflows.sweep_media import sweep as sweep_files

LEASE = "media/sweep"
DAY = 24 * 3600
SHOWN = 20  # names of each kind


@click.command()
@click.option("--however-many", is_flag=True, help="Also when nothing names more than a fifth of all files.")
def sweep(however_many: bool) -> None:
    """Clear temporaries older than a day, set aside files that nothing has named for PORTAL_ORPHANS_AFTER_DAYS, and
    destroy those that have been aside for as long again. The worker does it once a day.

    Example: python -m portal media sweep
    """
    with open_portal() as portal:
        if not portal.leases.hold(LEASE, now=portal.now()):
            raise Mishap("a worker is sweeping now: wait a minute and repeat")
        cleared = portal.spool.sweep(DAY) + portal.media.sweep(DAY)
        try:
            swept = _swept(portal, braking=not however_many)
        except TooMany as brake:
            raise Mishap(
                f"{brake}: is this the database of these files, and was it restored? Nothing was set aside. "
                "When it is right so, repeat with --however-many"
            ) from brake
        except StoreUnavailable as trouble:
            raise Mishap(f"{trouble}; nothing that is named was touched") from trouble
        with portal.database.writing() as session:
            write_down(session, swept, now=portal.now())
            media_rounds.finish(session, media_rounds.SWEEP, now=portal.now())
        portal.leases.release()
    click.echo(f"{cleared} temporaries cleared")
    _tell(swept)


def _swept(portal: Portal, *, braking: bool) -> Swept:
    """One round. Raises `TooMany` and `StoreUnavailable`."""
    asides = list(portal.media.quarantine.files())
    with portal.database.reading() as session:
        named, wanted = names_in_use(session, among=[key_of(each.space, each.name) for each in asides])
    return sweep_files(
        portal.media,
        named=named,
        asides=asides,
        wanted=wanted,
        after_seconds=portal.settings.orphans_after_days * DAY,
        braking=braking,
    )


def _tell(swept: Swept) -> None:
    """How many went where, and the first names."""
    for words, names in (
        ("set aside: nothing names them", swept.set_aside),
        ("put back: they are named again", swept.put_back),
        ("destroyed after their time in quarantine", swept.destroyed),
        ("kept in quarantine: named, missing in the store, and not what they should be", swept.kept),
    ):
        click.echo(f"{len(names)} files {words}")
        for name in names[:SHOWN]:
            click.echo(f"  {name}")


@click.command()
def quarantine() -> None:
    """List the files that are set aside, and for how long they have been.

    Example: python -m portal media quarantine
    """
    with open_portal() as portal:
        count = 0
        for each in portal.media.quarantine.files():
            count += 1
            click.echo(f"{int(each.seconds // DAY):4d} days  {key_of(each.space, each.name)}")
    click.echo(f"{count} files are set aside")


@click.command()
@click.argument("name")
def restore(name: str) -> None:
    """Put a file back that was set aside, NAME as `portal media quarantine` lists it, with or without its space.

    Example: python -m portal media restore sealed/0f3c….jpg
    """
    name = name.rpartition("/")[2]
    with open_portal() as portal:
        try:
            with portal.database.writing() as session:
                spaces = put_back(session, media=portal.media, name=name, now=portal.now())
        except MediaMissing as missing:
            raise Mishap(f"nothing of that name is set aside: {name}") from missing
    click.echo(f"back in {', '.join(space.value for space in spaces)}")
