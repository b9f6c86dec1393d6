"""The receipts follower: tells the log what was received and what was decided, so that nobody else learns of it.

A batch stands on the record every six hours, whether there is anything to say or not, so that neither its coming
nor its size (in steps of 16 lines) tells how much is handed in.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.receipts import GivenReceipt
from portal.record.batches import batch_at, batches_of_day, keys_of_receipts
from portal.record.followers import move
from portal.record.log import Disclosed, iso, publish
from portal.record.notes import Note, PublicKey
from portal.record.receipt import KEYS_ITEM, KIND, LINE, PAD, Code, Decided, Receipt, batch_document
from portal.record.signed import latest_at
from portal.record.tables import Entry, Follower, Head

RECEIPTS = "follow/receipts"  # the lease of whoever publishes batches
EVERY = dt.timedelta(hours=6)
MOST = 1024  # lines of a batch

Random = Callable[[int], bytes]


def is_due(session: Session, *, now: dt.datetime) -> bool:
    """Whether six hours have begun since the last batch. A clock that was moved back makes it due, once."""
    last = session.get(Follower, RECEIPTS)
    return last is None or _slot(last.moved_at) != _slot(now)


def stand_key(session: Session, key: PublicKey, *, now: dt.datetime) -> bool:
    """Put a key for receipts on the record, after those before it. False when it stands there already."""
    known = keys_of_receipts(session)
    if key in known:
        return False
    document = {
        "dated": _day(session, now).isoformat(),
        "keys": [each.line for each in (*known, key)],
        "title": "",
        "v": 1,
    }
    publish(session, Disclosed(item=KEYS_ITEM, kind=KIND, document=document), at=now)
    return True


def publish_batches(
    session: Session, *, now: dt.datetime, random: Random = secrets.token_bytes
) -> list[Entry]:
    """Put on the record what it does not say yet, in one batch or, of more than a thousand, in several."""
    made: list[Entry] = []
    session.get_one(Head, 1, with_for_update=True)  # one at a time, before anything is looked at
    while True:
        received = _waiting(session, MOST)
        decisions = _decided(session, MOST - len(received))
        if made and not received and not decisions:
            break
        lines = [*map(_receipt_line, received), *map(_decision_line, decisions)]
        lines += [random(LINE) for _ in range(-len(lines) % PAD or (0 if lines else PAD))]
        day = _day(session, now)
        item = f"{KIND}/{day.isoformat()}-{batches_of_day(session, day) + 1}"
        document = batch_document(lines, dated=day)
        entry = publish(session, Disclosed(item=item, kind=KIND, document=document), at=now)
        for given in received:
            given.logged_in = entry.seq
        for given in decisions:
            given.decided_in = entry.seq
        session.flush()
        made.append(entry)
        if len(received) + len(decisions) < MOST:
            break
    move(session, RECEIPTS, position=made[-1].seq, now=now)
    return made


def log_again(session: Session) -> int:
    """After a recovery: what rows say is on the record, and is not, waits once more. How many lines."""
    read: dict[int, list[bytes]] = {}

    def stands(seq: int, line: bytes) -> bool:
        if seq not in read:
            batch = batch_at(session, seq)
            read[seq] = [] if batch is None else batch.lines
        return line in read[seq]

    waits = 0
    for given in session.scalars(select(GivenReceipt).where(GivenReceipt.logged_in.is_not(None))):
        assert given.logged_in is not None
        if not stands(given.logged_in, _receipt_line(given)):
            given.logged_in, waits = None, waits + 1
        if given.decided_in is not None and not stands(given.decided_in, _decision_line(given)):
            given.decided_in, waits = None, waits + 1
    return waits


def _waiting(session: Session, most: int) -> Sequence[GivenReceipt]:
    query = select(GivenReceipt).where(GivenReceipt.logged_in.is_(None)).order_by(GivenReceipt.id)
    return session.scalars(query.limit(most)).all()


def _decided(session: Session, most: int) -> Sequence[GivenReceipt]:
    query = select(GivenReceipt).where(GivenReceipt.outcome.is_not(None), GivenReceipt.decided_in.is_(None))
    return session.scalars(query.order_by(GivenReceipt.id).limit(most)).all()


def _receipt_line(given: GivenReceipt) -> bytes:
    receipt = Receipt.parse(Note.parse(given.note.encode()).text)
    return _code(given).receipt_line(receipt)


def _decision_line(given: GivenReceipt) -> bytes:
    assert given.outcome is not None
    assert given.decided_at is not None
    decision = Decided(outcome=given.outcome, at=given.decided_at, entry=given.entry)
    return _code(given).decision_line(decision)


def _code(given: GivenReceipt) -> Code:
    return Code(bytes.fromhex(given.code))


def _day(session: Session, now: dt.datetime) -> dt.date:
    """The day in UTC that the entry will bear."""
    last = latest_at(session)
    return dt.date.fromisoformat(iso(now if last is None else max(now, last))[:10])


def _slot(moment: dt.datetime) -> int:
    return int(moment.timestamp() // EVERY.total_seconds())
