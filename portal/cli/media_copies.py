"""`portal media verify`, `mirror`: every file that is named, read and hashed again, and copies in a second store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import click

from portal.cli.terminal import Mishap, bar, open_portal
from portal.domain import media_rounds
from portal.domain.media_rounds import MediaRound
from portal.ports import MediaStore, Space, StoreUnavailable
from portal.queries.kept_media import Kept, Place, names_in_use, next_kept, rows_in_all
from portal.wiring import Portal
from portal.workflows.check_media import Fault, copy_to, fault_of, note_repair, repair
from portal.workflows.sweep_media import key_of, sweep

GOES_ON = dt.timedelta(days=7)  # how long a round that was cut off can be gone on with
DAY = 24 * 3600
SHOWN = 20


@click.command()
@click.option(
    "--repair", "repairing", is_flag=True, help="Put good copies of the second store in their place."
)
@click.option("--anew", is_flag=True, help="Begin at the beginning, also when the last time was cut off.")
@click.option("--copies", is_flag=True, help="Look at the second store instead.")
def verify(repairing: bool, anew: bool, copies: bool) -> None:
    """Read and hash every file that is named; say what is missing or changed, and exit 1 while something is.
    Cut off, it goes on where it was. Nothing is ever deleted.

    Example: python -m portal media verify --repair
    """
    with open_portal() as portal:
        store = _mirror_of(portal) if copies else portal.media
        mirror = _mirror_of(portal) if repairing and not copies else None
        found = _round(portal, store, anew=anew or copies, kept_down=not copies)
        left, repaired = _repaired(portal, found, mirror)
        if not copies:
            _keep_found(portal, left)
        unknown = [] if copies else list(_unknown(portal))
    for fault in left:
        click.secho(f"wrong: {fault}", fg="red")
    for name in unknown[:SHOWN]:
        click.echo(f"unknown: {name}: nothing names it")
    if len(unknown) > SHOWN:
        click.echo(f"unknown: {len(unknown) - SHOWN} more; `python -m portal media sweep` deals with them")
    if repaired:
        click.echo(f"{repaired} files were repaired from the second store")
    if left:
        cure = "" if repairing else "; with a second store, `--repair` puts good copies in their place"
        raise Mishap(f"{len(left)} files are not what they should be{cure}")
    click.echo("every file that is named is there and is what it should be")


@click.command()
def mirror() -> None:
    """Give the second store (PORTAL_MEDIA_MIRROR) a copy of every file that is named and that it does not have, and
    take out of it what nothing has named for as long as here. The worker does it once a day.

    Example: python -m portal media mirror
    """
    with open_portal() as portal:
        second, made, wrong = _mirror_of(portal), 0, list[str]()
        with _said(), bar("copying") as tell:
            for kept, done, total in _all(portal, Place()):
                outcome = copy_to(second, kept, media=portal.media, receive=portal.spool.keep)
                made += outcome is True
                if isinstance(outcome, str):
                    wrong.append(f"{kept.where}: {outcome} ({key_of(kept.space, kept.name)})")
                tell(done, total)
            asides = list(second.quarantine.files())
            with portal.database.reading() as session:
                named, wanted = names_in_use(session, among=[key_of(a.space, a.name) for a in asides])
            after = portal.settings.orphans_after_days * DAY
            swept = sweep(second, named=named, asides=asides, wanted=wanted, after_seconds=after)
        with portal.database.writing() as session:
            media_rounds.finish(session, media_rounds.MIRROR, now=portal.now())
    click.echo(
        f"{made} copies made; {len(swept.set_aside)} set aside there, {len(swept.destroyed)} destroyed"
    )
    for each in wrong:
        click.secho(f"not copied: {each}", fg="red")
    if wrong:
        raise Mishap(f"{len(wrong)} files could not be copied: run `python -m portal media verify`")


def _mirror_of(portal: Portal) -> MediaStore:
    if portal.mirror is None:
        raise Mishap("there is no second store: set PORTAL_MEDIA_MIRROR")
    return portal.mirror


def _round(portal: Portal, store: MediaStore, *, anew: bool, kept_down: bool) -> list[Fault]:
    """Everything that is wrong. With `kept_down` it is written down how far it is, so that it can be gone on with."""
    place, found = _begin(portal, anew=anew) if kept_down else (Place(), [])
    with bar("verifying") as tell:
        for batch, here, done, total in _batches(portal, place):
            found += [fault for kept in batch if (fault := fault_of(kept, media=store)) is not None]
            tell(done, total)
            if kept_down:
                with portal.database.writing() as session:
                    row = session.get_one(MediaRound, media_rounds.VERIFY)
                    row.position, row.moved_at = str(here), portal.now()
                    row.found = [fault.as_told() for fault in found]
    return found


def _keep_found(portal: Portal, left: list[Fault]) -> None:
    with portal.database.writing() as session:
        media_rounds.finish(session, media_rounds.VERIFY, now=portal.now())
        session.get_one(MediaRound, media_rounds.VERIFY).found = [fault.as_told() for fault in left]


def _begin(portal: Portal, *, anew: bool) -> tuple[Place, list[Fault]]:
    with portal.database.writing() as session:
        row = session.get(MediaRound, media_rounds.VERIFY)
        fresh = row is None or row.finished_at is not None or portal.now() - row.moved_at > GOES_ON
        if row is None or fresh or anew:
            media_rounds.begin(session, media_rounds.VERIFY, now=portal.now())
            return Place(), []
        click.echo(
            f"going on where it was cut off on {row.moved_at:%Y-%m-%d %H:%M} UTC (--anew begins again)"
        )
        return Place.parse(row.position), [Fault.of(told) for told in row.found]


def _batches(portal: Portal, place: Place) -> Iterator[tuple[list[Kept], Place, int, int]]:
    """What is named, in short pictures of the database, so that hashing holds nobody up."""
    done = 0
    while True:
        with portal.database.reading() as session:
            total, found = rows_in_all(session), next_kept(session, place)
        if found is None:
            return
        batch, place, rows = found
        done += rows
        yield batch, place, done, max(total, done)


def _all(portal: Portal, place: Place) -> Iterator[tuple[Kept, int, int]]:
    for batch, _place, done, total in _batches(portal, place):
        for kept in batch:
            yield kept, done, total


def _repaired(portal: Portal, found: list[Fault], mirror: MediaStore | None) -> tuple[list[Fault], int]:
    """What is still wrong, each once, and how many were put right."""
    left, repaired = list[Fault](), dict[tuple[Space, str], str]()
    for fault in found:
        key = (fault.space, fault.name)
        if mirror is not None and key not in repaired:
            repaired[key] = repair(fault, media=portal.media, mirror=mirror, receive=portal.spool.keep)
            if repaired[key]:
                click.secho(f"not repaired: {fault}: {repaired[key]}", fg="yellow")
            else:
                with portal.database.writing() as session:
                    note_repair(session, fault, now=portal.now())
        if mirror is None or repaired[key]:
            left.append(fault)
    return left, sum(not why for why in repaired.values())


def _unknown(portal: Portal) -> Iterator[str]:
    with portal.database.reading() as session:
        named, _few = names_in_use(session)
    for space in Space:
        for name in portal.media.names(space):
            if key_of(space, name) not in named:
                yield key_of(space, name)


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as trouble:
        raise Mishap(f"{trouble}; what was copied before stays") from trouble
