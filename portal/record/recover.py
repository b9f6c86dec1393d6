"""Bringing the record back to what was signed: rows from bundles, bundles from rows, and never another number.

What was signed last decides. Of every signed entry there are two copies, its row and its place in a bundle; the
one that hashes to what the tree says is kept. Documents are in no bundle: one whose row is lost stays lost.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.blocks import Discrepancy, Read, columns_of_leaf
from portal.record.checkpoint import Checkpoint
from portal.record.document import opens
from portal.record.log import iso, leaf_line
from portal.record.rebuild import rebuild_shelf
from portal.record.signed import freeze_of
from portal.record.tables import Entry, Head, Opening, PublicMedia, Shelved
from portal.record.tiles import HASH, WIDTH, Malformed, tile_in, unpack

Progress = Callable[[int, int], None]


@dataclass
class Recovered:
    """restored: numbers of entries whose rows were put back; without_document: those of them whose document is
    lost; removed: rows that were never signed and do not fit, as they stood."""

    restored: list[int] = field(default_factory=list)
    without_document: list[int] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)


def signed_leaves(session: Session, read: Read, signed: Checkpoint) -> list[bytes]:
    """The leaves that were signed, each from its row or its bundle. Raises `Discrepancy` when the two together
    do not give what was signed."""
    rows = {
        row.seq: row.leaf.encode()
        for row in session.execute(select(Entry.seq, Entry.leaf).where(Entry.seq < signed.size))
    }
    leaves: list[bytes] = []
    for index in range(-(-signed.size // WIDTH)):
        told, bundle = _tile(read, signed.size, index), _bundle(read, signed.size, index)
        for place in range(min(WIDTH, signed.size - index * WIDTH)):
            row = rows.get(index * WIDTH + place)
            copies = [copy for copy in (bundle[place] if bundle else None, row) if copy is not None]
            if not copies:
                raise Discrepancy(f"entry {index * WIDTH + place} is neither in the database nor in a bundle")
            right = [c for c in copies if told and merkle.leaf_hash(c) == told[place]]
            leaves.append((right or copies)[0])
    if merkle.root([merkle.leaf_hash(leaf) for leaf in leaves]) != signed.root:
        raise Discrepancy(
            "rows and bundles together do not give what was signed; bring the tiles of a mirror, or a newer backup"
        )
    return leaves


def restore(
    session: Session, leaves: list[bytes], *, now: dt.datetime, progress: Progress = lambda _d, _t: None
) -> Recovered:
    """Make the rows say what was signed, then derive head and shelf, and lift the freeze. The caller has
    switched the tables' triggers off."""
    found = Recovered()
    kept = {row.seq: row for row in session.scalars(select(Entry))}
    _drop_unfitting(session, kept, leaves, found)
    for seq, leaf in enumerate(leaves):
        columns = _columns(leaf)
        row = kept.get(seq)
        if row is None or any(getattr(row, name) != value for name, value in columns.items()):
            if row is not None:
                found.removed.append(_as_it_stood(row))
            _put(session, columns, there=row is not None)
            found.restored.append(seq)
        progress(seq + 1, len(leaves))
    session.expunge_all()
    found.without_document = _drop_wrong_openings(session, found.restored)
    _count_again(session)
    rebuild_shelf(session)
    for freeze in iter(lambda: freeze_of(session), None):
        freeze.cured_at = now
        session.flush()
    return found


def _tile(read: Read, size: int, index: int) -> list[bytes] | None:
    tile = tile_in(size, level=0, index=index)
    try:
        data = read(tile.path)
    except LookupError:
        return None
    if len(data) != tile.width * HASH:
        return None
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def _bundle(read: Read, size: int, index: int) -> list[bytes] | None:
    tile = tile_in(size, level=None, index=index)
    try:
        return unpack(read(tile.path), width=tile.width)
    except (LookupError, Malformed):
        return None


def _columns(leaf: bytes) -> dict[str, Any]:
    columns = columns_of_leaf(leaf)
    at = dt.datetime.fromisoformat(columns.pop("at").replace("Z", "+00:00"))
    return {**columns, "at": at, "leaf": leaf.decode(), "leaf_hash": merkle.leaf_hash(leaf).hex()}


def _put(session: Session, columns: dict[str, Any], *, there: bool) -> None:
    if there:
        session.execute(update(Entry).where(Entry.seq == columns["seq"]).values(columns))
    else:
        session.execute(insert(Entry).values(columns))


def _drop_unfitting(session: Session, kept: dict[int, Entry], leaves: list[bytes], found: Recovered) -> None:
    """Rows beyond what was signed stay while they follow without a gap and say what their leaf says; from the
    first that does not, they go: they were never shown as signed, and their acts can be done again."""
    last = {}
    for leaf in leaves:
        columns = columns_of_leaf(leaf)
        last[columns["item"]] = (columns["seq"], columns["version"])
    expected, fits = len(leaves), True
    for seq in sorted(number for number in kept if number >= len(leaves)):
        row = kept[seq]
        prev, version = last.get(row.item, (None, 0))
        fits = fits and seq == expected and _agrees(row) and (row.prev, row.version) == (prev, version + 1)
        if fits:
            last[row.item], expected = (seq, row.version), seq + 1
            continue
        found.removed.append(_as_it_stood(row))
        for table in (PublicMedia, Shelved, Opening, Entry):
            session.execute(delete(table).where(table.seq == seq))


def _agrees(row: Entry) -> bool:
    line = leaf_line(
        seq=row.seq, at=row.at, act=row.act, item=row.item, kind=row.kind, version=row.version,
        commit=row.commit, prev=row.prev,
    )  # fmt: skip
    return line.decode() == row.leaf and merkle.leaf_hash(line).hex() == row.leaf_hash


def _as_it_stood(row: Entry) -> dict[str, Any]:
    return {
        "seq": row.seq, "at": iso(row.at), "act": row.act.value, "item": row.item, "kind": row.kind,
        "version": row.version, "commit": row.commit, "prev": row.prev, "leaf": row.leaf,
    }  # fmt: skip


def _drop_wrong_openings(session: Session, restored: list[int]) -> list[int]:
    """Openings that are not those of the restored rows go. The entries that have none now."""
    without = []
    for seq in restored:
        entry, opening = session.get_one(Entry, seq), session.get(Opening, seq)
        if opening is not None and opens(opening.salt, opening.document, entry.commit):
            continue
        session.execute(delete(Opening).where(Opening.seq == seq))
        without.append(seq)
    session.expunge_all()
    return without


def _count_again(session: Session) -> None:
    frontier: list[bytes] = []
    size, at = 0, None
    for row in session.execute(select(Entry.leaf_hash, Entry.at).order_by(Entry.seq)):
        frontier = merkle.grow(frontier, size, bytes.fromhex(row.leaf_hash))
        size, at = size + 1, row.at
    session.execute(
        update(Head)
        .where(Head.id == 1)
        .values(
            size=size,
            frontier=[each.hex() for each in frontier],
            root=merkle.root_of(frontier).hex(),
            at=at,
        )
    )
    session.expunge_all()


def lines_of(removed: list[dict[str, Any]]) -> str:
    """What was removed, a line for each row, for those who must do its acts again."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in removed)
