"""Who did what, when: a row in the same transaction as the act, never changed afterwards, and a leaf of the tree
that seals it (`workflows/seal_audit.py`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
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


class AuditLeaf(Base):
    """An act in the tree of acts: its place from 0 without gaps, its leaf, and the salt of the leaf's commitment.
    What is committed to is made again from the row of the act."""

    __tablename__ = "audit_leaf"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    salt: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[str] = mapped_column(String(64))


class AuditSeal(Base):
    """Size and root of the tree of acts when a day had ended. The public record holds the hash of both under
    `audit/<day>`, so neither can be changed any more and neither is told."""

    __tablename__ = "audit_seal"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[dt.datetime]


def newest_seal(session: Session) -> AuditSeal | None:
    """The last seal over the acts; None before the first midnight."""
    return session.scalars(select(AuditSeal).order_by(AuditSeal.day.desc()).limit(1)).first()


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
