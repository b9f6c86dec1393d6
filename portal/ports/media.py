"""Where files are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol


class Space(StrEnum):
    """The three rooms of a media store. Nothing moves between them by itself."""

    SEALED = "sealed"  # originals, exactly as sent
    STAGED = "staged"  # our renditions of photos that are not published
    PUBLIC = "public"  # our renditions of what the record publishes


class MediaMissing(LookupError):
    """The store holds nothing under this space and name."""


class StoreFull(OSError):
    """The store has no room left; nothing was kept of what was being written."""


class StoreBroken(OSError):
    """The disk says that it did not keep what was written (EIO), or takes nothing any more (EROFS). Nothing of it is
    acknowledged; the same call may be made again."""


class StoreUnavailable(Exception):
    """The store does not answer, or not as it should; the argument says why, in words. What was being
    written may be there or not: the same call may be made again."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A file that has arrived whole and lies durably in the spool.

    sha256: hex digest of its bytes; size: bytes; path: where it lies until it is stored or discarded.
    """

    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A file in quarantine: where it came from, and for how many seconds it has been there."""

    space: Space
    name: str
    seconds: float


class Quarantine(Protocol):
    """Where files go that nothing names, before they are destroyed. Nothing is ever served from here.

    A file is written, or *written again*, by `put`, `take` and `publish` of its store, also when it was there
    already: so none is set aside whose row is about to be written. Names and trouble as in `MediaStore`.
    """

    def candidates(self, space: Space, *, older_than_seconds: float) -> Iterator[str]:
        """Names in a space of the store that nobody has written again for so long, in no particular order."""

    def set_aside(self, space: Space, name: str, *, older_than_seconds: float) -> bool:
        """Move a file out of its space; False, and it stays, when somebody has written it again meanwhile or it is
        not there. Cut off at any point, it is in one of the two places, or whole in both."""

    def files(self) -> Iterator[Aside]:
        """Everything that is set aside, in no particular order."""

    def open(self, space: Space, name: str) -> BinaryIO:
        """Raises `MediaMissing`."""

    def put_back(self, space: Space, name: str) -> None:
        """Back to where it came from, unless it is there again. Raises `MediaMissing` when it is in neither place."""

    def destroy(self, space: Space, name: str) -> None:
        """For good. Idempotent: absence is not an error."""


class MediaStore(Protocol):
    """Keeps files by name. A name is `<sha256 of the content>.<ext>`, lower case, or it is refused.

    Every write is durable when the call returns, and whole or absent after a crash. Writing the same
    name again is allowed and changes nothing. Raises `ValueError` for a name not of this form, `StoreFull`
    when there is no room and `StoreBroken` when the disk fails. A store on another machine raises
    `StoreUnavailable` from any call.
    """

    def put(self, space: Space, name: str, data: bytes) -> None:
        """Keep these bytes. Raises `ValueError` when they do not hash to the name."""

    def take(self, space: Space, name: str, received: Received) -> None:
        """Keep a received file without reading it into memory; the spooled copy may then go."""

    def publish(self, name: str) -> None:
        """Make a staged rendition public (the staged copy stays). Idempotent: nothing happens when it
        is public already. Raises `MediaMissing` when it is neither staged nor public."""

    def open(self, space: Space, name: str) -> BinaryIO:
        """The content as a binary stream, at its start. Raises `MediaMissing`."""

    def signed(
        self, space: Space, name: str, *, seconds: int, mimetype: str, saved_as: str = ""
    ) -> str | None:
        """An address at which a browser reads this without us, for so many seconds and with nothing but the
        address; None where there is none, so that it has to be read through us. mimetype: what the answer says
        it is; saved_as: the name under which a browser keeps it instead of showing it. Raises `MediaMissing`."""

    def size(self, space: Space, name: str) -> int:
        """Bytes. Raises `MediaMissing`."""

    def remove(self, space: Space, name: str) -> None:
        """Destroy, in quarantine too. Idempotent: absence is not an error."""

    @property
    def quarantine(self) -> Quarantine:
        """Where this store's files wait for their end."""

    def names(self, space: Space) -> Iterator[str]:
        """Every name in a space, in no particular order."""

    def sweep(self, older_than_seconds: float) -> int:
        """Clear what writes that were cut off have left behind; how many files that were."""

    def check(self) -> str | None:
        """None when the store can be written and read now and nothing waits for long, else what is wrong
        and the cure, in words."""

    def settle(self, *, shown: Callable[[str], bool]) -> int:
        """Carry a part of what was acknowledged here on to where it is kept; how many things that were.
        For the worker, again and again; 0 when nothing waits or it cannot be done now. `shown` says
        whether the record shows a public name now: what it no longer shows is not made public late."""

    def close(self) -> None:
        """Let go of connections."""
