"""The record in blocks of 256 entries: what a bundle and a tile hold, hashed anew from the rows themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.document import opens
from portal.record.log import iso, leaf_line
from portal.record.tables import Act, Entry, Opening
from portal.record.tiles import WIDTH, Tile

Read = Callable[[str], bytes]  # a path of the tile store; raises `LookupError`

_COLUMNS = (
    Entry.seq, Entry.at, Entry.act, Entry.item, Entry.kind, Entry.version, Entry.commit, Entry.prev, Entry.leaf,
    Entry.leaf_hash,
)  # fmt: skip


class Discrepancy(Exception):
    """What the record says now is not what it said. The text names where, for those who must cure it."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """leaves and hashes of up to 256 entries, in order."""

    index: int
    leaves: list[bytes]
    hashes: list[bytes]


def block(session: Session, index: int, *, size: int) -> Block:
    """A block of the record as its rows give it. Raises `Discrepancy` for a row that is missing or that does
    not agree with itself."""
    first, end = index * WIDTH, min(size, (index + 1) * WIDTH)
    rows = session.execute(
        select(*_COLUMNS).where(Entry.seq >= first, Entry.seq < end).order_by(Entry.seq)
    ).all()
    leaves, hashes = [], []
    for seq, row in enumerate(rows, start=first):
        if row.seq != seq:
            raise Discrepancy(f"entry {seq} is missing")
        if trouble := _disagrees(row):
            raise Discrepancy(f"entry {seq} ({row.item}): {trouble}")
        leaves.append(row.leaf.encode())
        hashes.append(bytes.fromhex(row.leaf_hash))
    if len(rows) != end - first:
        raise Discrepancy(f"entry {first + len(rows)} is missing")
    return Block(index=index, leaves=leaves, hashes=hashes)


def _disagrees(row: Row[*tuple[Any, ...]]) -> str | None:
    """What is wrong with a row by itself; None when it says the same in columns, leaf and hash."""
    try:
        leaf = json.loads(row.leaf)
    except ValueError:
        leaf = None
    columns = {
        "act": row.act.value, "at": iso(row.at), "commit": row.commit, "item": row.item, "kind": row.kind,
        "seq": row.seq, "v": 1, "version": row.version,
    }  # fmt: skip
    if row.prev is not None:
        columns["prev"] = row.prev
    if leaf != columns:
        return "its columns and its leaf differ"
    if merkle.leaf_hash(row.leaf.encode()).hex() != row.leaf_hash:
        return "its leaf hash is wrong"
    return None


def must_open(session: Session, *, first: int, end: int) -> None:
    """Raises `Discrepancy` when a document among these entries is not what its entry has committed to, or a
    leaf is not written in its one form."""
    rows = session.execute(
        select(Entry, Opening)
        .outerjoin(Opening, Opening.seq == Entry.seq)
        .where(Entry.seq >= first, Entry.seq < end)
        .order_by(Entry.seq)
        .execution_options(yield_per=WIDTH)
    )
    for entry, opening in rows:
        line = leaf_line(
            seq=entry.seq, at=entry.at, act=entry.act, item=entry.item, kind=entry.kind,
            version=entry.version, commit=entry.commit, prev=entry.prev,
        )  # fmt: skip
        if line.decode() != entry.leaf:
            raise Discrepancy(f"entry {entry.seq} ({entry.item}): its leaf is not what its columns give")
        if opening is not None and not opens(opening.salt, opening.document, entry.commit):
            raise Discrepancy(f"entry {entry.seq} ({entry.item}): its document is not what was committed to")


def differences(kept: list[bytes], given: list[bytes], *, first: int) -> Iterator[int]:
    """The numbers of entries at which what was kept is not what is given."""
    for seq, (one, other) in enumerate(zip(kept, given, strict=False), start=first):
        if one != other:
            yield seq


def reading(read: Read, tile: Tile) -> bytes:
    """A tile, or the beginning of the full one that has taken the place of a partial one. Raises
    `LookupError`."""
    try:
        return read(tile.path)
    except LookupError:
        if tile.full or tile.level is None:
            raise
        return read(tile.whole.path)[: tile.width * 32]


def columns_of_leaf(leaf: bytes) -> dict[str, Any]:
    """The columns of the row that a leaf was made of. Raises `ValueError` for what is no leaf."""
    said = json.loads(leaf)
    columns = {name: said[name] for name in ("seq", "item", "kind", "version", "commit")}
    return {**columns, "act": Act(said["act"]), "at": said["at"], "prev": said.get("prev")}
