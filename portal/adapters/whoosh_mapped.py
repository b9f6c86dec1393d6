"""Segments of the Whoosh index read where the system has mapped them: Whoosh copies every file of a mapped segment into
the process, so each process held the whole index for itself. The maps of all processes are the same memory.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from functools import partial
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.filedb.compound import CompoundStorage
    from whoosh.filedb.structfile import BufferFile

AHEAD = 4096  # bytes that are copied at once where a file is read from front to back


class _View(io.RawIOBase):
    """A part of a map, read like a file."""

    def __init__(self, part: memoryview) -> None:
        self._part, self._at = part, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._part)}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def readinto(self, into: Any) -> int:
        piece = self._part[self._at : self._at + len(into)]
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


class _MappedFile(BufferFile):  # type: ignore[misc]
    def __init__(self, part: memoryview, name: str) -> None:
        super().__init__(b"", name=name)
        self._buf, self.file = part, io.BufferedReader(_View(part), AHEAD)


class _MappedStorage(CompoundStorage):  # type: ignore[misc]
    def open_file(self, name: str, *args: Any, **options: Any) -> Any:
        if self.is_closed or not self._source:
            return super().open_file(name, *args, **options)
        offset, length = self.range(name)
        return _MappedFile(memoryview(self._source)[offset : offset + length], name)


def read_in_place(segments: Iterable[Any]) -> None:
    """Let readers of these segments, which are about to be opened, read them in their maps."""
    for segment in segments:
        segment.open_compound_file = partial(_open, segment)


def _open(segment: Any, storage: Any) -> Any:
    file = storage.open_file(segment.make_filename(segment.COMPOUND_EXT))
    return _MappedStorage(file, use_mmap=storage.supports_mmap)
