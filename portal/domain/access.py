"""Sign-ins, one-time links, and how often they may be tried. Only hashes of secrets are ever kept."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.domain.base import Base
from portal.domain.organisation import Person

IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=12)
LINK_LIFE = dt.timedelta(hours=48)

TRIES_WINDOW = dt.timedelta(minutes=5)
TRIES_PER_NAME = 10
TRIES_PER_ADDRESS = 60  # a whole office may share one address
WRONG_LINKS_PER_ADDRESS = 60


def secret_hash(secret: str) -> str:
    """What is kept of a random secret. Enough for a token of 256 random bits; never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SignIn(Base):
    """One signed-in browser. Ends by sign-out, by idleness, by age, or when the person is disabled."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    browser: Mapped[str] = mapped_column(String(80), default="")
    person: Mapped[Person] = relationship()

    def open_at(self, now: dt.datetime) -> bool:
        """Whether it still lets its holder in."""
        return (
            self.ended_at is None
            and now - self.seen_at < IDLE
            and now - self.created_at < ABSOLUTE
            and self.person.disabled_at is None
        )


class OneTimeLink(Base):
    """A link with which somebody sets their password, once."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def open_at(self, now: dt.datetime) -> bool:
        return self.used_at is None and now < self.expires_at and self.person.disabled_at is None


def spend_links(session: Session, *, person_id: int, now: dt.datetime) -> None:
    """Every link of a person that is not used yet stops working. The caller holds the person."""
    unused = select(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
    for link in session.scalars(unused):
        link.used_at = now
