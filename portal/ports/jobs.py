"""Work that waits for its time, and who alone may do what many could."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


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

    Idle work is of kinds that take minutes, alone or together, and that nobody stands and waits for: it is run one at
    a time, by `run_idle` alone, and is not counted among what waits.
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

    def run_idle(self, handlers: Mapping[str, Callable[[Job], None]], *, now: dt.datetime) -> int:
        """Claim and run the idle job that has been due longest; 0 when there is none. Its handler calls `keep` again
        and again while it works."""

    def keep(self, job: Job, *, now: dt.datetime) -> bool:
        """Say that this job is still being worked on; False when it is no longer this worker's."""

    def waiting(self, *, now: dt.datetime) -> tuple[int, dt.timedelta]:
        """Jobs due and not done, and how long the oldest has been due."""

    def set_aside(self) -> list[tuple[Job, str]]:
        """Jobs that failed for good, each with its last error in one line."""

    def retry(self, session: Any, *, job_id: int, now: dt.datetime) -> bool:
        """Give a job that was set aside all its attempts again; False when it is not set aside (any more)."""

    def discard(self, session: Any, *, job_id: int, now: dt.datetime) -> bool:
        """Give up a job that was set aside; it stays in the table. False when it is not set aside (any more)."""


class Leases(Protocol):
    """Who alone does something that many processes could do, for a while at a time."""

    def hold(self, name: str, *, now: dt.datetime) -> bool:
        """Take the lease, or keep it; False while another process has it. Cheap to ask again and again."""

    def release(self) -> None:
        """Let go of everything this process holds."""
