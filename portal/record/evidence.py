"""Everything that proves a number of entries, as files that are the same bytes until one more is added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.record.blocks import Discrepancy, Read, reading
from portal.record.checkpoint import Checkpoint
from portal.record.notes import Note, NoteRefused, PublicKey
from portal.record.proofs import Tree
from portal.record.proving import opening_text, proof_in
from portal.record.shelf import Shelf, Shown
from portal.record.signed import first_with, generation_of, generations, newest
from portal.record.signing import open_checkpoint
from portal.record.tables import Entry, Opening, Shelved, SignedCheckpoint
from portal.record.tiles import HASH, Malformed, Tile, tile_in
from portal.rules.clock import end_of


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One entry with what it shows. file: its proof, named `<seq>.tlog-proof`; or, while it is not signed, its
    leaf and opening, named `<seq>.json`."""

    shown: Shown
    name: str
    file: bytes


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What proofs end in: a checkpoint as it was signed, what it says, and the keys that signed it."""

    note: Note
    checkpoint: Checkpoint
    keys: tuple[PublicKey, PublicKey]

    @classmethod
    def of(cls, row: SignedCheckpoint, session: Session) -> Self:
        """Raises `Discrepancy` for a row that is not what was signed."""
        try:
            note = Note.parse(row.note.encode())
            keys = generation_of(note, generations(session)).keys
            return cls(note=note, checkpoint=open_checkpoint(note, keys), keys=keys)
        except NoteRefused as refused:
            raise Discrepancy(f"checkpoint {row.id} in the database is not ours: {refused}") from refused


@dataclass(frozen=True, kw_only=True)
class Proven:
    """Entries, oldest first. ground: None while none of them is signed."""

    entries: Sequence[Evidence]
    ground: Ground | None

    @property
    def unsigned(self) -> int:
        """How many of the entries are not signed yet: the newest ones, for less than a minute."""
        signed = 0 if self.ground is None else self.ground.checkpoint.size
        return sum(each.shown.seq >= signed for each in self.entries)


def ground_of(shelf: Shelf, *where: ColumnElement[bool]) -> SignedCheckpoint | None:
    """The checkpoint for proofs of the entries that meet these conditions on `Shelved`: the first one that has
    them all, which no later entry changes; until then the newest. None while nothing is signed."""
    query = select(func.max(Shelved.seq)).where(*where)
    if (end := _end(shelf)) is not None:
        query = query.where(Shelved.at < end)
    last = shelf.session.scalar(query)
    return first_with(shelf.session, -1 if last is None else last) or newest(shelf.session)


def evidence_of(
    shelf: Shelf, *where: ColumnElement[bool], row: SignedCheckpoint | None, read: Read
) -> Proven:
    """All entries that meet these conditions, with proofs that end in the checkpoint of this row. Raises
    `Discrepancy` when entries, tiles or the checkpoint are not what was signed."""
    query = select(Entry, Opening).join(Shelved, Shelved.seq == Entry.seq)
    query = query.outerjoin(Opening, Opening.seq == Entry.seq).where(*where).order_by(Entry.seq)
    if (end := _end(shelf)) is not None:
        query = query.where(Entry.at < end)
    rows = shelf.session.execute(query).all()
    shown = shelf.each_at([entry.seq for entry, _opening in rows])
    ground = None
    if row is not None and rows and rows[0][0].seq < row.size:
        ground = Ground.of(row, shelf.session)
    tree = None if ground is None else _tree(shelf.session, ground.checkpoint.size, read)
    entries = []
    for entry, opening in rows:
        if ground is None or tree is None or entry.seq >= tree.size:
            name, text = f"{entry.seq}.json", opening_text(entry, opening)
        else:
            name, text = f"{entry.seq}.tlog-proof", _proof(tree, entry, opening, ground.note)
        entries.append(Evidence(shown=shown[entry.seq], name=name, file=text.encode()))
    return Proven(entries=entries, ground=ground)


def _end(shelf: Shelf) -> dt.datetime | None:
    return None if shelf.as_of is None else end_of(shelf.as_of)


def _tree(session: Session, size: int, read: Read) -> Tree:
    """The tree as it was at this size. Its partial tiles may be gone, so those of today are cut."""
    last = newest(session)
    now = size if last is None else max(size, last.size)

    def fetch(tile: Tile) -> bytes:
        return reading(read, tile_in(now, level=tile.level, index=tile.index))[: tile.width * HASH]

    return Tree(size, fetch)


def _proof(tree: Tree, entry: Entry, opening: Opening | None, note: Note) -> str:
    try:
        return str(proof_in(tree, entry, opening, checkpoint=note))
    except (LookupError, Malformed) as damaged:
        raise Discrepancy(f"the tiles are damaged: {damaged}") from damaged
