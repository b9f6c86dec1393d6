"""The 156 projects of five years, made from the kinds in plan.toml. Pure: same day and seed, same plan."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from portal.demo.district import BY_NAME, LEADERS, TOWNS, UnitSpec
from portal.demo.pace import Pace, active_pace, deal, past_pace
from portal.demo.phrasing import expand
from portal.rules.numbers import project_code
from portal.rules.schedule import Point, scheduled_percent

ProjectSort = Literal["project", "work_item"]
PROJECTS_BY_YEAR = (31, 31, 31, 31, 32)  # oldest year first; 156 in all
WORK_ITEMS_BY_YEAR = (7, 7, 7, 7, 8)
_ACTIVE_OF_LAST_YEAR = 19


@dataclass(frozen=True, kw_only=True)
class CategorySpec:
    """A category of the plan with its English name, stable code and usual scene."""

    name: str
    english: str
    code: str
    scene: str


@dataclass(frozen=True, kw_only=True)
class MilestoneSpec:
    """A phased target 阶段目标. scheduled_percent is cumulative; the last is 100."""

    name: str
    target: str
    due_on: dt.date
    scheduled_percent: int


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is counted on site, as in 护坡 3200 米."""

    noun: str
    unit: str
    total: int


@dataclass(frozen=True, kw_only=True)
class ProjectSpec:
    """One project or work item. Money in 10,000 yuan, place in WGS-84 degrees.

    bank is the trade whose phrases describe it; cause is why it may be late, in words.
    """

    code: str
    name: str
    english: str
    kind: ProjectSort
    content: str
    category: str
    town: str
    unit: str
    leader: str
    place: str
    lon: float
    lat: float
    investment_wan: int
    start_on: dt.date
    due_on: dt.date
    milestones: tuple[MilestoneSpec, ...]
    scene: str
    bank: str
    measure: Measure
    pace: Pace
    cause: str

    @property
    def curve(self) -> tuple[Point, ...]:
        """The scheduled progress as points for portal.rules.schedule."""
        return ((self.start_on, 0), *((m.due_on, m.scheduled_percent) for m in self.milestones))

    def scheduled_percent(self, on: dt.date) -> int:
        """Where the plan wants the work to be at the end of `on`."""
        return scheduled_percent(self.curve, on)

    def actual_percent(self, on: dt.date) -> int:
        """Where the work really is at the end of `on`."""
        return self.pace.actual_percent(self.curve, on)

    def milestone_at(self, percent: int) -> MilestoneSpec:
        """The milestone being worked on when `percent` is done."""
        return next((m for m in self.milestones if percent < m.scheduled_percent), self.milestones[-1])


@dataclass(frozen=True, kw_only=True)
class _Slot:
    """Which kind of project goes where: drawn before its sentences are.

    item holds the settings of its kind, completed by those of its category and of its bank.
    """

    category: str
    item: dict[str, Any]
    town: UnitSpec


_PLAN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("plan.toml").read_text(encoding="utf-8"))
CATEGORIES: tuple[CategorySpec, ...] = tuple(
    CategorySpec(
        name=c["name"],
        english=c["english"],
        code=c["code"],
        scene=c.get("scene", _PLAN["bank"][c["bank"]]["scene"]),
    )
    for c in _PLAN["category"]
)


def _kinds() -> list[tuple[str, dict[str, Any]]]:
    """Every kind of project as (category, settings): its own before its category's before its bank's."""
    kinds = []
    for category in _PLAN["category"]:
        bank = category["bank"]
        usual = {key: category[key] for key in ("stages", "causes", "scene") if key in category}
        for item in category["item"]:
            own = item.get("bank", bank)
            base = {**_PLAN["bank"][own], **(usual if own == bank else {})}
            kinds.append((category["name"], {**base, "bank": own, **item}))
    return kinds


def _places(where: str | None) -> tuple[UnitSpec, ...]:
    """The towns where a kind of project makes sense; 山 is the two northern rows of the map."""
    if where == "山":
        return tuple(t for t in TOWNS[18:] if t.name.endswith("镇"))
    return tuple(t for t in TOWNS if where is None or t.name.endswith(where))


def _slots(rng: random.Random) -> list[_Slot]:
    """All slots of five years in order: no kind of project twice in one town, work items mixed in."""
    kinds = _kinds()
    slots: list[_Slot] = []
    towns = {}
    for _, item in kinds:
        places = _places(item.get("where"))
        towns[item["name"]] = rng.sample(places, len(places))
    for count, work_items in zip(PROJECTS_BY_YEAR, WORK_ITEMS_BY_YEAR, strict=True):
        year: list[_Slot] = []
        for sort, wanted in (("project", count - work_items), ("work_item", work_items)):
            pool = [k for k in kinds if k[1].get("kind", "project") == sort]
            chosen = rng.sample(pool, wanted)
            year += [_Slot(category=c, item=i, town=towns[i["name"]].pop()) for c, i in chosen]
        rng.shuffle(year)
        slots += year
    return slots


def _days(rng: random.Random, *, year: int, today: dt.date, active: bool) -> tuple[dt.date, dt.date]:
    """First day and due day. Work that is still going on is spread over all degrees of completion."""
    if year == today.year:
        latest = max(dt.date(year - 1, 11, 20), today - dt.timedelta(days=25))
        start = min(latest, dt.date(year, 1, 8) + dt.timedelta(days=rng.randint(-40, 130)))
        share = rng.uniform(0.22, 1.02)
    else:
        start = dt.date(year, 2, 10) + dt.timedelta(days=rng.randint(0, 90))
        share = rng.uniform(0.62, 1.05)
    if year < today.year - 1 or not active:
        ends = today - dt.timedelta(days=45)
        due = min(start + dt.timedelta(days=rng.randint(150, 330)), ends)
        return min(start, due - dt.timedelta(days=100)), due
    elapsed = max(40, (today - start).days)
    length = min(900, max(150, int(elapsed / share)))
    return start, start + dt.timedelta(days=length)


def _milestones(slot: _Slot, *, start: dt.date, due: dt.date) -> tuple[MilestoneSpec, ...]:
    """The category's stages (three for a work item) with due days that follow their share of the work."""
    stages = slot.item["stages"]
    if slot.item.get("kind") == "work_item":
        stages = [stages[1], *stages[-2:]]
    length = (due - start).days
    return tuple(
        MilestoneSpec(
            name=name,
            target=target,
            due_on=start + dt.timedelta(days=length * percent // 100),
            scheduled_percent=percent,
        )
        for name, target, percent in stages
    )


def _words(slot: _Slot, *, rng: random.Random) -> dict[str, str]:
    short, place = slot.town.short, TOWNS.index(slot.town)
    return {
        "town": slot.town.name,
        "short": short,
        "road": short + rng.choice(_PLAN["roads"]),
        "village": rng.choice(_PLAN["villages"][2 * place : 2 * place + 2]) + "村",
    }


def _place(slot: _Slot, *, words: dict[str, str], rng: random.Random) -> str:
    """Where it is, in words: the village that the plan names, or an address on the road that it names."""
    if "{village}" in slot.item["name"] + slot.item["content"]:
        return slot.town.name + words["village"]
    spot = rng.choice((f"与{slot.town.short}大街交叉口", "北侧", f"{rng.randint(2, 188)}号", "南侧"))
    return slot.town.name + words["road"] + spot


def _project(
    slot: _Slot,
    *,
    code: str,
    days: tuple[dt.date, dt.date],
    words: dict[str, str],
    pace: Pace,
    rng: random.Random,
) -> ProjectSpec:
    item, (start, due) = slot.item, days
    noun, unit, low, high, step = item["measure"]
    total = rng.randrange(low, high + 1, step)
    milestones = _milestones(slot, start=start, due=due)
    leaders = [person.name for person in LEADERS if slot.category in person.duties]
    responsible = slot.town if item["unit"] == "town" else BY_NAME[item["unit"]]
    return ProjectSpec(
        code=code,
        name=expand(item["name"], rng=rng, **words),
        english=f"{item['english']}, {slot.town.english}",
        kind=item.get("kind", "project"),
        content=expand(item["content"], rng=rng, total=str(total), **words),
        category=slot.category,
        town=slot.town.code,
        unit=responsible.code,
        leader=rng.choice(leaders),
        place=_place(slot, words=words, rng=rng),
        lon=round(slot.town.lon + rng.uniform(-0.009, 0.009), 5),
        lat=round(slot.town.lat + rng.uniform(-0.009, 0.009), 5),
        investment_wan=rng.randrange(item["wan"][0], item["wan"][1] + 1, 10),
        start_on=start,
        due_on=due,
        milestones=milestones,
        scene=item["scene"],
        bank=item["bank"],
        measure=Measure(noun=noun, unit=unit, total=total),
        pace=pace,
        cause=expand(rng.choice(item["causes"]), rng=rng, **words),
    )


def projects(today: dt.date, *, seed: int = 156) -> tuple[ProjectSpec, ...]:
    """The plans of the five years that end with the year of `today`, oldest first."""
    rng = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    slots, fates = iter(_slots(rng)), deal(rng)
    specs: list[ProjectSpec] = []
    for year, count in zip(range(today.year - 4, today.year + 1), PROJECTS_BY_YEAR, strict=True):
        for number in range(1, count + 1):
            active = year == today.year or (year == today.year - 1 and number > count - _ACTIVE_OF_LAST_YEAR)
            slot, days = next(slots), _days(rng, year=year, today=today, active=active)
            start, end = days[0], min(days[1], today)
            pace = active_pace(rng, fate=next(fates), start=start, end=end) if active else past_pace(rng)
            specs.append(
                _project(
                    slot,
                    code=project_code(year, number),
                    days=days,
                    words=_words(slot, rng=rng),
                    pace=pace,
                    rng=rng,
                )
            )
    return tuple(specs)
