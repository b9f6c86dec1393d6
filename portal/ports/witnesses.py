"""Asking witnesses for their signatures (C2SP tlog-witness)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class WitnessSilent(Exception):
    """There was no answer that is one: none, none in time, too large a one. The text says which."""


@dataclass(frozen=True, kw_only=True)
class Replied:
    """status: of HTTP; kind: the type of content; body: at most some kilobytes."""

    status: int
    kind: str
    body: bytes


class Witnesses(Protocol):
    """Whoever answers at addresses that the operator has written down. Safe to share by threads."""

    def add_checkpoint(self, address: str, body: bytes, *, within: float) -> Replied:
        """Ask the witness at this submission prefix. within: seconds in all. An answer that leads elsewhere is not
        followed. Raises `WitnessSilent`."""
