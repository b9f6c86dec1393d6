"""The count that is raised before anybody works on a file, in transactions of its own: it outlives the process.

Who works on a file begins here, and ends with exactly one of the three others. Whoever dies in between ends with
none, and that is what is counted.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import one_by_one
from portal.domain import audit
from portal.domain.attempts import MOST_ATTEMPTS, WORKING, Attempt
from portal.domain.errors import Stale
from portal.domain.organisation import Person
from portal.domain.permissions import AdminAct, permit_admin
from portal.domain.wording import clean
from portal.ports import Received


class Ending(Protocol):
    """What a finished attempt is reported with."""

    def __call__(self, session: Session, *, received: Received) -> None: ...


def begin_attempt(
    session: Session, *, received: Received, file_name: str, actor: Person, now: dt.datetime
) -> str | None:
    """Count an attempt; None. Or the code of the refusal, to be raised when this is committed: the file is set
    aside (`file_set_aside`), or so many are at it now that one more cannot be counted (`file_being_worked_on`)."""
    attempt = _found(session, received.sha256)
    if attempt is None:
        attempt = Attempt(sha256=received.sha256, bytes=received.size, attempts=0)
        session.add(attempt)
    elif attempt.set_aside_at is not None:
        return "file_set_aside"
    elif attempt.attempts >= MOST_ATTEMPTS:
        if now - attempt.last_at < WORKING:
            return "file_being_worked_on"
        attempt.set_aside_at = now
        return "file_set_aside"
    attempt.attempts += 1
    attempt.last_at, attempt.file_name, attempt.sent_by_id = now, clean(file_name, limit=200), actor.id
    return None


def verdict_reached(session: Session, *, received: Received) -> None:
    """The file was taken or refused: nothing is held against it any more."""
    attempt = _found(session, received.sha256)
    if attempt is not None:
        session.delete(attempt)


def not_its_fault(session: Session, *, received: Received) -> None:
    """This attempt does not count: the file was not looked at, or what failed has nothing to do with it."""
    attempt = _found(session, received.sha256)
    if attempt is not None and attempt.set_aside_at is None:
        attempt.attempts -= 1
        if attempt.attempts < 1:
            session.delete(attempt)


def crashed(session: Session, *, received: Received, now: dt.datetime) -> str:
    """Whoever worked on the file ended without a verdict. The code of the refusal: `file_crashed`, or, when it
    was not the first time, `file_set_aside`."""
    attempt = _found(session, received.sha256)
    if attempt is None or attempt.attempts < MOST_ATTEMPTS:
        return "file_crashed"
    attempt.set_aside_at = attempt.set_aside_at or now
    return "file_set_aside"


def let_file_be_tried(session: Session, *, attempt_id: int, actor: Person, now: dt.datetime) -> None:
    """Begin counting anew. Raises `Stale` when the file is not set aside (any more)."""
    permit_admin(actor, AdminAct.TEND_JOBS)
    attempt = session.get(Attempt, attempt_id)
    if attempt is None or attempt.set_aside_at is None:
        raise Stale("file_not_set_aside")
    audit.note(session, actor=actor, act="let_file_be_tried", subject=attempt, now=now, file=attempt.sha256)
    session.delete(attempt)


def _found(session: Session, sha256: str) -> Attempt | None:
    one_by_one(session, f"attempt/{sha256}")
    return session.scalars(select(Attempt).where(Attempt.sha256 == sha256)).one_or_none()
