"""What this machine still owes to the bucket, apart from files: marks in a folder, and locks by name.

All processes of a machine share one folder. A mark is an empty file; it is durable when the call returns.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from portal.adapters.durable_files import fsync_folder, make_folder, store_full_when_no_room
from portal.ports import Space


class Owed(StrEnum):
    """What is to be done in the bucket."""

    PUBLISH = "publish"
    REMOVE_SEALED = "remove-sealed"
    REMOVE_STAGED = "remove-staged"
    REMOVE_PUBLIC = "remove-public"

    @staticmethod
    def removal(space: Space) -> Owed:
        return Owed(f"remove-{space.value}")


class Outbox:
    """The marks and locks of one folder, which is made when it is first needed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def mark(self, owed: Owed, name: str) -> None:
        """Durably. One that is there keeps its age."""
        path = self._root / owed.value / name
        with store_full_when_no_room(self._root):
            make_folder(path.parent, mode=0o700)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            fsync_folder(path.parent)

    def drop(self, owed: Owed, name: str) -> None:
        path = self._root / owed.value / name
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            fsync_folder(path.parent)

    def has(self, owed: Owed, name: str) -> bool:
        return (self._root / owed.value / name).exists()

    def names(self, owed: Owed) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return os.listdir(self._root / owed.value)  # noqa: PTH208 - names, not paths
        return []

    def since(self, owed: Owed, name: str) -> float | None:
        """When it was marked (seconds of the epoch); None when it is not marked."""
        try:
            return (self._root / owed.value / name).stat().st_mtime
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def moving(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold a name while something of it goes to the bucket or is destroyed there; False, without `wait`,
        when somebody else does. Only the holder talks to the bucket about it."""
        with self._locked(f"{name[:2]}.moving", wait=wait) as ours:
            yield ours

    @contextlib.contextmanager
    def noting(self, name: str) -> Iterator[None]:
        """Hold a name for a change of local files and marks, never across a request."""
        with self._locked(f"{name[:2]}.noting", wait=True):
            yield

    @contextlib.contextmanager
    def _locked(self, name: str, *, wait: bool) -> Iterator[bool]:
        # The lock belongs to this descriptor: it holds against threads and processes, and dies with us.
        make_folder(self._root / "locks", mode=0o700)
        descriptor = os.open(self._root / "locks" / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                ours = True
            except BlockingIOError:
                ours = False
            yield ours
        finally:
            os.close(descriptor)
