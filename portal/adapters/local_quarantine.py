"""The quarantine of the media store in a folder: `<root>/quarantine/<space>/<first two digits>/<name>`."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from portal.adapters.durable_files import fsync_folder, make_folder, store_full_when_no_room
from portal.adapters.media_names import digest_in, is_name
from portal.ports import Aside, MediaMissing, Space

FOLDER = "quarantine"


class LocalQuarantine:
    """`Quarantine` of `LocalMediaStore`. A file was written when its modification time says; here that is the time
    at which it was set aside."""

    def __init__(self, root: Path, path: Callable[[Space, str], Path]) -> None:
        """path: where a file of the store lies."""
        self._root, self._home = root, path

    def candidates(self, space: Space, *, older_than_seconds: float) -> Iterator[str]:
        before = time.time() - older_than_seconds
        for path in (self._root / space.value).glob("[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(FileNotFoundError):
                if is_name(path.name) and path.stat().st_mtime < before:
                    yield path.name

    def set_aside(self, space: Space, name: str, *, older_than_seconds: float) -> bool:
        home, aside = self._home(space, name), self._aside(space, name)
        with store_full_when_no_room(self._root):
            try:
                written = home.stat().st_mtime_ns
                if written > (time.time() - older_than_seconds) * 1e9:
                    return False
                make_folder(self._root / FOLDER, mode=0o700)
                make_folder(aside.parent, mode=0o700)
                home.rename(aside)
            except FileNotFoundError:
                return False
            if aside.stat().st_mtime_ns != written:  # between looking and moving, somebody relied on it
                self.put_back(space, name)
                return False
            os.utime(aside)
            fsync_folder(aside.parent)
            fsync_folder(home.parent)
        return True

    def files(self) -> Iterator[Aside]:
        now = time.time()
        for space in Space:
            for path in (self._root / FOLDER / space.value).glob("[0-9a-f][0-9a-f]/*"):
                with contextlib.suppress(FileNotFoundError):
                    if is_name(path.name):
                        yield Aside(space=space, name=path.name, seconds=now - path.stat().st_mtime)

    def open(self, space: Space, name: str) -> BinaryIO:
        try:
            return self._aside(space, name).open("rb")
        except FileNotFoundError as error:
            raise MediaMissing(name) from error

    def put_back(self, space: Space, name: str) -> None:
        home, aside = self._home(space, name), self._aside(space, name)
        with store_full_when_no_room(self._root):
            try:
                os.utime(aside)
                make_folder(home.parent, mode=0o700 if space is Space.SEALED else 0o750)
                os.link(aside, home)
            except FileNotFoundError as error:
                if not home.exists():
                    raise MediaMissing(name) from error
                return
            except FileExistsError:
                pass
            fsync_folder(home.parent)
            self.destroy(space, name)

    def destroy(self, space: Space, name: str) -> None:
        path = self._aside(space, name)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            fsync_folder(path.parent)

    def _aside(self, space: Space, name: str) -> Path:
        return self._root / FOLDER / space.value / digest_in(name)[:2] / name
