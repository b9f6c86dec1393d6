"""Limits that hold while what counts them is gone: the database counts until it is back."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from typing import Any

from portal.adapters.resting import Rest
from portal.ports import Limit, Limits, LimitsUnavailable

log = logging.getLogger(__name__)

REST = 1.0  # seconds, doubling to eight


class SteadyLimits:
    """Asks `first`; when that does not answer, `otherwise`, and leaves `first` alone for a rest.

    Each of the two lets `most` acts through, so while they change over a key may have twice as many; never
    more, and never an error.
    """

    def __init__(self, first: Limits, *, otherwise: Limits, rest: float = REST) -> None:
        self._first, self._otherwise = first, otherwise
        self._rest = Rest(after=1, first=rest)
        self._gone, self._lock = False, threading.Lock()

    def wait(self, *limits: Limit, now: dt.datetime, session: Any = None) -> int:
        return self._ask(
            lambda: self._first.wait(*limits, now=now, session=session),
            otherwise=lambda: self._otherwise.wait(*limits, now=now, session=session),
        )

    def count(self, *limits: Limit, now: dt.datetime, session: Any = None) -> int:
        return self._ask(
            lambda: self._first.count(*limits, now=now, session=session),
            otherwise=lambda: self._otherwise.count(*limits, now=now, session=session),
        )

    def check(self) -> str | None:
        trouble = self._first.check()
        return trouble and f"{trouble}; limits are counted in the database meanwhile"

    def close(self) -> None:
        self._first.close()
        self._otherwise.close()

    def _ask(self, first: Callable[[], int], *, otherwise: Callable[[], int]) -> int:
        if not self._rest.resting():
            try:
                answer = first()
            except LimitsUnavailable as trouble:
                self._rest.failed()
                self._now(gone=True, why=str(trouble))
            else:
                self._rest.went_well()
                self._now(gone=False)
                return answer
        return otherwise()

    def _now(self, *, gone: bool, why: str = "") -> None:
        """Said once when it goes and once when it comes back, however many ask."""
        with self._lock:
            if gone == self._gone:
                return
            self._gone = gone
        if gone:
            log.warning("limits are counted in the database", extra={"trouble": why})
        else:
            log.info("limits are counted in Redis again")
