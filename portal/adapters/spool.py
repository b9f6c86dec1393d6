"""Where uploads arrive: hashed while they stream, and durable before anybody is told that they are here."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from portal.adapters.durable_files import (
    fsync_folder,
    is_no_room,
    make_folder,
    store_full_when_no_room,
    write_all,
)
from portal.ports import Received, Room, StoreFull

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_FOLDER_MODE, _FILE_MODE = 0o700, 0o600
_INCOMING = "incoming"
_ANY_SIZE = 1 << 60  # bytes
_LOOK_EVERY = 8 << 20  # bytes of an arriving file after which the room is looked at again


class Spool:
    """A folder for what has just arrived. Made when the first file arrives."""

    def __init__(self, root: Path, *, room: Room | None = None) -> None:
        """room: how much is left; below its reserve, what arrives is swallowed as if the disk were full."""
        self._root, self._room = root, room

    def receive(self, limit: int) -> Arrival:
        """Begin a file of at most `limit` bytes."""
        return Arrival(self._root, limit=limit, room=self._room)

    def keep(self, stream: BinaryIO) -> Received:
        """All of a stream, whole and durable. Raises `StoreFull`."""
        arrival = self.receive(_ANY_SIZE)
        try:
            while block := stream.read(1 << 20):
                arrival.write(block)
            return arrival.finish()
        finally:
            arrival.close()

    @contextlib.contextmanager
    def scratch(self) -> Iterator[BinaryIO]:
        """An empty file, by its name too, that is gone afterwards."""
        folder = self._root / _INCOMING
        make_folder(self._root, mode=_FOLDER_MODE)
        make_folder(folder, mode=_FOLDER_MODE)
        with store_full_when_no_room(self._root), tempfile.NamedTemporaryFile(dir=folder) as file:
            yield cast(BinaryIO, file)

    def discard(self, received: Received) -> None:
        """Forget a file that has been stored, or is not wanted. Idempotent."""
        received.path.unlink(missing_ok=True)

    def sweep(self, older_than_seconds: float) -> int:
        """Remove what nobody has written to for so long: broken uploads, and files that were never
        stored. How many."""
        before, removed = time.time() - older_than_seconds, 0
        for path in self._root.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # somebody else was tidying too
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed


class Arrival(io.BufferedIOBase):
    """A file on its way in: a binary stream that Werkzeug's form parser can fill.

    size: bytes counted so far, also those that were not kept; too_large: there were more than the limit;
    full: the disk had no room, or less than its reserve. In both cases nothing is stored any more, reading
    gives nothing, and the bytes that follow are swallowed so that the rest of the form can still be read.
    """

    def __init__(self, root: Path, *, limit: int, room: Room | None = None) -> None:
        super().__init__()
        self.size, self.too_large, self.full = 0, False, False
        self._root, self._limit, self._room, self._looked_at = root, limit, room, 0
        self._hash = hashlib.sha256()
        self._path = root / _INCOMING / secrets.token_hex(16)
        self._received: Received | None = None
        self._file = self._begun()

    def _begun(self) -> io.FileIO | None:
        if self._room is not None and self._room.short() is not None:
            self.full = True
            return None
        try:
            make_folder(self._root, mode=_FOLDER_MODE)
            make_folder(self._path.parent, mode=_FOLDER_MODE)
            return io.FileIO(self._path, "x+", opener=lambda path, flags: os.open(path, flags, _FILE_MODE))
        except OSError as error:
            if not is_no_room(error):
                raise
            self.full = True
            return None

    def write(self, data: ReadableBuffer, /) -> int:
        """Append. Raises `OSError` for anything but a full disk."""
        self._must_be_open()
        count = memoryview(data).nbytes
        if self._file is not None and self._file.tell() != self.size:
            raise io.UnsupportedOperation("an arriving file only grows at its end")
        self.size += count
        if self.size > self._limit:
            self.too_large = True
            self._let_go()
        elif self._file is not None and self._has_room():
            self._keep(self._file, data=data)
        return count

    def _has_room(self) -> bool:
        if self._room is not None and self.size - self._looked_at >= _LOOK_EVERY:
            self._looked_at = self.size
            if self._room.short() is not None:
                self.full = True
                self._let_go()
        return not self.full

    def _keep(self, file: io.FileIO, *, data: ReadableBuffer) -> None:
        try:
            write_all(file.fileno(), memoryview(data))
            self._hash.update(data)
        except OSError as error:
            if not is_no_room(error):
                raise
            self.full = True
            self._let_go()

    def _let_go(self) -> None:
        """Give the room back; other arrivals may need it."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._path.unlink(missing_ok=True)

    def finish(self) -> Received:
        """The whole file, durable under the name of its content. Asking again gives the same answer.
        Raises `StoreFull`, and `ValueError` when it was too large or has been discarded."""
        if self._received is not None:
            return self._received
        if self.full:
            raise StoreFull(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._root))
        if self.too_large:
            raise ValueError("the file is larger than the limit and was not kept")
        self._must_be_open()
        assert self._file is not None
        digest = self._hash.hexdigest()
        # Two uploads of one content each have their own file: discarding one must not lose the other.
        final = self._root / digest[:2] / f"{digest}.{secrets.token_hex(4)}"
        with store_full_when_no_room(self._root):
            os.fsync(self._file.fileno())
            make_folder(final.parent, mode=_FOLDER_MODE)
            self._path.rename(final)
            self._path = final
            fsync_folder(final.parent)
        self._received = Received(sha256=digest, size=self.size, path=final)
        return self._received

    def discard(self) -> None:
        """Forget it unless it was finished; a finished file belongs to whoever holds the `Received`."""
        self.close()

    def close(self) -> None:
        """Close; what was not finished is gone. Idempotent."""
        if not self.closed:
            if self._received is None:
                self._let_go()
            elif self._file is not None:
                self._file.close()
        super().close()

    def _must_be_open(self) -> None:
        if self.closed:
            raise ValueError("this arrival is closed")

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; where a swallowed file stays at 0."""
        self._must_be_open()
        return 0 if self._file is None else self._file.seek(offset, whence)

    def tell(self) -> int:
        self._must_be_open()
        return 0 if self._file is None else self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        self._must_be_open()
        if self._file is None:
            return b""
        return (self._file.read(-1 if size is None else size)) or b""

    def read1(self, size: int = -1, /) -> bytes:
        return self.read(size)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._must_be_open()
        return 0 if self._file is None else self._file.readinto(buffer) or 0
