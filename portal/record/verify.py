"""Checking the whole record: every entry, document and rendition is hashed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.document import opens
from portal.record.followers import entries
from portal.record.hashing_media import OpenPublic, is_as_named
from portal.record.log import leaf_line
from portal.record.signed import sizes_signed
from portal.record.tables import Act, Entry, Head, Opening, PublicMedia, Shelved
from portal.record.verify_shelf import derived_faults

Progress = Callable[[int, int], None]


@dataclass
class Findings:
    """entries, documents, renditions: how many were checked; roots: of the sizes that were signed; wrong: one
    sentence for each fault."""

    entries: int = 0
    documents: int = 0
    renditions: int = 0
    root: str = ""
    roots: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def verify(
    session: Session, *, open_public: OpenPublic, progress: Progress = lambda _done, _total: None
) -> Findings:
    """Hash everything again and name what does not agree.

    `open_public` opens a public rendition by name and raises `LookupError` when it is missing.
    """
    found = Findings()
    head = session.scalars(select(Head)).one()
    names = list(session.scalars(select(PublicMedia.name).distinct().order_by(PublicMedia.name)))
    size, total = head.size, head.size + len(names)
    head_root = head.root
    frontier: list[bytes] = []
    last_of: dict[str, tuple[int, int]] = {}
    last_at: dt.datetime | None = None
    sizes = {*sizes_signed(session, above=0)}
    destroyed = _destroyed(session)
    for entry, opening in entries(session):
        found.wrong.extend(_entry_faults(entry, expected=found.entries, last_of=last_of))
        found.wrong.extend(_opening_faults(entry, opening, destroyed))
        found.documents += opening is not None
        frontier = merkle.grow(frontier, found.entries, merkle.leaf_hash(entry.leaf.encode()))
        last_of[entry.item], last_at = (entry.seq, entry.version), entry.at
        found.entries += 1
        progress(found.entries, total)
        if found.entries in sizes:
            found.roots[found.entries] = merkle.root_of(frontier).hex()
    found.root = merkle.root_of(frontier).hex()
    found.wrong.extend(_head_faults(head, frontier, last_at))
    if found.entries != size:
        found.wrong.append(f"the head says {size} entries, there are {found.entries}")
    if found.root != head_root:
        found.wrong.append(f"the head's root is {head_root}, the leaves give {found.root}")
    found.wrong.extend(_shelf_faults(session, last_of))
    found.wrong.extend(derived_faults(session))
    for name in names:
        found.wrong.extend(_media_faults(name, open_public))
        found.renditions += 1
        progress(size + found.renditions, total)
    return found


def _opening_faults(entry: Entry, opening: Opening | None, destroyed: Mapping[str, int]) -> Iterator[str]:
    where = f"entry {entry.seq} ({entry.item})"
    if opening is not None and not opens(opening.salt, opening.document, entry.commit):
        yield f"{where}: its document is not what was committed to"
    if opening is None and entry.seq >= destroyed.get(entry.item, 0):
        yield f"{where}: its document is missing without a withdrawal"


def _destroyed(session: Session) -> dict[str, int]:
    """For each item, the entry below which openings may be gone."""
    rows = session.execute(
        select(Entry.item, func.max(Entry.seq))
        .where(Entry.act.in_([Act.WITHDRAWN, Act.REDACTED]))
        .group_by(Entry.item)
    )
    return {row[0]: row[1] for row in rows}


def _entry_faults(entry: Entry, *, expected: int, last_of: dict[str, tuple[int, int]]) -> Iterator[str]:
    if entry.seq != expected:
        yield f"entry {entry.seq}: number {expected} should stand here"
    leaf = leaf_line(
        seq=entry.seq,
        at=entry.at,
        act=entry.act,
        item=entry.item,
        kind=entry.kind,
        version=entry.version,
        commit=entry.commit,
        prev=entry.prev,
    )
    if leaf.decode() != entry.leaf:
        yield f"entry {entry.seq} ({entry.item}): its columns and its leaf differ"
    if merkle.leaf_hash(entry.leaf.encode()).hex() != entry.leaf_hash:
        yield f"entry {entry.seq} ({entry.item}): its leaf hash is wrong"
    prev, version = last_of.get(entry.item, (None, 0))
    if entry.prev != prev or entry.version != version + 1:
        yield f"entry {entry.seq} ({entry.item}): it does not follow the item's previous entry"


def _head_faults(head: Head, frontier: list[bytes], at: dt.datetime | None) -> Iterator[str]:
    if head.frontier != [each.hex() for each in frontier]:
        yield "the head's frontier is not that of the leaves"
    if head.at != at:
        yield f"the head says the last entry was made at {head.at}, it was {at}"


def _shelf_faults(session: Session, last_of: dict[str, tuple[int, int]]) -> Iterator[str]:
    shelved = dict(session.execute(select(Shelved.item, Shelved.seq).where(Shelved.latest)).all())
    for item, (seq, _) in last_of.items():
        if shelved.pop(item, None) != seq:
            yield f"{item}: the shelf does not show its last entry {seq}"
    for item in shelved:
        yield f"{item}: on the shelf without an entry"
    loose = session.scalars(
        select(PublicMedia.name)
        .outerjoin(Opening, Opening.seq == PublicMedia.seq)
        .where(Opening.seq.is_(None))
    )
    for name in loose:
        yield f"{name}: public without a document that shows it"


def _media_faults(name: str, open_public: OpenPublic) -> Iterator[str]:
    try:
        named = is_as_named(name, open_public)
    except LookupError:
        yield f"{name}: the rendition is missing"
        return
    if not named:
        yield f"{name}: the rendition does not hash to its name"
