"""Recovering a frozen record, and writing its tiles again: both end at what was signed last, and nowhere else."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.ports import TileMissing, TileStore
from portal.record import merkle
from portal.record.blocks import Discrepancy
from portal.record.checkpoint import Checkpoint
from portal.record.notes import Note
from portal.record.proving import CHECKPOINT
from portal.record.recover import Recovered, restore, signed_leaves
from portal.record.signed import Generation, generations, newest
from portal.record.signing import signed_at
from portal.record.tables import Cosignature, Entry, SignedCheckpoint
from portal.workflows.sign_record import opened
from portal.workflows.write_tiles import write_all_tiles

Progress = Callable[[int, int], None]


def recover_record(session: Session, *, tiles: TileStore, now: dt.datetime, progress: Progress) -> Recovered:
    """Rows and tiles as they were signed last; the freeze is lifted. Raises `Discrepancy` when neither rows nor
    bundles give what was signed. The caller has switched the triggers of the record off."""
    note, signed = last_signed(session, tiles)
    leaves = signed_leaves(session, tiles.read, signed)
    found = restore(session, leaves, now=now, progress=progress)
    _mend_checkpoints(session, note, signed)
    session.flush()
    write_all_tiles(session, tiles, size=signed.size)
    tiles.write(CHECKPOINT, str(note).encode())
    return found


def rebuild_tiles(session: Session, *, tiles: TileStore) -> int:
    """Write every tile again. How many entries they hold. Raises `Discrepancy` when the rows do not give what
    was signed: then nothing is written."""
    note, signed = last_signed(session, tiles)
    leaves = session.scalars(select(Entry.leaf).where(Entry.seq < signed.size).order_by(Entry.seq))
    if merkle.root([merkle.leaf_hash(leaf.encode()) for leaf in leaves]) != signed.root:
        raise Discrepancy("the rows do not give what was signed: run `python -m portal record recover`")
    write_all_tiles(session, tiles, size=signed.size)
    tiles.write(CHECKPOINT, str(note).encode())
    return signed.size


def last_signed(session: Session, tiles: TileStore) -> tuple[Note, Checkpoint]:
    """The larger of the checkpoints that the database and the readers have, of those that are ours. Raises
    `Discrepancy` when there is none."""
    known, row = generations(session), newest(session)
    found = [] if row is None else _ours(row.note.encode(), known)
    with contextlib.suppress(TileMissing):
        found += _ours(tiles.read(CHECKPOINT), known)
    if not found:
        raise Discrepancy("neither the database nor the tiles hold a checkpoint that our keys have signed")
    return max(found, key=lambda each: each[1].size)


def _ours(note: bytes, known: list[Generation]) -> list[tuple[Note, Checkpoint]]:
    try:
        return [(Note.parse(note), opened(note, known, where=""))]
    except (Discrepancy, ValueError):
        return []


def _mend_checkpoints(session: Session, note: Note, signed: Checkpoint) -> None:
    """Rows that are not what was signed are made so again from their notes, or go; the last one stands last."""
    known = generations(session)
    last = 0
    for row in session.scalars(select(SignedCheckpoint).order_by(SignedCheckpoint.id)).all():
        ours = _ours(row.note.encode(), known)
        if not ours:
            session.execute(delete(SignedCheckpoint).where(SignedCheckpoint.id == row.id))
            session.execute(delete(Cosignature).where(Cosignature.checkpoint == row.id))
            continue
        row.size, row.root = ours[0][1].size, ours[0][1].root.hex()
        last = row.id
    there = session.get(SignedCheckpoint, last)
    if there is None or there.size < signed.size:
        at = dt.datetime.fromtimestamp(signed_at(note) or 0, dt.UTC)
        session.add(
            SignedCheckpoint(id=last + 1, size=signed.size, root=signed.root.hex(), at=at, note=str(note))
        )
