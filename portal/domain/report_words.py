"""Typed words into a report, field by field: what can be kept is kept, what cannot is named and left out."""

from __future__ import annotations

import datetime as dt
import unicodedata

from portal.domain.errors import Problem
from portal.domain.progress import MAX_CAPTION, MAX_DESCRIPTION, MAX_TEXT, Photo, Report, Video
from portal.domain.wording import clean
from portal.rules.clock import first_day, month_of


def keep_passage(report: Report, passage: str, *, typed: str) -> list[Problem]:
    """One of the written passages."""
    if len(typed.strip()) > MAX_TEXT:
        return [Problem(passage, "too_long", {"most": MAX_TEXT, "has": len(typed.strip())})]
    setattr(report, passage, clean(typed, limit=MAX_TEXT))
    return []


def keep_milestone(report: Report, *, typed: str) -> list[Problem]:
    """The milestone, by its id; nothing typed leaves it as it is."""
    chosen = next((m for m in report.project.milestones if str(m.id) == typed), None)
    if chosen is None:
        return [Problem("milestone", "not_of_this_project")] if typed else []
    report.milestone = chosen
    return []


def keep_month(report: Report, *, typed: str, today: dt.date) -> list[Problem]:
    """The month reported on, `YYYY-MM`; nothing typed leaves it as it is."""
    if not typed:
        return []
    try:
        first = first_day(typed)
    except ValueError:
        return [Problem("month", "not_a_month")]
    if first > today:
        return [Problem("month", "in_the_future")]
    if first < report.project.start_on.replace(day=1):
        return [Problem("month", "before_the_start")]
    report.month = month_of(first)
    return []


def keep_percent(report: Report, *, typed: str) -> list[Problem]:
    """Physical progress in percent, in any digits and with or without the sign."""
    typed = unicodedata.normalize("NFKC", typed).strip().rstrip("%")
    if typed and not (typed.isdecimal() and int(typed) <= 100):
        return [Problem("physical_percent", "not_a_percent", {"typed": typed[:12]})]
    report.physical_percent = int(typed) if typed else None
    return []


def keep_caption(photo: Photo, *, typed: str) -> list[Problem]:
    """What a photo shows, on one line."""
    line = clean(typed, limit=len(typed)).replace("\n", " ")
    if len(line) > MAX_CAPTION:
        return [Problem(f"caption-{photo.id}", "too_long", {"most": MAX_CAPTION, "has": len(line)})]
    photo.caption = line
    return []


def keep_view(photo: Photo, *, typed: str) -> list[Problem]:
    """The view from which a photo was taken, by its number; nothing typed is none of them."""
    views = {str(view.ordinal): view for view in photo.report.project.views}
    if typed and typed not in views:
        return [Problem(f"view-{photo.id}", "no_such_view")]
    photo.view = views.get(typed)
    return []


def keep_description(video: Video, *, typed: str) -> list[Problem]:
    """What a video shows, for those who do not see it."""
    text = clean(typed, limit=len(typed))
    if len(text) > MAX_DESCRIPTION:
        field = f"description-{video.id}"
        return [Problem(field, "too_long", {"most": MAX_DESCRIPTION, "has": len(text)})]
    video.description = text
    return []


def keep_taken_on(photo: Photo | Video, *, typed: str, today: dt.date) -> list[Problem]:
    """The day on which a photo or a video was taken, as the unit claims it."""
    name = "filmed_on" if isinstance(photo, Video) else "taken_on"
    typed = typed.strip()
    try:
        day = dt.date.fromisoformat(typed) if typed else None
    except ValueError:
        return [Problem(f"{name}-{photo.id}", "not_a_day", {"typed": typed[:12]})]
    if day is not None and day > today:
        return [Problem(f"{name}-{photo.id}", "in_the_future")]
    photo.taken_on = day
    return []
