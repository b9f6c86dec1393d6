"""Leaving a service that does not answer alone for a while, so that nobody waits for it again and again."""

from __future__ import annotations

import threading
import time


class Rest:
    """Counts failures in a row; from the `after`th on there is a rest of `first` seconds, doubling with
    every further failure up to eight times as long."""

    def __init__(self, *, after: int, first: float) -> None:
        self._after, self._first = after, first
        self._failures, self._until = 0, 0.0
        self._lock = threading.Lock()

    def resting(self) -> bool:
        return time.monotonic() < self._until

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if (times := self._failures - self._after) >= 0:
                self._until = time.monotonic() + self._first * 2 ** min(times, 3)

    def went_well(self) -> None:
        with self._lock:
            self._failures, self._until = 0, 0.0
