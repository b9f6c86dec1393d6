"""Asking to be told, confirming it, ending it.

What a link shows is made from the portal's secret key and the subscription's id, so that no secret lies in a table and
a letter that is sent again is the same letter.
"""

from __future__ import annotations

import datetime as dt
import hmac

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.database import one_by_one
from portal.domain.errors import NoSuchThing, WrongState
from portal.domain.subscriptions import CONFIRM_JOB, MOST, Every, Subscription, next_due
from portal.ports import Asked, JobQueue
from portal.record.followers import last_seq

CONFIRM, END = "confirm", "end"
MARK = 32  # signs of a link that cannot be guessed: 128 bits


def link_of(secret_key: str, purpose: str, subscription_id: str) -> str:
    """What stands in a link."""
    return f"{subscription_id}-{_mark(secret_key, purpose, subscription_id)}"


def named_by(secret_key: str, purpose: str, link: str) -> str:
    """The id in a link of ours. Raises `NoSuchThing` for any other."""
    subscription_id, _, mark = link.partition("-")
    if not hmac.compare_digest(mark.encode(), _mark(secret_key, purpose, subscription_id).encode()):
        raise NoSuchThing("no_such_thing")
    return subscription_id


def ask_to_be_told(
    session: Session, *, email: str, asked: Asked, every: Every, queue: JobQueue, now: dt.datetime
) -> str:
    """Write down what somebody asks, and owe them a letter to confirm it; they are told of what comes from now on.
    Whether the address is known plays no part. The id."""
    begun = Subscription.begun(
        email=email, asked=asked.keep(), every=every, position=last_seq(session), now=now
    )
    session.add(begun)
    payload = {"subscription": begun.id}
    queue.enqueue(session, kind=CONFIRM_JOB, payload=payload, not_before=now, key=f"confirm/{begun.id}")
    return begun.id


def confirm(session: Session, *, subscription_id: str, now: dt.datetime) -> Subscription:
    """From now on it is told. One that asked the same before goes on in this one: nothing is missed or told twice.
    Raises `NoSuchThing` once it has expired, `WrongState` beyond the most that one address may have."""
    found = held(session, subscription_id)
    if found is None:
        raise NoSuchThing("no_such_thing")
    if found.confirmed_at is not None:
        return found
    if not found.open_at(now):
        raise NoSuchThing("no_such_thing")
    one_by_one(session, f"subscriptions/{found.email.lower()}")
    others = select(Subscription).where(
        func.lower(Subscription.email) == found.email.lower(), Subscription.confirmed_at.is_not(None)
    )
    kept = 0
    for other in session.scalars(others):
        if other.asked == found.asked:
            found.position, found.until = other.position, other.until
            session.delete(other)
        else:
            kept += 1
    if kept >= MOST:
        raise WrongState("too_many_subscriptions", most=MOST)
    found.confirmed_at, found.due_at = now, next_due(found.every, now)
    return found


def held(session: Session, subscription_id: str) -> Subscription | None:
    """A subscription that nobody else changes before the transaction ends; None once it is gone."""
    return session.get(Subscription, subscription_id, with_for_update=True)


def end(session: Session, *, subscription_id: str) -> None:
    """Forget it, address and all. One that is gone already is no mistake."""
    session.execute(delete(Subscription).where(Subscription.id == subscription_id))


def forget_unconfirmed(session: Session, *, now: dt.datetime) -> int:
    """What nobody confirmed in time is deleted. How many."""
    expired = delete(Subscription).where(Subscription.confirmed_at.is_(None), Subscription.due_at <= now)
    return int(session.execute(expired).rowcount)  # type: ignore[attr-defined]


def forget_address(session: Session, *, email: str) -> int:
    """Delete everything of an address, for somebody who asks for it without a letter at hand. How many."""
    gone = delete(Subscription).where(func.lower(Subscription.email) == email.strip().lower())
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]


def _mark(secret_key: str, purpose: str, subscription_id: str) -> str:
    said = f"subscription/{purpose}/{subscription_id}".encode()
    return hmac.digest(secret_key.encode(), said, "sha256").hex()[:MARK]
