"""Digests: what came or changed since the last one, from entry to entry of the record.

A window begins after the last entry that was told of and ends where the index stands. Its end is written down before
anything is sent, and its beginning moves only when the letter is handed over, both in transactions of their own. So a
worker that is killed in between sends the same window again, under the same Message-ID; nothing is left out, and what
is known to be handed over is not sent again.

What matches is what the index finds among the items whose standing version lies in the window: the archive's own
meaning of words. What is withdrawn by the time a letter is written is in none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.subscriptions import CONFIRM_WITHIN, DIGEST_JOB, Subscription, next_due
from portal.ports import Asked, JobQueue, Letter, SearchIndex
from portal.record.names import names_of
from portal.record.shelf import Shelf, Shown
from portal.rules.clock import SHANGHAI
from portal.workflows.send_letter import Letterhead, letter_text
from portal.workflows.subscribe import CONFIRM, END, held, link_of

MOST_TOLD = 40  # items of one letter; the rest is counted
LATER = dt.timedelta(hours=1)  # when mail or index do not answer
AT_ONCE = 500  # jobs owed in one transaction
PLACES = {"project": "/projects/", "report": "/reports/"}


@dataclass(frozen=True, kw_only=True)
class Window:
    """What one digest is about: entries later than `after` up to `until`."""

    subscription_id: str
    email: str
    asked: Asked
    after: int
    until: int

    @property
    def letter_id(self) -> str:
        """The same for the same window, however often it is sent."""
        return f"digest-{self.subscription_id}-{self.until}"


def owe_digests(session: Session, *, queue: JobQueue, now: dt.datetime) -> int:
    """A job for every subscription that is due and has none yet. How many are due."""
    due = select(Subscription.id).where(Subscription.confirmed_at.is_not(None), Subscription.due_at <= now)
    ids = list(session.scalars(due.order_by(Subscription.due_at).limit(AT_ONCE)))
    for each in ids:
        payload = {"subscription": each}
        queue.enqueue(session, kind=DIGEST_JOB, payload=payload, not_before=now, key=f"digest/{each}")
    return len(ids)


def open_window(session: Session, *, subscription_id: str, indexed: int, now: dt.datetime) -> Window | None:
    """The window to send now; one that was begun is gone on with. None when it has been dealt with, or nothing is new;
    an index that is being built again is waited for. indexed: where the index stands."""
    found = held(session, subscription_id)
    if found is None or found.confirmed_at is None or found.due_at > now:
        return None
    if indexed < max(found.position, found.until or 0):
        found.due_at = now + LATER
        return None
    if found.until is None:
        if indexed == found.position:
            found.due_at = next_due(found.every, now)
            return None
        found.until = indexed
    return Window(
        subscription_id=found.id,
        email=found.email,
        asked=Asked.kept(found.asked),
        after=found.position,
        until=found.until,
    )


def close_window(session: Session, window: Window, *, now: dt.datetime) -> None:
    """It is handed over, or had nothing in it. One that was closed or ended meanwhile stays as it is."""
    found = held(session, window.subscription_id)
    if found is not None and found.until == window.until:
        found.position, found.until = window.until, None
        found.due_at = next_due(found.every, now)


def put_off(session: Session, *, subscription_id: str, now: dt.datetime) -> None:
    """Mail or index do not answer: the window stays, and is looked at again in an hour."""
    found = held(session, subscription_id)
    if found is not None:
        found.due_at = now + LATER


def write_digest(
    session: Session, window: Window, *, index: SearchIndex, head: Letterhead, secret_key: str
) -> Letter | None:
    """The letter about a window; None when nothing in it matches. Raises `SearchUnavailable`."""
    shelf = Shelf(session)
    query = window.asked.query(sort="entered", size=MOST_TOLD, after=window.after, until=window.until)
    answer = index.search(replace(query, names=names_of(shelf)))
    standing = shelf.many(answer.items)
    told = [standing[item] for item in answer.items if item in standing]
    told = [shown for shown in told if window.after < shown.seq <= window.until]
    if not told:
        return None
    ends = _address(head, END, secret_key, window.subscription_id)
    text = letter_text(
        "digest",
        head,
        topic=_cut(question_of(window.asked), 40),
        question=question_of(window.asked),
        count=str(max(answer.total, len(told))),
        items="\n\n".join(_item(shown, head) for shown in told),
        more=_more(answer.total - len(told)),
        archive=f"{head.url}{archive_path(window.asked)}",
        ends=ends,
    )
    return _letter(window.letter_id, window.email, text, ends=ends)


def write_confirmation(
    session: Session, *, subscription_id: str, head: Letterhead, secret_key: str, now: dt.datetime
) -> Letter | None:
    """The letter that asks whether it was really them; None when it has become needless. It quotes nothing of the
    question, so that nobody can have us carry their words to strangers."""
    found = session.get(Subscription, subscription_id)
    if found is None or not found.open_at(now):
        return None
    text = letter_text(
        "subscription",
        head,
        confirm=_address(head, CONFIRM, secret_key, found.id),
        until=f"{(found.asked_at + CONFIRM_WITHIN).astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    )
    return _letter(f"confirm-{found.id}", found.email, text)


def question_of(asked: Asked) -> str:
    """A question in one line. Codes of units stay codes: the address beside it shows the names."""
    said = " ".join(value for _, value in asked.pairs)
    return "".join(sign if sign.isprintable() else " " for sign in said).strip() or "全部 · everything"


def archive_path(asked: Asked) -> str:
    """Where the same question is asked on the site."""
    return "/archive" + asked.address


def _item(shown: Shown, head: Letterhead) -> str:
    document = shown.document
    kind, _, key = shown.item.partition("/")
    facts: Iterable[str] = (
        document.get("month", ""),
        document.get("unit", {}).get("name", ""),
        f"{shown.at.astimezone(SHANGHAI):%Y-%m-%d}",
    )
    said = " ".join((document.get("done") or document.get("content") or "").split())
    lines = (
        document["title"],
        " · ".join(filter(None, facts)),
        _cut(said, 120),
        f"{head.url}{PLACES[kind]}{key}",
    )
    return "\n".join(filter(None, lines))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _more(left: int) -> str:
    return f"另有 {left} 条，见上面的网址。 · {left} more: see the address above." if left > 0 else ""


def _address(head: Letterhead, purpose: str, secret_key: str, subscription_id: str) -> str:
    return f"{head.url}/subscriptions/{link_of(secret_key, purpose, subscription_id)}/{purpose}"


def _letter(letter_id: str, email: str, text: str, *, ends: str = "") -> Letter:
    subject, _, body = text.partition("\n")
    return Letter(id=letter_id, recipient=email, subject=subject, text=body.strip() + "\n", ends=ends)
