"""Making a proof file for an entry, from what readers get and the opening."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from portal.record.blocks import Discrepancy, Read, reading
from portal.record.checkpoint import Checkpoint, ProofFile
from portal.record.notes import Note
from portal.record.proofs import Tree, includes
from portal.record.tables import Entry, Opening

CHECKPOINT = "checkpoint"


class NotSigned(LookupError):
    """The entry is not there, or not signed yet."""


def prove(session: Session, seq: int, *, read: Read) -> ProofFile:
    """A file that proves an entry without this site, with its opening while there is one. Raises `NotSigned`, and
    `Discrepancy` when what the database says is not what was signed."""
    try:
        note = Note.parse(read(CHECKPOINT))
    except LookupError as missing:
        raise NotSigned(str(seq)) from missing
    told = Checkpoint.parse(note.text)
    entry = session.get(Entry, seq) if seq < told.size else None
    if entry is None:
        raise NotSigned(str(seq))
    path = Tree(told.size, lambda tile: reading(read, tile)).inclusion(seq)
    if not includes(bytes.fromhex(entry.leaf_hash), seq=seq, size=told.size, proof=path, root=told.root):
        raise Discrepancy(f"entry {seq} is not what was signed")
    opened = json.dumps(_opened(entry, session.get(Opening, seq)), ensure_ascii=False, separators=(",", ":"))
    return ProofFile(index=seq, path=path, checkpoint=note, extra=opened.encode())


def _opened(entry: Entry, opening: Opening | None) -> dict[str, Any]:
    """What is behind an entry, as `/record/opening/<seq>.json` says it."""
    leaf = {"seq": entry.seq, "leaf": entry.leaf, "leaf_hash": entry.leaf_hash}
    return leaf if opening is None else {**leaf, "salt": opening.salt, "document": opening.document}
