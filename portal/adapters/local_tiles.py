"""The tile store in a folder of this machine, as any web server, mirror or USB stick can carry it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from portal.adapters.durable_files import (
    fsync_folder,
    make_folder,
    new_file,
    store_full_when_no_room,
    write_all,
)
from portal.adapters.tile_paths import must_be_path
from portal.ports import TileMissing

_FOLDER, _FILE = 0o755, 0o644  # what is public may be read by anybody
_NEW = ".new-"


class LocalTileStore:
    """`TileStore` in a folder. A file is written beside its place, fsynced, and only then given its name, whose
    folder is fsynced too."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, path: str, data: bytes) -> None:
        place = self._root / must_be_path(path)
        with store_full_when_no_room(self._root):
            if self._holds(place, data):
                fsync_folder(place.parent)  # its writer may have died before this step
                return
            self._make_folders(place.parent)
            new = place.with_name(f"{_NEW}{place.name}-{secrets.token_hex(6)}")
            with new_file(place, temporary=new, mode=_FILE) as descriptor:
                write_all(descriptor, data)
            fsync_folder(place.parent)

    def read(self, path: str) -> bytes:
        try:
            return (self._root / must_be_path(path)).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise TileMissing(path) from error

    def remove(self, path: str) -> None:
        place = self._root / must_be_path(path)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            place.unlink()
            fsync_folder(place.parent)
            if place.parent.name.endswith(".p"):
                with contextlib.suppress(OSError):  # others are in there still
                    place.parent.rmdir()

    def paths(self) -> Iterator[str]:
        for place in self._root.rglob("*"):
            path = place.relative_to(self._root).as_posix()
            with contextlib.suppress(ValueError):  # what a crash has left half written
                if place.is_file():
                    yield must_be_path(path)

    def close(self) -> None:
        """Nothing is held."""

    def _holds(self, place: Path, data: bytes) -> bool:
        try:
            return place.read_bytes() == data
        except OSError:
            return False

    def _make_folders(self, folder: Path) -> None:
        """Every folder on the way, and every name of one durable."""
        for part in reversed([folder, *folder.parents]):
            if part == self._root or self._root in part.parents:
                make_folder(part, mode=_FOLDER)
