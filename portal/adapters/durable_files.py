"""Writing files so that they are whole or absent after a power cut."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from portal.ports import StoreBroken, StoreFull

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_BROKEN = (errno.EIO, errno.EROFS)


def is_no_room(error: OSError) -> bool:
    """Whether this error says that the disk, or this account's share of it, is full."""
    return error.errno in _NO_ROOM


@contextlib.contextmanager
def store_full_when_no_room(place: Path) -> Iterator[None]:
    """Turn "no space left" inside this block into `StoreFull`, and a disk that fails into `StoreBroken`."""
    try:
        yield
    except (StoreFull, StoreBroken):
        raise
    except OSError as error:
        if is_no_room(error):
            raise StoreFull(error.errno, os.strerror(error.errno or 0), str(place)) from error
        if error.errno in _BROKEN:
            raise StoreBroken(error.errno, os.strerror(error.errno), str(place)) from error
        raise


def make_folder(folder: Path, *, mode: int) -> None:
    """Make a folder, with its parents, and make its name durable. One that is there is left as it is."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)  # exactly, whatever the umask says
    fsync_folder(folder.parent)


def fsync_folder(folder: Path) -> None:
    """Make the names in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def new_file(place: Path, *, temporary: Path, mode: int) -> Iterator[int]:
    """A descriptor to write to. At the end the content is durable and the file has its name, or there is neither it nor
    the temporary one, which must lie on the same disk. The name itself is durable after `fsync_folder`."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            yield descriptor
            os.fchmod(descriptor, mode)  # exactly, whatever the umask says
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.rename(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_all(descriptor: int, data: bytes | bytearray | memoryview) -> None:
    """Write every byte. Raises `OSError`."""
    rest = memoryview(data).cast("B")
    while rest:
        rest = rest[os.write(descriptor, rest) :]
