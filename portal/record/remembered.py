"""What follows from the record, worked out once, and from then on brought up to date by what is new.

So nothing remembered is ever older than the record: each question is answered by the sequence number that the asking
page itself reads. What stood on a past day is worked out each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from portal.record.shelf import Shelf
from portal.record.shelf_queries import FROZEN

T = TypeVar("T")
MOST = 200  # entries that something is brought up to date by; after more it is worked out again


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """What was found. last: the entry up to which it holds; given: what the question came with."""

    last: int
    given: tuple[Hashable, ...]
    found: T


class Remembered(Generic[T]):
    """One thing that windows ask for again and again. Safe for threads: two may both work it out, to the same."""

    def __init__(
        self, work: Callable[..., T], *, rests_on: tuple[str, ...], renew: Callable[..., T] | None = None
    ) -> None:
        """rests_on: the scopes of the record that it follows from. Whatever else it follows from, as the day does,
        is given with the question; what was asked last is what is kept.

        renew: makes it from what it was and from the entries that have come since, to the same as `work` makes
        it from the whole record. It gets the shelf, what was found before, the entries, and what is given.
        """
        self._work, self._rests_on, self._renew = work, rests_on, renew
        # Readers of each database have an engine of their own, so what a writer has not committed is never kept here.
        self._kept: WeakKeyDictionary[Engine | Connection, _Kept[T]] = WeakKeyDictionary()

    def of(self, shelf: Shelf, *given: Hashable) -> T:
        """As it follows from this shelf, which is a reader's."""
        if shelf.as_of is not None:
            return self._work(shelf, *given)
        readers, touched = shelf.session.get_bind(), shelf.touched(*self._rests_on)
        last = max(touched, FROZEN - touched)  # a freeze changes nothing that stands
        kept = self._kept.get(readers)
        if kept is None or (kept.last, kept.given) != (last, given):
            kept = self._kept[readers] = _Kept(last, given, self._found(shelf, kept, last, given))
        return kept.found

    def _found(self, shelf: Shelf, before: _Kept[T] | None, last: int, given: tuple[Hashable, ...]) -> T:
        """Another page may look at an earlier picture of the record than the one that asked last."""
        if self._renew is None or before is None or before.given != given or before.last > last:
            return self._work(shelf, *given)
        news = shelf.since(before.last, *self._rests_on, most=MOST)
        if news is None:
            return self._work(shelf, *given)
        return self._renew(shelf, before.found, news, *given)
