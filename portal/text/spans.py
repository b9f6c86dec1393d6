"""Stretches of time in any writing: 2025年11月到12月, 2025-11..2026-02, 2023至2025年, 2025年上半年, 2025年四季度.

A span becomes the terms of the years, months and days that lie whole inside it, and its first and last
day. Works on folded text.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.text.dates import Found, dates_in, day_number

MOST_TERMS = 120
OPEN_YEARS = 8  # of terms looked for where a span has no end; what is dated later or earlier counts as well
_BETWEEN = re.compile(r" ?(?:[~至到]|-{1,2}|\.{2,3}|…) ?")
_DAY = re.compile(r"([0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})[日号]")
_BARE_YEAR = re.compile(r"(?<![0-9.])((?:19|20)[0-9]{2})$")
_YEARS = re.compile(
    r"(?<![0-9.])((?:19|20)[0-9]{2}) ?(?:[~至到]|-{1,2}|\.{2,3}) ?((?:19|20)[0-9]{2})(?![0-9.年/+-])"
)
_PART = re.compile(r"年?(?:第?([一二三四1-4])季度|(上|下)半年)")
_OPEN = re.compile(r"(以来|之后|以后|起)|(?:之前|以前)")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True)
class Span:
    """Written at `text[start:end]`. first and last day: yyyymmdd; terms: of what lies inside."""

    start: int
    end: int
    first: int
    last: int
    terms: tuple[str, ...]


def spans_in(text: str) -> Iterator[Span]:
    """The spans of a folded text, left to right."""
    for years in _YEARS.finditer(text):
        made = _made(*years.span(), dt.date(int(years[1]), 1, 1), dt.date(int(years[2]), 12, 31))
        yield from [made] if made else []
    dates, done = list(dates_in(text)), 0
    for place, date in enumerate(dates):
        if date.start < done:
            continue
        following = dates[place + 1] if place + 1 < len(dates) else None
        span = _open_ended(text, date) or _months(text, date, following)
        span = (
            span or _part_of_year(text, date) or _span(text, date, following) or _from_bare_year(text, date)
        )
        if span is not None:
            done = span.end
            yield span


def _span(text: str, date: Found, following: Found | None) -> Span | None:
    """From this date to the next one, or to a day of the same month."""
    between = _BETWEEN.match(text, date.end)
    if between is None:
        return None
    first = days_of(date)
    if first is None:
        return None
    if following is not None and following.start == between.end():
        last = days_of(following, year=first[0].year)
        return None if last is None else _made(date.start, following.end, first[0], last[1])
    day = _DAY.match(text, between.end())
    if day is None or first[0] != first[1]:
        return None
    try:
        until = first[0].replace(day=day_number(day[1]))
    except ValueError:
        return None
    return _made(date.start, day.end(), first[0], until)


def _from_bare_year(text: str, date: Found) -> Span | None:
    """2023至2025年: the first year lacks its 年."""
    for length in (1, 2, 3):
        if not _BETWEEN.fullmatch(text[max(date.start - length, 0) : date.start]):
            continue
        year, last = _BARE_YEAR.search(text[: date.start - length]), days_of(date)
        if year is not None and last is not None:
            return _made(year.start(), date.end, dt.date(int(year[1]), 1, 1), last[1])
    return None


def _open_ended(text: str, date: Found) -> Span | None:
    """2025年11月以来, 2024年以前."""
    days, word = days_of(date), _OPEN.match(text, date.end)
    if days is None or word is None:
        return None
    if word[1]:
        terms = _inside(days[0], days[0].replace(year=min(days[0].year + OPEN_YEARS, 9999), day=1))
        return Span(date.start, word.end(), _number(days[0]), 99991231, tuple(terms)[:MOST_TERMS])
    until = days[0] - dt.timedelta(days=1)
    terms = _inside(until.replace(year=max(until.year - OPEN_YEARS, 1900), day=1), until)
    return Span(date.start, word.end(), 0, _number(until), tuple(terms)[:MOST_TERMS])


def _months(text: str, date: Found, following: Found | None) -> Span | None:
    """11月到12月, 10月1日到7日, of whatever year."""
    between = _BETWEEN.match(text, date.end)
    if following is None or between is None or following.start != between.end():
        return None
    first, last = date.terms[0].removeprefix("@--"), following.terms[0].removeprefix("@--")
    if not first.isdecimal() or not last.isdecimal() or len(first) != len(last):
        return None
    every = (f"{month:02d}" for month in range(1, 13))
    if len(first) == 4:
        every = (f"{month}{day:02d}" for month in every for day in range(1, 32))
    terms = tuple(f"@--{each}" for each in every if first <= each <= last)[:MOST_TERMS]
    return Span(date.start, following.end, 1, 0, terms) if terms else None


def whole_span(text: str) -> tuple[int, int] | None:
    """The first and last day, yyyymmdd, of a folded text that is a stretch of time or a date and nothing else."""
    for span in spans_in(text):
        if (span.start, span.end) == (0, len(text)) and span.first <= span.last:
            return span.first, span.last
    dates = list(dates_in(text))
    days = days_of(dates[0]) if dates and (dates[0].start, dates[0].end) == (0, len(text)) else None
    return (_number(days[0]), _number(days[1])) if days else None


def _part_of_year(text: str, date: Found) -> Span | None:
    part = _PART.match(text, date.end)
    days = days_of(date)
    if part is None or days is None or len(date.terms[0]) != 5:
        return None
    year = days[0].year
    quarter = _QUARTERS.get(part[1]) or int(part[1]) if part[1] else 0
    begins = quarter * 3 - 2 if quarter else 1 if part[2] == "上" else 7
    ends = begins + (2 if quarter else 5)
    last = dt.date(year, ends, calendar.monthrange(year, ends)[1])
    return _made(date.start, part.end(), dt.date(year, begins, 1), last)


def days_of(date: Found, *, year: int | None = None) -> tuple[dt.date, dt.date] | None:
    """The first and last day of a date; one without a year lies in `year`, or else nowhere."""
    said = date.terms[0][1:]
    if said.startswith("--"):
        if year is None:
            return None
        said = f"{year}{said[2:]}"
    month, day = int(said[4:6] or 0), int(said[6:8] or 0)
    try:
        if day:
            return (only := dt.date(int(said[:4]), month, day)), only
        ends = month or 12
        last = calendar.monthrange(int(said[:4]), ends)[1]
        return dt.date(int(said[:4]), month or 1, 1), dt.date(int(said[:4]), ends, last)
    except ValueError:
        return None


def _made(start: int, end: int, first: dt.date, last: dt.date) -> Span | None:
    if last < first:
        first, last = last.replace(day=1), first
    return Span(start, end, _number(first), _number(last), tuple(_inside(first, last))[:MOST_TERMS])


def _number(day: dt.date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def _inside(first: dt.date, last: dt.date) -> Iterator[str]:
    """The terms of the years, months and days that lie whole between two days, the larger first."""
    day = first
    while day <= last:
        ends_month = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if (day.month, day.day) == (1, 1) and dt.date(day.year, 12, 31) <= last:
            yield f"@{day.year}"
            day = dt.date(day.year, 12, 31)
        elif day.day == 1 and ends_month <= last:
            yield f"@{day.year}{day.month:02d}"
            day = ends_month
        else:
            yield f"@{_number(day)}"
        day += dt.timedelta(days=1)
