"""Schedules, lamps, days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.clock import day_of, end_of, first_day, month_of, recent_months
from portal.rules.lamps import DEFAULT_RULES, Cause, Lamp, judge
from portal.rules.schedule import check_curve, scheduled_percent

D = dt.date
CURVE = [(D(2026, 1, 1), 0), (D(2026, 1, 11), 50), (D(2026, 3, 2), 100)]


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (D(2025, 12, 31), 0),
        (D(2026, 1, 1), 0),
        (D(2026, 1, 2), 5),
        (D(2026, 1, 10), 45),
        (D(2026, 1, 11), 50),
        (D(2026, 1, 12), 51),
        (D(2026, 3, 1), 99),
        (D(2026, 3, 2), 100),
        (D(2027, 1, 1), 100),
    ],
)
def test_scheduled_progress_is_a_straight_line_between_points(day, percent):
    assert scheduled_percent(CURVE, day) == percent


def test_a_project_without_a_schedule_is_expected_nowhere():
    assert scheduled_percent([], D(2026, 1, 1)) == 0


@pytest.mark.parametrize(
    ("curve", "fault"),
    [
        (CURVE, None),
        ([], "curve_ends_below_100"),
        ([(D(2026, 1, 1), 0), (D(2026, 2, 1), 90)], "curve_ends_below_100"),
        ([(D(2026, 1, 1), 0), (D(2026, 1, 1), 100)], "curve_days_out_of_order"),
        ([(D(2026, 1, 1), 0), (D(2026, 2, 1), 60), (D(2026, 3, 1), 50), (D(2026, 4, 1), 100)], "curve_falls"),
    ],
)
def test_what_is_no_schedule_is_named(curve, fault):
    assert check_curve(curve) == fault


def lamp(**facts):
    asked = {
        "actual": 50,
        "planned": 50,
        "completed": False,
        "due_on": D(2026, 12, 31),
        "on": D(2026, 6, 1),
    } | facts
    return judge(DEFAULT_RULES, **asked)


@pytest.mark.parametrize(
    ("facts", "colour", "cause"),
    [
        ({}, Lamp.GREEN, Cause.ON_PLAN),
        ({"actual": 46}, Lamp.GREEN, Cause.ON_PLAN),
        ({"actual": 45}, Lamp.YELLOW, Cause.BEHIND),
        ({"actual": 41}, Lamp.YELLOW, Cause.BEHIND),
        ({"actual": 40}, Lamp.RED, Cause.BEHIND),
        ({"actual": 60}, Lamp.GREEN, Cause.AHEAD),
        ({"on": D(2026, 12, 24)}, Lamp.YELLOW, Cause.DUE_SOON),
        ({"on": D(2026, 12, 23)}, Lamp.GREEN, Cause.ON_PLAN),
        ({"on": D(2027, 1, 1), "actual": 99, "planned": 100}, Lamp.RED, Cause.OVERDUE),
        ({"on": D(2027, 1, 1), "actual": 100, "planned": 100}, Lamp.GREEN, Cause.ON_PLAN),
        ({"completed": True, "actual": 0}, Lamp.BLUE, Cause.COMPLETED),
    ],
)
def test_the_rules_at_their_boundaries(facts, colour, cause):
    verdict = lamp(**facts)
    assert (verdict.lamp, verdict.cause) == (colour, cause)


RANK = {Lamp.RED: 0, Lamp.YELLOW: 1, Lamp.GREEN: 2, Lamp.BLUE: 3}


@given(st.integers(0, 99), st.integers(0, 100), st.integers(-40, 200))
def test_more_progress_never_makes_a_lamp_worse(actual, planned, days):
    facts = {"planned": planned, "on": D(2026, 12, 31) - dt.timedelta(days=days)}
    assert RANK[lamp(actual=actual + 1, **facts).lamp] >= RANK[lamp(actual=actual, **facts).lamp]


def test_days_and_months_are_those_of_shanghai():
    assert day_of(dt.datetime(2026, 11, 23, 16, 0, tzinfo=dt.UTC)) == D(2026, 11, 24)
    assert day_of(dt.datetime(2026, 11, 23, 15, 59, tzinfo=dt.UTC)) == D(2026, 11, 23)
    assert end_of(D(2026, 11, 24)) == dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC)
    assert month_of(D(2026, 3, 9)) == "2026-03"
    assert first_day("2026-03") == D(2026, 3, 1)
    assert recent_months(D(2026, 2, 5), 3) == ["2026-02", "2026-01", "2025-12"]
    with pytest.raises(ValueError, match="month"):
        first_day("2026-13")
