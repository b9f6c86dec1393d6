"""Arrays of numbers in one file, read where the system has mapped it: opening one reads its directory, and what all
processes read is the same memory.

A mark, the length of the directory, the directory (JSON: where each array lies, and what else is told), the
arrays. No code is in it: a file that somebody changed can be wrong and is told so, but cannot act.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARK = b"SUNARR01"
_HEAD = struct.Struct("<8sQ")
_ROUND = 8  # arrays begin at a multiple of this, so that they are read as they lie
_KINDS = frozenset(("|u1", "<u2", "<u4", "<u8"))

Array = NDArray[Any]


class Broken(Exception):
    """The file is not what was written."""


def smallest(numbers: Array, *, below: int | None = None) -> Array:
    """The same whole numbers, none negative, in the fewest bytes that hold them all, or all `below` a number."""
    greatest = below - 1 if below is not None else int(numbers.max(initial=0))
    return numbers.astype(np.min_scalar_type(max(greatest, 0)), copy=False)


def lengths_of(ends: Array) -> NDArray[np.int64]:
    """How long each piece is, of pieces of which it is known where each ends."""
    whole = ends.astype(np.int64)
    lengths: NDArray[np.int64] = whole - np.concatenate([[0], whole[:-1]])[: len(whole)]
    return lengths


def wide(numbers: Array) -> Array:
    """The same in four bytes each, with room for arithmetic; in eight where they need it."""
    return numbers.astype(np.uint32 if int(numbers.max(initial=0)) < 2**31 else np.uint64)


def write_arrays(path: Path, arrays: Mapping[str, Array], told: Mapping[str, Any]) -> None:
    """Write a file of its own; nobody may read it yet."""
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = (array.dtype.newbyteorder("<").str, at, len(array))
        at += _rounded(array.nbytes)
    directory = json.dumps({"arrays": places, "bytes": at, "told": told}, ensure_ascii=False).encode()
    directory += b" " * (_rounded(len(directory)) - len(directory))
    with path.open("wb") as file:
        file.write(_HEAD.pack(MARK, len(directory)) + directory)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)
            file.write(b"\0" * (_rounded(array.nbytes) - array.nbytes))


def read_arrays(path: str) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays of a file, and what else it tells. Raises `Broken` or `OSError`."""
    with open(path, "rb") as file:  # noqa: PTH123 (this is read for every new segment)
        if os.fstat(file.fileno()).st_size < _HEAD.size:
            raise Broken(f"{path} ends before it begins")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mark, length = _HEAD.unpack_from(mapped)
    begin = _HEAD.size + length
    if mark != MARK or begin > len(mapped):
        raise Broken(f"{path} is no file of arrays")
    try:
        directory = json.loads(mapped[_HEAD.size : begin])
        if begin + int(directory["bytes"]) != len(mapped):
            raise Broken(f"{path} was cut short or added to")
        arrays = {
            name: _array(mapped, kind, begin + at, count)
            for name, (kind, at, count) in directory["arrays"].items()
        }
        return arrays, dict(directory["told"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Broken(f"{path} has no directory that can be read") from error


def _array(mapped: mmap.mmap, kind: str, at: int, count: int) -> Array:
    if kind not in _KINDS:
        raise Broken(f"an array of {kind}")
    return np.frombuffer(mapped, np.dtype(kind), count, at)


def _rounded(size: int) -> int:
    return -(-size // _ROUND) * _ROUND
