"""One committed generation of the Whoosh index, read into arrays.

Whoosh only stores: which items hold which term, and columns of values. Everything asked of it is
answered with numpy, because its own matchers go posting by posting in Python. A snapshot never changes
and may be used by any number of threads; when it is dropped its memory maps close by themselves.
"""

from __future__ import annotations

import threading
import warnings
import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from portal.ports import FACETS
from portal.text.terms import contains, is_han, is_one_term, required_terms

with warnings.catch_warnings():
    # Whoosh 2.7.4 is from 2016: compiling it warns of escapes, and where warnings are errors would fail.
    warnings.simplefilter("ignore")
    from whoosh import columns, fields, formats

Mask = NDArray[np.bool_]
Ids = NDArray[np.int32]
Weights = NDArray[np.float32]
Value = TypeVar("Value")

FORMAT = 2  # raise it when terms or folding change: an index of another format counts as damaged
POSITION_KEY = "\x1fposition"  # the item key of the document that keeps the position; no item is called so
CACHE_BYTES = 48 * 2**20  # postings kept per snapshot, about 400 common terms among 10,000 items


class Terms(fields.KEYWORD):  # type: ignore[misc]
    """A field whose value is a ready list of terms; keeps how often each occurs and no positions."""

    def __init__(self) -> None:
        # Not scorable would be one stat() per posting while committing (the length column is absent).
        super().__init__(scorable=True)
        self.format = formats.Existence()

    def index(self, value: Sequence[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What Whoosh is to store: (term, frequency, weight, no value)."""
        return ((term.encode(), times, float(times), b"") for term, times in Counter(value).items())


SCHEMA = fields.Schema(
    item=fields.ID(),
    terms=Terms(),
    key=fields.COLUMN(columns.VarBytesColumn()),
    text=fields.COLUMN(columns.VarBytesColumn()),
    dated=fields.COLUMN(columns.NumericColumn("q")),
    seq=fields.COLUMN(columns.NumericColumn("q")),
    facets=fields.COLUMN(columns.VarBytesColumn()),
)


FACET_MARK = "\x1f"  # between the values of an item's facets, in the order of `FACETS`


class Damaged(Exception):
    """The index on disk cannot be read as one of ours."""


def read_position(reader: Any) -> tuple[int, int]:
    """The position an open Whoosh reader stands at, and the number of the document that keeps it.

    (-1, number of documents) when there are none. Raises `Damaged` for an index of another format.
    """
    if ("item", POSITION_KEY) not in reader:
        if reader.doc_count():
            raise Damaged("items without a position")
        return -1, reader.doc_count_all()
    numbers = list(reader.postings("item", POSITION_KEY).all_ids())
    if len(numbers) != 1 or reader.column_reader("dated")[numbers[0]] != FORMAT:
        raise Damaged("written in another format")
    return int(reader.column_reader("seq")[numbers[0]]), int(numbers[0])


class _Kept(Generic[Value]):
    """A cache bounded by the bytes of its arrays, least recently used out first."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._values: OrderedDict[str, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[str], Value], size: Callable[[Value], int]) -> Value:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make(key)
        with self._lock:
            if key not in self._values:
                self._values[key] = (value, size(value))
                self._size += size(value)
            while self._size > self._limit:
                self._size -= self._values.popitem(last=False)[1][1]
        return value


class Snapshot:
    """Items are numbered from 0; a mask says for each number whether it is meant."""

    def __init__(self, reader: Any) -> None:
        """Take over an open Whoosh reader. Raises `Damaged` when it holds items of another format."""
        # Other threads may still be reading when a newer snapshot takes over: close when the last lets go.
        weakref.finalize(self, reader.close).atexit = False
        self._reader = reader
        self._leaves = list(reader.leaf_readers()) if reader.doc_count_all() else []
        self._reading = threading.Lock()
        self._postings: _Kept[tuple[Ids, Weights]] = _Kept(CACHE_BYTES)
        self._literal: _Kept[Ids] = _Kept(CACHE_BYTES // 6)
        self.size: int = reader.doc_count_all()
        self.live = self._undeleted()
        self.dated, self.seq = self._numbers("dated"), self._numbers("seq")
        self.position, number = read_position(reader)
        self.live[number:][:1] = False  # the document of the position is no item
        self.count = int(self.live.sum())
        self._keys = self._columns("key")
        self._texts = self._columns("text")
        self.values: dict[str, list[str]] = {}
        self.codes: dict[str, Ids] = {}
        self._load_facets()

    def _undeleted(self) -> Mask:
        live = np.ones(self.size, np.bool_)
        for leaf, base in self._leaves:
            if leaf.has_deletions():
                live[[base + n for n in range(leaf.doc_count_all()) if leaf.is_deleted(n)]] = False
        return live

    def _numbers(self, column: str) -> NDArray[np.int64]:
        parts = [np.zeros(0, np.int64)]
        for leaf, _ in self._leaves:
            values = leaf.column_reader(column, translate=False)
            written = np.frombuffer(values._dbfile.get(values._basepos, values._count * 8), ">i8")
            parts += [
                written,
                np.zeros(leaf.doc_count_all() - len(written), np.int64),
            ]  # zeros at the end are left out
        return np.concatenate(parts).astype(np.int64)

    def _columns(self, name: str) -> list[tuple[Any, int]]:
        """The column of each segment, last first, with the number its items begin at (memory-mapped)."""
        return [(leaf.column_reader(name, translate=False), base) for leaf, base in reversed(self._leaves)]

    def _load_facets(self) -> None:
        """Number the values of each facet from 1 in their order; 0 is an item that has none."""
        rows = [
            str(row, "utf-8").split(FACET_MARK)
            for column, _ in reversed(self._columns("facets"))
            for row in column
        ]
        for facet, values in zip(
            FACETS, zip(*rows, strict=True) if rows else [()] * len(FACETS), strict=True
        ):
            alive = {value for value, lives in zip(values, self.live, strict=False) if lives}
            names = ["", *sorted(alive - {""})]
            code = {name: number for number, name in enumerate(names)}
            self.values[facet] = names
            self.codes[facet] = np.fromiter((code.get(value, 0) for value in values), np.int32, self.size)

    def _read(self, field: str, term: str) -> tuple[Ids, Weights]:
        """The postings of a term from disk, deleted items included."""
        ids, weights = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        with self._reading:  # the matchers of a segment share one file position
            for leaf, base in self._leaves:
                if (field, term) not in leaf:
                    continue
                matcher = leaf.postings(field, term)
                matcher = getattr(matcher, "child", matcher)  # without the filter: `live` knows the deleted
                matcher.reset()
                while matcher.is_active():  # block by block, not posting by posting
                    matcher._read_ids()
                    matcher._read_weights()
                    ids.append(np.asarray(matcher._ids, np.int32) + np.int32(base))
                    weights.append(np.array(matcher._weights, np.float32))
                    matcher._next_block()
        return np.concatenate(ids), np.concatenate(weights)

    def key(self, number: int) -> str:
        """The key of an item."""
        return str(next(column[number - base] for column, base in self._keys if number >= base), "utf-8")

    def text(self, number: int) -> str:
        """The folded text of an item: title, line feed, body."""
        return str(next(column[number - base] for column, base in self._texts if number >= base), "utf-8")

    def postings(self, term: str) -> tuple[Ids, Weights]:
        """Which items have a term, ascending, and how often each. One Han character counts all its places."""
        return self._postings.get(term, self._find_postings, lambda found: found[0].nbytes + found[1].nbytes)

    def _find_postings(self, term: str) -> tuple[Ids, Weights]:
        if len(term) == 1 and is_han(term):
            ids, weights = self._beginning_with(term)
        else:
            ids, weights = self._read("terms", term)
        alive = self.live[ids]
        return ids[alive], weights[alive]

    def _beginning_with(self, character: str) -> tuple[Ids, Weights]:
        """A character is the first of exactly one term wherever it stands, so its places add up."""
        with self._reading:
            names = [name.decode() for name in self._reader.expand_prefix("terms", character)]
        found = [self._read("terms", name) for name in names]
        total = np.zeros(self.size, np.float32)
        for ids, weights in found:
            total[ids] += weights
        numbers = np.flatnonzero(total).astype(np.int32)
        return numbers, total[numbers]

    def mask(self, ids: Ids) -> Mask:
        chosen = np.zeros(self.size, np.bool_)
        chosen[ids] = True
        return chosen

    def literal(self, phrase: str) -> Ids:
        """The items whose folded title or body contains the folded phrase as it stands."""
        return self._literal.get(phrase, self._find_literal, lambda found: found.nbytes)

    def _find_literal(self, phrase: str) -> Ids:
        if is_one_term(phrase) or (len(phrase) == 1 and is_han(phrase)):
            return self.postings(phrase)[0]
        candidates = self.live
        for term in required_terms(phrase):
            candidates = candidates & self.mask(self.postings(term)[0])
        numbers = [n for n in np.flatnonzero(candidates).tolist() if contains(self.text(n), phrase)]
        return np.array(numbers, np.int32)
