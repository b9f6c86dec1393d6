"""The seams: what the portal asks of the outside, each with its contract.

Every port has one suite of tests that is run against every real implementation (`tests/ports/`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from portal.text.mailbox import is_mailbox

# --- media ---------------------------------------------------------------------------------------


class Space(StrEnum):
    """The three rooms of a media store. Nothing moves between them by itself."""

    SEALED = "sealed"  # originals, exactly as sent
    STAGED = "staged"  # our renditions of photos that are not published
    PUBLIC = "public"  # our renditions of what the record publishes


class MediaMissing(LookupError):
    """The store holds nothing under this space and name."""


class StoreFull(OSError):
    """The store has no room left; nothing was kept of what was being written."""


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


class MediaStore(Protocol):
    """Keeps files by name. A name is `<sha256 of the content>.<ext>`, lower case, or it is refused.

    Every write is durable when the call returns, and whole or absent after a crash. Writing the same
    name again is allowed and changes nothing. Raises `ValueError` for a name not of this form and
    `StoreFull` when there is no room. A store on another machine raises `StoreUnavailable` from any call.
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

    def size(self, space: Space, name: str) -> int:
        """Bytes. Raises `MediaMissing`."""

    def remove(self, space: Space, name: str) -> None:
        """Destroy. Idempotent: absence is not an error."""

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


# --- search --------------------------------------------------------------------------------------

FACETS = ("kind", "unit", "town", "category", "year")


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """One published item as the archive finds it.

    item: its key; seq: the entry it stands at; title and body: plain text in its original writing;
    dated: the day it speaks of, yyyymmdd; facets: one value for each name in `FACETS` ("" = none).
    """

    item: str
    seq: int
    title: str
    body: str
    dated: int
    facets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What somebody looks for. `text` as typed; several filters on one facet mean "any of them"."""

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    dated_from: int | None = None
    dated_to: int | None = None
    sort: str = "relevance"  # relevance | newest | oldest
    page: int = 1
    size: int = 20


@dataclass(frozen=True, kw_only=True)
class Answer:
    """items: keys of the page, in order; total: hits in all; facets: counts over the whole result,
    zero counts left out; marks: the folded strings to highlight in the originals."""

    items: tuple[str, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()


class SearchUnavailable(Exception):
    """The engine does not answer; the caller falls back to the database and says so."""


class SearchIndex(Protocol):
    """Finds published items. Derived data: it can be emptied and built again from the record.

    It keeps its own position, committed together with what was applied, so that applying is at least
    once and idempotent: the same changes again alter nothing. Raises `SearchUnavailable`.
    """

    def position(self) -> int:
        """Sequence number of the last entry applied; -1 when empty or just made."""

    def apply(self, *, put: Iterable[Indexed], drop: Iterable[str], position: int) -> None:
        """Put these (replacing the same item), drop these keys (unknown ones ignored), then stand at
        `position`: all of it or nothing."""

    def search(self, query: Query) -> Answer:
        """Ties are broken by the newer entry first. A page past the end is empty, with the total."""

    def reset(self) -> None:
        """Forget everything; position becomes -1."""

    def rebuilding(self) -> AbstractContextManager[SearchIndex]:
        """A second, empty index to build beside this one, which goes on answering and being applied to.

        When the block ends the second takes the place of the first in one step, its position with it; when
        it ends with an exception the second is thrown away and nothing has changed. A batch that another
        follower had begun for the first may be refused: it asks for `position()` again and goes on there.
        """

    def count(self) -> int:
        """How many items it holds."""


# --- jobs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of work that somebody's act has asked for. `attempt` counts from 1."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int


class JobQueue(Protocol):
    """Work that must follow an act, kept in the same database so that both commit or neither.

    A job is done at least once. Attempts are counted before the work begins, so that a job that kills
    its worker is set aside after `max_attempts` and shown instead of killing the next one.
    """

    def enqueue(
        self,
        session: Any,
        *,
        kind: str,
        payload: Mapping[str, Any],
        not_before: dt.datetime,
        key: str | None = None,
    ) -> None:
        """Add a job inside the caller's transaction. A job with the same key that is not done yet is
        not added twice."""

    def cancel(self, session: Any, *, key: str) -> bool:
        """Take back a job that nobody has begun; False when there is none."""

    def run_due(self, handlers: Mapping[str, Callable[[Job], None]], *, now: dt.datetime) -> int:
        """Claim and run every due job, one at a time; how many were run, failed ones included."""

    def waiting(self, *, now: dt.datetime) -> tuple[int, dt.timedelta]:
        """Jobs due and not done, and how long the oldest has been due."""

    def set_aside(self) -> list[tuple[Job, str]]:
        """Jobs that failed for good, each with its last error in one line."""

    def retry(self, session: Any, *, job_id: int, now: dt.datetime) -> bool:
        """Give a job that was set aside all its attempts again; False when it is not set aside (any more)."""

    def discard(self, session: Any, *, job_id: int, now: dt.datetime) -> bool:
        """Give up a job that was set aside; it stays in the table. False when it is not set aside (any more)."""


# --- leases --------------------------------------------------------------------------------------


class Leases(Protocol):
    """Who alone does something that many processes could do, for a while at a time."""

    def hold(self, name: str, *, now: dt.datetime) -> bool:
        """Take the lease, or keep it; False while another process has it. Cheap to ask again and again."""

    def release(self) -> None:
        """Let go of everything this process holds."""


# --- limits --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` acts of one key within any `window`.

    key: what is limited and of whom, like `sign_in/name/<hash>`; names of people and addresses go in as keyed
    hashes only. At most 120 characters.
    """

    key: str
    most: int
    window: dt.timedelta


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


# --- mail ----------------------------------------------------------------------------------------

_LETTER_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")


class MailerUnavailable(Exception):
    """The letter may not have been handed over: the server does not answer, or will not have it from us or
    not now. The argument says why, in words and without addresses. The same letter may be sent again."""


class AddressRefused(Exception):
    """Nobody will ever get mail at this address: sending again is no use."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter in plain text. The same letter has the same `id` however often it is sent, so that whoever
    gets it twice can tell. Raises `ValueError` for an id, a recipient or a subject that could not stand in
    a header as it is."""

    id: str
    recipient: str = field(repr=False)
    subject: str
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.id) > 64 or not _LETTER_ID.fullmatch(self.id):
            raise ValueError("the id of a letter is letters and digits, with dots and dashes between them")
        if not is_mailbox(self.recipient):
            raise ValueError("the recipient of a letter is one address and nothing else")
        if not self.subject.strip() or not self.subject.isprintable():
            raise ValueError("the subject of a letter is one line")


class Mailer(Protocol):
    """Hands letters over to whoever delivers them.

    When `send` returns, somebody else has taken responsibility for the letter. It is never known for sure
    that it was not, so a letter that is sent again is the same to the last character of its Message-ID.
    No error, and nothing that is logged, names an address or quotes a letter.
    """

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises `MailerUnavailable` and `AddressRefused`, within half a minute."""

    def check(self) -> str | None:
        """None when letters would be taken now, else what is wrong and the cure, in words."""
