"""The tree of acts for an auditor: files that the tools of the public record check, `verify.py` among them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.audit import AuditEntry, AuditLeaf, note
from portal.record import log, merkle
from portal.record.blocks import Read
from portal.record.checkpoint import ProofFile
from portal.record.notes import Note
from portal.record.proofs import Tree
from portal.record.proving import CHECKPOINT, NotSigned, prove
from portal.record.signing import SigningKeys
from portal.record.tiles import WIDTH, Tile, join, pack
from portal.rules.clock import day_of, end_of
from portal.workflows.seal_audit import Sealed, act_document, seals

Progress = Callable[[int, int], None]
Write = Callable[[str, bytes], None]  # a path below the folder, and what it holds
COLUMNS = ("seq", "at", "actor", "act", "subject_kind", "subject_id", "detail")


class NothingSealed(LookupError):
    """No day of the audit has been sealed yet."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """read: the record's tiles; write: a file of the export, by its path."""

    read: Read
    write: Write
    progress: Progress = lambda _done, _total: None


def export_audit(
    session: Session, out: Export, *, since: dt.date, until: dt.date, keys: SigningKeys, now: dt.datetime
) -> int:
    """Write the whole tree up to the last seal, every seal with its proof from the public record, and the acts of
    these days with theirs. How many acts. `keys` are those of the record. Raises `NothingSealed`."""
    known = seals(session)
    if not known:
        raise NothingSealed
    own = SigningKeys(known[-1].checkpoint.origin, keys.ed25519, keys.ml_dsa)
    size, tiles = known[-1].checkpoint.size, dict[str, bytes]()
    for path, data in _tree_files(session, size):
        tiles[path] = data if "/entries/" not in path else b""
        out.write(path, data)
    for each in known:
        out.write(f"seals/{each.day}", str(own.sign_checkpoint(each.checkpoint, at=now)).encode())
        _public_proof(session, each, out)
    checkpoint = own.sign_checkpoint(known[-1].checkpoint, at=now)
    out.write(CHECKPOINT, str(checkpoint).encode())
    out.write("keys.txt", "".join(f"{key.line}\n" for key in own.public).encode())
    tree = Tree(size, lambda tile: tiles[tile.path])
    return _acts(session, out, tree, checkpoint, since=since, until=until)


def note_export(session: Session, *, since: dt.date, until: dt.date, acts: int, now: dt.datetime) -> None:
    """An export is an act itself."""
    days = {"since": since.isoformat(), "until": until.isoformat()}
    note(session, actor=None, act="export_audit", subject=None, now=now, **days, acts=acts)


def _tree_files(session: Session, size: int) -> Iterator[tuple[str, bytes]]:
    """Bundles and tiles of the first `size` leaves, as C2SP tlog-tiles lays them out."""
    row: list[bytes] = []
    for index in range(-(-size // WIDTH)):
        within = AuditLeaf.seq.between(index * WIDTH, min(size, (index + 1) * WIDTH) - 1)
        leaves = [
            text.encode()
            for text in session.scalars(select(AuditLeaf.leaf).where(within).order_by(AuditLeaf.seq))
        ]
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        yield Tile(level=None, index=index, width=len(leaves)).path, pack(leaves)
        yield Tile(level=0, index=index, width=len(leaves)).path, join(hashes)
        row += [merkle.root(hashes)] if len(leaves) == WIDTH else []
    level = 1
    while row:
        above = []
        for index in range(-(-len(row) // WIDTH)):
            part = row[index * WIDTH : (index + 1) * WIDTH]
            yield Tile(level=level, index=index, width=len(part)).path, join(part)
            above += [merkle.root(part)] if len(part) == WIDTH else []
        row, level = above, level + 1


def _public_proof(session: Session, sealed: Sealed, out: Export) -> None:
    """The seal's entry on the public record; of the newest one there is no proof before it is signed."""
    entry = log.latest(session, sealed.item)
    if entry is not None:
        try:
            proof = prove(session, entry.seq, read=out.read)
            out.write(f"public/{sealed.day}.tlog-proof", str(proof).encode())
        except NotSigned:
            return


def _acts(
    session: Session, out: Export, tree: Tree, checkpoint: Note, *, since: dt.date, until: dt.date
) -> int:
    """A proof for each act of these days, and a table of them."""
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(COLUMNS)
    query = (
        select(AuditLeaf, AuditEntry)
        .join(AuditEntry, AuditEntry.id == AuditLeaf.entry_id)
        .where(AuditLeaf.seq < tree.size)
        .where(AuditEntry.at >= end_of(since - dt.timedelta(days=1)), AuditEntry.at < end_of(until))
        .order_by(AuditLeaf.seq)
    )
    found = session.execute(query).all()
    for done, (leaf, entry) in enumerate(found):
        opening = {
            "seq": leaf.seq, "leaf": leaf.leaf, "leaf_hash": leaf.leaf_hash,
            "salt": leaf.salt, "document": act_document(entry).decode(),
        }  # fmt: skip
        extra = json.dumps(opening, ensure_ascii=False, separators=(",", ":")).encode()
        proof = ProofFile(index=leaf.seq, path=tree.inclusion(leaf.seq), checkpoint=checkpoint, extra=extra)
        out.write(f"acts/{leaf.seq}.tlog-proof", str(proof).encode())
        detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
        at, actor = entry.at.isoformat(), entry.actor_id or ""
        rows.writerow((leaf.seq, at, actor, entry.act, entry.subject_kind, entry.subject_id, detail))
        out.progress(done, len(found))
    out.write("acts.csv", table.getvalue().encode())
    return len(found)


def days_of(session: Session) -> tuple[dt.date, dt.date]:
    """The first day of the audit and the last one that is sealed. Raises `NothingSealed`."""
    known, first = seals(session), session.scalar(select(AuditEntry.at).order_by(AuditEntry.at).limit(1))
    if not known or first is None:
        raise NothingSealed
    return day_of(first), known[-1].day
