"""Files that arrive in pieces."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Protocol

from portal.ports.media import Received


class OffsetConflict(Exception):
    """What was sent does not begin where what is here ends; `offset` is where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"what is here ends at {offset}")
        self.offset = offset


class PieceTooLong(Exception):
    """More was sent than the file has; what belongs to it is kept."""


class NotWhole(Exception):
    """Bytes are still missing."""


class PartialUploads(Protocol):
    """Keeps files that arrive piece by piece, on this machine, until they are whole.

    A key is hex digits in lower case, made by us; of an unknown one nothing is here, and that is no error. An offset
    that was answered once survives a power cut: everything before it is on the disk. Nobody holds anything while
    the network is waited for, so a connection that hangs keeps no other one out. Raises `ValueError` for a key of
    another form, and `StoreFull` when there is no room; what was kept before that stays.
    """

    def offset(self, key: str) -> int:
        """How many bytes are here for good."""

    def append(self, key: str, *, at: int, pieces: Iterable[bytes], size: int) -> int:
        """Add these bytes behind the first `at`, and answer the new offset. size: of the whole file. Raises
        `OffsetConflict`, also when somebody else has added meanwhile, and `PieceTooLong`."""

    def whole(self, key: str, *, size: int) -> Received:
        """The whole file under a name of its own, to be stored and then discarded; what is here stays.
        Raises `NotWhole`."""

    def discard(self, key: str) -> None:
        """Forget it. Idempotent."""

    def sweep(self, *, keep: Container[str], older_than_seconds: float) -> int:
        """Remove what is under no key of `keep` and was not written to for so long. How many files."""
