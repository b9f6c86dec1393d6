"""Lamps 红黄绿灯: computed from published facts by rules that are data, with the reason for the colour.

A lamp is never stored. The default thresholds follow the common municipal practice of comparing
physical with scheduled progress in percentage points.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

DEFAULT_RULES: Mapping[str, Any] = {
    "version": 1,
    "yellow_from_points": 5,
    "red_from_points": 10,
    "yellow_before_due_days": 7,
}


class Lamp(StrEnum):
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"


class Cause(StrEnum):
    """The one sentence that explains a colour; the interface puts it into words."""

    COMPLETED = "completed"
    OVERDUE = "overdue"
    BEHIND = "behind"
    DUE_SOON = "due_soon"
    ON_PLAN = "on_plan"
    AHEAD = "ahead"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """lamp and cause; gap: percentage points behind plan (negative = ahead); days: until the due day
    (negative = past it); rules: version of the rules that decided."""

    lamp: Lamp
    cause: Cause
    actual: int
    planned: int
    gap: int
    days: int
    rules: int


def judge(
    rules: Mapping[str, Any], *, actual: int, planned: int, completed: bool, due_on: dt.date, on: dt.date
) -> Verdict:
    """The lamp of a project on a day. More physical progress never makes it worse."""
    gap, days = planned - actual, (due_on - on).days
    if completed:
        lamp, cause = Lamp.BLUE, Cause.COMPLETED
    elif days < 0 and actual < 100:
        lamp, cause = Lamp.RED, Cause.OVERDUE
    elif gap >= rules["red_from_points"]:
        lamp, cause = Lamp.RED, Cause.BEHIND
    elif gap >= rules["yellow_from_points"]:
        lamp, cause = Lamp.YELLOW, Cause.BEHIND
    elif days <= rules["yellow_before_due_days"] and actual < 100:
        lamp, cause = Lamp.YELLOW, Cause.DUE_SOON
    else:
        lamp, cause = Lamp.GREEN, Cause.AHEAD if gap < 0 else Cause.ON_PLAN
    return Verdict(
        lamp=lamp, cause=cause, actual=actual, planned=planned, gap=gap, days=days, rules=rules["version"]
    )
