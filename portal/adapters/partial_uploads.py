"""Unfinished uploads in a folder of this machine: one file each, which only grows at its end.

Who adds to a file, or asks how long it is, has its turn: the lock on `<key>.turn`. A connection that broke ends its
turn within milliseconds, and then what it brought counts. One that hangs loses it: whoever has waited long enough takes
the name away, and before each piece a writer looks whether the name still belongs to what it has locked.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Self

from portal.adapters.durable_files import fsync_folder, make_folder, store_full_when_no_room, write_all
from portal.ports import NotWhole, OffsetConflict, PieceTooLong, Received

_KEY = re.compile(r"[0-9a-f]{32}")
PATIENCE = 2.0  # seconds that a turn is waited for
_LOOKS = 0.02  # seconds between two looks
_TURN = ".turn"
_WHOLE = ".whole-"  # stands between the key and some digits in the name of a file that is being stored
_CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS)


class PartialFiles:
    """`PartialUploads` in one folder. The length of a file is its offset, once it has been fsynced."""

    def __init__(self, root: Path, *, patience: float = PATIENCE) -> None:
        self._root, self._patience = root, patience

    def offset(self, key: str) -> int:
        path = self._path(key)
        if not path.exists():
            return 0
        with store_full_when_no_room(self._root), self._turn(key), _opened(path) as file, _alone(file):
            os.fsync(file)  # a killed writer may have left more than the disk has
            return os.fstat(file).st_size

    def append(self, key: str, *, at: int, pieces: Iterable[bytes], size: int) -> int:
        path = self._path(key)
        make_folder(self._root, mode=0o700)
        with store_full_when_no_room(self._root), self._turn(key) as turn:
            new = not path.exists()
            with _opened(path) as descriptor:
                if new:
                    fsync_folder(self._root)
                _must_end_at(descriptor, at)
                try:
                    for piece in pieces:
                        at = _add(descriptor, turn=turn, at=at, piece=piece, size=size)
                finally:
                    os.fsync(descriptor)
        return at

    def whole(self, key: str, *, size: int) -> Received:
        path = self._path(key)
        if self.offset(key) != size or not path.exists():
            raise NotWhole
        taken = path.with_name(f"{key}{_WHOLE}{secrets.token_hex(4)}")
        with store_full_when_no_room(self._root):
            try:
                os.link(path, taken)
            except OSError as error:
                if error.errno not in _CANNOT_LINK:
                    raise
                shutil.copyfile(path, taken)
        with taken.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        fsync_folder(self._root)
        return Received(sha256=digest, size=size, path=taken)

    def discard(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def sweep(self, *, keep: Container[str], older_than_seconds: float) -> int:
        before, removed = time.time() - older_than_seconds, 0
        for path in self._root.glob("*"):
            with contextlib.suppress(FileNotFoundError):  # somebody else was tidying too
                if path.name not in keep and path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not the key of an upload: {key[:100]!r}")
        return self._root / key

    @contextlib.contextmanager
    def _turn(self, key: str) -> Iterator[_Turn]:
        path, until = self._root / f"{key}{_TURN}", time.monotonic() + self._patience
        while (turn := _Turn.at(path)) is None:
            if time.monotonic() >= until:
                path.unlink(missing_ok=True)
            else:
                time.sleep(_LOOKS)
        try:
            yield turn
        finally:
            turn.end()


class _Turn:
    """The right to add to one file."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor

    @classmethod
    def at(cls, path: Path) -> Self | None:
        """The turn, unless somebody else has it."""
        turn = cls(path, os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            fcntl.flock(turn._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(turn._descriptor)
            return None
        if turn.is_ours():
            return turn
        os.close(turn._descriptor)  # it was somebody's last one
        return None

    def is_ours(self) -> bool:
        """Whether nobody has taken it away."""
        try:
            return self._path.stat().st_ino == os.fstat(self._descriptor).st_ino
        except FileNotFoundError:
            return False

    def end(self) -> None:
        if self.is_ours():
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _alone(descriptor: int) -> Iterator[None]:
    """Nobody is in the middle of a piece; never held while anything is waited for."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _add(descriptor: int, *, turn: _Turn, at: int, piece: bytes, size: int) -> int:
    """Write one piece where the file ends."""
    with _alone(descriptor):
        if not turn.is_ours():
            raise OffsetConflict(os.fstat(descriptor).st_size)
        _must_end_at(descriptor, at)
        fits = piece[: size - at]
        os.lseek(descriptor, at, os.SEEK_SET)
        write_all(descriptor, fits)
    if len(fits) < len(piece):
        raise PieceTooLong
    return at + len(fits)


def _must_end_at(descriptor: int, at: int) -> None:
    end = os.fstat(descriptor).st_size
    if end != at:
        raise OffsetConflict(end)
