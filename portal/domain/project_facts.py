"""What somebody says of a project, and everything that keeps it from being one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal.domain.errors import Problem
from portal.domain.organisation import Person, Role, Unit, UnitKind
from portal.domain.plan import ProjectKind
from portal.rules.schedule import check_curve


@dataclass(frozen=True, kw_only=True)
class MilestoneFacts:
    name: str
    target: str
    due_on: dt.date
    scheduled_percent: int


@dataclass(frozen=True, kw_only=True)
class ProjectFacts:
    """What a plan says of a project. `leaders`, `units` and `persons` are what the form named: exactly
    one of each is accepted, and a wrong number is refused by name."""

    kind: ProjectKind
    name: str
    content: str
    category: str
    town: Unit
    place: str
    lon: str | None
    lat: str | None
    investment_wan: int
    start_on: dt.date
    due_on: dt.date
    milestones: Sequence[MilestoneFacts]
    leaders: Sequence[Person]
    units: Sequence[Unit]
    persons: Sequence[Person]


def check_project(facts: ProjectFacts) -> list[Problem]:
    """Everything that keeps these facts from being a project."""
    problems = [
        Problem(name, "missing")
        for name in ("name", "content", "category")
        if not getattr(facts, name).strip()
    ]
    for name, named in (("leader", facts.leaders), ("unit", facts.units), ("person", facts.persons)):
        if len(named) != 1:
            problems.append(Problem(name, "exactly_one", {"has": len(named)}))
    if not problems:
        problems.extend(_check_people(facts))
    if facts.town.kind is not UnitKind.TOWN:
        problems.append(Problem("town", "not_a_town"))
    if facts.investment_wan < 0:
        problems.append(Problem("investment_wan", "negative"))
    if facts.due_on < facts.start_on:
        problems.append(Problem("due_on", "due_before_start"))
    return [*problems, *check_place(facts.lon, facts.lat), *_check_milestones(facts)]


def _check_people(facts: ProjectFacts) -> list[Problem]:
    problems = []
    if facts.leaders[0].role is not Role.LEADER:
        problems.append(Problem("leader", "not_a_leader"))
    if facts.persons[0].unit_id != facts.units[0].id:
        problems.append(Problem("person", "not_of_the_unit"))
    return problems


def check_place(lon: str | None, lat: str | None) -> list[Problem]:
    """Whether these are no coordinates at all or both, in decimal degrees, and in the country."""
    if lon is None and lat is None:
        return []
    try:
        east, north = float(lon or "x"), float(lat or "x")
    except ValueError:
        return [Problem("place", "not_coordinates")]
    inside_china = 73 <= east <= 136 and 3 <= north <= 54
    return [] if inside_china else [Problem("place", "coordinates_elsewhere")]


def _check_milestones(facts: ProjectFacts) -> list[Problem]:
    """The milestones make a schedule in the order in which they are given. Two on one day would be one step
    of it, so they are refused; the first may be due on the day on which the work starts."""
    if not facts.milestones:
        return [Problem("milestones", "missing")]
    outside = [
        Problem("milestones", "milestone_outside", {"place": place})
        for place, milestone in enumerate(facts.milestones, start=1)
        if not facts.start_on <= milestone.due_on <= facts.due_on
    ]
    if outside:
        return outside
    curve = [(milestone.due_on, milestone.scheduled_percent) for milestone in facts.milestones]
    if curve[0][0] > facts.start_on:
        curve.insert(0, (facts.start_on, 0))
    fault = check_curve(curve)
    return [Problem("milestones", fault)] if fault else []
