"""Signing in and out. Known, unknown and disabled names get the same answer after the same work."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.access import (
    TRIES_PER_ADDRESS,
    TRIES_PER_NAME,
    TRIES_WINDOW,
    WRONG_LINKS_PER_ADDRESS,
    OneTimeLink,
    SignIn,
    secret_hash,
    spend_links,
)
from portal.domain.errors import NoSuchThing
from portal.domain.organisation import Person
from portal.ports import Limit, Limits
from portal.workflows.keep_pace import count_or_refuse, refuse_if_full

SEEN_EVERY = dt.timedelta(minutes=1)


def failed_tries(*, name_hash: str, address_hash: str) -> tuple[Limit, Limit]:
    """The limits that a failed sign-in counts against."""
    return (
        Limit(key=f"sign_in/name/{name_hash}", most=TRIES_PER_NAME, window=TRIES_WINDOW),
        Limit(key=f"sign_in/address/{address_hash}", most=TRIES_PER_ADDRESS, window=TRIES_WINDOW),
    )


def refuse_if_too_often(
    session: Session, *, limits: Limits, name_hash: str, address_hash: str, now: dt.datetime
) -> None:
    """Raises `TooOften` when this name or this address has failed too many times lately."""
    tries = failed_tries(name_hash=name_hash, address_hash=address_hash)
    refuse_if_full(limits, *tries, code="too_many_tries", now=now, session=session)


def note_failed_try(
    session: Session, *, limits: Limits, name_hash: str, address_hash: str, now: dt.datetime
) -> None:
    """Count a failed try and write it down. Raises `TooOften`, with nothing written, when others that failed
    at the same time have used up the limit."""
    tries = failed_tries(name_hash=name_hash, address_hash=address_hash)
    count_or_refuse(limits, *tries, code="too_many_tries", now=now, session=session)
    audit.note(session, actor=None, act="sign_in_failed", subject=None, now=now)


def wrong_links(*, address_hash: str) -> Limit:
    """The limit that a one-time link which opens nothing counts against."""
    return Limit(key=f"link/address/{address_hash}", most=WRONG_LINKS_PER_ADDRESS, window=TRIES_WINDOW)


def open_sign_in(session: Session, *, person: Person, browser: str, now: dt.datetime) -> str:
    """Let somebody in whose password was right. The token is shown once, to be kept in the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=secret_hash(token),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            browser=browser[:80],
        )
    )
    audit.note(session, actor=person, act="sign_in", subject=person, now=now)
    return token


def end_sign_in(session: Session, *, token: str, now: dt.datetime) -> None:
    """Sign this browser out."""
    row = session.get(SignIn, secret_hash(token))
    if row is not None and row.ended_at is None:
        row.ended_at = now
        audit.note(session, actor=row.person, act="sign_out", subject=row.person, now=now)


def end_all_sign_ins(
    session: Session, *, person: Person, now: dt.datetime, actor: Person | None = None
) -> None:
    """Sign every browser of a person out."""
    session.execute(
        update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    audit.note(session, actor=actor or person, act="sign_out_everywhere", subject=person, now=now)


def keep_alive(session: Session, *, token: str, now: dt.datetime) -> None:
    """Somebody is still there. Written at most once a minute."""
    row = session.get(SignIn, secret_hash(token))
    if row is not None and row.open_at(now) and now - row.seen_at >= SEEN_EVERY:
        row.seen_at = now


def use_link(session: Session, *, token: str, password_hash: str, now: dt.datetime) -> Person:
    """Set a password with a one-time link; every browser of the person is signed out, and no other link of
    theirs works any more: the same link may have been handed over and sent by mail.

    Raises `NoSuchThing` for a link that is unknown, used or too old.
    """
    link = session.get(OneTimeLink, secret_hash(token))
    if link is not None:
        hold(session, link.person)  # of several links used at once, one works
        session.refresh(link)
    if link is None or not link.open_at(now):
        raise NoSuchThing("link_not_valid")
    spend_links(session, person_id=link.person_id, now=now)
    link.person.password_hash = password_hash
    end_all_sign_ins(session, person=link.person, now=now)
    audit.note(session, actor=link.person, act="set_password", subject=link.person, now=now)
    return link.person


def change_password(
    session: Session, *, person: Person, password_hash: str, browser: str, now: dt.datetime
) -> str:
    """Set a new password for somebody who has just shown the old one. Every sign-in ends; the token of a
    fresh one for this browser is the answer."""
    person.password_hash = password_hash
    end_all_sign_ins(session, person=person, now=now)
    audit.note(session, actor=person, act="change_password", subject=person, now=now)
    return open_sign_in(session, person=person, browser=browser, now=now)
