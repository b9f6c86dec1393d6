"""What a segment of the index consists of: made of new items, and of several segments that become one.

Merging is copying arrays: no text is read again, no term is taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.adapters.array_file import Array, lengths_of, smallest
from portal.adapters.index_terms import GAP, Listed, Numbers, Terms, listed, merged
from portal.ports import FACETS

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Document:
    """One item, taken apart."""

    key: bytes
    terms: list[str]
    text: str  # folded: title, line feed, body
    dated: int
    seq: int
    facets: tuple[str, ...]  # in the order of `FACETS`
    sums: list[int]  # of money that are named, in fen


@dataclass(frozen=True)
class Part:
    """A segment as arrays, and the values of its facets, which the codes in `facet.…` count from 0."""

    arrays: Mapping[str, Array]
    values: Mapping[str, Sequence[str]]

    @property
    def size(self) -> int:
        """How many items, deleted ones among them."""
        return len(self.arrays["dated"])


def made_of(documents: Sequence[Document]) -> Part:
    """A segment of new items."""
    arrays: dict[str, Array] = {
        "dated": np.array([document.dated for document in documents], np.int64),
        "seq": np.array([document.seq for document in documents], np.int64),
        "sums": np.array([fen for document in documents for fen in document.sums], np.int64),
        "sums.items": np.repeat(np.arange(len(documents)), [len(document.sums) for document in documents]),
    }
    values: dict[str, list[str]] = {}
    for place, facet in enumerate(FACETS):
        column = [document.facets[place] for document in documents]
        values[facet] = sorted(set(column))
        code = {value: number for number, value in enumerate(values[facet])}
        arrays[f"facet.{facet}"] = np.array([code[value] for value in column], np.int64)
    arrays |= _rows("keys", [document.key for document in documents])
    texts = [document.text for document in documents]
    arrays |= _rows("texts", [text.encode() for text in texts])
    arrays["texts.through"] = np.cumsum([len(text) + GAP for text in texts], dtype=np.int64)
    terms = [document.terms for document in documents]
    return _finished(arrays, values, listed(zip(terms, texts, strict=True)))


def merged_of(pairs: Sequence[tuple[Part, Mask]]) -> Part:
    """A segment of those items of several that are kept; what is not kept is nowhere in it."""
    numbers, before = [], 0
    shifts, through, begin = [], [], 0
    for part, keep in pairs:
        numbers.append(np.where(keep, np.cumsum(keep) - 1 + before, -1))
        before += int(np.count_nonzero(keep))
        ends = part.arrays["texts.through"].astype(np.int64)
        lengths = lengths_of(ends)
        moved = begin + np.cumsum(lengths * keep)
        shifts.append(moved - ends)
        through.append(moved[keep])
        begin += int((lengths * keep).sum())
    arrays: dict[str, Array] = {
        name: np.concatenate([part.arrays[name][keep] for part, keep in pairs]) for name in ("dated", "seq")
    }
    parts = [part for part, _ in pairs]
    arrays |= _sums(parts, numbers)
    values: dict[str, list[str]] = {}
    for facet in FACETS:
        values[facet], arrays[f"facet.{facet}"] = _facet(facet, pairs)
    for name in ("keys", "texts"):
        arrays |= _joined(name, pairs)
    arrays["texts.through"] = np.concatenate(through)
    terms = merged(
        [
            Terms(part.arrays).kept(new, moved, part.arrays["texts.through"])
            for part, new, moved in zip(parts, numbers, shifts, strict=True)
        ]
    )
    return _finished(arrays, values, terms)


def _finished(arrays: dict[str, Array], values: dict[str, list[str]], terms: Listed) -> Part:
    """In as few bytes as do, with the order of the keys and the terms."""
    packed = {name: smallest(array) for name, array in arrays.items()}
    ends, keys = [0, *packed["keys.ends"].tolist()], packed["keys"].tobytes()
    size = len(ends) - 1
    order = sorted(range(size), key=lambda number: keys[ends[number] : ends[number + 1]])
    packed["keys.order"] = smallest(np.array(order, np.int64), below=size)
    return Part(packed | terms.arrays(size), values)


def _rows(name: str, rows: Iterable[bytes]) -> dict[str, Array]:
    """Bytes of each item, one after the other, and where each ends."""
    written = list(rows)
    ends = np.fromiter(accumulate(map(len, written)), np.int64, len(written))
    return {f"{name}.ends": ends, name: np.frombuffer(b"".join(written), np.uint8)}


def _joined(name: str, pairs: Sequence[tuple[Part, Mask]]) -> dict[str, Array]:
    """The bytes of the items that are kept."""
    lengths, written = [], []
    for part, keep in pairs:
        each = lengths_of(part.arrays[f"{name}.ends"])
        whole = part.arrays[name]
        written.append(whole if keep.all() else whole[np.repeat(keep, each)])
        lengths.append(each[keep])
    return {f"{name}.ends": np.cumsum(np.concatenate(lengths)), name: np.concatenate(written)}


def _sums(parts: Sequence[Part], numbers: Sequence[Numbers]) -> dict[str, Array]:
    """Who names which sum, for the items that have a new number."""
    items = [new[part.arrays["sums.items"]] for part, new in zip(parts, numbers, strict=True)]
    sums = [part.arrays["sums"][each >= 0] for part, each in zip(parts, items, strict=True)]
    return {"sums": np.concatenate(sums), "sums.items": np.concatenate([each[each >= 0] for each in items])}


def _facet(facet: str, pairs: Sequence[tuple[Part, Mask]]) -> tuple[list[str], Array]:
    """The values that any item which is kept has, and the code of each."""
    columns = [part.arrays[f"facet.{facet}"][keep] for part, keep in pairs]
    held = [
        {part.values[facet][code] for code in np.unique(column).tolist()}
        for (part, _), column in zip(pairs, columns, strict=True)
    ]
    values = sorted(set().union(*held))
    code: dict[Any, int] = {value: number for number, value in enumerate(values)}
    across = [np.array([code.get(value, 0) for value in part.values[facet]], np.int64) for part, _ in pairs]
    return values, np.concatenate([new[column] for new, column in zip(across, columns, strict=True)])
