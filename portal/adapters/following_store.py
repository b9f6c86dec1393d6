"""The media store of a cluster: a folder of this machine acknowledges, and the bucket follows.

A file that lies in the folder waits for the bucket; it goes away when the bucket has confirmed it. So the
folder needs no list that could disagree with it. Removals, and publications that could not be done at once,
are marks in the outbox. Everything is tried at once; what cannot be done then, `settle` does later.
"""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

from portal.adapters.following_quarantine import FollowingQuarantine
from portal.adapters.local_media import LocalMediaStore
from portal.adapters.media_names import digest_in
from portal.adapters.outbox import Outbox, Owed
from portal.adapters.resting import Rest
from portal.ports import MediaMissing, MediaStore, Received, Space, StoreFull, StoreUnavailable

log = logging.getLogger(__name__)
Found = TypeVar("Found")

_BATCH_SECONDS = 5.0  # after which `settle` returns, so that the worker's jobs are not kept waiting
_UNSHOWN_KEEPS = 24 * 3600.0  # seconds an intended publication waits for an entry that shows it
_LATE = 60.0  # seconds; what waits longer is said
_TROUBLE = (StoreUnavailable, StoreFull)


class FollowingStore:
    """`MediaStore` of a local folder and a bucket behind it. Any number of processes may share the folder.

    Writing never fails because of the bucket. Reading looks here first, then in the bucket, and raises
    `StoreUnavailable` when only the bucket has it and does not answer.
    """

    def __init__(
        self, local: LocalMediaStore, *, bucket: MediaStore, outbox: Outbox, rest: float = 4.0
    ) -> None:
        """rest: seconds for which a bucket that does not answer is left alone at first."""
        self._local, self._bucket, self._outbox = local, bucket, outbox
        self._writing, self._reading = Rest(after=1, first=rest), Rest(after=2, first=rest)
        self.quarantine = FollowingQuarantine(bucket.quarantine, outbox=outbox, waits=self._waits)

    def put(self, space: Space, name: str, data: bytes) -> None:
        digest_in(name)
        with self._outbox.noting(name):
            self._local.put(space, name, data)
        self._at_once(name, lambda: self._send(space, name))

    def take(self, space: Space, name: str, received: Received) -> None:
        digest_in(name)
        with self._outbox.noting(name):
            try:
                self._local.take(space, name, received)
            except FileNotFoundError:
                if self.size(space, name) != received.size:  # the spooled copy went when this was stored
                    raise
                return
        self._at_once(name, lambda: self._send(space, name))

    def publish(self, name: str) -> None:
        digest_in(name)
        with self._outbox.moving(name, wait=True):
            try:
                self._must_not_rest()
                self._remove_owed(Space.PUBLIC, name)
                self._send(Space.STAGED, name)
                self._bucket.publish(name)
                self._writing.went_well()
            except _TROUBLE as trouble:
                self._failed(trouble)
                self._outbox.mark(Owed.PUBLISH, name)
            else:
                self._outbox.drop(Owed.PUBLISH, name)

    def remove(self, space: Space, name: str) -> None:
        digest_in(name)
        with self._outbox.noting(name):
            self._outbox.mark(Owed.removal(space), name)
            self._local.remove(space, name)
            if space is Space.PUBLIC:
                self._outbox.drop(Owed.PUBLISH, name)
        self._at_once(name, lambda: self._remove_owed(space, name))

    def open(self, space: Space, name: str) -> BinaryIO:
        space = self._shelf(space, name)
        with contextlib.suppress(MediaMissing):
            return self._local.open(space, name)
        return self._from_bucket(space, name, self._bucket.open)

    def signed(
        self, space: Space, name: str, *, seconds: int, mimetype: str, saved_as: str = ""
    ) -> str | None:
        space = self._shelf(space, name)
        with contextlib.suppress(MediaMissing):
            return self._local.signed(space, name, seconds=seconds, mimetype=mimetype, saved_as=saved_as)
        return self._from_bucket(
            space,
            name,
            lambda space, name: self._bucket.signed(
                space, name, seconds=seconds, mimetype=mimetype, saved_as=saved_as
            ),
        )

    def size(self, space: Space, name: str) -> int:
        space = self._shelf(space, name)
        with contextlib.suppress(MediaMissing):
            return self._local.size(space, name)
        return self._from_bucket(space, name, self._bucket.size)

    def names(self, space: Space) -> Iterator[str]:
        here = set(self._local.names(space))
        if space is Space.PUBLIC:
            here.update(self._outbox.names(Owed.PUBLISH))
        gone = set(self._outbox.names(Owed.removal(space)))
        yield from here
        yield from (name for name in self._bucket.names(space) if name not in here | gone)

    def sweep(self, older_than_seconds: float) -> int:
        swept = self._local.sweep(older_than_seconds)
        try:
            return swept + self._bucket.sweep(older_than_seconds)
        except _TROUBLE as trouble:
            log.warning("bucket not swept", extra={"trouble": str(trouble)})
            return swept

    def check(self) -> str | None:
        if trouble := self._local.check():
            return trouble
        trouble, (waiting, seconds) = self._bucket.check(), self.waiting()
        if not trouble and seconds < _LATE:
            return None
        said = trouble or "存储桶在应答，但还有东西没送到。请看后台进程在不在。"
        if not waiting:
            return said
        return (
            f"{said}收下还没送到存储桶的有 {waiting} 件，最早的等了 {_spoken(seconds)}；没有丢，会自己补送。"
        )

    def waiting(self) -> tuple[int, float]:
        """How many things wait for the bucket, and for how many seconds the oldest has."""
        since = [each for each in self._since() if each is not None]
        return len(since), max(0.0, time.time() - min(since)) if since else 0.0

    def settle(self, *, shown: Callable[[str], bool]) -> int:
        names = list(self._owed())
        random.shuffle(names)  # so that one which cannot be sent does not keep the others back
        until, done = time.monotonic() + _BATCH_SECONDS, 0
        for name in names:
            if self._writing.resting() or time.monotonic() > until:
                break
            with self._outbox.moving(name, wait=False) as ours:
                if not ours:
                    continue
                try:
                    done += self._settle_name(name, shown)
                    self._writing.went_well()
                except _TROUBLE as trouble:
                    self._failed(trouble)
                except (MediaMissing, ValueError) as trouble:  # of this one; it stays, and is said by `check`
                    log.warning("cannot be sent", extra={"media": name, "trouble": repr(trouble)})
        return done

    def close(self) -> None:
        self._local.close()
        self._bucket.close()

    # --- what the holder of a name does -------------------------------------------------------------

    def _settle_name(self, name: str, shown: Callable[[str], bool]) -> int:
        done = self._remove_owed(Space.SEALED, name) + self._remove_owed(Space.STAGED, name)
        done += self._send(Space.SEALED, name) + self._send(Space.STAGED, name)
        if not self._concerns_public(name):
            return done
        if not shown(name):
            return done + self._remove_owed(Space.PUBLIC, name) + self._expire(name)
        self._outbox.drop(Owed.REMOVE_PUBLIC, name)  # published again since, perhaps on another machine
        done += self._send(Space.PUBLIC, name)
        if self._outbox.has(Owed.PUBLISH, name):
            self._bucket.publish(name)
            self._outbox.drop(Owed.PUBLISH, name)
            done += 1
        return done

    def _send(self, space: Space, name: str) -> int:
        """A waiting file to the bucket; what was to be removed before it came is removed first."""
        try:
            size = self._local.size(space, name)
        except MediaMissing:
            return 0
        self._remove_owed(space, name)
        path = self._local.path(space, name)
        try:
            self._bucket.take(space, name, Received(sha256=digest_in(name), size=size, path=path))
        except FileNotFoundError:  # removed meanwhile; the mark of that is carried out next
            return 0
        with self._outbox.noting(name):
            if not self._outbox.has(Owed.removal(space), name):
                self._local.remove(space, name)
        return 1

    def _remove_owed(self, space: Space, name: str) -> int:
        if not self._outbox.has(Owed.removal(space), name):
            return 0
        self._bucket.remove(space, name)
        self._outbox.drop(Owed.removal(space), name)
        return 1

    def _concerns_public(self, name: str) -> bool:
        marked = any(self._outbox.has(owed, name) for owed in (Owed.PUBLISH, Owed.REMOVE_PUBLIC))
        return marked or self._local.path(Space.PUBLIC, name).exists()

    def _expire(self, name: str) -> int:
        """Forget the intention to publish what no entry has come to show for a day."""
        if (since := self._oldest_public(name)) is None or since > time.time() - _UNSHOWN_KEEPS:
            return 0
        with self._outbox.noting(name):
            self._outbox.drop(Owed.PUBLISH, name)
            self._local.remove(Space.PUBLIC, name)
        return 1

    # --- trying, and giving up for a while ----------------------------------------------------------

    def _at_once(self, name: str, act: Callable[[], int]) -> None:
        """Try it now, when the bucket answers and nobody else is busy with the name."""
        if self._writing.resting():
            return
        with self._outbox.moving(name, wait=False) as ours:
            if ours:
                try:
                    act()
                    self._writing.went_well()
                except (*_TROUBLE, MediaMissing) as trouble:
                    self._failed(trouble)

    def _must_not_rest(self) -> None:
        if self._writing.resting():
            raise StoreUnavailable("存储桶刚才没有应答")

    def _failed(self, trouble: Exception) -> None:
        if not self._writing.resting():
            log.warning("the bucket does not follow", extra={"trouble": str(trouble)})
            self._writing.failed()

    def _shelf(self, space: Space, name: str) -> Space:
        """Where to look: while a publication waits, the staged copy of the same bytes."""
        digest_in(name)
        waits = space is Space.PUBLIC and self._outbox.has(Owed.PUBLISH, name)
        return Space.STAGED if waits else space

    def _from_bucket(self, space: Space, name: str, look: Callable[[Space, str], Found]) -> Found:
        if self._outbox.has(Owed.removal(space), name):
            raise MediaMissing(name)
        if self._reading.resting():
            raise StoreUnavailable("存储桶刚才没有应答")
        try:
            found = look(space, name)
        except StoreUnavailable:
            self._reading.failed()
            raise
        except MediaMissing:
            self._reading.went_well()
            raise
        self._reading.went_well()
        return found

    # --- what waits ---------------------------------------------------------------------------------

    def _owed(self) -> set[str]:
        here = {name for space in Space for name in self._local.names(space)}
        return here.union(*(self._outbox.names(owed) for owed in Owed))

    def _since(self) -> Iterator[float | None]:
        for space in Space:
            yield from (self._file_since(space, name) for name in self._local.names(space))
        for owed in Owed:
            yield from (self._outbox.since(owed, name) for name in self._outbox.names(owed))

    def _file_since(self, space: Space, name: str) -> float | None:
        try:
            return self._local.path(space, name).stat().st_mtime
        except FileNotFoundError:
            return None

    def _waits(self, space: Space, name: str) -> bool:
        owed = (Owed.removal(space), *((Owed.PUBLISH,) if space is not Space.SEALED else ()))
        here = self._local.path(space, name).exists()
        return here or any(self._outbox.has(each, name) for each in owed)

    def _oldest_public(self, name: str) -> float | None:
        found = (self._outbox.since(Owed.PUBLISH, name), self._file_since(Space.PUBLIC, name))
        return min((each for each in found if each is not None), default=None)


def _spoken(seconds: float) -> str:
    return f"{int(seconds)} 秒" if seconds < 120 else f"{int(seconds / 60)} 分钟"
