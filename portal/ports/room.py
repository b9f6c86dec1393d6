"""How much room is left, and whether it is too little to take files in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Short:
    """A disk below its reserve. place: what lies on it; free, reserve: bytes."""

    place: str
    free: int
    reserve: int


class Room(Protocol):
    """Whether files may be taken in. Asked anew each time, so it heals by itself; it costs microseconds."""

    def short(self) -> Short | None:
        """The disk that is below its reserve; None while there is room."""

    def free(self) -> int:
        """Bytes left on the fullest of the disks."""
