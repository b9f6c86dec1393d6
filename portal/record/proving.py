"""Making a proof file for an entry, from what readers get and the opening."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from portal.record.blocks import Discrepancy, Read, reading
from portal.record.checkpoint import Checkpoint, ProofFile
from portal.record.document import opens
from portal.record.merkle import leaf_hash
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
    tree = Tree(told.size, lambda tile: reading(read, tile))
    return proof_in(tree, entry, session.get(Opening, seq), checkpoint=note)


def proof_in(tree: Tree, entry: Entry, opening: Opening | None, *, checkpoint: Note) -> ProofFile:
    """The file for an entry of the tree that this checkpoint is of. Raises `Discrepancy`."""
    root, path = Checkpoint.parse(checkpoint.text).root, tree.inclusion(entry.seq)
    leaf = leaf_hash(entry.leaf.encode())
    if leaf.hex() != entry.leaf_hash or not includes(
        leaf, seq=entry.seq, size=tree.size, proof=path, root=root
    ):
        raise Discrepancy(f"entry {entry.seq} is not what was signed")
    if opening is not None and not opens(opening.salt, opening.document, entry.commit):
        raise Discrepancy(f"the document of entry {entry.seq} is not what was committed to")
    extra = opening_text(entry, opening).encode()
    return ProofFile(index=entry.seq, path=path, checkpoint=checkpoint, extra=extra)


def opening_text(entry: Entry, opening: Opening | None) -> str:
    """What is behind an entry, as `/record/opening/<seq>.json` says it."""
    told = {"seq": entry.seq, "leaf": entry.leaf, "leaf_hash": entry.leaf_hash}
    if opening is not None:
        told |= {"salt": opening.salt, "document": opening.document}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
