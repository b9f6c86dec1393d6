"""The tiles follower: writes tiles as a pure function of the entries, and signs only what extends what was
signed before.

A pass goes through the new entries and through a part of the old ones: their rows, bundles, tiles, and what the
levels above say of them must agree. Then the whole must extend the last checkpoint in the database and the one
that readers get. Whatever does not agree raises `Discrepancy`, and nothing is signed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.ports import TileMissing, TileStore
from portal.record.blocks import Discrepancy, must_open, reading
from portal.record.checkpoint import Checkpoint
from portal.record.cosigning import with_lines
from portal.record.hashing_media import OpenPublic, must_be_as_named
from portal.record.log import head
from portal.record.notes import Note, NoteRefused
from portal.record.proofs import Tree, extends
from portal.record.proving import CHECKPOINT
from portal.record.signed import Generation, generation_of, generations, newest, sizes_signed
from portal.record.signing import SigningKeys, open_checkpoint
from portal.record.tables import SignedCheckpoint
from portal.record.tiles import HEIGHT, WIDTH, Tile
from portal.record.witnessing import lines_under
from portal.workflows.write_tiles import Progress, follow_tiles

TILES = "follow/tiles"  # the lease of whoever signs
PACE = dt.timedelta(seconds=10)  # between two checkpoints, at least
DAILY = dt.timedelta(hours=23)  # after which a checkpoint is signed again
AUDIT = dt.timedelta(hours=1)  # after which old entries are looked at, although nothing is new


class NotReady(Exception):
    """The log has no keys yet, or not those of the key file; the text says what to do."""


@dataclass
class Watch:
    """What a process remembers of its passes. next_block, next_media: where the next one goes on with old entries
    and renditions; trouble: why the last one came to nothing; audit_waits: until when nothing of the audit is
    sealed, because it is not what it was; asked_at: when witnesses were asked last;
    unlogged: why no receipts were logged."""

    looked_at: dt.datetime | None = None
    next_block: int = 0
    next_media: str = ""
    trouble: str = ""
    audit_waits: dt.datetime | None = None
    asked_at: dt.datetime | None = None
    unlogged: str = ""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A note that is to be kept in the database and then given to readers. new: not kept yet."""

    note: Note
    checkpoint: Checkpoint
    number: int
    at: dt.datetime
    new: bool


def is_due(session: Session, watch: Watch, *, now: dt.datetime) -> bool:
    """Whether there is a reason for a pass. A few small reads."""
    if watch.looked_at is None or now - watch.looked_at >= AUDIT:
        return True
    last, size = newest(session), head(session).size
    if last is None:
        return size > 0
    since = now - last.at
    return (size != last.size and since >= PACE) or since >= DAILY


def follow_into_tiles(
    session: Session,
    *,
    tiles: TileStore,
    keys: SigningKeys,
    watch: Watch,
    now: dt.datetime,
    open_public: OpenPublic,
    progress: Progress = lambda _done, _total: None,
) -> Signed | None:
    """Write what is new, look at a part of what is old, and sign. None when there is nothing to give out.
    Raises `Discrepancy` and `NotReady`."""
    known = generations(session)
    if not known or known[-1].keys != keys.public:
        raise NotReady("the signing key is not the one that the record knows: run `python -m portal init`")
    kept, given = _kept(session, known), _given(tiles, known)
    base = max((c for c in (kept, given) if c is not None), key=lambda c: c.size, default=None)
    now_head, last = head(session), newest(session)
    size, before = now_head.size, 0 if base is None else base.size
    if size < before:
        raise Discrepancy(f"the database has {size} entries, but {before} were signed: it is an older one")
    watch.next_block = follow_tiles(
        session, tiles, size=size, before=before, next_block=watch.next_block, progress=progress
    )
    tree = Tree(size, lambda tile: reading(tiles.read, tile))
    checkpoint = Checkpoint(origin=keys.name, size=size, root=tree.root())
    _must_extend_all(tree, checkpoint, now_head.root, kept=kept, given=given)
    must_open(session, first=before, end=size)
    watch.next_media = must_be_as_named(
        session, first=before, end=size, after=watch.next_media, open_public=open_public
    )
    watch.looked_at = now
    if size == 0:
        return None
    if last is not None and last.size == size and now - last.at < DAILY:
        again = Note.parse(last.note.encode())
        return None if given == kept else _signed(again, checkpoint, last.id, last.at, new=False)
    note = keys.sign_checkpoint(checkpoint, at=now)
    return _signed(note, checkpoint, 1 if last is None else last.id + 1, now, new=True)


def keep(session: Session, signed: Signed) -> None:
    """The row of a new checkpoint. Two signers at once would both write the same number, and one fails."""
    if signed.new:
        session.add(
            SignedCheckpoint(
                id=signed.number,
                size=signed.checkpoint.size,
                root=signed.checkpoint.root.hex(),
                at=signed.at,
                note=str(signed.note),
            )
        )


def last_signed(session: Session) -> Signed | None:
    """The newest checkpoint, as it was signed."""
    row = newest(session)
    if row is None:
        return None
    note = Note.parse(row.note.encode())
    return _signed(note, Checkpoint.parse(note.text), row.id, row.at, new=False)


def give_out(session: Session, signed: Signed, *, tiles: TileStore) -> None:
    """Show the checkpoint to readers, with the lines of its witnesses; partial tiles whose place is full now are
    removed."""
    note = with_lines(signed.note, lines_under(session, signed.number))
    tiles.write(CHECKPOINT, str(note).encode())
    size, level = signed.checkpoint.size, 0
    while (full := (size >> HEIGHT * level) // WIDTH) > 0:  # the last full tile of every level
        start = (full - 1) << HEIGHT * (level + 1)
        widths = {
            (s >> HEIGHT * level) % WIDTH
            for s in sizes_signed(session, above=start)
            if s < start + (WIDTH << HEIGHT * level)
        }
        for width in sorted(widths - {0}):
            for each in (level, *([None] if level == 0 else [])):
                tiles.remove(Tile(level=each, index=full - 1, width=width).path)
        level += 1


def _signed(note: Note, checkpoint: Checkpoint, number: int, at: dt.datetime, *, new: bool) -> Signed:
    return Signed(note=note, checkpoint=checkpoint, number=number, at=at, new=new)


def _kept(session: Session, known: list[Generation]) -> Checkpoint | None:
    """The last checkpoint in the database."""
    row = newest(session)
    if row is None:
        return None
    checkpoint = opened(row.note.encode(), known, where="in the database")
    if (row.size, row.root) != (checkpoint.size, checkpoint.root.hex()):
        raise Discrepancy(f"checkpoint {row.id} in the database: its columns are not what was signed")
    return checkpoint


def _given(tiles: TileStore, known: list[Generation]) -> Checkpoint | None:
    """The checkpoint that readers get."""
    try:
        return opened(tiles.read(CHECKPOINT), known, where="that readers get")
    except TileMissing:
        return None


def opened(note: bytes, known: list[Generation], *, where: str) -> Checkpoint:
    """What a checkpoint of ours says. Raises `Discrepancy` when it is not ours."""
    try:
        parsed = Note.parse(note)
        return open_checkpoint(parsed, generation_of(parsed, known).keys)
    except NoteRefused as refused:
        raise Discrepancy(f"the checkpoint {where} is not ours: {refused}") from refused


def _must_extend_all(
    tree: Tree, checkpoint: Checkpoint, head_root: str, *, kept: Checkpoint | None, given: Checkpoint | None
) -> None:
    """The root of the head, and everything signed before, must be of this tree."""
    if checkpoint.root.hex() != head_root:
        raise Discrepancy(
            f"the head says the root of {checkpoint.size} entries is {head_root}, the leaves give another"
        )
    for where, signed in (("in the database", kept), ("that readers get", given)):
        if signed is not None:
            _must_extend(tree, checkpoint, signed, where)


def _must_extend(tree: Tree, checkpoint: Checkpoint, signed: Checkpoint, where: str) -> None:
    try:
        proof = tree.consistency(signed.size) if signed.size else []
    except ValueError:
        proof = []
    if not extends(
        old=signed.size, old_root=signed.root, size=checkpoint.size, root=checkpoint.root, proof=proof
    ):
        raise Discrepancy(
            f"the record does not extend the checkpoint of {signed.size} entries {where}: history was changed"
        )
