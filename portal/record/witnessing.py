"""Which witnesses have signed which checkpoint, as the database keeps it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.record.cosigning import Cosigned
from portal.record.notes import Note, PublicKey, Signature
from portal.record.tables import Cosignature, WitnessState


def named(key: PublicKey) -> str:
    """Under which name the database knows a witness's key."""
    return f"{key.name}+{key.id.hex()}"


def lines_under(session: Session, number: int) -> list[Signature]:
    """The lines of witnesses under a checkpoint, in an order that does not change when others come."""
    rows = session.scalars(
        select(Cosignature).where(Cosignature.checkpoint == number).order_by(Cosignature.at, Cosignature.key)
    )
    return [Note.parse(f"-\n\n{row.line}".encode()).signatures[0] for row in rows]


def lines_tag(session: Session, number: int | None) -> str:
    """Joins the validator of a page that shows who signed this checkpoint: lines are added and never change."""
    lines = select(func.count()).select_from(Cosignature).where(Cosignature.checkpoint == number)
    return "unsigned" if number is None else f"signed {number} {session.scalar(lines)}"


def keep_line(session: Session, number: int, cosigned: Cosigned) -> None:
    session.add(
        Cosignature(
            checkpoint=number, key=named(cosigned.key), at=cosigned.at, line=cosigned.line.line
        )
    )  # fmt: skip


def states(session: Session) -> dict[str, WitnessState]:
    """What is known of witnesses, by the names of their keys."""
    return {row.key: row for row in session.scalars(select(WitnessState))}


def note_state(session: Session, key: PublicKey, *, size: int | None, trouble: str, now: dt.datetime) -> None:
    """size: what it has signed, None when it did not say."""
    row = session.get(WitnessState, named(key))
    if row is None:
        session.add(WitnessState(key=named(key), size=size or 0, asked_at=now, trouble=trouble))
        return
    row.size, row.asked_at, row.trouble = row.size if size is None else size, now, trouble
