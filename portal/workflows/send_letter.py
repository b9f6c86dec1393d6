"""A letter that is owed: put together when it is sent, and written down when it is gone.

Three transactions of the worker with the sending between them, so that no lock waits for a mail server. What is
known to be handed over is not sent again; a link is made here, so that no secret ever waits in a table.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.access import OneTimeLink, secret_hash
from portal.domain.letters import OwedLetter
from portal.domain.lifecycle import ReportState
from portal.domain.organisation import Person
from portal.ports import Letter
from portal.rules.clock import SHANGHAI

TEMPLATES = Path(__file__).parents[2] / "templates" / "letters"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who writes. `url`: where readers find the portal, without a slash at the end."""

    name: str
    english: str
    url: str


def write_letter(session: Session, *, letter_id: str, head: Letterhead, now: dt.datetime) -> Letter | None:
    """The letter as it is to be sent now. None when it has been dealt with, or has become needless; then
    that is written down."""
    owed = session.get_one(OwedLetter, letter_id)
    if not owed.owed:
        return None
    person = owed.person
    hold(session, person)
    text = None
    if person.email is not None and person.disabled_at is None:
        text = _about_link(session, owed, head, now) if owed.link is not None else _about_return(owed, head)
    if text is None or person.email is None:
        owed.dropped_at = now
        return None
    subject, _, body = text.partition("\n")
    return Letter(id=owed.id, recipient=person.email, subject=subject, text=body.strip() + "\n")


def letter_sent(session: Session, *, letter_id: str, now: dt.datetime) -> None:
    """It is handed over: from now on it is not sent again."""
    session.get_one(OwedLetter, letter_id).sent_at = now


def letter_refused(session: Session, *, letter_id: str, now: dt.datetime) -> None:
    """Nobody gets mail at the address; an administrator reads so beside it."""
    session.get_one(OwedLetter, letter_id).refused_at = now


def _about_link(session: Session, owed: OwedLetter, head: Letterhead, now: dt.datetime) -> str | None:
    """With a link of its own beside the one that was handed over: the first to be used ends both, and so does a
    newer one. A letter that is sent again has a new one; those before it stay good, because any of the
    letters may be the one that arrives."""
    given = owed.link
    assert given is not None
    if not given.open_at(now):
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            token_hash=secret_hash(token),
            person_id=given.person_id,
            created_by_id=given.created_by_id,
            expires_at=given.expires_at,
        )
    )
    maker = session.get(Person, given.created_by_id) if given.created_by_id is not None else None
    audit.note(session, actor=maker, act="mail_link", subject=owed.person, now=now)
    return letter_text(
        "password_link",
        head,
        login=owed.person.login,
        link=f"/account/link/{token}",
        until=f"{given.expires_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    )


def _about_return(owed: OwedLetter, head: Letterhead) -> str | None:
    """Nothing of what the report says: only that it came back, and where it is."""
    report = owed.report
    assert report is not None
    if report.state is not ReportState.RETURNED:
        return None
    return letter_text("report_returned", head, page=f"/desk/unit/reports/{report.id}")


def letter_text(name: str, head: Letterhead, **values: str) -> str:
    """A letter from its template; the first line is the subject."""
    return _template(name).substitute(site=head.name, site_english=head.english, url=head.url, **values)


@cache
def _template(name: str) -> Template:
    return Template((TEMPLATES / f"{name}.txt").read_text(encoding="utf-8"))
