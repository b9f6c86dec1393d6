"""Many new items on the record at once: the same entries, openings and rows that `log.publish` would have made one by
one, in a handful of statements."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.document import canonical, commitment
from portal.record.log import Disclosed, Salt, leaf_line, lock, touch
from portal.record.shelving import columns_of, media_of, scopes_of
from portal.record.tables import Act, Entry, Head, Opening, PublicMedia, Shelved


class AlreadyInRecord(LookupError):
    """The record holds this item; what it says is changed by a correction."""


def publish_new(
    session: Session, shown: Sequence[Disclosed], *, at: dt.datetime, salt: Salt = secrets.token_bytes
) -> list[int]:
    """Put items on the record that are not there yet; their numbers, dense and in order. Raises `AlreadyInRecord`,
    and `RecordFrozen`."""
    grown = lock(session)
    _refuse_known(session, shown)
    at = at.astimezone(dt.UTC).replace(microsecond=0)
    if grown.at is not None:
        at = max(at, grown.at)  # a clock that runs back cannot make the record run back
    rows: dict[Any, list[dict[str, Any]]] = {Entry: [], Opening: [], Shelved: [], PublicMedia: []}
    scopes: dict[str, int] = {}
    frontier = [bytes.fromhex(each) for each in grown.frontier]
    for seq, each in enumerate(shown, start=grown.size):
        leaf_hash = _lay_out(rows, scopes, each, seq=seq, at=at, salt=salt(32))
        frontier = merkle.grow(frontier, seq, leaf_hash)
    session.flush()
    for table, values in rows.items():
        if values:
            session.execute(insert(table), values)
    touch(session, scopes)
    _advance(grown, len(shown), frontier, at)
    return list(range(grown.size - len(shown), grown.size))


def _refuse_known(session: Session, shown: Sequence[Disclosed]) -> None:
    items = [each.item for each in shown]
    known = session.scalar(select(Entry.item).where(Entry.item.in_(items)).limit(1))
    if known is not None or len(set(items)) < len(items):
        raise AlreadyInRecord(known or "the same item twice")


def _lay_out(
    rows: dict[Any, list[dict[str, Any]]],
    scopes: dict[str, int],
    shown: Disclosed,
    *,
    seq: int,
    at: dt.datetime,
    salt: bytes,
) -> bytes:
    """Everything that follows from one document, as rows. The hash of its leaf."""
    document, columns = canonical(dict(shown.document)), columns_of(shown.document)
    same: dict[str, Any] = {
        "seq": seq,
        "at": at,
        "act": Act.PUBLISHED,
        "item": shown.item,
        "kind": shown.kind,
        "version": 1,
    }
    line = {**same, "commit": commitment(salt, document), "prev": None}
    leaf = leaf_line(**line)
    leaf_hash = merkle.leaf_hash(leaf)
    rows[Entry].append({**line, "leaf": leaf.decode(), "leaf_hash": leaf_hash.hex()})
    rows[Opening].append({"seq": seq, "salt": salt.hex(), "document": document.decode()})
    rows[Shelved].append({**same, "latest": True, "first_at": at, **columns})
    rows[PublicMedia] += [{"name": name, "seq": seq} for name in media_of(shown.document)]
    scopes.update(dict.fromkeys(["*", f"kind/{shown.kind}", shown.item, *scopes_of(columns)], seq))
    return leaf_hash


def _advance(head: Head, more: int, frontier: list[bytes], at: dt.datetime) -> None:
    if more:
        head.size, head.at = head.size + more, at
        head.frontier, head.root = [each.hex() for each in frontier], merkle.root_of(frontier).hex()
