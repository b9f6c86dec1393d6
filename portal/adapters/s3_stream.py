"""Reading an object: a stream that goes on where an answer was cut, and can be read from the middle."""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING, Any

from portal.adapters.s3_room import S3Room
from portal.ports import StoreUnavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_TRIES = 3  # requests without a single new byte, after which reading fails


class S3Stream(io.RawIOBase):
    """The object's bytes. Raises `MediaMissing` when opened, `StoreUnavailable` when opened or read."""

    def __init__(self, room: S3Room, name: str) -> None:
        super().__init__()
        self._room, self._name, self._at = room, name, 0
        self._body: Any = None
        self._body, self.size = room.get(name)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._at >= self.size or not view:
            return 0
        data = self._some(len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _some(self, count: int) -> bytes:
        for left in reversed(range(_TRIES)):
            try:
                if self._body is None:
                    self._body, _size = self._room.get(self._name, start=self._at)
                if data := self._room.read(self._name, self._body, min(count, self.size - self._at)):
                    return data
                raise StoreUnavailable(f"存储桶 {self._room.bucket} 的应答中断了")
            except StoreUnavailable:
                self._let_go()
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; nothing is asked of the store before the next read."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative position {base + offset}")
        if base + offset != self._at:
            self._let_go()
            self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._body is not None:
            with contextlib.suppress(Exception):  # nobody is interested in how an answer ends that we left
                self._body.close()
            self._body = None
