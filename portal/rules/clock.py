"""Days and months as the district counts them: Asia/Shanghai, a due day ends at 24:00."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(moment: dt.datetime) -> dt.date:
    """The local calendar day a moment falls on."""
    return moment.astimezone(SHANGHAI).date()


def end_of(day: dt.date) -> dt.datetime:
    """The first moment that is no longer this local day, in UTC (24:00 Asia/Shanghai)."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), SHANGHAI).astimezone(dt.UTC)


def month_of(day: dt.date) -> str:
    """A reporting period, `YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(month: str) -> dt.date:
    """The first day of a `YYYY-MM` period. Raises `ValueError` when it is not one."""
    return dt.date.fromisoformat(f"{month}-01")


def last_day(month: str) -> dt.date:
    """The last day of a `YYYY-MM` period. Raises `ValueError` when it is not one."""
    return (first_day(month) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def recent_months(day: dt.date, count: int) -> list[str]:
    """The month of `day` and those before it, newest first."""
    months = []
    year, month = day.year, day.month
    for _ in range(count):
        months.append(f"{year:04d}-{month:02d}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months
