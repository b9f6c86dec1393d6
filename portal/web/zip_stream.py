"""A ZIP file written as it is sent: stored, not compressed, so that the same files give the same bytes everywhere.

One piece of a file is in memory at a time. Names are ASCII; the time of every file is the format's first,
1 January 1980.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

DAY_ZERO = 0x0021  # 1980-01-01, as the format writes it
VERSION = 20  # of the format: 2.0
UNIX = 3 << 8
MODE = 0o100644 << 16  # a plain file that everybody may read
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
MOST_BYTES = 2**32 - 1
MOST_FILES = 2**16 - 1


@dataclass(frozen=True)
class File:
    """A file to come: its name, how many bytes it has, and how to get them, piece by piece, when its turn comes. They
    are asked for twice: the sum of a file stands before it."""

    name: str
    size: int
    read: Callable[[], Iterable[bytes]]


def length(files: Iterable[File]) -> int:
    """Bytes of the whole. Raises `ValueError` for more than the format holds."""
    files = list(files)
    each = sum(_LOCAL.size + _CENTRAL.size + 2 * len(file.name) + file.size for file in files)
    if each + _END.size > MOST_BYTES or len(files) > MOST_FILES:
        raise ValueError("too large for one ZIP file")
    return each + _END.size


def stream(files: Iterable[File]) -> Iterator[bytes]:
    """The bytes, file by file, in the order given. Raises `ValueError` when a file is not as long as was said."""
    directory: list[bytes] = []
    offset = 0
    for file in files:
        name, crc, size = file.name.encode("ascii"), 0, 0
        for piece in file.read():
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        if size != file.size:
            raise ValueError(f"{file.name} has {size} bytes and not {file.size}")
        sums = (crc, size, size)
        local = _LOCAL.pack(b"PK\3\4", VERSION, 0, 0, 0, DAY_ZERO, *sums, len(name), 0) + name
        directory.append(
            _CENTRAL.pack(
                b"PK\1\2",
                UNIX | VERSION,
                VERSION,
                0,
                0,
                0,
                DAY_ZERO,
                *sums,
                len(name),
                0,
                0,
                0,
                0,
                MODE,
                offset,
            )
            + name
        )
        offset += len(local) + size
        yield local
        yield from file.read()
    whole = b"".join(directory)
    yield whole
    yield _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(whole), offset, 0)
