"""Appending to the record: the only function that makes anything public."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.document import canonical, commitment
from portal.record.shelving import columns_of, media_of, scopes_of, sealed_columns
from portal.record.signed import RecordFrozen, is_frozen
from portal.record.tables import Act, Entry, GoneMedia, Head, Opening, PublicMedia, Shelved, Touched

Salt = Callable[[int], bytes]


class NotInRecord(LookupError):
    """The record holds no such item, or it is withdrawn."""


@dataclass(frozen=True, kw_only=True)
class Disclosed:
    """What the public is about to see of an item: its key, kind and whole document."""

    item: str
    kind: str
    document: Mapping[str, Any]


def iso(moment: dt.datetime) -> str:
    """A moment as the leaf writes it: UTC, whole seconds, `2026-11-24T08:00:00Z`."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def leaf_line(
    *, seq: int, at: dt.datetime, act: Act, item: str, kind: str, version: int, commit: str, prev: int | None
) -> bytes:
    """The canonical leaf of an entry."""
    leaf: dict[str, Any] = {
        "act": act.value,
        "at": iso(at),
        "commit": commit,
        "item": item,
        "kind": kind,
        "seq": seq,
        "v": 1,
        "version": version,
    }
    if prev is not None:
        leaf["prev"] = prev
    return canonical(leaf)


def publish(
    session: Session, shown: Disclosed, *, at: dt.datetime, salt: Salt = secrets.token_bytes
) -> Entry:
    """Put an item on the record: `published` the first time, `corrected` from then on."""
    lock(session)
    before = latest(session, shown.item)
    if before is not None and before.act is Act.WITHDRAWN:
        raise NotInRecord(shown.item)
    act = Act.PUBLISHED if before is None else Act.CORRECTED
    return _append(session, shown, act=act, at=at, before=before, salt=salt)


def redact(session: Session, shown: Disclosed, *, at: dt.datetime, salt: Salt = secrets.token_bytes) -> Entry:
    """A new version; the openings and media of all earlier ones are destroyed."""
    before = _standing(session, shown.item)
    entry = _append(session, shown, act=Act.REDACTED, at=at, before=before, salt=salt)
    _destroy(session, entry)
    return entry


def withdraw(
    session: Session,
    item: str,
    *,
    reason: str,
    basis: str,
    role: str,
    at: dt.datetime,
    salt: Salt = secrets.token_bytes,
) -> Entry:
    """Destroy all openings and media of an item; a tombstone stays, and the chain of leaves."""
    before = _standing(session, item)
    shelf = session.get_one(Shelved, before.seq)
    tombstone: dict[str, Any] = {
        "title": "",
        "dated": shelf.dated.isoformat(),
        "category": shelf.category,
        "year": shelf.year,
        "project": {"code": shelf.project},
        "unit": {"code": shelf.unit},
        "town": {"code": shelf.town},
        "withdrawn": {"reason": reason, "basis": basis, "role": role},
    }
    shown = Disclosed(item=item, kind=before.kind, document=tombstone)
    entry = _append(session, shown, act=Act.WITHDRAWN, at=at, before=before, salt=salt)
    _destroy(session, entry)
    return entry


def latest(session: Session, item: str) -> Entry | None:
    """The last entry of an item."""
    return session.scalars(
        select(Entry).where(Entry.item == item).order_by(Entry.seq.desc()).limit(1)
    ).first()


def head(session: Session) -> Head:
    """Size and root of the record as it stands."""
    return session.get_one(Head, 1)


def lock(session: Session) -> Head:
    """The head, for this transaction alone: whoever appends sees all that was appended before. Raises
    `RecordFrozen`."""
    locked = session.get_one(Head, 1, with_for_update=True, populate_existing=True)
    if is_frozen(session):
        raise RecordFrozen("the record is frozen; `python -m portal doctor` says why and what to do")
    return locked


def _standing(session: Session, item: str) -> Entry:
    lock(session)
    before = latest(session, item)
    if before is None or before.act is Act.WITHDRAWN:
        raise NotInRecord(item)
    return before


def _append(
    session: Session, shown: Disclosed, *, act: Act, at: dt.datetime, before: Entry | None, salt: Salt
) -> Entry:
    at = at.astimezone(dt.UTC).replace(microsecond=0)
    grown = lock(session)
    if grown.at is not None:
        at = max(at, grown.at)  # a clock that runs back cannot make the record run back
    document, secret = canonical(dict(shown.document)), salt(32)
    line: dict[str, Any] = {
        "seq": grown.size,
        "at": at,
        "act": act,
        "item": shown.item,
        "kind": shown.kind,
        "version": before.version + 1 if before else 1,
        "commit": commitment(secret, document),
        "prev": before.seq if before else None,
    }
    leaf = leaf_line(**line)
    entry = Entry(**line, leaf=leaf.decode(), leaf_hash=merkle.leaf_hash(leaf).hex())
    session.add(entry)
    session.add(Opening(seq=entry.seq, salt=secret.hex(), document=document.decode()))
    frontier = merkle.grow(
        [bytes.fromhex(h) for h in grown.frontier], grown.size, bytes.fromhex(entry.leaf_hash)
    )
    grown.size, grown.at = grown.size + 1, at
    grown.frontier, grown.root = [h.hex() for h in frontier], merkle.root_of(frontier).hex()
    _shelve(session, entry, shown)
    return entry


def _shelve(session: Session, entry: Entry, shown: Disclosed) -> None:
    first_at = entry.at
    if entry.prev is not None:
        before = session.get_one(Shelved, entry.prev)
        first_at, before.latest = before.first_at, False
    columns = columns_of(shown.document)
    session.add(
        Shelved(
            seq=entry.seq,
            item=entry.item,
            kind=entry.kind,
            act=entry.act,
            version=entry.version,
            latest=True,
            first_at=first_at,
            at=entry.at,
            **columns,
        )
    )
    session.flush()
    names = media_of(shown.document)
    if names:
        session.execute(insert(PublicMedia), [{"name": name, "seq": entry.seq} for name in names])
    touch(session, dict.fromkeys(["*", f"kind/{entry.kind}", entry.item, *scopes_of(columns)], entry.seq))


def touch(session: Session, scopes: Mapping[str, int]) -> None:
    """These entries are the last that touched these scopes."""
    if scopes:
        upsert = _insert(session)(Touched)
        session.execute(
            upsert.on_conflict_do_update(index_elements=["scope"], set_={"seq": upsert.excluded.seq}),
            [{"scope": scope, "seq": seq} for scope, seq in scopes.items()],
        )


def _insert(session: Session) -> Any:
    """The database's own INSERT, which knows what to do with a row that is there already."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def _destroy(session: Session, entry: Entry) -> None:
    """Openings and media rows of an item's entries before this one, gone for good. What lists knew of them
    becomes what they know of the entry that destroyed them, without a title."""
    old = list(session.scalars(select(Entry.seq).where(Entry.item == entry.item, Entry.seq < entry.seq)))
    names = session.scalars(select(PublicMedia.name).where(PublicMedia.seq.in_(old))).all()
    session.execute(delete(Opening).where(Opening.seq.in_(old)))
    session.execute(delete(PublicMedia).where(PublicMedia.seq.in_(old)))
    still = set(session.scalars(select(PublicMedia.name).where(PublicMedia.name.in_(names))))
    _leave_marks(session, (name for name in names if name not in still), entry.seq)
    left = sealed_columns(session.get_one(Shelved, entry.seq))
    session.execute(update(Shelved).where(Shelved.seq.in_(old)).values(**left))
    session.expire_all()


def _leave_marks(session: Session, names: Iterable[str], seq: int) -> None:
    """So that the addresses of these renditions say from now on that this entry destroyed them."""
    rows = [{"mark": GoneMedia.mark_of(name), "seq": seq} for name in dict.fromkeys(names)]
    if rows:
        upsert = _insert(session)(GoneMedia).values(rows)
        session.execute(upsert.on_conflict_do_update(index_elements=["mark"], set_={"seq": seq}))


def document_of(session: Session, seq: int) -> dict[str, Any] | None:
    """The document behind an entry, or None when its opening is destroyed."""
    text = session.scalar(select(Opening.document).where(Opening.seq == seq))
    return None if text is None else json.loads(text)
