"""The two days between which a reader asks what changed: from the address, checked, and ready to choose."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request

from portal.record.shelf import Shelf
from portal.rules.clock import day_of
from portal.web.filters import day as day_words
from portal.web.language import _
from portal.web.public.standing import shown_day

Href = Callable[[dt.date, dt.date], str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What stood when `first` ended is compared with what stood when `last` ended.

    wrong: a sentence about each day that makes no sense; then there is nothing to compare. remark: what was
    understood otherwise than it was written. typed: the two days for the form, "" for what is none.
    """

    first: dt.date | None
    last: dt.date | None
    typed: tuple[str, str]
    wrong: tuple[str, ...] = ()
    remark: str = ""
    swapped: bool = False


def asked_days(shelf: Shelf) -> Asked:
    """The days of the address; what is missing is today, and the beginning of the month of the last day."""
    now = shown_day(shelf)
    first, last = _asked("from"), _asked("to")
    wrong = [
        _("“%(text)s”不是一个日子。日子写成 2026-11-24 这样。", text=day)
        for day in (first, last)
        if isinstance(day, str)
    ]
    if isinstance(first, str) or isinstance(last, str):
        typed = (_iso(first), _iso(last))
        return Asked(first=None, last=None, typed=typed, wrong=tuple(wrong))
    last = last or now
    first = first or _before(min(last, now).replace(day=1))
    typed = (first.isoformat(), last.isoformat())
    if first > now:
        wrong = [_("%(day)s还没有到，没有可比的。", day=day_words(first))]
    elif first > last:
        wrong = [_("开始的日子在结束的日子后面。")]
    if wrong:
        swapped = last < first <= now
        return Asked(first=first, last=last, typed=typed, wrong=tuple(wrong), swapped=swapped)
    if last <= now:
        return Asked(first=first, last=last, typed=typed)
    remark = _("%(day)s还没有到，比到%(now)s为止。", day=day_words(last), now=day_words(now))
    return Asked(first=first, last=now, typed=(typed[0], now.isoformat()), remark=remark)


def choices(shelf: Shelf, asked: Asked, href: Href) -> list[tuple[str, str, bool]]:
    """Ready choices: what they are called, where they lead, and whether one is chosen."""
    now = shown_day(shelf)
    ready = {
        _("这一周"): now - dt.timedelta(days=now.isoweekday()),
        _("这个月"): _before(now.replace(day=1)),
        _("这个季度"): _before(now.replace(month=(now.month - 1) // 3 * 3 + 1, day=1)),
        _("上次月度例会以来"): last_meeting(now, current_app.extensions["meeting_day"]),
    }
    entries = shelf.at(0)
    if entries is not None:
        ready[_("从头到现在")] = _before(day_of(entries.at))
    return [
        (name, href(first, now), (asked.first, asked.last) == (first, now)) for name, first in ready.items()
    ]


def last_meeting(now: dt.date, day: int) -> dt.date:
    """The last monthly meeting before today; in a month without that day it is held on the last one."""
    this = _in_month(now.year, now.month, day)
    if this < now:
        return this
    before = now.replace(day=1) - dt.timedelta(days=1)
    return _in_month(before.year, before.month, day)


def _in_month(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _before(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=1)


def _asked(name: str) -> dt.date | str | None:
    """The day of the address, None when there is none, or what stands there instead of a day. A day far from any
    is none: dates have ends, and a day more must still be one."""
    text = request.args.get(name, "").strip()[:40]
    try:
        day = dt.date.fromisoformat(text) if text else None
    except ValueError:
        return text
    return text if day is not None and not 1900 <= day.year <= 9000 else day


def _iso(day: dt.date | str | None) -> str:
    return day.isoformat() if isinstance(day, dt.date) else ""
