"""Asking the record's witnesses to sign a checkpoint: all at once, each within its time.

Whoever answers late, wrongly or not at all is asked again after a minute; readers get the checkpoint meanwhile. But a
witness that has signed more than there is, or says that our tree does not extend what it signed, knows of a history
that is not this one: `must_not_contradict` raises, and the record freezes.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.ports import Witnesses, WitnessSilent
from portal.record.blocks import Discrepancy, Read, reading
from portal.record.checkpoint import Checkpoint
from portal.record.cosigning import Cosigned, cosigned
from portal.record.notes import Note, NoteRefused, encode
from portal.record.policy import Policy, Witness
from portal.record.proofs import Tree
from portal.record.signed import newest
from portal.record.tables import SignedCheckpoint
from portal.record.witnessing import keep_line, lines_under, named, note_state, states
from portal.workflows.sign_record import Watch

LIMIT = 5.0  # seconds for a witness, with all it is asked
AGAIN = dt.timedelta(seconds=60)  # after which those who have not signed are asked again
SIZE = "text/x.tlog.size"
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a witness is asked to sign. old: the size that it signed last, as far as is known."""

    witness: Witness
    note: Note
    old: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came of asking. size: what the witness has signed now, None when it did not say; cosigned: its line;
    trouble: why there is none; against: whether that contradicts this record."""

    witness: Witness
    size: int | None = None
    cosigned: Cosigned | None = None
    trouble: str = ""
    against: bool = False


def is_due(session: Session, watch: Watch, *, policy: Policy | None, now: dt.datetime) -> bool:
    """Whether somebody is to be asked again."""
    if policy is None or (watch.asked_at is not None and now - watch.asked_at < AGAIN):
        return False
    last = newest(session)
    watch.asked_at = now
    return last is not None and bool(questions(session, last.id, policy=policy))


def questions(session: Session, number: int, *, policy: Policy) -> list[Question]:
    """What is to be asked of whom about a checkpoint: those who have an address and have not signed it."""
    note, known = Note.parse(session.get_one(SignedCheckpoint, number).note.encode()), states(session)
    signed, size = lines_under(session, number), Checkpoint.parse(note.text).size
    return [
        Question(witness=each, note=note, old=0 if state is None else min(state.size, size))
        for each in policy.witnesses
        if each.url and cosigned(note.text, signed, each.key) is None
        for state in [known.get(named(each.key))]
    ]


def ask(questions: Sequence[Question], *, witnesses: Witnesses, read: Read, limit: float) -> list[Told]:
    """Ask all at once. Nobody is waited for longer than the limit, in seconds."""
    told: dict[str, Told] = {}

    def one(question: Question) -> None:
        told[question.witness.name] = _ask(question, witnesses=witnesses, read=read, limit=limit)

    threads = [threading.Thread(target=one, args=(each,), daemon=True) for each in questions]
    until = time.monotonic() + limit + 0.5  # the adapter gives up first, and says why
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    late = {
        each.witness.name: Told(witness=each.witness, trouble="does not answer in time") for each in questions
    }
    return list((late | told).values())


def keep(session: Session, number: int, told: Sequence[Told], *, now: dt.datetime) -> int:
    """Keep the lines, and what each witness said. How many signed."""
    for each in told:
        note_state(session, each.witness.key, size=each.size, trouble=each.trouble, now=now)
        if each.cosigned is not None:
            keep_line(session, number, each.cosigned)
    return sum(each.cosigned is not None for each in told)


def must_not_contradict(told: Sequence[Told]) -> None:
    """Raises `Discrepancy` when a witness knows of another history."""
    for each in told:
        if each.against:
            raise Discrepancy(f"the witness {each.witness.name} {each.trouble}")


def _ask(question: Question, *, witnesses: Witnesses, read: Read, limit: float) -> Told:
    until = time.monotonic() + limit
    try:
        first = _once(question, question.old, witnesses=witnesses, read=read, within=limit)
        if first.size is None or first.cosigned or first.against or first.size == question.old:
            return first
        left = max(0.1, until - time.monotonic())  # it has said where it stands: ask from there
        return _once(question, first.size, witnesses=witnesses, read=read, within=left)
    except WitnessSilent as silent:
        return Told(witness=question.witness, trouble=str(silent))
    except (LookupError, ValueError, OSError, Discrepancy) as error:  # a tile that cannot be read now
        return Told(witness=question.witness, trouble=f"could not be asked: {error}")


def _once(question: Question, old: int, *, witnesses: Witnesses, read: Read, within: float) -> Told:
    who, here = question.witness, Checkpoint.parse(question.note.text)
    proof = Tree(here.size, lambda tile: reading(read, tile)).consistency(old) if old else []
    lines = [f"old {old}", *map(encode, proof)]
    body = ("\n".join(lines) + f"\n\n{question.note}").encode()
    reply = witnesses.add_checkpoint(who.url, body, within=within)
    if reply.status == 200:
        return _signed(question, reply.body, here.size)
    if reply.status == 409 and reply.kind == SIZE and (said := _SIZE.fullmatch(reply.body)):
        size = int(said[1])
        if size > here.size:
            why = f"has signed {size} entries of this record, but there are {here.size}: it is an older one"
            return Told(witness=who, size=None, trouble=why, against=True)
        if size == old == here.size:
            return Told(witness=who, trouble=f"has signed another root for {size} entries", against=True)
        return Told(witness=who, size=size, trouble="says twice that it stands elsewhere")
    if reply.status == 422 and old:
        why = f"says that this record does not extend the {old} entries it has signed: history was changed"
        return Told(witness=who, trouble=why, against=True)
    return Told(witness=who, trouble=f"answers {reply.status}, and does not sign")


def _signed(question: Question, body: bytes, size: int) -> Told:
    """The line of the witness's own key, if it holds; other lines are passed over, as the standard says."""
    who, text = question.witness, question.note.text
    try:
        lines = Note.parse(b"-\n\n" + body).signatures
    except NoteRefused as wrong:
        return Told(witness=who, trouble=f"answers what is no signature: {wrong}")
    found = cosigned(text, lines, who.key)
    if found is None:
        return Told(witness=who, trouble="answers with a signature that is not its own, or does not hold")
    return Told(witness=who, size=size, cosigned=found)
