"""The quarantine behind a folder that acknowledges: only what the bucket has kept for long, and nothing that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from portal.adapters.outbox import Outbox
from portal.ports import Aside, Quarantine, Space


class FollowingQuarantine:
    """`Quarantine` of `FollowingStore`: the bucket's own, without the names of which something waits on this machine.
    It is asked directly, so it raises `StoreUnavailable`."""

    def __init__(self, bucket: Quarantine, *, outbox: Outbox, waits: Callable[[Space, str], bool]) -> None:
        """waits: whether something of a name still has to go to the bucket."""
        self._bucket, self._outbox, self._waits = bucket, outbox, waits

    def candidates(self, space: Space, *, older_than_seconds: float) -> Iterator[str]:
        for name in self._bucket.candidates(space, older_than_seconds=older_than_seconds):
            if not self._waits(space, name):
                yield name

    def set_aside(self, space: Space, name: str, *, older_than_seconds: float) -> bool:
        with self._outbox.moving(name, wait=False) as ours:
            if not ours or self._waits(space, name):
                return False
            return self._bucket.set_aside(space, name, older_than_seconds=older_than_seconds)

    def files(self) -> Iterator[Aside]:
        return self._bucket.files()

    def open(self, space: Space, name: str) -> BinaryIO:
        return self._bucket.open(space, name)

    def put_back(self, space: Space, name: str) -> None:
        with self._outbox.moving(name, wait=True):
            self._bucket.put_back(space, name)

    def destroy(self, space: Space, name: str) -> None:
        self._bucket.destroy(space, name)
