"""What a query says in English of days, money and roads, and of what it leaves out, as the Chinese that the rest of
the search reads: March 2024, since 2025-06, from 2024-03 to 2024-05, over 10 million yuan, provincial road 210. Works
on the raw text of a query.
"""

from __future__ import annotations

import re
from decimal import Decimal

from portal.text.rewriting import Rules, rewritten

_YEAR = "(?:19|20)[0-9]{2}"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})(?:uary|ruary|ch|il|e|y|ust|t(?:ember)?|tember|ober|ember)?\.?,?"
_TH = "(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?i)(?<![a-z])(?:(?P<d1>[0-9]{{1,2}}){_TH} +)?{_MONTH} +"
    rf"(?:(?P<d2>[0-9]{{1,2}}){_TH},? +)?(?P<year>{_YEAR})(?![0-9])"
)
_YEAR_FIRST = re.compile(
    rf"(?i)(?<![0-9])(?P<year>{_YEAR}),? +(?P<d1>){_MONTH}(?: +(?P<d2>[0-9]{{1,2}}){_TH})?(?![a-z0-9])"
)
_NO_YEAR = re.compile(rf"(?i)(?<![a-z]){_MONTH} +(?P<d1>[0-9]{{1,2}}){_TH}(?![0-9a-z:+.])")
_LAST = _MONTH.replace("<month>", "<last>")
_MONTHS_OF = re.compile(
    rf"(?i)(?<![a-z])(?:from +)?{_MONTH} *(?:-|–|to|through) *{_LAST} +(?P<year>{_YEAR})(?![0-9])"
)
_ORDER = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_PART = re.compile(
    rf"(?i)(?<![a-z0-9])(?P<order>{'|'.join(_ORDER)}) +(?P<part>quarter|half)(?: +of)?,? +(?P<year>{_YEAR})(?![0-9])"
)
_SLASHED = re.compile(rf"(?<![0-9/])([0-9]{{1,2}})/([0-9]{{1,2}})/({_YEAR})(?![0-9/])")
_IS = {
    "last year": "去年", "this year": "今年", "last month": "上个月", "this month": "这个月", "last week": "上周",
    "this week": "这周", "last quarter": "上个季度", "this quarter": "这个季度", "yesterday": "昨天",
}  # fmt: skip
_THEN = re.compile(rf"(?i)(?<![a-z])(?:{'|'.join(_IS)})(?![a-z])")

_DAY = rf"{_YEAR}(?:年(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?)?|[-./][0-9]{{1,2}}(?:[-./][0-9]{{1,2}})?)?"
_SPAN = re.compile(
    rf"(?i)(?<![a-z])(?:(?:from|between) +)?(?P<day1>{_DAY}) +(?:to|and|until|till|through) +(?P<day2>{_DAY})(?![0-9])"
)
_SIDE = re.compile(
    rf"(?i)(?<![a-z])(?P<side>since|from|after|before|until|till|by|up to) +(?P<day1>{_DAY})(?![0-9])"
)
_SIDES = {"since": "以来", "from": "以来", "after": "以后", "before": "以前"}

_MORE = {
    "more than": "超过", "over": "超过", "above": "超过", "at least": "至少", "less than": "低于", "under": "低于",
    "below": "低于", "at most": "最多", "up to": "最多",
}  # fmt: skip
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SUM = re.compile(
    rf"(?i)(?<![a-z])(?:(?P<limit>{'|'.join(_MORE)}) +)?(?:rmb|cny|¥)? *(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?) *"
    rf"(?:(?P<large>{'|'.join(_LARGE)})(?: *(?:yuan|rmb|cny))?|(?:yuan|rmb|cny))(?![a-z])"
)
_ROAD_WORDS = {"national": "G", "provincial": "S", "county": "X", "township": "Y"}
_ROAD_SAID = re.compile(
    rf"(?i)(?<![a-z])(?P<kind>{'|'.join(_ROAD_WORDS)}) +(?:road|highway) +[gsxy]?-?(?P<number>[0-9]{{3,4}})(?![0-9])"
)
_ROAD = re.compile(r"(?i)(?<![a-z0-9])([gsxy]-?[0-9]{3,4}) +(?:road|highway)(?![a-z])")
_HIGHWAY = re.compile(r"(?i)(?<![a-z])(?:road|highway) +(?=[gsxy]-?[0-9]{3,4}(?![0-9]))")
_LEFT_OUT = re.compile(r"(?i)(?<!\S)(?:without|except(?: for)?|excluding)[ 　]+(?=\S)")
_STAKE = re.compile(r"(?i)(?<![a-z])(?:stake|chainage|station|milepost) +(?=k[0-9])")


def in_chinese(raw: str) -> str:
    """A query as typed, with what is said in English of days, money and roads in Chinese."""
    if not any(letter.isascii() and letter.isalpha() for letter in raw):
        return _SLASHED.sub(_slashed, raw)
    return rewritten(raw, _READ)


def _date(said: re.Match[str]) -> str:
    month, day = _MONTHS.index(said["month"].lower()) + 1, said["d1"] or said["d2"]
    return f"{said['year']}年{month}月" + (f"{int(day)}日" if day else "")


def _month_and_day(said: re.Match[str]) -> str:
    return f"{_MONTHS.index(said['month'].lower()) + 1}月{int(said['d1'])}日"


def _months_of(said: re.Match[str]) -> str:
    """March to May 2024."""
    first, last = (_MONTHS.index(said[end].lower()) + 1 for end in ("month", "last"))
    return f"{said['year']}年{first}月~{said['year']}年{last}月"


def _part_of_year(said: re.Match[str]) -> str:
    number, half = _ORDER[said["order"].lower()], said["part"].lower() == "half"
    if half and number > 2:
        return said[0]
    return f"{said['year']}年" + (f"{'上下'[number - 1]}半年" if half else f"{number}季度")


def _slashed(said: re.Match[str]) -> str:
    """13/3/2024, 3/13/2024: what only one reading makes a day; either way round stays as it is."""
    one, other = int(said[1]), int(said[2])
    day, month = (one, other) if one > other else (other, one)
    return f"{said[3]}-{month}-{day}" if month <= 12 < day <= 31 else said[0]


def _whole(day: str) -> str:
    return f"{day}年" if day.isdigit() else day


def _side(said: re.Match[str]) -> str:
    side, day = said["side"].lower(), _whole(said["day1"])
    return f"{day}{_SIDES[side]}" if side in _SIDES else f"截至{day}"


def _sum(said: re.Match[str]) -> str:
    number = said["number"].replace(",", "")
    yuan = Decimal(number) * _LARGE.get((said["large"] or "").lower(), 1)
    return f"{_MORE.get((said['limit'] or '').lower(), '')}{yuan.normalize():f}元"


_READ: Rules = (
    (_MONTHS_OF, _months_of),
    (_PART, _part_of_year),
    (_DATE, _date),
    (_YEAR_FIRST, _date),
    (_NO_YEAR, _month_and_day),
    (_SLASHED, _slashed),
    (_THEN, lambda said: _IS[said[0].casefold()]),
    (_SPAN, lambda said: f"{_whole(said['day1'])}到{_whole(said['day2'])}"),
    (_SIDE, _side),
    (_SUM, _sum),
    (_ROAD_SAID, lambda said: f"{_ROAD_WORDS[said['kind'].lower()]}{said['number']}"),
    (_ROAD, r"\1"),
    (_HIGHWAY, ""),
    (_STAKE, ""),
    (_LEFT_OUT, "NOT "),
)
