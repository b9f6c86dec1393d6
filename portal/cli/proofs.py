"""`portal record prove | monitor | diff | rotate-key`: proofs and keys, from a terminal."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from portal.adapters.key_file import KeyUnusable
from portal.cli.record import record
from portal.cli.terminal import Mishap, bar, open_portal
from portal.record.blocks import Discrepancy
from portal.record.mirror import check_log, leaves_between, must_follow
from portal.record.notes import Note, NoteRefused, PublicKey
from portal.record.policy import Policy, PolicyRefused
from portal.record.proving import CHECKPOINT, NotSigned, prove
from portal.record.receipt_key import ReceiptKey
from portal.record.signed import RecordFrozen, generations
from portal.record.signing import SigningKeys, open_checkpoint
from portal.wiring import owner_database
from portal.workflows.found_keys import KeysDiffer, replace_keys
from portal.workflows.log_receipts import stand_key

Read = Callable[[str], bytes]
SECONDS = 30  # for one answer
LARGEST = 32 * 1024 * 1024  # bytes of one file

_keys = click.option(
    "--key",
    "lines",
    multiple=True,
    help="A public key's line, once for each; without it, those of this portal.",
)


@record.command("prove")
@click.argument("seq", type=int)
@click.option(
    "--to", type=click.Path(path_type=Path), default=None, help="The file (default: SEQ.tlog-proof)."
)
def prove_entry(seq: int, to: Path | None) -> None:
    """Write a file that proves an entry without the portal, with its opening. `verify.py proof` checks it.

    Example: python -m portal record prove 17
    """
    with open_portal() as portal, portal.database.reading() as session:
        try:
            made = prove(session, seq, read=portal.tiles.read)
        except NotSigned as missing:
            raise Mishap(
                f"entry {seq} is not signed: there is none yet, or the worker does not run"
            ) from missing
        except Discrepancy as reason:
            raise Mishap(f"{reason}; `python -m portal doctor` says what to do") from reason
    place = to or Path(f"{seq}.tlog-proof")
    place.write_text(str(made), encoding="utf-8")
    click.echo(f"{place} proves entry {seq}")


@record.command()
@click.argument("place")
@_keys
@click.option("--policy", type=click.Path(exists=True, path_type=Path), default=None,
    help="A tlog-policy file: its witnesses must have signed the checkpoint too.")  # fmt: skip
@click.option(
    "--last", type=click.Path(path_type=Path), default=None,
    help="A file in which the last checkpoint seen is kept; the log must extend it.",
)  # fmt: skip
def monitor(place: str, lines: tuple[str, ...], policy: Path | None, last: Path | None) -> None:
    """Check a whole log, a folder or an address, as anybody can; run it every day, from elsewhere.

    Example: python -m portal record monitor https://sunlight.example.org/record --last seen
    """
    read, keys = reader(place), those(lines)
    with said(), bar("checking") as tell:
        note = Note.parse(must_read(read, CHECKPOINT))
        told = open_checkpoint(note, keys)
        if last is not None and last.exists():
            must_follow(read, told, old=open_checkpoint(Note.parse(last.read_bytes()), keys))
        check_log(read, told, progress=tell)
        witnessed = None if policy is None else _witnessed(note, policy)
    for line in witnessed or ():
        click.echo(line)
    if last is not None:
        last.write_text(str(note), encoding="utf-8")
    click.echo(f"{told.origin}: {told.size} entries agree with what was signed")


@record.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("place")
@_keys
def diff(old: Path, place: str, lines: tuple[str, ...]) -> None:
    """What a log has added since a checkpoint that was kept in the file OLD, after proving that nothing before
    it was changed.

    Example: python -m portal record diff kept-checkpoint https://sunlight.example.org/record
    """
    read, keys = reader(place), those(lines)
    with said():
        before = open_checkpoint(Note.parse(old.read_bytes()), keys)
        told = open_checkpoint(Note.parse(must_read(read, CHECKPOINT)), keys)
        must_follow(read, told, old=before)
        check_log(read, told)
        for _seq, leaf in leaves_between(read, first=before.size, size=told.size):
            click.echo(_line(leaf))
    click.echo(f"{told.size - before.size} entries were added; nothing before them was changed")


@record.command("rotate-key")
def rotate_key() -> None:
    """Make new signing keys; a note signed by the old and the new ones says so on /record/keys. To be run as the
    worker's account. The old keys stay beside the new ones, in a file that ends in .old.

    Example: python -m portal record rotate-key
    """
    with open_portal() as portal:
        file, owner = portal.signing_key, owner_database(portal.settings)
        try:
            before = file.read()
            new = file.next.read() if file.next.exists() else SigningKeys.make(before.name)
            file.next.keep(new)  # durable before the record says that they stand
            with owner.writing() as session:
                if generations(session)[-1:] and generations(session)[-1].keys != new.public:
                    replace_keys(session, new, before=before, now=portal.now())
            file.aside.keep(before)
            file.next.path.rename(file.path)
        except (KeysDiffer, KeyUnusable, NoteRefused) as trouble:
            raise Mishap(str(trouble)) from trouble
        finally:
            owner.close()
    click.echo(f"{new.name} is signed by new keys from now on; publish these lines elsewhere too:")
    for key in new.public:
        click.echo(key.line)


@record.command("rotate-receipt-key")
def rotate_receipt_key() -> None:
    """Make a new key for receipts and put it on the record after the old one, whose receipts still hold. To be run as
    the account of the web processes.

    Example: python -m portal record rotate-receipt-key
    """
    with open_portal() as portal:
        file = portal.receipt_key
        try:
            if file.exists():
                file.aside.keep(file.read())
            with portal.database.writing() as session:
                known = generations(session)
                new = ReceiptKey.make(known[-1].name if known else portal.settings.log_name)
                stand_key(session, new.public, now=portal.now())
                session.flush()
                file.keep(new)  # durable before the record says that it stands
        except (KeyUnusable, RecordFrozen) as trouble:
            raise Mishap(str(trouble)) from trouble
    click.echo("receipts are signed by a new key from now on:")
    click.echo(new.public.line)


def reader(place: str) -> Read:
    """Files of a log in a folder or at an address; `LookupError` for what is not there."""

    def read(path: str) -> bytes:
        try:
            if place.startswith(("https://", "http://")):
                with urllib.request.urlopen(f"{place.rstrip('/')}/{path}", timeout=SECONDS) as answer:  # noqa: S310
                    data: bytes = answer.read(LARGEST)
                    return data
            return (Path(place) / path).read_bytes()
        except FileNotFoundError as missing:
            raise LookupError(path) from missing
        except urllib.error.HTTPError as error:
            if error.code == 404:
                raise LookupError(path) from error
            raise Mishap(f"{place} answers {error.code} for {path}") from error
        except OSError as error:
            raise Mishap(f"{place} cannot be read: {error}") from error

    return read


def _witnessed(note: Note, place: Path) -> list[str]:
    """Who has signed, a line each. Raises `Discrepancy` when that is too few."""
    policy = Policy.parse(place.read_bytes())
    signed = policy.signed(note)
    told = [f"witnessed by {name} at {each.at:%Y-%m-%d %H:%M:%S} UTC" for name, each in signed.items()]
    if not policy.is_met(signed):
        raise Discrepancy(
            f"signed by {len(signed)} of {len(policy.witnesses)} witnesses, too few for {place}"
        )
    return [*told, f"witnessed by {len(signed)} of {len(policy.witnesses)}"]


def must_read(read: Read, path: str) -> bytes:
    try:
        return read(path)
    except LookupError as missing:
        raise Discrepancy(f"there is no {path}") from missing


def those(lines: tuple[str, ...]) -> tuple[PublicKey, ...]:
    """The keys given, or those of this portal."""
    if lines:
        try:
            return tuple(PublicKey.parse(line) for line in lines)
        except NoteRefused as refused:
            raise Mishap(str(refused)) from refused
    with open_portal() as portal, portal.database.reading() as session:
        known = generations(session)
    if not known:
        raise Mishap("the record has no keys yet: run `python -m portal init`, or give --key")
    return known[-1].keys


def _line(leaf: bytes) -> str:
    said = json.loads(leaf)
    return f"+ {said['seq']} {said['at']} {said['act']} {said['item']} version {said['version']}"


@contextmanager
def said() -> Iterator[None]:
    """What does not hold is no accident of the command: it is said, and the command exits 1."""
    try:
        yield
    except (Discrepancy, NoteRefused, PolicyRefused) as reason:
        raise Mishap(f"DOES NOT HOLD: {reason}") from reason
