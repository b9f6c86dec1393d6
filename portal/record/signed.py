"""What has been signed of the record, by which keys, and whether it is frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.record.checkpoint import Checkpoint
from portal.record.notes import Note, NoteRefused, PublicKey
from portal.record.tables import Freeze, Head, LogKey, SignedCheckpoint


class RecordFrozen(Exception):
    """Nothing may be added to the record or signed before somebody has cured what does not agree."""


@dataclass(frozen=True, kw_only=True)
class Generation:
    """The log's keys for a time. since: the size of the record when they came; until: when the next ones
    came, None while they stand; statement: the note that says so."""

    number: int
    keys: tuple[PublicKey, PublicKey]
    since: int
    until: int | None
    at: dt.datetime
    statement: str

    @property
    def name(self) -> str:
        """The log's name."""
        return self.keys[0].name

    @classmethod
    def of(cls, row: LogKey, *, until: int | None) -> Self:
        keys = (PublicKey.parse(row.ed25519), PublicKey.parse(row.ml_dsa))
        return cls(number=row.id, keys=keys, since=row.since, until=until, at=row.at, statement=row.statement)


def generations(session: Session) -> list[Generation]:
    """All keys the log has ever had, oldest first. Raises `NoteRefused` for rows that hold no keys."""
    rows = session.scalars(select(LogKey).order_by(LogKey.id)).all()
    until: list[int | None] = [*(row.since for row in rows[1:]), None]
    return [Generation.of(row, until=end) for row, end in zip(rows, until, strict=False)]


def generation_of(note: Note, known: list[Generation]) -> Generation:
    """The keys that must have signed a checkpoint: the newest of which it has a line. Raises `NoteRefused` when
    there are none, or when their time was over."""
    ids = {each.id for each in note.signatures}
    for generation in reversed(known):
        if generation.keys[0].id in ids:
            size = Checkpoint.parse(note.text).size
            if generation.until is not None and size > generation.until:
                raise NoteRefused(
                    f"signed for {size} entries with a key that was replaced at {generation.until}"
                )
            return generation
    raise NoteRefused("a checkpoint that none of the log's keys has signed")


def statement_text(*, keys: tuple[PublicKey, PublicKey], number: int, since: int, at: str) -> str:
    """What is signed when keys begin to stand: by the ones before them, and by themselves."""
    name = keys[0].name
    return f"{name}/keys\n{number}\n{since}\n{at}\n{keys[0].line}\n{keys[1].line}\n"


def newest(session: Session) -> SignedCheckpoint | None:
    """The last checkpoint that was signed."""
    return session.scalars(select(SignedCheckpoint).order_by(SignedCheckpoint.id.desc()).limit(1)).first()


def first_with(session: Session, seq: int) -> SignedCheckpoint | None:
    """The first checkpoint that was signed with this entry in it; None before that. It stays the same for ever.

    Sizes never shrink from one number to the next, so halving finds it, and few of the rows are read."""
    last = newest(session)
    if last is None or last.size <= seq:
        return None
    low, high = 1, last.id
    while low < high:
        middle = (low + high) // 2
        there = select(SignedCheckpoint.id, SignedCheckpoint.size).where(SignedCheckpoint.id >= middle)
        number, size = session.execute(there.order_by(SignedCheckpoint.id).limit(1)).one()
        low, high = (low, middle) if size > seq else (number + 1, high)
    found = select(SignedCheckpoint).where(SignedCheckpoint.id >= low)
    return session.scalars(found.order_by(SignedCheckpoint.id).limit(1)).one()


def latest_at(session: Session) -> dt.datetime | None:
    """When the newest entry was made."""
    return session.scalars(select(Head.at)).one()


def sizes_signed(session: Session, *, above: int) -> list[int]:
    """The sizes above this one for which a checkpoint was signed. Older rows are not read."""
    first = first_with(session, above)
    if first is None:
        return []
    sizes = select(SignedCheckpoint.size).where(SignedCheckpoint.id >= first.id).distinct()
    return list(session.scalars(sizes.order_by(SignedCheckpoint.size)))


def freeze_of(session: Session) -> Freeze | None:
    """Why the record is frozen; None when it is not."""
    return session.scalars(select(Freeze).where(Freeze.cured_at.is_(None)).order_by(Freeze.id)).first()


def is_frozen(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).where(Freeze.cured_at.is_(None))))


def freeze(session: Session, reason: str, *, now: dt.datetime) -> None:
    """From now on nothing is added or signed, and every page says so. The first reason stays."""
    if not is_frozen(session):
        session.add(Freeze(at=now, reason=reason))
