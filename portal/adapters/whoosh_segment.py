"""One segment of the Whoosh index, read into arrays. A segment never changes but for what is marked deleted in
it, so whatever was read of one is kept from one generation to the next: a commit costs what it adds.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from portal.ports import FACETS
from portal.text.terms import contains, is_han, is_one_term, required_terms

Mask = NDArray[np.bool_]
Ids = NDArray[np.int32]
Places = NDArray[np.intp]  # the same where they are looked up with, which is twice as fast
Weights = NDArray[np.float32]
Value = TypeVar("Value")

LOOK = 12  # postings that can be read while one text is looked at
FACET_MARK = "\x1f"  # between the values of an item's facets, in the order of `FACETS`


class Kept(Generic[Value]):
    """A cache bounded by the bytes of its arrays, least recently used out first."""

    def __init__(self, limit: int, size: Callable[[Value], int]) -> None:
        self._limit, self._measure, self._size = limit, size, 0
        self._values: OrderedDict[str, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[str], Value]) -> Value:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make(key)
        with self._lock:
            if key not in self._values:
                self._values[key] = (value, self._measure(value))
                self._size += self._values[key][1]
            while self._size > self._limit and len(self._values) > 1:
                self._size -= self._values.popitem(last=False)[1][1]
        return value


def bytes_of(found: NDArray[Any] | tuple[Ids, Weights]) -> int:
    """What a cached answer takes, with something for the objects around it."""
    parts = found if isinstance(found, tuple) else (found,)
    return sum(part.nbytes for part in parts) + 200


class Segment:
    """Items are numbered from 0, deleted ones among them. Safe to share by threads."""

    def __init__(self, leaf: Any, *, cache_bytes: int) -> None:
        """Take over an open Whoosh reader of one segment."""
        # Other threads may still be reading when a newer snapshot takes over: close when the last lets go.
        weakref.finalize(self, leaf.close).atexit = False
        self._leaf = leaf
        self._reading = threading.Lock()
        self._postings: Kept[tuple[Ids, Weights]] = Kept(cache_bytes, bytes_of)
        self._literal: Kept[Ids] = Kept(cache_bytes // 4, bytes_of)
        self.size: int = leaf.doc_count_all()
        self.dated, self.seq = self._numbers("dated"), self._numbers("seq")
        self.months, places = np.unique(self.dated // 100, return_inverse=True)  # yyyymm, ascending
        self.month_codes: Ids = places.astype(np.int32)
        self._keys = leaf.column_reader("key", translate=False)
        self._texts = leaf.column_reader("text", translate=False)
        self._sums = leaf.column_reader("sums", translate=False)
        self.values: dict[str, list[str]] = {}
        self.codes: dict[str, Ids] = {}
        self._load_facets()

    def _numbers(self, column: str) -> NDArray[np.int64]:
        values = self._leaf.column_reader(column, translate=False)
        written = np.frombuffer(values._dbfile.get(values._basepos, values._count * 8), ">i8")
        numbers = np.zeros(self.size, np.int64)  # zeros at the end are left out
        numbers[: len(written)] = written
        return numbers

    def _load_facets(self) -> None:
        """Number the values of each facet in their order."""
        rows = [
            str(row, "utf-8").split(FACET_MARK) for row in self._leaf.column_reader("facets", translate=False)
        ]
        columns: Iterable[tuple[str, ...]] = zip(*rows, strict=True) if rows else [()] * len(FACETS)
        for facet, values in zip(FACETS, columns, strict=True):
            self.values[facet] = sorted(set(values))
            code = {name: number for number, name in enumerate(self.values[facet])}
            self.codes[facet] = np.fromiter(map(code.__getitem__, values), np.int32, self.size)

    @cached_property
    def _amounts(self) -> tuple[NDArray[np.int64], Ids]:
        """Every sum of money that is named, in fen, and the item that names it."""
        lengths = np.array(self._sums._lengths, np.int64)
        written = self._sums._dbfile.get(self._sums._basepos, int(lengths.sum()))
        return np.frombuffer(written, ">i8").astype(np.int64), np.repeat(
            np.arange(len(lengths), dtype=np.int32), lengths // 8
        )

    def worth(self, low: int, high: int) -> Mask:
        """The items that name a sum between these, both included, in fen."""
        sums, ids = self._amounts
        chosen = np.zeros(self.size, np.bool_)
        chosen[ids[(sums >= low) & (sums <= high)]] = True
        return chosen

    def key(self, number: int) -> str:
        """The key of an item."""
        return str(self._keys[number], "utf-8")

    def text(self, number: int) -> str:
        """The folded text of an item: title, line feed, body."""
        return str(self._texts[number], "utf-8")

    def postings(self, term: str) -> tuple[Ids, Weights]:
        """Which items have a term, ascending, and how often each. One Han character counts all its places."""
        return self._postings.get(term, self._find_postings)

    def _find_postings(self, term: str) -> tuple[Ids, Weights]:
        if len(term) == 1 and is_han(term):
            return self._beginning_with(term)
        with self._reading:  # the matchers of a segment share one file position
            return self._read(term)

    def _read(self, term: str) -> tuple[Ids, Weights]:
        """The postings of a term from disk."""
        ids, weights = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        if ("terms", term) in self._leaf:
            matcher = self._leaf.postings("terms", term)
            matcher = getattr(matcher, "child", matcher)  # without the filter: a snapshot knows the deleted
            matcher.reset()
            while matcher.is_active():  # block by block, not posting by posting
                matcher._read_data()
                steps, times, _ = matcher._data
                ids.append(np.cumsum(np.array(steps, np.int32), dtype=np.int32))
                once = 1.0 if times is None else times  # where all are the same, one number
                weights.append(
                    np.full(len(steps), once, np.float32)
                    if isinstance(once, float)
                    else np.array(times, np.float32)
                )
                matcher._next_block()
        return np.concatenate(ids), np.concatenate(weights)

    def _beginning_with(self, character: str) -> tuple[Ids, Weights]:
        """A character is the first of exactly one term wherever it stands, so its places add up."""
        total = np.zeros(self.size, np.float32)
        with self._reading:
            for name in [name.decode() for name in self._leaf.expand_prefix("terms", character)]:
                ids, weights = self._read(name)
                total[ids] += weights
        numbers = np.flatnonzero(total).astype(np.int32)
        return numbers, total[numbers]

    def literal(self, phrase: str) -> Ids:
        """The items whose folded title or body contains the folded phrase as it stands."""
        return self._literal.get(phrase, self._find_literal)

    def holds(self, term: str) -> bool:
        """Whether an item has a term, one that is deleted included."""
        return self._holding(term) > 0

    def _holding(self, term: str) -> int:
        """How many items have a term, those that are deleted among them."""
        with self._reading:
            return int(self._leaf.doc_frequency("terms", term))

    def _find_literal(self, phrase: str) -> Ids:
        if is_one_term(phrase) or (len(phrase) == 1 and is_han(phrase)):
            return self.postings(phrase)[0]
        candidates: Mask | None = None
        left = self.size
        for holding, term in sorted((self._holding(term), term) for term in required_terms(phrase)):
            if (
                left * LOOK < holding
            ):  # looking at the few that are left costs less than reading who has the term
                break
            chosen = np.zeros(self.size, np.bool_)
            chosen[self.postings(term)[0]] = True
            candidates = chosen if candidates is None else candidates & chosen
            left = int(np.count_nonzero(candidates))
        numbers = range(self.size) if candidates is None else np.flatnonzero(candidates).tolist()
        written, texts = phrase.encode(), self._texts
        held = [n for n in numbers if written in texts[n]]
        if not is_han(phrase[:1]) or not is_han(
            phrase[-1:]
        ):  # it might cut a number or a word of letters in two
            held = [n for n in held if contains(self.text(n), phrase)]
        return np.array(held, np.int32)
