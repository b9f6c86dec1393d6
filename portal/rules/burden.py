"""How long writing takes, estimated from the moments at which it was saved."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

LONGEST_PAUSE = dt.timedelta(minutes=5)  # a longer one is not writing any more


def minutes_of(moments: Iterable[dt.datetime]) -> int:
    """Whole minutes, rounded up, from the first moment to the last, a pause counting five minutes at most."""
    ordered = sorted(moments)
    spent = sum(
        (min(later - earlier, LONGEST_PAUSE) for earlier, later in itertools.pairwise(ordered)),
        start=dt.timedelta(),
    )
    return -(-spent // dt.timedelta(minutes=1))


def median(numbers: Iterable[int]) -> int | None:
    """The middle one; of two, the lower. None of none."""
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2] if ordered else None
