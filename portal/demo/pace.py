"""How the work of an invented project really went: a curve of actual progress beside the plan."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portal.rules.schedule import Point, scheduled_percent

PaceSort = Literal["ahead", "even", "late", "stalled"]
_RAMP = 40  # percent of the plan by which a lead or lag is fully there


@dataclass(frozen=True, kw_only=True)
class Pace:
    """sort: what happened; points: lead or lag in percentage points; stops_on: last day of work when stalled.

    A late project catches up after its due day by one point every three days.
    """

    sort: PaceSort
    points: int = 0
    stops_on: dt.date | None = None

    def actual_percent(self, curve: Sequence[Point], on: dt.date) -> int:
        """Percent really done at the end of `on`. Never falls from one day to the next."""
        day = min(on, self.stops_on) if self.stops_on else on
        planned = scheduled_percent(curve, day)
        shift = self.points * min(planned, _RAMP) / _RAMP
        if self.sort == "late":
            grace = max(0, (day - curve[-1][0]).days) / 3
            return min(100, max(0, int(planned - shift + grace)))
        if planned == 100:
            return 100
        return min(99, max(0, int(planned + shift)))


def draw_pace(rng: random.Random, *, curve: Sequence[Point], today: dt.date) -> Pace:
    """A pace for one project. Only work that is still going on can have stalled."""
    start, due = curve[0][0], curve[-1][0]
    dice = rng.random()
    active = start < today <= due + dt.timedelta(days=40)
    if dice < 0.16:
        return Pace(sort="ahead", points=rng.randint(2, 8))
    if dice < 0.66:
        return Pace(sort="even", points=rng.randint(-3, 2))
    if dice > 0.95 and active:
        elapsed = (min(today, due) - start).days
        return Pace(sort="stalled", points=-2, stops_on=start + dt.timedelta(days=int(elapsed * 0.62)))
    if active:
        return Pace(sort="late", points=rng.choice((6, 7, 7, 8, 8, 9, 9, 9, 12, 16, 21, 25)))
    return Pace(sort="late" if dice > 0.82 else "even", points=rng.randint(5, 14) if dice > 0.82 else -1)
