"""Who did what, when: a row in the same transaction as the act, never changed afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.base import Base
from portal.domain.organisation import Person


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    act: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


_TABLE = AuditEntry.metadata.tables[AuditEntry.__tablename__]


def note(
    session: Session, *, actor: Person | None, act: str, subject: Any, now: dt.datetime, **detail: Any
) -> None:
    """Write down an act. `actor` None means the system itself or a stranger. No personal data in `detail`.

    The row is written at once, after everything else of the act so far, so that the subject has its id.
    """
    session.flush()
    row = {
        "at": now,
        "actor_id": actor.id if actor else None,
        "act": act,
        "subject_kind": subject.__tablename__ if subject is not None else "",
        "subject_id": str(getattr(subject, "id", "")) if subject is not None else "",
        "detail": detail,
    }
    session.execute(_TABLE.insert(), row)  # past the unit of work: one row more would cost a second flush
