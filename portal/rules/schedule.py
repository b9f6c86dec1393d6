"""Scheduled progress 时序进度: where the work should stand on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[dt.date, int]


def scheduled_percent(curve: Sequence[Point], on: dt.date) -> int:
    """Percent of the work that the plan expects by the end of `on`, rounded down.

    `curve` holds (day, percent) in order of days; between two points the plan is a straight line,
    before the first it is that point's percent or 0, after the last it is the last percent.
    """
    if not curve or on < curve[0][0]:
        return 0
    for (left, low), (right, high) in pairwise(curve):
        if left <= on < right:
            return low + (high - low) * (on - left).days // (right - left).days
    return curve[-1][1]


def check_curve(curve: Sequence[Point]) -> str | None:
    """Why these points are no schedule, as a code, or None when they are one."""
    if not curve or curve[-1][1] != 100:
        return "curve_ends_below_100"
    for (left, low), (right, high) in pairwise(curve):
        if right <= left:
            return "curve_days_out_of_order"
        if high < low:
            return "curve_falls"
    return None
