"""What happened when: the story of every project as a list of dated acts, told before it is acted out."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from portal.demo import prose
from portal.demo.projects import ProjectSpec
from portal.domain.lifecycle import MatterAct
from portal.rules.clock import SHANGHAI, day_of, month_of

REPORTED_YEARS = 2  # how far back monthly reports go
_AFTER_THE_END = (  # days from the end of the work
    (30, MatterAct.CLAIM_COMPLETION),
    (41, MatterAct.COMPLETE),
    (75, MatterAct.CLOSE_OUT),
)


class Fate(StrEnum):
    """What became of a report."""

    PUBLISHED = "published"
    RETURNED_FIRST = "returned_first"  # returned once, mended, published
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    DRAFT = "draft"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One report as it was told. pictures: (view, caption) of each photo."""

    project: str
    at: dt.datetime
    percent: int
    milestone: int
    note: prose.Note
    pictures: tuple[tuple[int, str], ...]
    fate: Fate
    month: str = field(default="")


def adopted_at(year: int, *, now: dt.datetime) -> dt.datetime:
    """When the plan of a year was adopted: on 8 January at nine, or just now when that is still to come."""
    usual = dt.datetime(year, 1, 8, 9, tzinfo=SHANGHAI).astimezone(dt.UTC)
    return min(usual, now.replace(microsecond=0) - dt.timedelta(hours=1))


def steps(specs: Sequence[ProjectSpec], *, now: dt.datetime) -> Iterator[tuple[dt.datetime, str, MatterAct]]:
    """When each project was accepted and begun, and the finished ones claimed, checked and struck off.

    The one that was finished last waits for its check, so that there is something to check.
    """
    today = day_of(now)
    finished = {spec.code: day for spec in specs if (day := _finished_on(spec, today)) is not None}
    last = max(finished, key=lambda code: (finished[code], code), default=None)
    for spec in specs:
        began = max(spec.start_on, dt.date(int(spec.code[:4]), 1, 12))
        days = [(began - dt.timedelta(days=2), MatterAct.ACCEPT), (began, MatterAct.START)]
        if spec.code == last:
            claimed = min(finished[last] + dt.timedelta(days=30), today - dt.timedelta(days=2))
            days.append((claimed, MatterAct.CLAIM_COMPLETION))
        elif spec.code in finished:
            days += [(finished[spec.code] + dt.timedelta(days=after), act) for after, act in _AFTER_THE_END]
        for place, (day, act) in enumerate(days):
            at = dt.datetime.combine(day, dt.time(9, 30 + place), SHANGHAI).astimezone(dt.UTC)
            if at < now:
                yield at, spec.code, act


def _finished_on(spec: ProjectSpec, today: dt.date) -> dt.date | None:
    """The first day near its due day on which everything was done; None while something is left."""
    day = spec.due_on - dt.timedelta(days=10)
    while day < today:
        if spec.actual_percent(day) >= 100:
            return day
        day += dt.timedelta(days=3)
    return None


def tellings(projects: Sequence[ProjectSpec], *, now: dt.datetime, home: str) -> list[Telling]:
    """Every report of the last two years and one closing report for what was finished before, by time.

    `home` is the unit that visitors of the demonstration sign in for: its newest report with a photo has
    been returned, so that there is something to mend.
    """
    told = [telling for spec in projects for telling in _of_project(spec, now=now)]
    told.sort(key=lambda telling: (telling.at, telling.project))
    own = {spec.code for spec in projects if spec.unit == home and spec.actual_percent(now.date()) < 100}
    newest = max((place for place, t in enumerate(told) if t.project in own and t.pictures), default=None)
    if newest is not None:
        told[newest] = replace(told[newest], fate=Fate.RETURNED)
    return told


def _of_project(spec: ProjectSpec, *, now: dt.datetime) -> Iterator[Telling]:
    rng = random.Random(f"telling {spec.code}")  # noqa: S311 - the same story every time
    today = now.astimezone(SHANGHAI).date()
    previous: prose.Note | None = None
    days = list(_report_days(spec, today, rng))
    for place, day in enumerate(days):
        percent = spec.actual_percent(day)
        milestone = spec.milestone_at(percent)
        note = prose.note(spec, milestone=milestone, percent=percent, day=day, rng=rng, previous=previous)
        fresh = place == len(days) - 1 and (today - day).days < 24 and day.year == today.year
        at = min(_at(day, rng), now - dt.timedelta(hours=rng.randint(2, 70)))
        yield Telling(
            project=spec.code,
            at=at,
            percent=percent,
            milestone=spec.milestones.index(milestone),
            note=note,
            pictures=_pictures(spec, note, place=place, last=len(days) - 1, rng=rng),
            fate=_fate(rng, fresh=fresh),
            month=month_of(day),
        )
        previous = note


def _report_days(spec: ProjectSpec, today: dt.date, rng: random.Random) -> Iterator[dt.date]:
    """About one day a month while the work goes on; a month is missed now and then, and so said."""
    last = min(today - dt.timedelta(days=1), spec.due_on + dt.timedelta(days=25))
    if spec.due_on < today - dt.timedelta(days=365 * REPORTED_YEARS):
        yield spec.due_on - dt.timedelta(days=rng.randint(1, 9))
        return
    first = max(
        spec.start_on + dt.timedelta(days=20),
        today - dt.timedelta(days=365 * REPORTED_YEARS),
        dt.date(int(spec.code[:4]), 1, 12),  # nobody reports on what no plan names yet
    )
    month = first.replace(day=1)
    step = 1 if spec.kind == "project" else 2
    count = 0
    while month <= last:
        day = month.replace(day=rng.randint(16, 27))
        if day <= last and count % step == 0 and rng.random() > 0.08:
            yield day
        count += 1
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _at(day: dt.date, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(rng.randint(8, 17), rng.randint(0, 59)), SHANGHAI).astimezone(
        dt.UTC
    )


def _pictures(
    spec: ProjectSpec, note: prose.Note, *, place: int, last: int, rng: random.Random
) -> tuple[tuple[int, str], ...]:
    """Photos at the beginning, at the end and about every third report between; the first view always
    comes along, so that before and after stand on the same spot."""
    if spec.kind != "project" or not (place in (0, last) or place % 4 == 2):
        return ()
    count = min(len(note.captions), 2 if place == last else 1 + (rng.random() < 0.3))
    return tuple((view, note.captions[view]) for view in range(count))


def _fate(rng: random.Random, *, fresh: bool) -> Fate:
    dice = rng.random()
    if fresh and dice < 0.34:
        return (Fate.WAITING, Fate.WAITING, Fate.WAITING, Fate.IN_REVIEW, Fate.RETURNED, Fate.DRAFT)[
            int(dice * 17.6) % 6
        ]
    if dice < 0.40:
        return Fate.PUBLISHED
    if dice < 0.49:
        return Fate.RETURNED_FIRST
    if dice < 0.53:
        return Fate.CORRECTED
    return Fate.WITHDRAWN if dice < 0.54 else Fate.PUBLISHED
