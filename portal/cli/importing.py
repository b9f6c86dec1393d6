"""`portal import`: old notes with their photos come in, whole and checked before the first of them."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from portal.adapters.table_files import KINDS
from portal.cli import import_words
from portal.cli.import_alone import OneAtATime
from portal.cli.import_checking import Checked, check
from portal.cli.import_template import template
from portal.cli.import_writing import write_notes
from portal.cli.terminal import Mishap, bar, open_portal
from portal.database import TROUBLE
from portal.domain.errors import Invalid, WrongState
from portal.ports import StoreBroken, StoreFull, StoreUnavailable
from portal.text.rows import TableUnreadable

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute

TROUBLES = (*TROUBLE, StoreFull, StoreBroken, StoreUnavailable)
GOES_ON = "What is in stays in, each note once; `portal doctor` looks for the cause; then run the same command again"


@click.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Name of the archive, as citizens will see it.")
@click.option("--as", "login", default="", help="Login of the administrator who brings it in.")
@click.option(
    "--photos", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the photos."
)
@click.option("--dry-run", is_flag=True, help="Check everything, photos too, and write nothing.")
@click.option("--anew", is_flag=True, help="Go on although the file has changed since it was begun.")
@click.option("--show", default=20, show_default=True, help="How many problems are shown.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where all problems are written. Default: FILE.errors.csv in this folder.",
)
@click.option("--template", "kind", type=click.Choice(KINDS), help="Write a template instead.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="Where the template goes; else to standard output."
)
def import_(
    file: Path | None,
    source: str,
    login: str,
    photos: Path | None,
    dry_run: bool,
    anew: bool,
    show: int,
    report: Path | None,
    kind: str | None,
    to: Path | None,
) -> None:
    """Bring in past notes from a CSV, Excel or JSON Lines file, with photos from a folder. What is brought in says
    where it comes from. Run again, the same file goes on where it stopped and never doubles a note.

    Example: python -m portal import notes.xlsx --source "2019—2023 年督查简报" --as admin --photos photos/
    """
    if kind is not None:
        _give(template(kind), to)
        return
    if file is None or not source or not login:
        raise click.UsageError("give FILE, --source NAME and --as LOGIN, or --template KIND")
    with open_portal() as portal:
        try:
            with check(portal, file, source=source, login=login, photos=photos, keep=not dry_run) as checked:
                click.echo(
                    f"{file.name}: {checked.table.written}, {checked.rows} notes, {checked.pictures} photos"
                )
                if checked.problems:
                    _refuse(checked, show=show, report=report or Path(f"{file.name}.errors.csv"))
                if dry_run:
                    click.echo("nothing is wrong; nothing was written")
                    return
                with bar("bringing notes in") as tell:
                    written = write_notes(portal, checked, anew=anew, tell=tell)
        except TableUnreadable as why:
            raise Mishap(f"{file.name}: {import_words.of_file(why)}") from why
        except OneAtATime as busy:
            raise Mishap("another import is running; wait for it, then run this again") from busy
        except WrongState as changed:
            raise Mishap(_changed(changed)) from changed
        except TROUBLES as trouble:
            raise Mishap(f"stopped: {str(trouble).splitlines()[0]}. {GOES_ON}") from trouble
        except Invalid as invalid:
            raise Mishap(f"--source: {invalid.problems[0].code.replace('_', ' ')}") from invalid
    click.echo(f"{written.new} notes were brought in as {source!r}, {written.before} were there already")
    for year, (first, last) in sorted(written.numbers.items()):
        click.echo(f"{year}: numbers {first} to {last}, in the order of the rows")


def _changed(changed: WrongState) -> str:
    return (
        f"the import that began on {changed.facts['begun']:%Y-%m-%d} from {changed.facts['file']} is not finished, and "
        "this is not the same file. Bring that one in first, or say --anew to go on with this one: rows that are in "
        "already must then be as they were"
    )


def _refuse(checked: Checked, *, show: int, report: Path) -> None:
    """Say the first problems, write all of them down, and end. Nothing was brought in."""
    problems = sorted(checked.problems, key=lambda each: each[0])
    for place, problem in problems[:show]:
        click.echo(import_words.line(place, problem), err=True)
    with report.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["行 row", "列 column", "问题和办法", "problem and cure"])
        for place, problem in problems:
            lines.writerow([place, problem.field, *map(_harmless, import_words.both(problem))])
    raise Mishap(f"{len(problems)} problems, nothing was brought in; all of them are in {report}")


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _give(data: bytes, to: Path | None) -> None:
    if to is not None:
        to.write_bytes(data)
        click.echo(f"{to} is written")
        return
    sys.stdout.buffer.write(data)
