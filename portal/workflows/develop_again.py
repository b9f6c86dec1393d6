"""A sealed original is developed once more, with what must not be seen covered, or as it is for who may see it.

Done before the transaction that names what came of it, as at the first time; the sealed room is only read.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from portal.domain.errors import Refused
from portal.domain.redaction import Cover, boxes_of
from portal.imaging.darkroom import Darkroom
from portal.ports import MediaMissing, MediaStore, Received, Space
from portal.workflows.receive_photo import stage


class Arriving(Protocol):
    """A file on its way into the spool."""

    def write(self, data: bytes, /) -> int: ...
    def finish(self) -> Received: ...
    def discard(self) -> None: ...


class Spool(Protocol):
    """Where a file lies while the darkroom reads it."""

    def receive(self, limit: int) -> Arriving: ...
    def discard(self, received: Received) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Covered:
    """A photo with these covers, developed; its renditions lie in the staged room."""

    covers: tuple[Cover, ...]
    tone: str
    renditions: list[dict[str, Any]]


def develop_covered(
    *, original: str, size: int, covers: Sequence[Cover], spool: Spool, darkroom: Darkroom, media: MediaStore
) -> Covered:
    """Develop the original of this name, of so many bytes, with these covers, and stage its renditions. Raises
    `Refused` (`original_missing`) when the sealed room does not hold what it should; what darkroom and store raise."""
    with spooled(original, size=size, spool=spool, media=media) as path:
        developed = darkroom.develop(path, boxes=boxes_of(covers))
    renditions = stage(developed.renditions, media)
    return Covered(covers=tuple(covers), tone=developed.tone, renditions=renditions)


def develop_to_look(
    *, original: str, size: int, spool: Spool, darkroom: Darkroom, media: MediaStore
) -> bytes:
    """The largest picture of an original without any cover, as JPEG. It is kept nowhere. Raises as above."""
    with spooled(original, size=size, spool=spool, media=media) as path:
        return darkroom.develop(path).renditions[0].data


@contextmanager
def spooled(original: str, *, size: int, spool: Spool, media: MediaStore) -> Iterator[Path]:
    """A sealed original of this name, of so many bytes, as a file for as long as that is needed. Raises as above."""
    received = _fetched(original, spool.receive(size), media)
    try:
        if received.sha256 != original.partition(".")[0]:
            raise Refused("original_missing")
        yield received.path
    finally:
        spool.discard(received)


def _fetched(original: str, arrival: Arriving, media: MediaStore) -> Received:
    try:
        with media.open(Space.SEALED, original) as sealed:
            shutil.copyfileobj(sealed, arrival, 1 << 20)
        return arrival.finish()
    except (MediaMissing, ValueError):  # it is not there, or longer than it was
        raise Refused("original_missing") from None
    finally:
        arrival.discard()
