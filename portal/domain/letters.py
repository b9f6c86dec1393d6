"""Letters that acts have asked for: each is owed until it is handed over, refused, or needless.

What a letter says is put together when it is sent. Nothing here holds an address, a text or a secret.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.domain.access import OneTimeLink
from portal.domain.base import Base
from portal.domain.organisation import Person
from portal.domain.progress import Report

JOB = "send_letter"


class OwedLetter(Base):
    """One letter to one person, about a link to set a password or about a report that came back.

    `id` is random, is not a secret, and is the Message-ID. `sent_at`: handed over; `refused_at`: nobody gets mail
    at that address; `dropped_at`: needless by the time it could have been sent.
    """

    __tablename__ = "letter"
    __table_args__ = (CheckConstraint("(link_hash IS NULL) <> (report_id IS NULL)", name="one_subject"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    link_hash: Mapped[str | None] = mapped_column(ForeignKey("one_time_link.token_hash"), default=None)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), default=None)
    asked_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    refused_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    dropped_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    person: Mapped[Person] = relationship()
    link: Mapped[OneTimeLink | None] = relationship()
    report: Mapped[Report | None] = relationship()

    @property
    def owed(self) -> bool:
        return self.sent_at is None and self.refused_at is None and self.dropped_at is None

    def as_job(self) -> dict[str, Any]:
        """How a queue is asked to send it: one job, which names the letter and nothing else."""
        return {
            "kind": JOB,
            "payload": {"letter": self.id},
            "not_before": self.asked_at,
            "key": f"letter/{self.id}",
        }


def owe_letter(
    session: Session,
    *,
    person: Person,
    now: dt.datetime,
    link: OneTimeLink | None = None,
    report: Report | None = None,
) -> OwedLetter:
    """Write down that a letter is owed, about the one or the other."""
    letter = OwedLetter(id=secrets.token_hex(16), person_id=person.id, link=link, report=report, asked_at=now)
    session.add(letter)
    session.flush()
    return letter
