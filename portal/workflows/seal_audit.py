"""The audit as a tree of its own: every act becomes a leaf, and once a day the hash of the tree enters the public
record. Whoever changes, removes or slips in an act afterwards contradicts what everybody has.

Nothing of the acts is told by that: what enters the record is the hash of a checkpoint whose root nobody can guess,
because every leaf is salted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.domain.audit import AuditEntry, AuditLeaf, AuditSeal, newest_seal
from portal.record import log, merkle
from portal.record.blocks import Discrepancy
from portal.record.checkpoint import Checkpoint
from portal.record.document import canonical, commitment, opens
from portal.record.log import Disclosed, iso
from portal.record.signed import generations
from portal.rules.clock import day_of

SEALING = "follow/audit"  # the lease of whoever seals
KIND = "audit"  # of entries on the public record
BATCH = 500  # acts that become leaves in one transaction
LATEST = dt.timedelta(days=1)  # between the time of an act and the end of its transaction, at most
UNDER_WAY = 10_000  # how far back a number may still be written when a later one is there

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """The seal of a day: what the tree of acts was when it had ended."""

    day: dt.date
    checkpoint: Checkpoint

    @property
    def item(self) -> str:
        return f"{KIND}/{self.day.isoformat()}"

    @property
    def sha256(self) -> str:
        """What the public record holds: the hash of the checkpoint's three lines."""
        return hashlib.sha256(self.checkpoint.text.encode()).hexdigest()


def has_new(session: Session) -> bool:
    """Whether there are acts after the last one that has a leaf. One that is committed late comes with the next."""
    last = session.scalar(select(func.max(AuditLeaf.entry_id))) or 0
    if (session.scalar(select(func.max(AuditEntry.id))) or 0) <= last:
        return False
    return session.scalar(_new(session, after=last).limit(1)) is not None


def take_in(session: Session, *, late: bool = False) -> int:
    """Make leaves of acts that have none yet, in the order of their numbers. How many; at most `BATCH`, or, with
    `late`, all that may have come late as well."""
    if late:
        return _append(session, session.scalars(_without_leaf(AuditEntry.at >= earliest(session))).all())
    last = session.scalar(select(func.max(AuditLeaf.entry_id))) or 0
    return _append(session, session.scalars(_new(session, after=last).limit(BATCH)).all())


def is_due(session: Session, *, now: dt.datetime) -> bool:
    """Whether a day has ended in which something was done that no seal is over."""
    today, last = day_of(now), newest_seal(session)
    if (last is not None and last.day >= today - dt.timedelta(days=1)) or not generations(session):
        return False
    first = session.scalar(
        select(AuditEntry.at)
        .join(AuditLeaf, AuditLeaf.entry_id == AuditEntry.id)
        .where(AuditLeaf.seq == (0 if last is None else last.size))
    )
    return first is not None and day_of(first) < today


def hashed(session: Session, *, progress: Progress = lambda _done, _total: None) -> Checkpoint:
    """The tree of acts, every act hashed again. Raises `Discrepancy` for acts that are not those of the last seal."""
    last, frontier, size = newest_seal(session), list[bytes](), 0
    with closing(grown(session, progress=progress)) as leaves:
        for size, (frontier, trouble) in enumerate(leaves, start=1):
            if trouble:
                raise Discrepancy(trouble)
            if last is not None and size == last.size and merkle.root_of(frontier).hex() != last.root:
                raise Discrepancy(f"the acts are not those of the seal of {last.day}")
    if last is not None and size < last.size:
        raise Discrepancy(f"the seal of {last.day} is over {last.size} acts, and there are {size}")
    return Checkpoint(origin=name_of_tree(session), size=size, root=merkle.root_of(frontier))


def seal(session: Session, tree: Checkpoint, *, now: dt.datetime) -> Sealed:
    """Put the hash of the tree on the public record, for the day that has ended. Raises `Discrepancy` when the
    record has a seal of that day, which the house does not know of, and `RecordFrozen`."""
    sealed = Sealed(day=day_of(now) - dt.timedelta(days=1), checkpoint=tree)
    if log.latest(session, sealed.item) is not None:
        raise Discrepancy(f"the public record has {sealed.item}, and the house has no such seal")
    session.add(AuditSeal(day=sealed.day, size=tree.size, root=tree.root.hex(), made_at=now))
    log.publish(session, _disclosed(sealed), at=now)
    return sealed


def seals(session: Session) -> list[Sealed]:
    """Every seal, oldest first."""
    rows = session.scalars(select(AuditSeal).order_by(AuditSeal.day)).all()
    name = name_of_tree(session) if rows else ""
    return [
        Sealed(day=row.day, checkpoint=Checkpoint(origin=name, size=row.size, root=bytes.fromhex(row.root)))
        for row in rows
    ]


def earliest(session: Session) -> dt.datetime:
    """The oldest time that an act without a leaf may have; one before that was slipped in."""
    last = newest_seal(session)
    return dt.datetime.min.replace(tzinfo=dt.UTC) if last is None else last.made_at - LATEST


def slipped_in(session: Session) -> Sequence[AuditEntry]:
    """Acts without a leaf that are older than any may be."""
    return session.scalars(_without_leaf(AuditEntry.at < earliest(session))).all()


def name_of_tree(session: Session) -> str:
    """The name under which the tree of acts is signed: that of the record, with its own ending."""
    return f"{generations(session)[-1].name}/{KIND}"


def grown(
    session: Session, *, progress: Progress = lambda _done, _total: None
) -> Generator[tuple[list[bytes], str], None, None]:
    """The tree of acts, made again leaf by leaf: its frontier (see `merkle.grow`), and what is wrong with this
    leaf or its act ("" when nothing is)."""
    total = session.scalars(select(func.count()).select_from(AuditLeaf)).one()
    rows = session.execute(
        select(AuditLeaf, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditLeaf.entry_id)
        .order_by(AuditLeaf.seq)
        .execution_options(yield_per=BATCH)
    )
    frontier: list[bytes] = []
    with rows:  # whoever stops half-way leaves no cursor open
        for place, (leaf, entry) in enumerate(rows):
            frontier = merkle.grow(frontier, place, merkle.leaf_hash(leaf.leaf.encode()))
            yield frontier, _trouble(place, leaf, entry)
            if place % BATCH == 0:
                progress(place, total)


def act_document(entry: AuditEntry) -> bytes:
    """What the leaf of an act commits to: who did what to what, when, with which details."""
    said = {
        "act": entry.act,
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "detail": json.dumps(entry.detail, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "subject": {"id": entry.subject_id, "kind": entry.subject_kind},
        "title": " ".join(filter(None, (entry.act, entry.subject_kind, entry.subject_id))),
    }
    return canonical(said if entry.actor_id is None else {**said, "actor": entry.actor_id})


def _new(session: Session, *, after: int) -> Select[AuditEntry]:
    """Acts that belong into the tree: those with a number after this one, or shortly before it."""
    return _without_leaf(AuditEntry.id > after - UNDER_WAY, AuditEntry.at >= earliest(session))


def _without_leaf(*where: ColumnElement[bool]) -> Select[AuditEntry]:
    """Acts that are not in the tree."""
    leaf = select(AuditLeaf.seq).where(AuditLeaf.entry_id == AuditEntry.id).exists()
    return select(AuditEntry).where(*where, ~leaf).order_by(AuditEntry.id)


def _append(session: Session, entries: Sequence[AuditEntry]) -> int:
    last = session.scalar(select(func.max(AuditLeaf.seq)))
    first = 0 if last is None else last + 1
    for seq, entry in enumerate(entries, start=first):
        salt = secrets.token_bytes(32)
        leaf = _leaf(seq, entry, commitment(salt, act_document(entry)))
        session.add(
            AuditLeaf(
                seq=seq,
                entry_id=entry.id,
                salt=salt.hex(),
                leaf=leaf.decode(),
                leaf_hash=merkle.leaf_hash(leaf).hex(),
            )
        )
    session.flush()
    return len(entries)


def _leaf(seq: int, entry: AuditEntry, commit: str) -> bytes:
    """The line that the tree is over, in the shape of those of the record, so that the same tools read it."""
    return canonical(
        {
            "act": "noted",
            "at": iso(entry.at),
            "commit": commit,
            "item": f"act/{entry.id}",
            "kind": "act",
            "seq": seq,
            "v": 1,
            "version": 1,
        }
    )


def _trouble(place: int, leaf: AuditLeaf, entry: AuditEntry | None) -> str:
    """What is wrong with an act and its leaf; "" when nothing is."""
    if leaf.seq != place:
        return f"leaf {place} of the acts is missing"
    if entry is None:
        return f"act {leaf.entry_id} was removed: its leaf {place} is there"
    if merkle.leaf_hash(leaf.leaf.encode()).hex() != leaf.leaf_hash:
        return f"leaf {place} of the acts was changed: its hash is another"
    commit = json.loads(leaf.leaf)["commit"]
    if leaf.leaf.encode() != _leaf(place, entry, commit) or not opens(
        leaf.salt, act_document(entry).decode(), commit
    ):
        return f"act {entry.id} ({entry.act}) was changed: it is not what leaf {place} committed to"
    return ""


def _disclosed(sealed: Sealed) -> Disclosed:
    day = sealed.day.isoformat()
    document = {"title": f"内部审计日志的封条 {day}", "dated": day, "audit": {"sha256": sealed.sha256}}
    return Disclosed(item=sealed.item, kind=KIND, document=document)
