"""Who wants to be told when something new matches a question to the archive.

Citizens ask for this, so nobody of the house acts here and no list of them is kept anywhere else: the row is all
there is, and when it ends it is deleted.
"""

from __future__ import annotations

import datetime as dt
import secrets
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import stored_enum
from portal.domain.base import Base
from portal.rules.clock import SHANGHAI

CONFIRM_WITHIN = dt.timedelta(hours=48)
HOUR = 7  # of the morning, when digests are due
MOST = 20  # confirmed subscriptions of one address
CONFIRM_JOB = "confirm_subscription"
DIGEST_JOB = "send_digest"


class Every(StrEnum):
    """How often a digest is sent, when there is something in it."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Subscription(Base):
    """One question of one address. `id` is no secret; whoever is to confirm or end it shows a link that only the portal
    can make.

    asked: the question as `Asked.keep` writes it; position: the last entry that has been told of, or needed not to be;
    until: the last entry of the window that is being sent, None while none is; due_at: when to look again.
    """

    __tablename__ = "subscription"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    asked: Mapped[str] = mapped_column(Text)
    every: Mapped[Every] = mapped_column(stored_enum(Every))
    asked_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    position: Mapped[int]
    until: Mapped[int | None] = mapped_column(default=None)
    due_at: Mapped[dt.datetime] = mapped_column(index=True)

    @classmethod
    def begun(cls, *, email: str, asked: str, every: Every, position: int, now: dt.datetime) -> Subscription:
        """As it stands until it is confirmed; when it is due before that it has expired."""
        return cls(
            id=secrets.token_hex(12),
            email=email,
            asked=asked,
            every=every,
            asked_at=now,
            position=position,
            due_at=now + CONFIRM_WITHIN,
        )

    def open_at(self, now: dt.datetime) -> bool:
        """Whether it can still be confirmed."""
        return self.confirmed_at is None and now < self.asked_at + CONFIRM_WITHIN


def next_due(every: Every, now: dt.datetime) -> dt.datetime:
    """The next morning, or the next Monday's, in Shanghai."""
    here = now.astimezone(SHANGHAI)
    morning = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if morning <= here:
        morning += dt.timedelta(days=1)
    if every is Every.WEEKLY:
        morning += dt.timedelta(days=-morning.weekday() % 7)
    return morning.astimezone(dt.UTC)
