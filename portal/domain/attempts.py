"""Files whose development has begun and has not ended with a verdict: counted before the work, so that a file
with which its workers end is not tried for ever."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.base import Base
from portal.domain.organisation import Person

MOST_ATTEMPTS = 2
WORKING = dt.timedelta(minutes=5)  # an attempt that began longer ago is not going on any more


class Attempt(Base):
    """One file by its content. The row goes with the verdict, whatever that is.

    attempts: begun and not yet ended; last_at: when the last one began; set_aside_at: since when the file is
    not tried any more. The name and the sender are those of the last attempt.
    """

    __tablename__ = "intake_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    bytes: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(200))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attempts: Mapped[int]
    last_at: Mapped[dt.datetime]
    set_aside_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    sent_by: Mapped[Person] = relationship()
