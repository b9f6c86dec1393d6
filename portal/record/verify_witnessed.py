"""Checking what witnesses signed, and what is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.cosigning import cosigned, said_at
from portal.record.notes import Note, NoteRefused, PublicKey, Signature
from portal.record.policy import Policy
from portal.record.signed import newest
from portal.record.tables import Cosignature, SignedCheckpoint
from portal.record.witnessing import named, states

BATCH = 1000  # rows read at once


@dataclass
class _Most:
    """The last checkpoint that a witness has signed, of those that are kept."""

    number: int = 0
    size: int = 0
    at: dt.datetime | None = None


def witnessed_faults(session: Session, *, policy: Policy | None) -> Iterator[str]:
    """One sentence for each fault. The keys of witnesses stand in the policy: a line of one that is not in it any
    more cannot be verified, but it must still be of the key, the time and a checkpoint that its row says."""
    keys = {} if policy is None else {named(each.key): each.key for each in policy.witnesses}
    most: dict[str, _Most] = {}
    query = (
        select(Cosignature, SignedCheckpoint)
        .outerjoin(SignedCheckpoint, SignedCheckpoint.id == Cosignature.checkpoint)
        .order_by(Cosignature.checkpoint, Cosignature.key)
        .execution_options(yield_per=BATCH)
    )
    for row, checkpoint in session.execute(query):
        where = f"the line of the witness {row.key} under checkpoint {row.checkpoint}"
        if checkpoint is None:
            yield f"{where}: there is no such checkpoint"
            continue
        fault = _line_fault(row, checkpoint, keys.get(row.key))
        if fault:
            yield f"{where}: {fault}"
        most[row.key] = _Most(number=checkpoint.id, size=checkpoint.size, at=checkpoint.at)
    yield from _state_faults(session, most)


def _line_fault(row: Cosignature, checkpoint: SignedCheckpoint, key: PublicKey | None) -> str:
    """What is wrong with a line; "" when nothing is."""
    try:
        line = _line(row.line)
        text = Note.parse(checkpoint.note.encode()).text
    except NoteRefused as refused:
        return str(refused)
    if f"{line.name}+{line.id.hex()}" != row.key:
        return "it is of another key"
    if key is not None and cosigned(text, [line], key) is None:
        return "it does not hold"
    return "" if said_at(line) == row.at else "signed at another time than its column says"


def _line(text: str) -> Signature:
    """Raises `NoteRefused`."""
    lines = Note.parse(f"-\n\n{text}".encode()).signatures
    if len(lines) != 1:
        raise NoteRefused(f"{len(lines)} lines in the place of one")
    return lines[0]


def _state_faults(session: Session, most: dict[str, _Most]) -> Iterator[str]:
    """What is known of witnesses must go together with their lines and with the record."""
    known, last = states(session), newest(session)
    for name in sorted(most.keys() - known.keys()):
        yield f"the witness {name} has signed, but nothing is known of it"
    for name, state in sorted(known.items()):
        signed, size = most.get(name, _Most()), 0 if last is None else last.size
        if state.size > size:
            yield f"the witness {name}: it is said to have signed {state.size} entries, {size} are signed here"
        if not state.trouble and state.size < signed.size:
            yield f"the witness {name}: it is said to have signed {state.size} entries, it signed {signed.size}"
        if signed.at is not None and state.asked_at < signed.at:
            yield f"the witness {name}: it signed after it is said to have been asked last"
        if state.trouble and last is not None and signed.number == last.id:
            yield f"the witness {name}: it is said not to have signed, but did ({state.trouble[:80]})"
