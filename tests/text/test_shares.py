"""Shares within limits."""

from __future__ import annotations

import pytest

from portal.text.shares import shares_in


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("80%以上", 800, 1000), ("不低于80%", 800, 1000), ("超过80%", 801, 1000), (">80%", 801, 1000), ("不足50%", 0, 499),
        ("50%以下", 0, 500), ("不超过50%", 0, 500), ("30%-60%", 300, 600), ("30到60%之间", 300, 600), ("进度95.5%以上", 955, 1000),
    ],
)  # fmt: skip
def test_limits_of_a_share_are_read(typed: str, low: int, high: int) -> None:
    assert [(each.low, each.high) for each in shares_in(typed)] == [(low, high)]


@pytest.mark.parametrize("typed", ["80%", "60%-30%", "300%以上", "80以上", "180.25%以上"])
def test_what_sets_no_limit_is_no_limit(typed: str) -> None:
    assert list(shares_in(typed)) == []


def test_each_share_within_limits_is_written_in_its_ways() -> None:
    (shares,) = shares_in("79%-80%")
    assert shares.written[:2] == ("79%", "79.1%")
    assert shares.written[-2:] == ("79.9%", "80%")
