"""The demonstration district's figures, plan, names and prose."""

from __future__ import annotations

import collections
import datetime as dt
import itertools
import random
import re

import pytest

from portal.demo import prose
from portal.demo.district import BY_CODE, LEADERS, TOWNS, UNITS, polygons
from portal.demo.names import people
from portal.demo.phrasing import expand
from portal.demo.projects import CATEGORIES, ProjectSpec, projects
from portal.rules.lamps import DEFAULT_RULES, Lamp, judge
from portal.rules.numbers import PROJECT_CODE
from portal.rules.schedule import check_curve

DAYS = [dt.date(2026, 11, 24), dt.date(2026, 1, 3), dt.date(2027, 2, 28), dt.date(2028, 7, 31)]


def months_of(spec: ProjectSpec, *, today: dt.date) -> list[dt.date]:
    """A day every three weeks while the project runs."""
    last = min(today, spec.due_on + dt.timedelta(days=30))
    return [spec.start_on + dt.timedelta(days=n) for n in range(20, max(21, (last - spec.start_on).days), 21)]


def all_notes(today: dt.date) -> list[tuple[ProjectSpec, dt.date, prose.Note]]:
    rng, told = random.Random(7), []
    for spec in projects(today):
        previous = None
        for day in months_of(spec, today=today):
            percent = spec.actual_percent(day)
            previous = prose.note(
                spec,
                milestone=spec.milestone_at(percent),
                percent=percent,
                day=day,
                rng=rng,
                previous=previous,
            )
            told.append((spec, day, previous))
    return told


def test_the_district_has_the_report_s_units() -> None:
    kinds = collections.Counter(unit.kind for unit in UNITS)
    assert kinds == {"town": 29, "bureau": 93, "temporary": 8}
    assert (
        len({u.name for u in UNITS}) == len({u.code for u in UNITS}) == len({u.english for u in UNITS}) == 130
    )


def test_the_64_supervision_bodies_stand_where_the_report_says() -> None:
    bodies = collections.Counter((u.kind, u.body) for u in UNITS if u.body)
    assert bodies == {
        ("town", "dedicated"): 15,
        ("bureau", "part_time"): 28,
        ("bureau", "dedicated"): 13,
        ("temporary", "dedicated"): 8,
    }


def test_198_people_serve_in_them_and_nobody_elsewhere() -> None:
    assert sum(u.staff for u in UNITS) == 198
    assert all((u.staff > 0) == (u.body is not None) for u in UNITS)


def test_one_body_coordinates() -> None:
    assert [u.name for u in UNITS if u.body_name == "区委区政府督查室"] == ["区委办公室"]


def area(ring: list[tuple[float, float]]) -> float:
    """Signed area in square degrees; positive when the ring runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) / 2


def test_the_towns_polygons_tile_the_district() -> None:
    rings = polygons()
    assert set(rings) == {t.code for t in TOWNS}
    edges = collections.Counter(frozenset(e) for ring in rings.values() for e in itertools.pairwise(ring))
    assert set(edges.values()) == {1, 2}, "an edge belongs to two towns, or to one at the district's border"
    border = [e for e, count in edges.items() if count == 1]
    ends = collections.Counter(point for edge in border for point in edge)
    assert set(ends.values()) == {2}, "the border is closed"
    for ring in rings.values():
        assert ring[0] == ring[-1]
        assert area(ring) > 0
        assert all(round(c, 5) == c for point in ring for c in point)


@pytest.mark.parametrize("today", DAYS)
def test_156_projects_in_five_years(today: dt.date) -> None:
    specs = projects(today)
    assert len(specs) == len({s.name for s in specs}) == len({s.code for s in specs}) == 156
    assert collections.Counter(s.kind for s in specs) == {"project": 120, "work_item": 36}
    years = collections.Counter(int(s.code[:4]) for s in specs)
    assert dict(years) == {today.year - 4 + i: n for i, n in enumerate((31, 31, 31, 31, 32))}
    assert specs == projects(today)


@pytest.mark.parametrize("today", DAYS)
def test_every_project_is_whole(today: dt.date) -> None:
    leaders, categories = {p.name for p in LEADERS}, {c.name for c in CATEGORIES}
    for spec in projects(today):
        assert PROJECT_CODE.fullmatch(spec.code)
        assert spec.start_on < spec.due_on == spec.milestones[-1].due_on
        assert 3 <= len(spec.milestones) <= 6
        assert check_curve(spec.curve) is None
        assert BY_CODE[spec.town].kind == "town"
        assert spec.unit in BY_CODE
        assert spec.leader in leaders
        assert spec.category in categories
        assert str(spec.measure.total) in spec.content
        assert "{" not in spec.name + spec.content + spec.place + spec.cause


@pytest.mark.parametrize("today", DAYS)
def test_progress_never_falls_and_old_plans_are_done(today: dt.date) -> None:
    for spec in projects(today):
        span = (today - spec.start_on).days
        walk = [spec.actual_percent(spec.start_on + dt.timedelta(days=n)) for n in range(-5, span + 1, 3)]
        assert walk == sorted(walk)
        assert all(0 <= percent <= 100 for percent in walk)
        if int(spec.code[:4]) < today.year - 1:
            assert spec.actual_percent(today) == 100


@pytest.mark.parametrize("today", DAYS)
def test_every_lamp_is_lit_whenever_the_demonstration_is_built(today: dt.date) -> None:
    lamps = collections.Counter(
        judge(
            DEFAULT_RULES,
            actual=spec.actual_percent(today),
            planned=spec.scheduled_percent(today),
            completed=spec.actual_percent(today) == 100,
            due_on=spec.due_on,
            on=today,
        ).lamp
        for spec in projects(today)
    )
    assert lamps[Lamp.RED] >= 3
    assert lamps[Lamp.YELLOW] >= 2
    assert lamps[Lamp.GREEN] >= 15
    assert lamps[Lamp.BLUE] >= 93


def test_names_are_distinct_and_repeatable() -> None:
    crowd = people(random.Random(4), count=900, taken=[leader.name for leader in LEADERS])
    assert len(set(crowd)) == 900
    assert crowd == people(random.Random(4), count=900, taken=[leader.name for leader in LEADERS])
    assert not set(crowd) & {leader.name for leader in LEADERS}
    assert all(2 <= len(name) <= 3 for name in crowd)


def test_two_thousand_notes_are_all_different_and_of_readable_length() -> None:
    told = all_notes(DAYS[0])
    assert len(told) > 2000
    assert len({note.done for _, _, note in told}) == len(told)
    lengths = [len(note.done) for _, _, note in told]
    assert min(lengths) >= prose.MIN_CHARACTERS
    assert max(lengths) <= prose.MAX_CHARACTERS


def test_a_note_says_nothing_of_the_future_and_leaves_no_slot_open() -> None:
    for _spec, day, note in all_notes(DAYS[0]):
        text = " ".join([note.done, note.problems or "", note.next_step or "", *note.captions])
        assert not re.search(r"[{}|]|留痕", text)
        for month, number in re.findall(r"(\d+)月(\d+)日", note.done):
            assert (int(month), int(number)) <= (day.month, day.day)
            assert int(month) == day.month
        assert len(set(note.captions)) == len(note.captions) == 8


def test_whoever_is_behind_says_why() -> None:
    for spec, day, note in all_notes(DAYS[0]):
        percent = spec.actual_percent(day)
        if percent < 100 and spec.scheduled_percent(day) - percent >= 5:
            assert note.problems is not None
            assert spec.cause in note.problems
        assert (note.next_step is None) == (percent == 100)


def test_every_category_has_at_least_25_work_phrases() -> None:
    by_category: dict[str, set[str]] = collections.defaultdict(set)
    for spec in projects(DAYS[0]):
        for stage in ("start", "main", "finish", "close"):
            by_category[spec.category].update(prose.phrases(spec, stage=stage))
    assert set(by_category) == {c.name for c in CATEGORIES}
    assert min(len(bank) for bank in by_category.values()) >= 25


def test_a_correction_changes_one_fact_and_says_why() -> None:
    rng = random.Random(3)
    for _, _, note in all_notes(DAYS[0])[::20]:
        mended = prose.correction(rng, note=note)
        assert mended.note.done != note.done
        assert re.sub(r"\d+", "0", mended.note.done) == re.sub(r"\d+", "0", note.done)
        assert mended.note.captions == note.captions
        assert mended.reason.endswith("。")


def test_reasons_for_return_and_withdrawal_are_sentences() -> None:
    rng = random.Random(5)
    reasons = prose.return_reasons(rng, count=3)
    assert len(set(reasons)) == 3
    assert all(reason.endswith("。") and "{" not in reason for reason in reasons)
    assert prose.withdrawal_reason(rng) in prose.WITHDRAWAL_REASONS


def test_the_grammar_fills_ranges_steps_decimals_choices_and_names() -> None:
    rng = random.Random(1)
    text = expand("{3-9}与{200-800/50}与{1.2-4.5}与{甲|乙}与{town}", rng=rng, town="白杨镇")
    whole, stepped, decimal, choice, town = text.split("与")
    assert 3 <= int(whole) <= 9
    assert int(stepped) % 50 == 0
    assert 1.2 <= float(decimal) <= 4.5
    assert choice in "甲乙"
    assert town == "白杨镇"


def test_an_unknown_name_in_a_phrase_is_an_error() -> None:
    with pytest.raises(KeyError):
        expand("{village}", rng=random.Random(1))
