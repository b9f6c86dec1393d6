"""Where projects stand: lamps computed from what is published, and from nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement

from portal.record.promises import JUDGED_BY, PROMISES
from portal.record.remembered import Remembered
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Shelved
from portal.rules.lamps import DEFAULT_RULES, Lamp, Verdict, judge
from portal.rules.numbers import LAMP_RULES_ITEM
from portal.rules.schedule import Point, scheduled_percent
from portal.web.windows import today

DONE = frozenset({"completed", "closed", "archived"})
STOPPED = frozenset({"suspended", "withdrawn"})  # nothing is due, so there is no lamp
ORDER = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.BLUE)


@dataclass(frozen=True)
class Standing:
    """A project as it stands on a day. report: its newest one; verdict: None when it is stopped."""

    project: Shown
    report: Shown | None
    verdict: Verdict | None

    @cached_property
    def code(self) -> str:
        return str(self.project.document["project"]["code"])

    @cached_property
    def colour(self) -> str:
        return self.verdict.lamp.value if self.verdict else "none"

    @property
    def gap(self) -> int:
        return self.verdict.gap if self.verdict else 0


def shown_day(shelf: Shelf) -> dt.date:
    """The day a page speaks of: the one asked for, or today."""
    return shelf.as_of or today()


def rules_of(shelf: Shelf) -> Mapping[str, Any]:
    """The published thresholds that decide colours."""
    shown = shelf.get(LAMP_RULES_ITEM)
    return shown.document["rules"] if shown else DEFAULT_RULES


def points_of(project: Shown) -> list[Point]:
    """The scheduled-progress curve of a project."""
    return [(dt.date.fromisoformat(p["on"]), p["percent"]) for p in project.document["curve"]]


def stand(project: Shown, report: Shown | None, *, rules: Mapping[str, Any], on: dt.date) -> Standing:
    """Judge one project by its published schedule and its newest published report."""
    document = project.document
    if document["state"] in STOPPED:
        return Standing(project, report, None)
    verdict = judge(
        rules,
        actual=report.document["physical_percent"] if report else 0,
        planned=scheduled_percent(points_of(project), on),
        completed=document["state"] in DONE,
        due_on=dt.date.fromisoformat(document["due_on"]),
        on=on,
    )
    return Standing(project, report, verdict)


@dataclass(frozen=True)
class District:
    """Every project, judged, in the order of codes, and the rules that it was judged by."""

    standings: tuple[Standing, ...]
    rules: Mapping[str, Any]


def _district(shelf: Shelf, on: dt.date) -> District:
    return _judged_by(rules_of(shelf), shelf, on, stood={})


def _judged_again(shelf: Shelf, before: District, news: Sequence[Any], on: dt.date) -> District:
    """On the same day by the same rules a project stands as it stood, unless something new speaks of it."""
    if any(row.item == LAMP_RULES_ITEM for row in news):
        return _district(shelf, on)
    return _judged_by(before.rules, shelf, on, stood={each.code: each for each in before.standings})


def _judged_by(
    rules: Mapping[str, Any], shelf: Shelf, on: dt.date, *, stood: Mapping[str, Standing]
) -> District:
    """stood: how projects stood on this day by these rules; what they rest on may have changed."""
    found = []
    for code, promise in PROMISES.of(shelf).items():
        each = stood.get(code)
        if each is None or each.project is not promise.project or each.report is not promise.report:
            each = stand(promise.project, promise.report, rules=rules, on=on)
        found.append(each)
    return District(standings=tuple(found), rules=rules)


_DISTRICT = Remembered(_district, rests_on=JUDGED_BY, renew=_judged_again)


def district(shelf: Shelf) -> District:
    """As it stands on the day a page speaks of. Home and every narrowing of the list begin with it."""
    return _DISTRICT.of(shelf, shown_day(shelf))


def standings(shelf: Shelf, *where: ColumnElement[bool]) -> list[Standing]:
    """Every project that meets the conditions, judged, in the order of codes."""
    if not where:
        return list(district(shelf).standings)
    return judged(shelf, shelf.items(Shelved.kind == "project", *where))


def judged(shelf: Shelf, projects: Sequence[Shown]) -> list[Standing]:
    """These projects, judged by their newest reports."""
    if not projects:
        return []
    codes = [each.item.partition("/")[2] for each in projects]
    reports = shelf.latest_reports_of(codes)
    rules, on = rules_of(shelf), shown_day(shelf)
    found = [
        stand(project, reports.get(code), rules=rules, on=on)
        for project, code in zip(projects, codes, strict=True)
    ]
    return sorted(found, key=lambda each: each.code)


def counted(standings: Iterable[Standing]) -> dict[str, int]:
    """How many projects show each colour; `none` are the stopped ones."""
    counts = dict.fromkeys([*(lamp.value for lamp in ORDER), "none"], 0)
    for each in standings:
        counts[each.colour] += 1
    return counts


def worst_first(standings: Iterable[Standing]) -> list[Standing]:
    """Red, yellow, green, blue, stopped; the largest gap first among the same colour."""
    place = {lamp.value: at for at, lamp in enumerate(ORDER)} | {"none": len(ORDER)}
    return sorted(standings, key=lambda each: (place[each.colour], -each.gap, each.code))
