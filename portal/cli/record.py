"""`portal record`: checking the record, and rebuilding what follows it."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from portal.adapters.scrubbing import scrub as write_anew
from portal.cli.terminal import Mishap, bar, open_portal
from portal.database import DatabaseBusy
from portal.ports import Space
from portal.record.rebuild import rebuild_shelf
from portal.record.tables import Shelved
from portal.record.verify import verify as verify_record
from portal.wiring import owner_database
from portal.workflows.follow_record import follow_into_search

FOLLOWERS = ("search", "shelf")


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
        else:
            owner = owner_database(portal.settings)  # who serves has no right to empty the shelf
            with owner.writing() as session, bar("shelving") as tell:
                rebuild_shelf(session, progress=tell)
            owner.close()
            with portal.database.reading() as session:
                rows = session.scalars(select(func.count()).select_from(Shelved)).one()
            click.echo(f"{rows} entries stand on the shelf")


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
