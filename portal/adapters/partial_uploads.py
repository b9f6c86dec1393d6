"""Unfinished uploads in a folder of this machine: one file each, which only grows at its end."""

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

from portal.adapters.durable_files import fsync_folder, make_folder, store_full_when_no_room, write_all
from portal.ports import NotWhole, OffsetConflict, PieceTooLong, Received

_KEY = re.compile(r"[0-9a-f]{32}")
_WHOLE = ".whole-"  # stands between the key and some digits in the name of a file that is being stored
_CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS)


class PartialFiles:
    """`PartialUploads` in one folder. The length of a file is its offset, once it has been fsynced."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def offset(self, key: str) -> int:
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            size = os.fstat(descriptor).st_size
            os.fsync(descriptor)  # a killed writer may have left more than the disk has
            return size
        finally:
            os.close(descriptor)

    def append(self, key: str, *, at: int, pieces: Iterable[bytes], size: int) -> int:
        with store_full_when_no_room(self._root), self._open(key) as descriptor:
            try:
                for piece in pieces:
                    at = _add(descriptor, at=at, piece=piece, size=size)
                _must_end_at(descriptor, at)
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
    def _open(self, key: str) -> Iterator[int]:
        path = self._path(key)
        make_folder(self._root, mode=0o700)
        new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            if new:
                fsync_folder(self._root)
            yield descriptor
        finally:
            os.close(descriptor)


def _add(descriptor: int, *, at: int, piece: bytes, size: int) -> int:
    """Write one piece where the file ends; alone only for as long as that takes."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        _must_end_at(descriptor, at)
        fits = piece[: size - at]
        os.lseek(descriptor, at, os.SEEK_SET)
        write_all(descriptor, fits)
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    if len(fits) < len(piece):
        raise PieceTooLong
    return at + len(fits)


def _must_end_at(descriptor: int, at: int) -> None:
    end = os.fstat(descriptor).st_size
    if end != at:
        raise OffsetConflict(end)
