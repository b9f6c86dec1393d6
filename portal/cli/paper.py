"""`portal record paper`: a month's root for paper, and back from the words on paper to a root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import click

from portal.cli.proofs import must_read, reader, said, those
from portal.cli.record import record
from portal.cli.terminal import Mishap, bar, open_portal
from portal.record.blocks import Discrepancy
from portal.record.notes import Note, PublicKey, Signature
from portal.record.paper import (
    CHINESE,
    ENGLISH,
    WordsRefused,
    code_for_terminal,
    code_text,
    end_of_month,
    ended_with,
    is_over,
    root_at,
    root_of_words,
    words_of,
)
from portal.record.policy import Policy
from portal.record.proving import CHECKPOINT
from portal.record.signed import generation_of, generations
from portal.record.signing import open_checkpoint
from portal.record.witnessing import lines_under
from portal.rules.clock import SHANGHAI


@record.command()
@click.argument("month", required=False)
@click.option("--words", default="", help="The 24 words from paper, in either language, instead of a month.")
@click.option(
    "--size",
    type=click.IntRange(min=1),
    default=None,
    help="With --words: the number of entries beside them.",
)
@click.option(
    "--log", "place", default="", help="With --words: another log, a folder or an address; with its --key."
)
@click.option("--key", "lines", multiple=True, help="With --log: a public key's line, once for each.")
def paper(month: str | None, words: str, size: int | None, place: str, lines: tuple[str, ...]) -> None:
    """What the record had when a month ended, in words and as a code for paper; or, with --words, whether a log had
    the root that stands on paper, by hashing all of it.

    Example: python -m portal record paper 2026-10
    """
    if bool(month) == bool(words) or (words and size is None) or (place and not (words and lines)):
        raise click.UsageError("give a MONTH, or --words with --size; --log with --key")
    if words:
        assert size is not None
        _compare(words, size, place=place, lines=lines)
    else:
        _print(month or "")


def _print(month: str) -> None:
    try:
        end_of_month(month)
    except ValueError as error:
        raise Mishap(f"{month!r} is no month; write it as 2026-10") from error
    with open_portal() as portal, portal.database.reading() as session:
        if not is_over(month, now=portal.now()):
            raise Mishap(f"{month} is not over yet; it comes at {_local(end_of_month(month))}")
        row = ended_with(session, month)
        if row is None:
            raise Mishap(f"nothing was signed before {month} ended")
        note, lines = Note.parse(row.note.encode()), lines_under(session, row.id)
        keys = generation_of(note, generations(session)).keys
        policy = portal.policy
    told = open_checkpoint(note, keys)
    for line in (f"{told.origin} {month}", f"{told.size} entries, signed {_local(row.at)}", told.root.hex()):
        click.echo(line)
    for each in _signers(keys, note.text, lines, policy):
        click.echo(f"signed by {each}")
    for tongue in (CHINESE, ENGLISH):
        found = words_of(told.root, tongue)
        click.echo()
        for start in range(0, len(found), 6):
            click.echo(" ".join(found[start : start + 6]))
    click.echo()
    click.echo(code_for_terminal(code_text(told, month)))


def _signers(
    keys: Iterable[PublicKey], text: str, lines: Iterable[Signature], policy: Policy | None
) -> list[str]:
    ours = [f"{key.name} ({key.id.hex()})" for key in keys]
    signed = {} if policy is None else policy.signed(Note(text=text, signatures=tuple(lines)))
    return [*ours, *(f"the witness {name}, {_local(each.at)}" for name, each in signed.items())]


def _compare(words: str, size: int, *, place: str, lines: tuple[str, ...]) -> None:
    try:
        root = root_of_words(words)
    except WordsRefused as refused:
        raise Mishap(str(refused)) from refused
    click.echo(root.hex())
    with said(), bar("hashing") as tell:
        if place:
            read = reader(place)
            told = open_checkpoint(Note.parse(must_read(read, CHECKPOINT)), those(lines))
            found = root_at(read, told, size=size, progress=tell)
        else:
            with open_portal() as portal, portal.database.reading() as session:
                note = Note.parse(must_read(portal.tiles.read, CHECKPOINT))
                told = open_checkpoint(note, generation_of(note, generations(session)).keys)
                found = root_at(portal.tiles.read, told, size=size, progress=tell)
        if found != root:
            raise Discrepancy(f"{told.origin} had another root at {size} entries: {found.hex()}")
    click.echo(f"{told.origin} had this root at {size} entries")


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M} Asia/Shanghai"
