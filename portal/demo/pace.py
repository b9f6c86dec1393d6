"""How the work of an invented project really went: a curve of actual progress beside the plan."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What is to happen to a project. far: a late one is more than ten points behind."""

    sort: PaceSort
    far: bool = False


_DECK = (
    *[Fate(sort="late", far=True)] * 2,
    *[Fate(sort="late")] * 2,
    Fate(sort="stalled"),
    *[Fate(sort="ahead")] * 3,
    *[Fate(sort="even")] * 8,
)


def deal(rng: random.Random) -> Iterator[Fate]:
    """Fates for projects under way, without end: every sixteen hold the same mix, shuffled."""
    while True:
        yield from rng.sample(_DECK, len(_DECK))


def active_pace(rng: random.Random, *, fate: Fate, start: dt.date, end: dt.date) -> Pace:
    """The pace of a project under way since `start`; `end` is today or its due day, whichever is first."""
    if fate.sort == "stalled":
        stops_on = start + dt.timedelta(days=int((end - start).days * 0.62))
        return Pace(sort="stalled", points=-2, stops_on=stops_on)
    if fate.sort == "late":
        return Pace(sort="late", points=rng.choice((12, 14, 17, 21, 25) if fate.far else (6, 7, 8, 8, 9)))
    if fate.sort == "ahead":
        return Pace(sort="ahead", points=rng.randint(2, 8))
    return Pace(sort="even", points=rng.randint(-3, 2))


def past_pace(rng: random.Random) -> Pace:
    """The pace of a project of earlier years: all are done, one in six was late."""
    dice = rng.random()
    if dice < 0.16:
        return Pace(sort="late", points=rng.randint(5, 14))
    if dice > 0.84:
        return Pace(sort="ahead", points=rng.randint(2, 8))
    return Pace(sort="even", points=-1)
