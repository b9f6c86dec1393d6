"""Whoever hands something in is given a signed receipt, in the transaction in which it is taken."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from portal.domain.receipts import GivenReceipt
from portal.record.batches import keys_of_receipts
from portal.record.notes import Note
from portal.record.receipt import CODE, Code, Receipt, canonical_content, receipt_file
from portal.record.receipt_key import ReceiptKey
from portal.record.signed import latest_at, newest
from portal.rules.clock import day_of, end_of


class KeyUnknown(Exception):
    """The record names other keys for receipts than this one, so nobody could check what it signs."""


def give_receipt(
    session: Session,
    *,
    submission: str,
    content: Mapping[str, object],
    key: ReceiptKey,
    days: int,
    now: dt.datetime,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> GivenReceipt:
    """Sign that this was received, and that it will be decided by the end of the day so many days on. A clock that
    runs back cannot date it before the last entry of the record. Raises `KeyUnknown`."""
    known = keys_of_receipts(session)
    if known and key.public not in known:
        raise KeyUnknown(f"the record does not know the key {key.public.id.hex()} for receipts")
    last = latest_at(session)
    received = (now if last is None else max(now, last)).astimezone(dt.UTC).replace(microsecond=0)
    code = Code(random(CODE))
    receipt = Receipt(
        origin=key.origin,
        commitment=code.commitment(canonical_content(content)),
        received_at=received,
        decide_by=end_of(day_of(received) + dt.timedelta(days=days)),
    )
    given = GivenReceipt(
        submission=submission,
        code=code.data.hex(),
        commitment=receipt.commitment.hex(),
        received_at=received,
        decide_by=receipt.decide_by,
        note=str(key.sign(receipt)),
    )
    session.add(given)
    return given


def file_of(session: Session, given: GivenReceipt, *, content: Mapping[str, object] | None) -> str:
    """The holder's file. The content goes in only while it is what was committed to: after a return the unit goes on
    writing in the same rows, and after a withdrawal the words are gone."""
    code, told = Code(bytes.fromhex(given.code)), None
    if content is not None:
        made = canonical_content(content)
        told = made if code.commitment(made).hex() == given.commitment else None
    last = newest(session)
    checkpoint = None if last is None else last.note
    return receipt_file(code=code, content=told, checkpoint=checkpoint, note=Note.parse(given.note.encode()))
