"""What templates do to values: days, moments and numbers as people of either language write them, and
what pictures are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from babel.dates import format_date
from flask import Flask
from markupsafe import Markup, escape

from portal.rules.clock import SHANGHAI, day_of
from portal.text.apart import Pieces
from portal.text.apart import apart as pieces_apart
from portal.web.language import ENGLISH, _, current

Day = dt.date | dt.datetime | str
Rendition = Mapping[str, Any]
PHONE = 480  # pixels: the largest that windows show on phones


def as_day(value: Day) -> dt.date:
    """The local day of a date, a moment, or either written in ISO."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    return day_of(value) if isinstance(value, dt.datetime) else value


def as_moment(value: dt.datetime | str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(SHANGHAI)


def day(value: Day) -> str:
    """2026年11月24日 / 24 November 2026"""
    when = as_day(value)
    if current() == ENGLISH:
        return format_date(when, "d MMMM y", locale="en")
    return f"{when.year}年{when.month}月{when.day}日"


def shortday(value: Day) -> str:
    """11月24日 / 24 Nov"""
    when = as_day(value)
    if current() == ENGLISH:
        return format_date(when, "d MMM", locale="en")
    return f"{when.month}月{when.day}日"


def moment(value: dt.datetime | str) -> str:
    """2026年11月24日 16:32 / 24 November 2026, 16:32"""
    local = as_moment(value)
    joint = ", " if current() == ENGLISH else " "
    return f"{day(local)}{joint}{local:%H:%M}"


def isoday(value: Day) -> str:
    return as_day(value).isoformat()


def isomoment(value: dt.datetime | str) -> str:
    return as_moment(value).isoformat(timespec="minutes")


def month(value: str) -> str:
    """`2026-11` as 2026年11月 / November 2026."""
    first = dt.date.fromisoformat(f"{value}-01")
    if current() == ENGLISH:
        return format_date(first, "MMMM y", locale="en")
    return f"{first.year}年{first.month}月"


def number(value: int) -> str:
    """Thousands set apart: 18,204."""
    return f"{value:,}"


def amount(wan: int) -> str:
    """Money that is counted in 万元: 1,280 万元; in English, where nobody counts so, CNY 12.8 million."""
    return _("%(n)s 万元", n=f"{wan / 100:,}".removesuffix(".0") if current() == ENGLISH else number(wan))


def marked(pieces: Iterable[tuple[str, bool]]) -> Markup:
    """Text in pieces (see `portal.text.highlight`), with `mark` around what was looked for."""
    escaped = (f"<mark>{escape(text)}</mark>" if found else str(escape(text)) for text, found in pieces)
    return Markup("".join(escaped))  # noqa: S704 - each piece is escaped


def apart(before: object, after: object) -> tuple[Pieces, Pieces]:
    """Two versions of a field in pieces, each with whether the other lacks it; None is an empty one."""
    old, new = ("" if each is None else str(each) for each in (before, after))
    return pieces_apart(old, new)


def by_edge(renditions: Iterable[Rendition], format: str) -> list[Rendition]:
    """The renditions of one format, smallest first."""
    return sorted((each for each in renditions if each["format"] == format), key=itemgetter("edge"))


def at_least(renditions: Sequence[Rendition], edge: int) -> Rendition | None:
    """The smallest that is large enough, else the largest; none of none."""
    return next((each for each in renditions if each["edge"] >= edge), renditions[-1] if renditions else None)


def srcset(renditions: Iterable[Rendition], folder: str) -> str:
    """What a browser chooses from, by width."""
    return ", ".join([f"{folder}{each['name']} {each['width']}w" for each in renditions])


@dataclass(frozen=True)
class Sources:
    """What one picture is shown from. usual: the JPEG for browsers that do not choose; the others are what browsers
    choose from: all JPEGs, those that are narrow enough for a phone, all AVIFs; each "" where there is none."""

    usual: Rendition
    jpegs: str
    narrow: str
    avifs: str


def largest(renditions: Iterable[Rendition]) -> Rendition | None:
    """The largest that every browser can show; none of none."""
    return max(
        (each for each in renditions if each["format"] == "jpeg"), key=itemgetter("edge"), default=None
    )


def sources(renditions: Sequence[Rendition], folder: str, edge: int) -> Sources | None:
    """edge: how large the usual one should be. None of no JPEG."""
    jpegs = by_edge(renditions, "jpeg")
    usual = at_least(jpegs, edge)
    if usual is None:
        return None
    narrow = [each for each in jpegs if each["edge"] <= PHONE]
    avifs = by_edge(renditions, "avif")
    return Sources(usual, srcset(jpegs, folder), srcset(narrow, folder), srcset(avifs, folder))


def drawn(points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The lines of `curve_svg`. gap: around what lies between them; now: the last point that is known, or None."""
    planned, actual, now = [], [], None
    last = max(len(points) - 1, 1)
    for place, point in enumerate(points):
        x = 34 + 2.97 * (point["x"] if "x" in point else 100 * place / last)
        planned.append(f"{x:.1f},{190 - 1.7 * point['planned']:.1f}")
        if point["actual"] is not None:
            y = 190 - 1.7 * point["actual"]
            actual.append((f"{x:.1f},{y:.1f}", planned[-1]))
            now = {"x": x, "y": y, "value": point["actual"]}
    there, back = [each for each, _ in actual], [each for _, each in reversed(actual)]
    return {
        "planned": " ".join(planned),
        "actual": " ".join(there),
        "gap": " ".join(there + back),
        "now": now,
    }


def tone_class(tone: str | None) -> str:
    """Six bits of the mean colour `rrggbb`, as the class of tones.css."""
    if not tone:
        return ""
    red, green, blue = (int(tone[at : at + 2], 16) // 64 for at in (0, 2, 4))
    return f"t{red * 16 + green * 4 + blue:02x}"


def install(app: Flask) -> None:
    for each in (
        day,
        shortday,
        moment,
        isoday,
        isomoment,
        month,
        number,
        amount,
        marked,
        apart,
        by_edge,
        at_least,
        sources,
        largest,
        tone_class,
        drawn,
    ):
        app.jinja_env.filters[each.__name__] = each
