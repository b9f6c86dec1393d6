"""`portal audit`: checking what the house has done, and taking it away for an auditor."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import ROOT
from portal.adapters.key_file import KeyUnusable
from portal.cli.terminal import Mishap, bar, open_portal
from portal.record.blocks import Discrepancy
from portal.workflows.export_audit import Export, NothingSealed, Write, days_of, export_audit, note_export
from portal.workflows.seal_audit import name_of_tree, seals
from portal.workflows.verify_audit import audit_faults

DAY = click.DateTime(formats=["%Y-%m-%d"])
README = """\
The acts of {name}, {since} to {until}: who did what to what, when. Not for the public.
Made {now:%Y-%m-%d %H:%M} UTC.

acts.csv       the acts of these days, one in a row; "actor" is a person's number
acts/          each of them with its proof and opening
tile/          the whole tree of acts, hashes only: of other acts nothing can be read from it
seals/         size and root of the tree at the end of each day, signed
public/        for each seal its entry on the public record, with proof
keys.txt       public keys of this tree: those of the record, under the name of the tree

Checking, with Python alone (copy the record's key from somewhere else than this house; its last part is the same as
in the first line of keys.txt):

    KEY="$(head -n 1 keys.txt)"
    python3 verify.py log . --key "$KEY"                                 the whole tree
    python3 verify.py proof acts/17.tlog-proof --key "$KEY"              one act
    python3 verify.py between seals/{first} checkpoint --log . --key "$KEY"    nothing was changed since that day
    head -n 3 seals/{first} | sha256sum                              must be the "sha256" of the public entry:
    python3 verify.py proof public/{first}.tlog-proof --key 'THE KEY OF THE RECORD'
"""


@click.group()
def audit() -> None:
    """The log of acts: check it, or take it away for an auditor."""


@audit.command()
def verify() -> None:
    """Hash every act again and compare with the seals on the public record; name what is wrong and exit 1.

    Example: python -m portal audit verify
    """
    with open_portal() as portal, portal.database.reading() as session, bar("verifying") as tell:
        found = list(audit_faults(session, progress=tell))
    for fault in found:
        click.secho(f"wrong: {fault}", fg="red")
    if found:
        raise Mishap(f"{len(found)} faults; keep a copy of the database, and compare with a backup")
    click.echo("every act is what was sealed")


@audit.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--since", type=DAY, default=None, help="The first day (default: the first of all).")
@click.option("--until", type=DAY, default=None, help="The last day (default: the last one that is sealed).")
def export(folder: Path, since: dt.datetime | None, until: dt.datetime | None) -> None:
    """Write the tree of acts, and the acts of some days with their proofs, into a new FOLDER. To be run as the
    worker's account, because it is signed. That it was done is an act itself.

    Example: python -m portal audit export audit-2026 --since 2026-01-01
    """
    with _new_folder(folder) as write, open_portal() as portal:
        now = portal.now()
        try:
            keys = portal.signing_key.read()
            with portal.database.reading() as session, bar("writing") as tell:
                first, last = days_of(session)
                days = {"since": since.date() if since else first, "until": until.date() if until else last}
                out = Export(read=portal.tiles.read, write=write, progress=tell)
                count = export_audit(session, out, **days, keys=keys, now=now)
                told = README.format(name=name_of_tree(session), now=now, first=seals(session)[0].day, **days)
            with portal.database.writing() as session:
                note_export(session, **days, acts=count, now=now)
        except NothingSealed as nothing:
            raise Mishap("no day is sealed yet: the worker does it after the first midnight") from nothing
        except (KeyUnusable, Discrepancy) as trouble:
            raise Mishap(str(trouble)) from trouble
        write("README.txt", told.encode())
        write("verify.py", (ROOT / "verify.py").read_bytes())
    click.echo(
        f"{count} acts of {days['since']} to {days['until']} are in {folder}; README.txt says how to check"
    )


@contextmanager
def _new_folder(folder: Path) -> Iterator[Write]:
    """Writes files into a folder that has its name only when all are there. Raises `Mishap`."""
    if folder.exists():
        raise Mishap(f"{folder} is there already: name a new folder")
    made = folder.with_name(f".{folder.name}-unfinished")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700, parents=True)

    def write(path: str, data: bytes) -> None:
        place = made / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    yield write
    made.rename(folder)
