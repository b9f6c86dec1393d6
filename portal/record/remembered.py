"""What follows from the record, worked out once and kept until the record touches what it rests on.

So nothing remembered is ever older than the record: each question is answered by the sequence number that the asking
page itself reads. What stood on a past day is worked out each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from portal.record.shelf import Shelf

T = TypeVar("T")
Key = tuple[Hashable, ...]


class Remembered(Generic[T]):
    """One thing that windows ask for again and again. Safe for threads: two may both work it out, to the same."""

    def __init__(self, work: Callable[..., T], *, rests_on: tuple[str, ...]) -> None:
        """rests_on: the scopes of the record that it follows from. Whatever else it follows from, as the day does,
        is given with the question; what was asked last is what is kept."""
        self._work, self._rests_on = work, rests_on
        # Readers of each database have an engine of their own, so what a writer has not committed is never kept here.
        self._kept: WeakKeyDictionary[Engine | Connection, tuple[Key, T]] = WeakKeyDictionary()

    def of(self, shelf: Shelf, *given: Hashable) -> T:
        """As it follows from this shelf, which is a reader's."""
        if shelf.as_of is not None:
            return self._work(shelf, *given)
        readers, key = shelf.session.get_bind(), (shelf.touched(*self._rests_on), *given)
        kept = self._kept.get(readers)
        if kept is None or kept[0] != key:
            kept = self._kept[readers] = key, self._work(shelf, *given)
        return kept[1]
