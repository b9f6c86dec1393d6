"""Checking what was signed: keys, checkpoints, lines of witnesses, and the files that readers get."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.blocks import Discrepancy, Read
from portal.record.checkpoint import Checkpoint
from portal.record.log import iso
from portal.record.mirror import check_log
from portal.record.notes import Note, NoteRefused, PublicKey, must_be_signed
from portal.record.policy import Policy
from portal.record.proving import CHECKPOINT
from portal.record.signed import Generation, freeze_of, generation_of, generations, statement_text
from portal.record.signing import holds, open_checkpoint, signed_at
from portal.record.tables import LogKey, SignedCheckpoint
from portal.record.verify_witnessed import witnessed_faults

Progress = Callable[[int, int], None]


def signed_faults(
    session: Session,
    *,
    roots: Mapping[int, str],
    read: Read,
    policy: Policy | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Iterator[str]:
    """One sentence for each fault. roots: of the record at each size that was signed, hashed anew; read: a file
    of the tile store, `LookupError` when it is not there; policy: the witnesses and their keys."""
    frozen = freeze_of(session)
    if frozen is not None:
        yield f"the record is frozen since {frozen.at:%Y-%m-%d %H:%M} UTC: {frozen.reason}"
    try:
        known = generations(session)
    except NoteRefused as refused:
        yield f"a public key in the database was changed: {refused}"
        return
    yield from _key_faults(session)
    last: SignedCheckpoint | None = None
    for number, row in enumerate(
        session.scalars(select(SignedCheckpoint).order_by(SignedCheckpoint.id)), start=1
    ):
        if row.id != number:
            yield f"checkpoint {number} is missing"
            return
        yield from _checkpoint_faults(row, known, roots)
        last = row
    yield from witnessed_faults(session, policy=policy)
    yield from _file_faults(read, known, last, roots, progress)


def _key_faults(session: Session) -> Iterator[str]:
    """Every pair of keys must be stated by itself and by the one before."""
    before: PublicKey | None = None
    for number, row in enumerate(session.scalars(select(LogKey).order_by(LogKey.id)), start=1):
        keys = (PublicKey.parse(row.ed25519), PublicKey.parse(row.ml_dsa))
        text = statement_text(keys=keys, number=number, since=row.since, at=iso(row.at))
        signers = [keys[0], *([] if before is None else [before])]
        try:
            note = Note.parse(row.statement.encode())
            must_be_signed(note, signers, check=holds)
        except NoteRefused as refused:
            yield f"keys {row.id}: {refused}"
        else:
            if note.text != text or row.id != number or {key.name for key in keys} != {row.name}:
                yield f"keys {row.id}: the columns are not what was stated"
        before = keys[0]


def _checkpoint_faults(
    row: SignedCheckpoint, known: list[Generation], roots: Mapping[int, str]
) -> Iterator[str]:
    where = f"checkpoint {row.id} ({row.size} entries)"
    try:
        note = Note.parse(row.note.encode())
        told = open_checkpoint(note, generation_of(note, known).keys)
    except NoteRefused as refused:
        yield f"{where}: {refused}"
        return
    if (row.size, row.root) != (told.size, told.root.hex()):
        yield f"{where}: its columns are not what was signed"
    if int(row.at.timestamp()) != signed_at(note):
        yield f"{where}: signed at another time than its column says"
    if roots.get(told.size) != told.root.hex():
        yield f"{where}: the record has another root at this size; history was changed"


def _file_faults(
    read: Read,
    known: list[Generation],
    last: SignedCheckpoint | None,
    roots: Mapping[int, str],
    progress: Progress,
) -> Iterator[str]:
    try:
        note = Note.parse(read(CHECKPOINT))
        told = open_checkpoint(note, generation_of(note, known).keys)
        _must_be(told, last, roots)
        check_log(read, told, progress=progress)
    except LookupError:
        if last is not None:
            yield "the checkpoint that readers get is missing; the worker writes it again"
    except (NoteRefused, Discrepancy) as fault:
        yield f"what readers get: {fault}"


def _must_be(told: Checkpoint, last: SignedCheckpoint | None, roots: Mapping[int, str]) -> None:
    if last is None or (told.size, told.root.hex()) != (last.size, last.root):
        raise Discrepancy(f"the checkpoint of {told.size} entries is not the last one in the database")
    if roots.get(told.size) != told.root.hex():
        raise Discrepancy(f"the record does not give the root that was signed for {told.size} entries")
