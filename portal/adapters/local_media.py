"""The media store in a folder of this machine."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from portal.adapters.durable_files import (
    fsync_folder,
    make_folder,
    new_file,
    store_full_when_no_room,
    write_all,
)
from portal.adapters.local_quarantine import LocalQuarantine
from portal.adapters.media_names import digest_in, is_name
from portal.ports import MediaMissing, Received, Space

_CHUNK = 1 << 20
_INCOMING = "incoming"
_FOLDER_MODES = {Space.SEALED: 0o700, Space.STAGED: 0o750, Space.PUBLIC: 0o750}
_FILE_MODES = {Space.SEALED: 0o600, Space.STAGED: 0o640, Space.PUBLIC: 0o640}
_CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS)


class LocalMediaStore:
    """`MediaStore` in folders: `<root>/<space>/<first two digits>/<name>`.

    A file is written beside its place, fsynced, and only then given its name, whose folder is fsynced too.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, space: Space, name: str, data: bytes) -> None:
        path = self.path(space, name)
        if hashlib.sha256(data).hexdigest() != digest_in(name):
            raise ValueError(f"these bytes do not hash to {name}")
        with store_full_when_no_room(self._root):
            if not _written_again(path):
                with self._new_file(path, space=space) as descriptor:
                    write_all(descriptor, data)
            self._make_name_durable(path)

    def take(self, space: Space, name: str, received: Received) -> None:
        path = self.path(space, name)
        if received.sha256 != digest_in(name):
            raise ValueError(f"what was received does not hash to {name}")
        with store_full_when_no_room(self._root):
            if not _written_again(path):
                self._link_or_copy(received.path, path, space=space)
            self._make_name_durable(path)

    def publish(self, name: str) -> None:
        staged, public = self.path(Space.STAGED, name), self.path(Space.PUBLIC, name)
        with store_full_when_no_room(self._root):
            if not _written_again(public):
                try:
                    os.utime(staged)  # the same file under its new name is as young as the publication
                    self._link_or_copy(staged, public, space=Space.PUBLIC)
                except FileNotFoundError as error:
                    raise MediaMissing(name) from error
            self._make_name_durable(public)

    def open(self, space: Space, name: str) -> BinaryIO:
        try:
            return self.path(space, name).open("rb")
        except FileNotFoundError as error:
            raise MediaMissing(name) from error

    def signed(
        self,
        space: Space,
        name: str,
        *,
        seconds: int,  # noqa: ARG002 - nobody else reads this folder
        mimetype: str,  # noqa: ARG002
        saved_as: str = "",  # noqa: ARG002
    ) -> str | None:
        self.size(space, name)
        return None

    def size(self, space: Space, name: str) -> int:
        try:
            return self.path(space, name).stat().st_size
        except FileNotFoundError as error:
            raise MediaMissing(name) from error

    def remove(self, space: Space, name: str) -> None:
        path = self.path(space, name)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            fsync_folder(path.parent)
        self.quarantine.destroy(space, name)

    @property
    def quarantine(self) -> LocalQuarantine:
        return LocalQuarantine(self._root, self.path)

    def names(self, space: Space) -> Iterator[str]:
        for path in (self._root / space.value).glob("[0-9a-f][0-9a-f]/*"):
            if is_name(path.name):
                yield path.name

    def check(self) -> str | None:
        try:
            for space in Space:
                make_folder(self._root / space.value, mode=_FOLDER_MODES[space])
            self._write_and_read_back()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            cure = "请检查磁盘是否已满、文件夹是否属于运行本系统的账号。"
            return f"照片库 {self._root} 不能读写（{reason}）。{cure}"
        return None

    def sweep(self, older_than_seconds: float) -> int:
        """Remove what a crash left half written and nobody has touched for so long. How many."""
        before, removed = time.time() - older_than_seconds, 0
        for path in (self._root / _INCOMING).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def settle(self, *, shown: Callable[[str], bool]) -> int:  # noqa: ARG002 - what is here is at home
        return 0

    def close(self) -> None:
        """Nothing is held."""

    def path(self, space: Space, name: str) -> Path:
        """Where a file lies, or would lie."""
        return self._root / space.value / digest_in(name)[:2] / name

    @property
    def root(self) -> Path:
        """The folder that everything lies in."""
        return self._root

    def _write_and_read_back(self) -> None:
        content = secrets.token_bytes(64)
        for space in Space:
            place = self._root / space.value / f"check-{secrets.token_hex(8)}"
            try:
                with self._new_file(place, space=space) as descriptor:
                    write_all(descriptor, content)
                if place.read_bytes() != content:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
            finally:
                place.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _new_file(self, path: Path, *, space: Space) -> Iterator[int]:
        """A descriptor to write to; at the end the file is durable and gets its name, or there is none."""
        make_folder(self._root / _INCOMING, mode=0o700)
        self._make_folders(path, space=space)
        temporary = self._root / _INCOMING / secrets.token_hex(16)
        with new_file(path, temporary=temporary, mode=_FILE_MODES[space]) as descriptor:
            yield descriptor

    def _make_folders(self, path: Path, *, space: Space) -> None:
        make_folder(self._root / space.value, mode=_FOLDER_MODES[space])
        make_folder(path.parent, mode=_FOLDER_MODES[space])

    def _make_name_durable(self, path: Path) -> None:
        # Also when the file was there already: its writer may have died before this step.
        fsync_folder(path.parent)

    def _link_or_copy(self, source: Path, path: Path, *, space: Space) -> None:
        """The same durable file under one more name; where the disk cannot do that, a checked copy."""
        self._make_folders(path, space=space)
        try:
            self._link(source, path, mode=_FILE_MODES[space])
        except FileExistsError:
            return
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            self._copy(source, path, space=space)

    @staticmethod
    def _link(source: Path, path: Path, *, mode: int) -> None:
        """Another writer of the same content may put its own file in the source's place at any moment: then the link
        finds a file without a name, and takes the new one."""
        while True:
            try:
                source.chmod(mode)  # before the link, so that no crash leaves the wrong mode
                os.link(source, path, follow_symlinks=False)
                path.chmod(mode)
                return
            except FileNotFoundError:
                if not (source.exists() and path.parent.exists()):
                    raise

    def _copy(self, source: Path, path: Path, *, space: Space) -> None:
        digest = hashlib.sha256()
        with source.open("rb", buffering=0) as reading, self._new_file(path, space=space) as descriptor:
            while chunk := reading.read(_CHUNK):
                digest.update(chunk)
                write_all(descriptor, chunk)
            if digest.hexdigest() != digest_in(path.name):
                raise ValueError(f"what was received does not hash to {path.name}")


def _written_again(path: Path) -> bool:
    """Whether the file is there; then it counts as written now, so that no sweep takes it for forgotten."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
