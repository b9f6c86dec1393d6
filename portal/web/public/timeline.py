"""The evidence of a project month by month; a month in which nothing came is said as well."""

from __future__ import annotations

import datetime as dt
from calendar import month_name
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup

from portal.record.shelf import Shown
from portal.record.tables import Act
from portal.rules.clock import month_of
from portal.web.language import ENGLISH, _, current
from portal.web.public.evidence import photos_of
from portal.web.public.films import poster_of
from portal.web.public.pieces import piece
from portal.web.public.standing import DONE, STOPPED

AT_ONCE = 24  # entries told in full on one page; the others are months and lines that lead to them
ROOMY = 12  # months, newest first, in which every entry shows several photos
PHOTOS, FEWER = 4, 1  # photos of an entry in those months, and in older ones


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """What one page tells: its months from the newest to the first, and the years that other pages tell."""

    months: list[dict[str, Any]]
    elsewhere: list[dict[str, Any]]


def timeline_of(project: Shown, reports: list[Shown], *, on: dt.date, year: str = "") -> Timeline | None:
    """The newest months, whole, as far as `AT_ONCE` entries reach; or those of one year. Silent ones in a row are one.
    None for a year that the work has none of."""
    by_month: dict[str, list[Shown]] = {}
    for report in reports:
        by_month.setdefault(_month(report), []).append(report)
    everything = _span(project, by_month, on)
    here = [month for month in everything if month[:4] == year] if year else _newest(everything, by_month)
    if year and not here:
        return None
    told: list[dict[str, Any]] = []
    room = AT_ONCE
    for silent, run in groupby(here, key=lambda month: month not in by_month):
        if silent:
            told.append(_silence(list(run)))
            continue
        for month in run:
            roomy = sum(not each["silent"] for each in told) < ROOMY
            told.append(_told(month, by_month[month], PHOTOS if roomy else FEWER, room=room))
            room -= len(by_month[month])
    others = [month for month in everything if month not in here and month in by_month]
    return Timeline(months=told, elsewhere=_by_year(others, by_month))


def _newest(months: list[str], by_month: dict[str, list[Shown]]) -> list[str]:
    """Whole months, until enough entries are among them; with silent ones before the next that is not."""
    count = 0
    for place, month in enumerate(months):
        if count >= AT_ONCE and month in by_month:
            return months[:place]
        count += len(by_month.get(month, ()))
    return months


def _by_year(months: list[str], by_month: dict[str, list[Shown]]) -> list[dict[str, Any]]:
    """Each month with how much was published in it, so that it is found where it is told."""
    return [
        {
            "year": year,
            "months": [{"id": m, "label": _name(m), "count": len(by_month[m])} for m in of_year],
        }
        for year, of_year in groupby(months, key=lambda month: month[:4])
    ]


def _month(report: Shown) -> str:
    """The month a report speaks of; of a tombstone only the day it was reported is left."""
    return str(report.document.get("month") or report.document.get("dated", report.at.date().isoformat())[:7])


def _span(project: Shown, by_month: dict[str, list[Shown]], on: dt.date) -> list[str]:
    """Every month from the start of the work to now, or to the last one that still has evidence."""
    document = project.document
    first = min([document["start_on"][:7], *by_month])
    over = document["state"] in DONE or document["state"] in STOPPED
    last = max([first, *by_month]) if over else max([month_of(on), *by_month])
    if first > last:
        return []
    months = []
    year, month = int(last[:4]), int(last[5:])
    while f"{year:04d}-{month:02d}" >= first:
        months.append(f"{year:04d}-{month:02d}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months


def _silence(months: list[str]) -> dict[str, Any]:
    newest, oldest = months[0], months[-1]
    said = _("这个月没有公开内容。")
    if newest != oldest:
        first, last = (_("%(year)s年%(month)s", year=m[:4], month=_name(m)) for m in (oldest, newest))
        said = _("%(first)s到%(last)s，连着 %(n)s 个月没有公开内容。", first=first, last=last, n=len(months))
    return {"silent": True, "id": newest, "label": _name(newest), "year": newest[:4], "said": said}


def _name(month: str) -> str:
    """The month alone; its year stands beside it."""
    number = int(month[5:])
    return month_name[number][:3] if current() == ENGLISH else f"{number}月"


def _told(month: str, reports: list[Shown], photos: int, *, room: int) -> dict[str, Any]:
    """room: how many entries may still be told in full."""
    standing = [report for report in reports if not (report.withdrawn or report.sealed)]
    return {
        "silent": False,
        "id": month,
        "label": _name(month),
        "note": _("%(year)s年　公开 %(n)s 次", year=month[:4], n=len(standing)),
        "entries": [
            _entry(report, 0 if place >= room else photos) for place, report in enumerate(reversed(reports))
        ],
    }


def _entry(report: Shown, photos: int) -> Markup:
    """photos: how many are shown of an entry that is told in full; 0 for one that is told in a line."""
    key = (report.seq, report.withdrawn or report.sealed, photos)
    return piece(key, lambda: get_template_attribute("public/entries.html", "told")(_facts(report, photos)))


def _facts(report: Shown, photos: int) -> dict[str, Any]:
    if report.withdrawn or report.sealed:
        return {"gone": True, "report": report}
    if not photos:
        return {"gone": False, "brief": True, "report": report, "document": report.document}
    shown = photos_of(report, proof=False)
    return {
        "gone": False,
        "brief": False,
        "report": report,
        "document": report.document,
        "corrected": report.act is Act.CORRECTED,
        "photos": shown[:photos],
        "more": len(shown) - photos,
        "films": [poster_of(report, video) for video in report.document.get("videos", ())],
    }
