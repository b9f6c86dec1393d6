"""Counters for numbers that must be dense and given once, e.g. report numbers of a year."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.base import Base


class Counter(Base):
    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


def next_number(session: Session, *, name: str) -> int:
    """The next number of a series, from 1. Rolls back with the transaction, so no gaps appear."""
    counter = session.get(Counter, name, with_for_update=True)
    if counter is None:
        counter = Counter(name=name, value=0)
        session.add(counter)
    counter.value += 1
    session.flush()
    return counter.value


def next_numbers(session: Session, *, name: str, count: int) -> int:
    """The first of the next `count` numbers of a series, which are taken; none of them when `count` is 0."""
    if count:
        first = next_number(session, name=name)
        session.get_one(Counter, name).value += count - 1
        session.flush()
        return first
    counter = session.get(Counter, name)
    return 1 if counter is None else counter.value + 1
