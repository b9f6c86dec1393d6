"""Dates in any writing: 2025年11月8日, 2025-11-8, 2025.11.08, 20251108, 二〇二五年十一月八日, 11月8日.

A date becomes terms, the most exact first: `@20251108 @202511 @2025 @--1108 @--11`. A term begins with
`@`, which no word does. Works on folded text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = "〇一二三四五六七八九"
_YEARS = range(1900, 2101)
_MONTHS = range(1, 13)
_DAYS = range(1, 32)


def _spellings() -> dict[str, int]:
    """Chinese number words for 1 to 31, with the spellings 〇八 and 零八."""
    spellings = {"廿": 20, "卅": 30}
    for number in _DAYS:
        tens, ones = divmod(number, 10)
        word = ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
        spellings[word] = number
        if tens == 0:
            spellings["〇" + word] = spellings["零" + word] = number
        if tens in (2, 3) and ones:
            spellings["_廿卅"[tens - 1] + word[-1]] = number
    return spellings


_NUMBERS = _spellings()
_NUMBER = rf"(?:[0-9]{{1,2}}|[{_DIGITS}零十廿卅]{{1,3}})"
# A date begins where a run of digits begins; looking only there makes this three times as fast.
_DIGIT_RUN = re.compile(rf"[0-9{_DIGITS}零十廿卅]+")
_DATE = re.compile(
    r"(?<![0-9]\.)(?:"
    # 2025年 · 2025年11月 · 2025年11月8日 · 25年11月
    rf"(?P<y1>[12][0-9]{{3}}|[{_DIGITS}零]{{4}}|[0-9]{{2}}(?=年[0-9]{{1,2}}月))年度?"
    rf"(?:(?P<m1>{_NUMBER})月份?(?:(?P<d1>{_NUMBER})[日号])?)?"
    # 2025-11 · 2025-11-8 · 2025/11/8 · 2025.11.08
    r"|(?P<y2>[12][0-9]{3})(?P<s>[-/.])(?P<m2>[0-9]{1,2})(?:(?P=s)(?P<d2>[0-9]{1,2}))?(?![0-9])"
    # 20251108
    r"|(?P<y3>(?:19|20)[0-9]{2})(?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12][0-9]|3[01])(?![0-9])"
    # 11月 · 11月8日
    rf"|(?P<m4>{_NUMBER})月份?(?:(?P<d4>{_NUMBER})[日号])?"
    r")"
)
_YEAR_ALONE = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(frozen=True)
class Found:
    """A date at `text[start:end]`; terms: the most exact first."""

    start: int
    end: int
    terms: tuple[str, ...]


def _year(written: str) -> int:
    digits = "".join(str(_DIGITS.index(c)) if c in _DIGITS else c for c in written.replace("零", "〇"))
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def day_number(written: str) -> int:
    """The number of a day or month as written in a date, 0 when it is none."""
    return _number(written)


def _number(written: str | None) -> int:
    """The number as written, 0 when there is none or it is not one of 1 to 31."""
    if not written:
        return 0
    return int(written) if written.isdecimal() else _NUMBERS.get(written, 0)


def _terms(year: int, month: int, day: int) -> Iterator[str]:
    if year and month and day:
        yield f"@{year}{month:02d}{day:02d}"
    if year and month:
        yield f"@{year}{month:02d}"
    if year:
        yield f"@{year}"
    if month and day:
        yield f"@--{month:02d}{day:02d}"
    if month:
        yield f"@--{month:02d}"


def _match_terms(match: re.Match[str]) -> tuple[str, ...]:
    """The terms of what was matched, none when it is no date after all."""
    parts = match.groupdict()
    year_written = parts["y1"] or parts["y2"] or parts["y3"]
    month_written = parts["m1"] or parts["m2"] or parts["m3"] or parts["m4"]
    year = _year(year_written) if year_written else 0
    month = _number(month_written)
    day = _number(parts["d1"] or parts["d2"] or parts["d3"] or parts["d4"])
    if (year and year not in _YEARS) or (month_written and month not in _MONTHS):
        return ()
    return tuple(_terms(year, month, day if day in _DAYS else 0))


def dates_in(text: str) -> Iterator[Found]:
    """The dates of a folded text, in order. What cannot be a date (month 13, year 3025) is none."""
    done = 0
    for run in _DIGIT_RUN.finditer(text):
        match = _DATE.match(text, run.start()) if run.start() >= done else None
        if match is None:
            continue
        terms = _match_terms(match)
        if terms:
            done = match.end()
            yield Found(match.start(), match.end(), terms)


def day_in(text: str) -> dt.date | None:
    """The one day that a folded text is, and nothing else; None when it is no day, or says more or less than one."""
    found = list(dates_in(text))
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(text)):
        return None
    exact = found[0].terms[0]
    if not exact[1:].isdecimal() or len(exact) != len("@20251108"):
        return None
    try:
        return dt.date(int(exact[1:5]), int(exact[5:7]), int(exact[7:9]))
    except ValueError:  # 31 February
        return None


def year_alone(word: str) -> str | None:
    """The term of a year typed as a bare number (`2025`), None when the word is something else."""
    return f"@{word}" if _YEAR_ALONE.fullmatch(word) else None
