"""What the house knows of its receipts, beside what the record says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from portal.domain.progress import Report
from portal.domain.receipts import GivenReceipt
from portal.record.batches import Batch, batch_at, keys_of_receipts
from portal.record.notes import Note, NoteRefused, must_be_signed
from portal.record.receipt import LOGGED_WITHIN, Code, Decided, Receipt
from portal.record.signing import holds


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Receipts and decisions that the log does not say yet, and since when the oldest waits; overdue: how many
    submissions should have been decided by now."""

    count: int
    since: dt.datetime | None
    overdue: int


def waiting(session: Session, *, now: dt.datetime) -> Waiting:
    since = func.min(func.coalesce(GivenReceipt.decided_at, GivenReceipt.received_at))
    not_logged = GivenReceipt.logged_in.is_(None)
    count, oldest = session.execute(
        select(func.count(), func.min(GivenReceipt.received_at)).where(not_logged)
    ).one()
    later, decided = session.execute(
        select(func.count(), since).where(GivenReceipt.logged_in.is_not(None), _decided_not_logged())
    ).one()
    times = [each for each in (oldest, decided) if each is not None]
    undecided = (GivenReceipt.outcome.is_(None), GivenReceipt.decide_by < now)
    overdue = session.scalars(select(func.count()).select_from(GivenReceipt).where(*undecided)).one()
    return Waiting(count=count + later, since=min(times) if times else None, overdue=overdue)


def receipts_of(session: Session, report: Report) -> list[GivenReceipt]:
    """The receipts of a report, of each round, the last first."""
    like = GivenReceipt.submission.like(f"report/{report.id}/%")
    return list(session.scalars(select(GivenReceipt).where(like).order_by(GivenReceipt.id.desc())))


def receipt_faults(session: Session, *, now: dt.datetime) -> Iterator[str]:
    """What does not agree between receipts, their signatures, and the record; a sentence each."""
    keys, read = keys_of_receipts(session), dict[int, Batch | None]()
    for given in session.scalars(select(GivenReceipt).order_by(GivenReceipt.id)):
        name = f"receipt {given.id} ({given.submission})"
        try:
            note = Note.parse(given.note.encode())
            receipt = Receipt.parse(note.text)
            signer = [key for key in keys if key.id in {each.id for each in note.signatures}]
            must_be_signed(note, signer, check=holds)
        except NoteRefused as refused:
            yield f"{name}: {refused}"
            continue
        columns = (given.commitment, given.received_at, given.decide_by)
        if keys and not signer:
            yield f"{name}: signed with a key that the record does not know"
        if columns != (receipt.commitment.hex(), receipt.received_at, receipt.decide_by):
            yield f"{name}: its columns are not what was signed"
        yield from _logged_faults(session, given, receipt, name, read=read, now=now)


def _logged_faults(
    session: Session,
    given: GivenReceipt,
    receipt: Receipt,
    name: str,
    *,
    read: dict[int, Batch | None],
    now: dt.datetime,
) -> Iterator[str]:
    code, too_old = Code(bytes.fromhex(given.code)), now - LOGGED_WITHIN
    lines: list[tuple[str, int | None, dt.datetime, bytes]] = [
        ("receipt", given.logged_in, receipt.received_at, code.receipt_line(receipt))
    ]
    if given.outcome is not None and given.decided_at is not None:
        decision = Decided(outcome=given.outcome, at=given.decided_at, entry=given.entry)
        lines.append(("decision", given.decided_in, given.decided_at, code.decision_line(decision)))
    for what, seq, since, line in lines:
        if seq is None:
            if since < too_old:
                yield f"{name}: its {what} of {since:%Y-%m-%d %H:%M} UTC is not on the record after 24 hours"
            continue
        if seq not in read:
            read[seq] = batch_at(session, seq)
        batch = read[seq]
        if batch is None or line not in batch.lines:
            yield f"{name}: its {what} should stand in entry {seq} and does not"


def _decided_not_logged() -> ColumnElement[bool]:
    return and_(GivenReceipt.outcome.is_not(None), GivenReceipt.decided_in.is_(None))
