"""A result month by month: bars to look at and to point at, and the same as a list to read and to press.

The span is that of the whole result; when days are asked for, the years that they lie in. A bar is a month, or a year
where there are more than ten years. What is pointed at is a month, or, where months are too thin for it, a year.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from portal.web.filters import month as month_words
from portal.web.filters import number
from portal.web.language import _, current
from portal.web.public.asking import Looking

MOST_BARS = 120
MOST_TARGETS = 24  # months that can be pointed at one by one
STEP, BAR, HEIGHT, LEAST = 10, 8, 60, 2  # of the drawing


@dataclass(frozen=True)
class Span:
    """Some days in a row, and what the result has in them."""

    first: dt.date
    last: dt.date
    count: int
    label: str

    @classmethod
    def of_month(cls, place: int, count: int) -> Span:
        """place: months since year 0."""
        return cls(*_days_of(place), count, _label_of(place, current()))

    @classmethod
    def of_year(cls, year: int, count: int) -> Span:
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31), count, _("%(year)s年", year=year))


@lru_cache(maxsize=1200)
def _days_of(place: int) -> tuple[dt.date, dt.date]:
    """The first and the last of a month."""
    year, month = divmod(place, 12)
    return dt.date(year, month + 1, 1), dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


@lru_cache(maxsize=2400)
def _label_of(place: int, _language: str) -> str:
    return month_words(_days_of(place)[0].isoformat()[:7])


def histogram_of(found: Mapping[int, int], looking: Looking) -> dict[str, Any] | None:
    """As the `histogram` macro expects it; None where there is nothing to draw. found: yyyymm → how many."""
    counts = {
        month // 100 * 12 + month % 100 - 1: count for month, count in found.items() if _is_month(month)
    }
    if not counts:
        return None
    places = _span(counts, looking)
    months = [Span.of_month(place, counts.get(place, 0)) for place in places]
    years = [
        Span.of_year(year, _in_year(months, year)) for year in range(places[0] // 12, places[-1] // 12 + 1)
    ]
    bars = months if len(months) <= MOST_BARS else years
    most = max((bar.count for bar in bars), default=0) or 1
    return {
        "width": STEP * len(bars),
        "height": HEIGHT,
        "bars": [_bar(place, bar, most, looking) for place, bar in enumerate(bars)],
        "areas": list(_areas(bars, years if len(bars) > MOST_TARGETS else bars, looking)),
        "first": bars[0].label,
        "last": bars[-1].label,
        "said": _said(bars),
        "years": list(_listed(years, months if bars is months else [], looking)),
    }


def _is_month(month: int) -> bool:
    return 1000 <= month // 100 <= 9999 and 1 <= month % 100 <= 12


def _span(counts: Mapping[int, int], looking: Looking) -> range:
    """The months from the first of the result to its last, or those of them in the years asked for."""
    first, last = min(counts), max(counts)
    asked = looking.asked
    begin = max(first, asked.first.year * 12) if asked.first else first
    end = min(last, asked.last.year * 12 + 11) if asked.last else last
    return range(begin, end + 1) if begin <= end else range(first, last + 1)


def _in_year(months: list[Span], year: int) -> int:
    return sum(month.count for month in months if month.first.year == year)


def _bar(place: int, bar: Span, most: int, looking: Looking) -> dict[str, Any]:
    height = max(LEAST, round(HEIGHT * bar.count / most)) if bar.count else 0
    left = place * STEP + (STEP - BAR) // 2
    return {"x": left, "y": HEIGHT - height, "width": BAR, "height": height, "on": _meets(bar, looking)}


def _areas(bars: list[Span], targets: list[Span], looking: Looking) -> Iterator[dict[str, Any]]:
    """What can be pointed at, in the places of the bars that lie in it."""
    for target in targets:
        within = [place for place, bar in enumerate(bars) if target.first <= bar.first <= target.last]
        if within and target.count:
            yield {
                "x": within[0] * STEP,
                "width": len(within) * STEP,
                "label": f"{target.label}{_('：')}{_('%(n)s 条', n=number(target.count))}",
                "href": _href(target, looking),
            }


def _listed(years: list[Span], months: list[Span], looking: Looking) -> Iterator[dict[str, Any]]:
    """The same to read: every year with its months, those without anything too."""
    for year in years:
        within = [each for each in months if each.first.year == year.first.year]
        yield {**_line(year, looking), "months": [_line(each, looking) for each in within]}


def _line(span: Span, looking: Looking) -> dict[str, Any]:
    href = _href(span, looking) if span.count else ""
    return {"label": span.label, "count": span.count, "href": href, "current": _is_asked(span, looking)}


def _href(span: Span, looking: Looking) -> str:
    """The result within these days; without days again when they are what is asked for."""
    if _is_asked(span, looking):
        return looking.any_day
    return f"{looking.from_day}{span.first}&to={span.last}"


def _is_asked(span: Span, looking: Looking) -> bool:
    return (looking.asked.first, looking.asked.last) == (span.first, span.last)


def _meets(span: Span, looking: Looking) -> bool:
    """Whether a bar lies in the days asked for; all do where none are."""
    first, last = looking.asked.first, looking.asked.last
    return (first is None or span.last >= first) and (last is None or span.first <= last)


def _said(bars: list[Span]) -> str:
    """What the drawing shows, in a sentence."""
    most = max(bars, key=lambda bar: bar.count)
    return _("%(month)s最多，%(n)s 条。", month=most.label, n=number(most.count))
