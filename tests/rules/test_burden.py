"""Minutes of writing, from the moments at which it was saved."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.rules.burden import median, minutes_of

NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("after", "minutes"),
    [
        ([], 0),
        ([0], 0),
        ([0, 30], 1),
        ([0, 60, 120], 2),
        ([0, 4 * 60, 9 * 60], 9),
        ([0, 7 * 3600], 5),  # left open over the day
        ([0, 60, 7 * 3600, 7 * 3600 + 60], 7),
        ([60, 0, 120], 2),  # in whatever order they are read
    ],
)
def test_a_pause_counts_five_minutes_at_most(after, minutes):
    assert minutes_of(NINE + dt.timedelta(seconds=each) for each in after) == minutes


@pytest.mark.parametrize(
    ("numbers", "middle"), [([], None), ([7], 7), ([9, 1], 1), ([3, 1, 2], 2), ([1, 2, 3, 90], 2)]
)
def test_the_middle_is_a_number_that_is_there(numbers, middle):
    assert median(numbers) == middle
