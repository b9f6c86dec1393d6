"""How large the record is and which root it has, now or as a day ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.shelf import Shelf
from portal.record.tables import Entry, Head
from portal.rules.clock import end_of

BATCH = 10_000  # leaves read at once
REMEMBERED = 256  # roots of past days
_roots: dict[tuple[int, str], str] = {}


@dataclass(frozen=True)
class Extent:
    """size: entries; root: hex, over all their leaves; at: when the last one was made, None when there is none."""

    size: int
    root: str
    at: dt.datetime | None


def extent(shelf: Shelf) -> Extent:
    """Size and root for the day that the shelf shows."""
    if shelf.as_of is None:
        head = shelf.session.get_one(Head, 1)
        return Extent(head.size, head.root, head.at)
    seq = last_before_end(shelf.session, shelf.as_of)
    if seq < 0:
        return Extent(0, merkle.EMPTY.hex(), None)
    last = shelf.session.get_one(Entry, seq)
    return Extent(seq + 1, _root(shelf.session, seq, last.leaf_hash), last.at)


def size(shelf: Shelf) -> int:
    """How many entries there are on the day that the shelf shows."""
    if shelf.as_of is None:
        return shelf.session.get_one(Head, 1).size
    return last_before_end(shelf.session, shelf.as_of) + 1


def last_before_end(session: Session, day: dt.date) -> int:
    """Number of the last entry made before a day ended, -1 when there is none. Times never run back along
    the numbers, so one look into the index finds it."""
    query = select(Entry.seq).where(Entry.at < end_of(day)).order_by(Entry.at.desc(), Entry.seq.desc())
    found = session.scalar(query.limit(1))
    return -1 if found is None else found


def _root(session: Session, seq: int, leaf_hash: str) -> str:
    """The root over all entries up to one, hashed from the leaves, some hundred thousand a second. What they are
    never changes, so it is remembered by the last one's number and hash."""
    key = (seq, leaf_hash)
    if key not in _roots:
        if len(_roots) >= REMEMBERED:
            _roots.clear()
        _roots[key] = _hashed(session, seq)
    return _roots[key]


def _hashed(session: Session, last: int) -> str:
    frontier: list[bytes] = []
    for start in range(0, last + 1, BATCH):
        within = Entry.seq.between(start, min(start + BATCH - 1, last))
        leaves = session.scalars(select(Entry.leaf_hash).where(within).order_by(Entry.seq))
        for place, leaf in enumerate(leaves, start=start):
            frontier = merkle.grow(frontier, place, bytes.fromhex(leaf))
    return merkle.root_of(frontier).hex()
