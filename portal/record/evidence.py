"""Everything that proves a number of entries: leaf, opening, and the way up to a root."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.record import merkle
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Entry, Opening, Shelved
from portal.rules.clock import end_of


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One entry with what it shows. salt and document (its canonical text) are empty once they are destroyed."""

    shown: Shown
    leaf: str
    leaf_hash: str
    salt: str
    document: str
    path: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Proven:
    """Entries, and the size and root (hex) of the tree in which their paths end."""

    entries: Sequence[Evidence]
    size: int
    root: str


def evidence_of(shelf: Shelf, *where: ColumnElement[bool]) -> Proven:
    """All entries that meet these conditions on `Shelved`, oldest first, with their paths in the smallest tree that
    holds them all: so that what is proven is the same bytes until one more is added."""
    columns = (Entry.seq, Entry.leaf, Entry.leaf_hash, Opening.salt, Opening.document)
    query = select(*columns).join(Shelved, Shelved.seq == Entry.seq)
    query = query.outerjoin(Opening, Opening.seq == Entry.seq).where(*where).order_by(Entry.seq)
    if shelf.as_of is not None:
        query = query.where(Entry.at < end_of(shelf.as_of))
    rows = shelf.session.execute(query).all()
    if not rows:
        return Proven(entries=(), size=0, root=merkle.EMPTY.hex())
    size = rows[-1].seq + 1
    leaves = shelf.session.scalars(select(Entry.leaf_hash).where(Entry.seq < size).order_by(Entry.seq))
    levels = merkle.levels([bytes.fromhex(leaf) for leaf in leaves])
    shown = shelf.each_at([row.seq for row in rows])
    entries = [
        Evidence(
            shown=shown[row.seq],
            leaf=row.leaf,
            leaf_hash=row.leaf_hash,
            salt=row.salt or "",
            document=row.document or "",
            path=[each.hex() for each in merkle.path(levels, row.seq)],
        )
        for row in rows
    ]
    return Proven(entries=entries, size=size, root=levels[-1][0].hex())


def proof_text(evidence: Evidence, proven: Proven) -> str:
    """One entry's proof as a file of JSON."""
    told: dict[str, Any] = {
        "seq": evidence.shown.seq,
        "leaf": evidence.leaf,
        "leaf_hash": evidence.leaf_hash,
        "path": list(evidence.path),
        "size": proven.size,
        "root": proven.root,
    }
    if evidence.document:
        told |= {"salt": evidence.salt, "document": evidence.document}
    else:
        told["destroyed_by"] = evidence.shown.sealed_by
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
