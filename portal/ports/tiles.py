"""Where the record's tiles are kept: plain files under the addresses of the standard, for anybody to copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class TileMissing(LookupError):
    """The store holds nothing at this path."""


class TileStore(Protocol):
    """Keeps small files by path: `checkpoint`, and what begins with `tile/`, in letters, digits, dots and
    slashes; every other path is refused with `ValueError`.

    Every write is durable when the call returns, and whole or absent after a crash; a reader sees the old
    content or the new one. Raises `StoreFull` when there is no room. A store on another machine raises
    `StoreUnavailable` from any call.
    """

    def write(self, path: str, data: bytes) -> None:
        """Keep these bytes, whatever was there. Writing what is there already changes nothing."""

    def read(self, path: str) -> bytes:
        """Raises `TileMissing`."""

    def remove(self, path: str) -> None:
        """Idempotent: absence is not an error."""

    def paths(self) -> Iterator[str]:
        """Every path that is kept, in no particular order."""

    def close(self) -> None:
        """Let go of connections."""
