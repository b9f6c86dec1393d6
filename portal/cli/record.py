"""`portal record`: checking the record, and rebuilding what follows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import func, select

from portal.adapters import schema
from portal.adapters.scrubbing import scrub as write_anew
from portal.cli.terminal import Mishap, bar, open_portal
from portal.database import DatabaseBusy
from portal.ports import Space
from portal.queries.receipts import receipt_faults
from portal.record.blocks import Discrepancy
from portal.record.rebuild import rebuild_shelf
from portal.record.recover import Recovered, lines_of
from portal.record.tables import Shelved
from portal.record.verify import verify as verify_record
from portal.record.verify_signed import signed_faults
from portal.wiring import owner_database
from portal.workflows.follow_record import follow_into_search
from portal.workflows.log_receipts import log_again
from portal.workflows.recover_record import rebuild_tiles, recover_record
from portal.workflows.sign_record import TILES

FOLLOWERS = ("search", "shelf", "tiles")


@click.group()
def record() -> None:
    """The public memory: verify it, rebuild what follows it."""


@record.command()
def verify() -> None:
    """Hash every entry, document and rendition again; name what is wrong and exit 1.

    Example: python -m portal record verify
    """
    with open_portal() as portal, portal.database.reading() as session, bar("verifying") as tell:
        found = verify_record(
            session, open_public=lambda name: portal.media.open(Space.PUBLIC, name), progress=tell
        )
        read, policy = portal.tiles.read, portal.policy
        found.wrong.extend(signed_faults(session, roots=found.roots, read=read, policy=policy))
        found.wrong.extend(receipt_faults(session, now=portal.now()))
    click.echo(
        f"{found.entries} entries, {found.documents} documents, {found.renditions} renditions; root {found.root}"
    )
    for fault in found.wrong:
        click.secho(f"wrong: {fault}", fg="red")
    if found.wrong:
        raise Mishap(
            f"{len(found.wrong)} faults; do not repair by hand, compare with a backup of the named entries"
        )
    click.echo("everything agrees")


@record.command()
@click.argument("name", type=click.Choice(FOLLOWERS))
def rebuild(name: str) -> None:
    """Build a follower again from entry 0. The archive's index answers as before until the new one is ready.

    Example: python -m portal record rebuild search
    """
    with open_portal() as portal:
        if name == "search":
            with (
                portal.search.rebuilding() as fresh,
                bar("indexing") as tell,
                portal.database.reading() as session,
            ):
                follow_into_search(session, index=fresh, progress=tell)
            with portal.database.reading() as session:  # what was published meanwhile
                follow_into_search(session, index=portal.search)
            click.echo(f"{portal.search.count()} items can be found")
        elif name == "tiles":
            with portal.database.reading() as session, _said():
                count = rebuild_tiles(session, tiles=portal.tiles)
            click.echo(f"the tiles of {count} signed entries are written")
        else:
            owner = owner_database(portal.settings)  # who serves has no right to empty the shelf
            with owner.writing() as session, bar("shelving") as tell:
                rebuild_shelf(session, progress=tell)
            owner.close()
            with portal.database.reading() as session:
                rows = session.scalars(select(func.count()).select_from(Shelved)).one()
            click.echo(f"{rows} entries stand on the shelf")


@record.command()
def recover() -> None:
    """Put a frozen record back to what was signed last: rows from bundles, tiles from rows, no number given twice.
    Stop web and worker first, and keep a copy of the database. Documents that are lost stay lost.

    Example: python -m portal record recover
    """
    with open_portal() as portal:
        if not portal.leases.hold(TILES, now=portal.now()):
            raise Mishap("a worker is signing: stop it, wait 20 seconds, and repeat")
        owner = owner_database(portal.settings)
        try:
            with (
                _said(),
                owner.writing() as session,
                schema.without_triggers(session),
                bar("recovering") as tell,
            ):
                found = recover_record(session, tiles=portal.tiles, now=portal.now(), progress=tell)
                log_again(session)
                kept = _keep_removed(found, portal.settings.instance, stamp=f"{portal.now():%Y%m%d-%H%M%S}")
        finally:
            owner.close()
            portal.leases.release()
    click.echo(
        f"{len(found.restored)} entries put back; {len(found.without_document)} of them without their document"
    )
    for seq in found.without_document:
        click.echo(f"entry {seq}: its document is lost; publish it again, or withdraw the item")
    if kept is not None:
        click.echo(
            f"{len(found.removed)} rows that were never signed stand in {kept}: their acts must be done again"
        )
    click.echo("the record goes on; run `python -m portal record verify`, then start the portal")


def _keep_removed(found: Recovered, folder: Path, *, stamp: str) -> Path | None:
    """What was taken out, for those who must look at it."""
    if not found.removed:
        return None
    kept = folder / f"removed-{stamp}.jsonl"
    kept.write_text(lines_of(found.removed), encoding="utf-8")
    return kept


@contextmanager
def _said() -> Iterator[None]:
    """A record that cannot be put right is no accident of the command."""
    try:
        yield
    except Discrepancy as reason:
        raise Mishap(str(reason)) from reason


@record.command()
def scrub() -> None:
    """Write the database's files anew, so that they hold nothing of what was withdrawn. Readers wait meanwhile.

    Example: python -m portal record scrub
    """
    with open_portal() as portal:
        owner = owner_database(portal.settings)  # who serves may not rewrite tables of PostgreSQL
        try:
            write_anew(owner)
        except DatabaseBusy as trouble:
            raise Mishap(str(trouble)) from trouble
        finally:
            owner.close()
    click.echo("nothing deleted is left in the database's files")
