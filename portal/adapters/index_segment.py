"""One segment of the index. It never changes: whatever was worked out of one is kept from one generation to the
next, and what is deleted in it is known to the generation.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from portal.adapters.array_file import Array, Broken, read_arrays
from portal.adapters.index_merging import Part
from portal.adapters.index_terms import Terms
from portal.ports import FACETS
from portal.text.terms import contains, is_han, is_one_term, required_terms

Mask = NDArray[np.bool_]
Ids = NDArray[np.int32]
Places = NDArray[np.intp]  # the same where they are looked up with, which is twice as fast
Weights = NDArray[np.int32]
Value = TypeVar("Value")

LOOK = 100  # postings that can be read while one text is looked at
SEEK, MARK = 256, 8  # characters that are cleared while one place is looked up, or marked
_APART = frozenset(b" \n,;:!?()")
_HAN_LEADS = range(0xE4, 0xEA)  # bytes with which most Han characters begin, and nothing else


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


def _apart(text: bytes, begin: int, end: int) -> bool:
    """Whether what stands here is no part of a longer number or word, as is seen from the signs beside it."""
    before, after = text[max(begin - 3, 0) : begin], text[end : end + 1]
    return (not before or before[-1] in _APART or (len(before) == 3 and before[0] in _HAN_LEADS)) and (
        not after or after[0] in _APART or after[0] in _HAN_LEADS
    )


def _length(pair: tuple[Array, int]) -> int:
    return len(pair[0])


class Segment:
    """Items are numbered from 0, deleted ones among them. Safe to share by threads."""

    def __init__(self, path: str, *, cache_bytes: int) -> None:
        """Open a file that `whoosh_folder` wrote. Raises `Broken` or `OSError`."""
        arrays, told = read_arrays(path)
        try:
            self.part = Part(arrays, {facet: list(told["values"][facet]) for facet in FACETS})
            self.terms = Terms(arrays)
            self.size = self.part.size
            self.values = self.part.values
            self.codes: dict[str, Array] = {facet: arrays[f"facet.{facet}"] for facet in FACETS}
            self.dated: Ids = arrays["dated"].astype(np.int32)
            self.seq: NDArray[np.int64] = arrays["seq"].astype(np.int64)
            self._keys, self._key_ends = arrays["keys"], arrays["keys.ends"]
            self._by_key = arrays["keys.order"]
            self._through = arrays["texts.through"]
            self._texts, self._text_ends = arrays["texts"].data, arrays["texts.ends"]
        except (KeyError, TypeError) as error:
            raise Broken(f"{path} is no segment") from error
        self._literal: Kept[Ids] = Kept(cache_bytes, bytes_of)

    @cached_property
    def months(self) -> tuple[Ids, Ids]:
        """The months there are, yyyymm, ascending, and which of them each item has."""
        months, places = np.unique(self.dated // 100, return_inverse=True)
        return months, places.astype(np.int32)

    def worth(self, low: int, high: int) -> Mask:
        """The items that name a sum between these, both included, in fen."""
        sums = self.part.arrays["sums"].astype(np.int64)
        chosen = np.zeros(self.size, np.bool_)
        chosen[self.part.arrays["sums.items"][(sums >= low) & (sums <= high)]] = True
        return chosen

    def key(self, number: int) -> str:
        """The key of an item."""
        return str(self._key(number), "utf-8")

    def _key(self, number: int) -> bytes:
        begin = int(self._key_ends[number - 1]) if number else 0
        return self._keys[begin : int(self._key_ends[number])].tobytes()

    def number(self, key: str) -> int | None:
        """The item of this key; None when there is none."""
        wanted = key.encode()
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            number = int(self._by_key[middle])
            written = self._key(number)
            if written == wanted:
                return number
            low, high = (middle + 1, high) if written < wanted else (low, middle)
        return None

    def keys_in_order(self) -> Iterator[bytes]:
        """The keys of all items in the order of their bytes."""
        return (self._key(int(number)) for number in self._by_key)

    def postings(self, term: str) -> tuple[Ids, Weights]:
        """Which items have a term, ascending, and how often each. One Han character counts all its places."""
        if len(term) == 1 and is_han(term):
            # A character is the first of exactly one term wherever it stands, so its places add up.
            total = self.terms.beginning_with(term, self.size)
            ids = np.flatnonzero(total)
            return ids.astype(np.int32), total[ids].astype(np.int32)
        items, times = self.terms.postings(term)
        return items.astype(np.int32), times.astype(np.int32)

    def literal(self, phrase: str) -> Ids:
        """The items whose folded title or body contains the folded phrase as it stands."""
        if is_one_term(phrase) or (len(phrase) == 1 and is_han(phrase)):
            return self.postings(phrase)[0]
        return self._literal.get(phrase, self._find_literal)

    def _find_literal(self, phrase: str) -> Ids:
        if phrase and all(map(is_han, phrase)):
            return self._standing(phrase)
        return self._looked_through(phrase)

    def _standing(self, phrase: str) -> Ids:
        """The items in which the pairs of a phrase of Han characters stand one behind the other."""
        last = len(phrase) - 2
        steps = {*range(0, last, 2), last}  # every character is in one of these pairs
        pairs = sorted(((self.terms.spots(phrase[step : step + 2]), step) for step in steps), key=_length)
        begins = pairs[0][0].astype(np.int64) - pairs[0][1]
        begins = begins[begins >= 0]
        for spots, step in pairs[1:]:
            if not len(begins) or not len(spots):
                return np.zeros(0, np.int32)
            if len(begins) * SEEK < int(self._through[-1]) + MARK * len(spots):
                places = np.minimum(spots.searchsorted((begins + step).astype(spots.dtype)), len(spots) - 1)
                begins = begins[spots[places] == begins + step]
            else:
                stands = np.zeros(int(self._through[-1]) + len(phrase), np.bool_)
                stands[spots] = True
                begins = begins[stands[begins + step]]
        owners = self._through.searchsorted(begins.astype(self._through.dtype), "right")
        found: Ids = owners[np.diff(owners, prepend=-1) > 0].astype(np.int32)
        return found

    def _looked_through(self, phrase: str) -> Ids:
        """The same for one with other signs in it, which is compared with the texts."""
        numbers = self._candidates(phrase)
        written, texts = phrase.encode(), self._texts
        ends = self._text_ends[numbers].tolist()
        begins = np.where(numbers > 0, self._text_ends[numbers - 1], 0).tolist()
        between = is_han(phrase[:1]) and is_han(
            phrase[-1:]
        )  # it cannot cut a number or a word of letters in two
        held = []
        for number, begin, end in zip(numbers.tolist(), begins, ends, strict=True):
            text = bytes(texts[begin:end])
            at = text.find(written)
            if at >= 0 and (
                between or _apart(text, at, at + len(written)) or contains(str(text, "utf-8"), phrase)
            ):
                held.append(number)
        return np.array(held, np.int32)

    def _candidates(self, phrase: str) -> Places:
        """The items that may contain a phrase: those with its rarest terms, until looking at the few that are left
        costs less than reading who has the next."""
        candidates: Mask | None = None
        left = self.size
        for holding, term in sorted((self.terms.holding(term), term) for term in required_terms(phrase)):
            if left * LOOK < holding:
                break
            chosen = np.zeros(self.size, np.bool_)
            chosen[self.terms.postings(term)[0]] = True
            candidates = chosen if candidates is None else candidates & chosen
            left = int(np.count_nonzero(candidates))
        return np.arange(self.size) if candidates is None else np.flatnonzero(candidates)

    def text(self, number: int) -> str:
        """The folded text of an item: title, line feed, body."""
        begin = int(self._text_ends[number - 1]) if number else 0
        return str(self._texts[begin : int(self._text_ends[number])], "utf-8")
