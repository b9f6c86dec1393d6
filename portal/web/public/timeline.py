"""The evidence of a project month by month; a month in which nothing came is said as well."""

from __future__ import annotations

import datetime as dt
from calendar import month_name
from itertools import groupby
from typing import Any

from portal.record.shelf import Shown
from portal.record.tables import Act
from portal.rules.clock import month_of
from portal.web.language import ENGLISH, _, current
from portal.web.public.evidence import photos_of
from portal.web.public.films import poster_of
from portal.web.public.standing import DONE, STOPPED

ROOMY = 12  # months, newest first, in which every entry shows several photos
PHOTOS, FEWER = 4, 1  # photos of an entry in those months, and in older ones
IN_FULL = 8  # entries of a month that are told in full; an archive may bring hundreds, which are lines


def months_of(project: Shown, reports: list[Shown], *, on: dt.date) -> list[dict[str, Any]]:
    """Months from the newest to the first, each with its entries; silent ones in a row are one."""
    by_month: dict[str, list[Shown]] = {}
    for report in reports:
        by_month.setdefault(_month(report), []).append(report)
    told: list[dict[str, Any]] = []
    everything = _span(project, by_month, on)
    for silent, run in groupby(everything, key=lambda month: month not in by_month):
        if silent:
            told.append(_silence(list(run)))
            continue
        for month in run:
            roomy = sum(not each["silent"] for each in told) < ROOMY
            told.append(_told(month, by_month[month], PHOTOS if roomy else FEWER))
    return told


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
        first, last = (_("%(year)s 年 %(month)s", year=m[:4], month=_name(m)) for m in (oldest, newest))
        said = _("%(first)s到%(last)s，连着 %(n)s 个月没有公开内容。", first=first, last=last, n=len(months))
    return {"silent": True, "id": newest, "label": _name(newest), "year": newest[:4], "said": said}


def _name(month: str) -> str:
    """The month alone; its year stands beside it."""
    number = int(month[5:])
    return month_name[number][:3] if current() == ENGLISH else f"{number}月"


def _told(month: str, reports: list[Shown], photos: int) -> dict[str, Any]:
    standing = [report for report in reports if not (report.withdrawn or report.sealed)]
    newest_first = list(reversed(reports))
    return {
        "silent": False,
        "id": month,
        "label": _name(month),
        "note": _("%(year)s 年　公开 %(n)s 次", year=month[:4], n=len(standing)),
        "entries": [_entry(report, photos) for report in newest_first[:IN_FULL]],
        "lines": [report for report in newest_first[IN_FULL:] if not (report.withdrawn or report.sealed)],
    }


def _entry(report: Shown, photos: int) -> dict[str, Any]:
    if report.withdrawn or report.sealed:
        return {"gone": True, "report": report}
    shown = photos_of(report, proof=False)
    return {
        "gone": False,
        "report": report,
        "document": report.document,
        "corrected": report.act is Act.CORRECTED,
        "photos": shown[:photos],
        "more": len(shown) - photos,
        "films": [poster_of(report, video) for video in report.document.get("videos", ())],
    }
