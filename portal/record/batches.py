"""Batches of receipts and decisions as they stand on the record, and looking up a code in them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from portal.record.log import document_of, latest
from portal.record.notes import PublicKey
from portal.record.receipt import KEYS_ITEM, KIND, Code, Decided, lines_in
from portal.record.tables import Entry, Opening, Shelved
from portal.rules.clock import first_day, last_day


@dataclass(frozen=True, kw_only=True)
class Batch:
    seq: int
    item: str
    at: dt.datetime
    lines: list[bytes]


@dataclass(frozen=True, kw_only=True)
class Logged:
    """What the log says of one code. decision: None while there is none; `*_in` are the entries that say so."""

    logged_in: Batch
    received_at: dt.datetime
    decide_by: dt.datetime
    commitment: bytes
    decision: Decided | None = None
    decided_in: Batch | None = None


def batches(session: Session, *, month: str | None = None) -> Iterator[Batch]:
    """Every batch, or those dated in a month (`YYYY-MM`), oldest first."""
    query = _batches()
    if month is not None:
        query = query.where(Shelved.dated.between(first_day(month), last_day(month)))
    yield from map(_batch, session.execute(query))


def batch_at(session: Session, seq: int) -> Batch | None:
    """The batch that this entry is."""
    row = session.execute(_batches().where(Entry.seq == seq)).first()
    if row is None:
        return None
    return _batch(row)


def months(session: Session) -> list[str]:
    """The months in which there are batches, oldest first."""
    days = select(Shelved.dated).where(Shelved.kind == KIND, Shelved.item != KEYS_ITEM).distinct()
    return sorted({f"{day:%Y-%m}" for day in session.scalars(days)})


def batches_of_day(session: Session, day: dt.date) -> int:
    """How many batches are dated so."""
    query = select(func.count()).select_from(Shelved)
    return session.scalars(
        query.where(Shelved.kind == KIND, Shelved.item != KEYS_ITEM, Shelved.dated == day)
    ).one()


def keys_of_receipts(session: Session) -> list[PublicKey]:
    """Every key that may have signed a receipt, oldest first, as the record says it. Raises `NoteRefused`."""
    entry = latest(session, KEYS_ITEM)
    document = None if entry is None else document_of(session, entry.seq)
    return [] if document is None else [PublicKey.parse(line) for line in document["keys"]]


def look_up(session: Session, code: Code) -> Logged | None:
    """What the log says of a code, from the log alone: no row of the house has a part in it."""
    found: Logged | None = None
    decision: tuple[Decided, Batch] | None = (
        None  # may stand before the receipt: lines of a batch have no order
    )
    marked = (Opening.document.contains(mark.hex()) for mark in (code.mark, code.decision_mark))
    for batch in map(_batch, session.execute(_batches().where(or_(*marked)))):  # the database looks, not we
        for line in batch.lines:
            if found is None and (said := _received(code, line)) is not None:
                commitment, received, by = said
                found = Logged(logged_in=batch, commitment=commitment, received_at=received, decide_by=by)
            if decision is None and (told := _decided(code, line)) is not None:
                decision = told, batch
    if found is None or decision is None:
        return found
    return replace(found, decision=decision[0], decided_in=decision[1])


def _received(code: Code, line: bytes) -> tuple[bytes, dt.datetime, dt.datetime] | None:
    try:
        return code.receipt_in(line)
    except ValueError:
        return None


def _decided(code: Code, line: bytes) -> Decided | None:
    try:
        return code.decision_in(line)
    except ValueError:
        return None


def _batch(row: Row[*tuple[Any, ...]]) -> Batch:
    return Batch(seq=row.seq, item=row.item, at=row.at, lines=lines_in(json.loads(row.document)))


def _batches() -> Select[int, str, dt.datetime, str]:
    query = select(Entry.seq, Entry.item, Entry.at, Opening.document).join(Opening, Opening.seq == Entry.seq)
    query = query.join(Shelved, Shelved.seq == Entry.seq)
    return query.where(Entry.kind == KIND, Entry.item != KEYS_ITEM).order_by(Entry.seq)
