"""Dates are understood in any writing and nothing else is taken for one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text.dates import dates_in, year_alone
from portal.text.fold import folded

DIGITS = "〇一二三四五六七八九"


def understood(text: str) -> list[str]:
    return [date.terms[0] for date in dates_in(folded(text))]


def in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")


@settings(deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_a_day_is_understood_in_every_writing(day: dt.date) -> None:
    year_in_words = "".join(DIGITS[int(digit)] for digit in str(day.year))
    for written in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 日",
        f"{day.year}年{day.month}月{day.day}号",
        f"{day.year}-{day.month}-{day.day}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        f"{year_in_words}年{in_words(day.month)}月{in_words(day.day)}日",
        f"自{year_in_words.replace('〇', '○')}年{in_words(day.month)}月{day.day}日起",
    ):
        assert understood(written) == [f"@{day:%Y%m%d}"], written


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("2025年11月", ["@202511"]),
        ("2025年11月份", ["@202511"]),
        ("2025-11", ["@202511"]),
        ("25年11月", ["@202511"]),
        ("2025年度", ["@2025"]),
        ("二〇二五年", ["@2025"]),
        ("11月8日", ["@--1108"]),
        ("五月廿一日", ["@--0521"]),
        ("十一月", ["@--11"]),
        ("2025年3月至5月", ["@202503", "@--05"]),
        ("2025年3-5月", ["@2025", "@--05"]),
        ("2025年11月45日", ["@202511"]),
    ],
)
def test_parts_of_a_date_are_understood(written: str, terms: list[str]) -> None:
    assert understood(written) == terms


@pytest.mark.parametrize(
    "written",
    ["2025/13/1", "3025年", "2025", "3个月", "13月", "K15+200", "1.2025年", "202511081", "十四月", "第8日"],
)
def test_what_is_no_date_is_not_taken_for_one(written: str) -> None:
    assert understood(written) == []


def test_a_date_is_also_found_by_its_month_its_year_and_without_its_year() -> None:
    (date,) = dates_in("于2025年11月8日开工")
    assert date.terms == ("@20251108", "@202511", "@2025", "@--1108", "@--11")
    assert (date.start, date.end) == (1, 11)


def test_a_bare_number_may_be_a_year() -> None:
    assert year_alone("2025") == "@2025"
    assert year_alone("3025") is year_alone("202") is year_alone("2025年") is None


@settings(deadline=None)
@given(st.text(DIGITS + "0123456789年月日号.-/零十廿卅 "))
def test_no_text_confuses_the_reading_of_dates(text: str) -> None:
    ends = [0]
    for date in dates_in(folded(text)):
        assert date.start >= ends[-1]
        ends.append(date.end)
