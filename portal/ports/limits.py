"""How often somebody may do something."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` acts of one key within any `window`.

    key: what is limited and of whom, like `sign_in/name/<hash>`; names of people and addresses go in as keyed
    hashes only. At most 120 characters.
    """

    key: str
    most: int
    window: dt.timedelta


def keyed_hash(secret_key: str, text: str) -> str:
    """What a limit keeps of a name or an address."""
    return hmac.digest(secret_key.encode(), text.strip().lower().encode(), "sha256").hex()


class LimitsUnavailable(Exception):
    """What counts does not answer; the argument says why, without any address or secret."""


class Limits(Protocol):
    """Counts what people do within a sliding window, over all processes, and says when it is too often.

    However many threads and processes ask at once, no more than `most` acts of a key are let through in any
    window. An act stops counting exactly `window` after it was counted, and is forgotten some time later. `now`
    is the portal's clock; machines that share a count agree about it to within a second or two. Raises
    `ValueError` when the same key is named twice in one call.

    session: a writing transaction of the caller (for `wait` any). Where the count is kept in the database it is
    kept or undone together with that transaction, and others who ask for the same key wait for its end, so ask
    before locking anything. Elsewhere it plays no part.

    What is counted on another machine may raise `LimitsUnavailable`; what the wiring hands out never does.
    """

    def wait(self, *limits: Limit, now: dt.datetime, session: Any = None) -> int:
        """Whole seconds until every limit has room for one more act; 0 when there is room now. Counts nothing."""

    def count(self, *limits: Limit, now: dt.datetime, session: Any = None) -> int:
        """Count one act against every limit, and 0; or, when one of them has no room, count nothing at all:
        the whole seconds until there is room."""

    def check(self) -> str | None:
        """None when acts are counted where they should be, else what is wrong and the cure, in words."""

    def close(self) -> None:
        """Let go of connections."""
