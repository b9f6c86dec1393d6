"""Everyday words for days and numbers, as the dates and measures that they are on the day when they are said.

最近三个月, 上周, 去年底, 国庆期间, 2024Q3, 3-5月, 1200w: rewritten, so that `portal.text.spans` and
`portal.text.measures` read them. Works on a folded word of a query; texts are never rewritten.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache

from portal.text.characters import HAN
from portal.text.counted import DIGITS, count, first_parts, from_to, percent, stake, until, years_in_row
from portal.text.dates import day_number
from portal.text.numerals import in_usual_writing
from portal.text.rewriting import rewritten, rules

_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_YEAR = "(?:19|20)[0-9]{2}"
_PART = "[上下]半年|第?[一二三四1-4]季度"
_DAY = "3[01]|[12][0-9]|0?[1-9]"
_WHEN = rf"{_YEAR}(?:年(?:(?:{_MONTH})月(?:(?:{_DAY})[日号])?)?|-[0-9]{{1,2}}(?:-[0-9]{{1,2}})?)"
_SPELT_YEAR = "[一二][〇零一二三四五六七八九]{3}"

# The first day of the lunar year, for the Spring Festival: month and day.
_NEW_YEAR = {
    2015: 219, 2016: 208, 2017: 128, 2018: 216, 2019: 205, 2020: 125, 2021: 212, 2022: 201, 2023: 122, 2024: 210,
    2025: 129, 2026: 217, 2027: 206, 2028: 126, 2029: 213, 2030: 203, 2031: 123, 2032: 211, 2033: 131, 2034: 219,
    2035: 208,
}  # fmt: skip
_HOLIDAYS = {
    "国庆": (10, 7),
    "五一": (5, 5),
    "劳动节": (5, 5),
    "元旦": (1, 3),
}  # month, last day from the first
_HOLIDAY = re.compile(
    rf"^(?:(?P<year>{_YEAR})年?)?(?P<name>{'|'.join(_HOLIDAYS)}|春节)(?P<said>节?(?:期间|假期|长假)|节|)(?=的|$)"
)
_TEN_DAYS = re.compile(rf"(?:(?P<year>{_YEAR})年)?(?P<month>{_MONTH})月份?(?P<part>[上中下])旬")
_YEARLESS = re.compile(r"(?<![年第上下])(?:第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下])半年)")


_SAME = rules(  # what is written another way, and reads the same
    (rf"^({_YEAR})(0[1-9]|1[0-2])$", r"\1-\2"),
    (rf"^([{DIGITS}]{{4}})$", r"\1年"),
    (rf"(?<=[0-9])(?={_SPELT_YEAR}年)", " "),
    (rf"^(?:大?约|将?近|接近)(?=[0-9{DIGITS}两十])", ""),
    (rf"(?<=[0-9{DIGITS}两十])个(?=亿)", ""),
    (rf"^({_YEAR})([./-])({_MONTH})\2({_DAY})[-~至到]+({_MONTH})\2({_DAY})$", r"\1-\3-\4~\1-\5-\6"),
    (rf"^({_YEAR}年)(?:之?内|期间)(?=$|的)", r"\1"),
    (rf"^({_SPELT_YEAR})(?=[-~至到]{_SPELT_YEAR}年)", r"\1年"),
    (r"^([1-3][0-9])年([-~至到])([1-3][0-9])年$", r"20\1年\g<2>20\3年"),
    (rf"^([一二三][{DIGITS}])年(?=(?:{_MONTH})月|$)", lambda said: f"二〇{said[1]}年"),
    (r"(?<=月)(3[01]|[12][0-9]|0?[1-9])$", r"\1日"),
    (r"^((?:19|20)[0-9]{6})[日号]$", r"\1"),
    (r"(?<![0-9])([0-9])千([1-9])百(?=[万元])", lambda said: f"{said[1]}{said[2]}00"),
    (r"(?<=[万亿元])(?:左右|上下)$|(?<=元)(?:人民币|整$)|人民币(?=[0-9])|介于(?=[0-9])", ""),
    (r"[(（]?含(?:本数)?[)）]?(?=以[上下])", ""),
    (r"(?<=[0-9][万亿])元?\+$", "元以上"),
    (r"(?<=[0-9][万亿])(?=的)", "元"),
    (r"(?<=[万亿元])[和与](?=[0-9.]+(?:千万|百万|万|亿)元?之间)", "到"),
    (r"(?<![0-9.一二两三四五六七八九十百千])(亿|千万|百万)(?=元?(?:以上|以下|以内|之内))", r"1\1"),
    (r"((?:不足|不到|[低高少多大小]于|不?超过|不低于|至少|最多))(亿|千万|百万)", r"\g<1>1\2"),
    (rf"({_YEAR})年?h([12])(?![0-9a-z])", lambda said: f"{said[1]}年{'上下'[int(said[2]) - 1]}半年"),
    (rf"^(?:不晚于|最晚)(?={_YEAR}年)", "截至"),
    (rf"^(?:截[至止]到?)?({_YEAR})年(?:({_MONTH})月份?)?(?:[底末]之?以?前|[底末]?为止)$", until),
    (rf"^截[至止]到?({_YEAR})年(?:({_MONTH})月份?)?[底末]?$", until),
    (rf"^({_YEAR}年(?:(?:{_MONTH})月(?:[0-9]{{1,2}}[日号])?)?)前$", r"\1以前"),
    (rf"^早于({_WHEN})$", r"\1以前"),
    (rf"^(?:晚于|不早于)({_WHEN})$", r"\1以后"),
    (rf"(?<=[0-9{DIGITS}十]月)(?:之?间|当中|里)(?=$|的)", ""),
    (rf"(?<=月)({_DAY})(?=[-~至到](?:{_DAY})[日号])", r"\1日"),
    (rf"(?<=[{HAN}]{{2}})(?<![至到年第号道自从于月日])({_YEAR})$", r"\1年"),
    (
        rf"^({_YEAR})(?=[{HAN}]{{2}})(?![年至到和与及以前后上下{DIGITS}十百千万亿元米公人户个第号])",
        r"\1年",
    ),
    (r"^([0-9]{1,4})(?:公里|千米|km)(?:\+|加|又)?([0-9]{1,3})米?(?:处|附近)?$", stake),
    (r"(?<![0-9a-z])([sgxy]-?[0-9]{3,4}|[国省县乡]道[0-9]{3,4}|[0-9]{3,4}[国省县乡]道)公路", r"\1"),
    (r"^([0-9]{1,4})k\+([0-9]{3})$", r"k\1+\2"),
    (r"(?<![0-9a-z])k([0-9]{1,4})(?= ?[-~至到]+ ?k?[0-9]{1,4}(?:\+|$))", r"k\1+000"),
    (r"(k[0-9]{1,4}\+[0-9]{3} ?[-~至到]{1,2} ?)k([0-9]{1,4})(?![0-9+.])", r"\1k\2+000"),
    (rf"^(1[5-9]|2[0-9]|3[0-5])年(?=度?$|[底末初]|{_PART}|以来)", r"20\1年"),
    (rf"(?<![0-9.])({_YEAR})年?[. -]?q([1-4])(?![0-9a-z])", r"\1年\2季度"),
    (r"^q([1-4])$", r"\1季度"),
    (rf"(?<![0-9.])({_YEAR})(?={_PART}|年[底末初])", r"\1年"),
    (rf"({_YEAR}年)年?[底末]", r"\g<1>12月"),
    (rf"({_YEAR}年)年?初", r"\g<1>1月"),
    (rf"(?<![0-9.])({_YEAR})年?[和与及]({_YEAR})年", years_in_row),
    (rf"(?<![0-9.{DIGITS}十-])({_MONTH}) ?[-~至到] ?({_MONTH})月", r"\1月~\2月"),
    (rf"[从自](?=[0-9{DIGITS}]|k[0-9])", ""),
    (r"(?<=[年月日号])份?(?:开始|至今|到现在|到今天)", "以来"),
    (rf"(?<![0-9.])({_YEAR})(?:至今|以来|到现在)", r"\1年以来"),
    (r"(?<![0-9a-z.])([0-9]+(?:\.[0-9]+)?) ?w(?![0-9a-z])", r"\1万"),
    (r"[¥$]([0-9]+(?:\.[0-9]+)?(?:亿|千万|百万|万)?)元?", r"\1元"),
    (r"(?<=[0-9][万亿])块钱?", "元"),
    (r"百分之([0-9]+(?:\.[0-9]+)?)", r"\1%"),
    (r"百分之(百|[一二三四五六七八九十]{1,3})", lambda said: f"{percent(said[1])}%"),
    (
        r"(?<![一二三四五六七八九十百千万])([一二三四五六七八九])成(?=$|以上|的)",
        lambda said: f"{percent(said[1])}0%",
    ),
)
_FIRST_PARTS = re.compile(
    rf"({_YEAR}年)(?:前(?P<first>[一二三四五六七八九十]{{1,2}}|[0-9]{{1,2}})个?(?P<unit>月|季度)"
    r"|第?(?P<from>[一二三1-3])[、至到-]?(?P<to>[二三四2-4])季度)"
)
_TWO_PARTS = re.compile(
    rf"({_YEAR}年(?:{_PART}|(?:{_MONTH})月))[-~至到]({_YEAR}年(?:{_PART}|(?:{_MONTH})月))"
)
_AGO = re.compile(
    rf"(?:最近|过去|^近|^这)的?(?:(?P<number>[0-9]{{1,3}}|[{DIGITS}十两]{{1,3}})(?P<unit>天|日|周|个?星期|个月|个?季度|年)|(?P<half>半年))"
)
_WITHIN = re.compile(  # 三个月内
    rf"^(?:最近|过去|近|这)?的?(?P<said>(?:[0-9]{{1,3}}|[{DIGITS}十两]{{1,3}})(?:天|日|周|个?星期|个月|个?季度|年)|半年)(?:[以之]?内|来)(?=$|的)"
)
_SINCE_MONTH = re.compile(rf"^[从自]?(?P<month>{_MONTH})月份?(?:以来|至今|到现在|开始|起)(?=$|的)")
_THEN = re.compile(
    "(?P<day>今天|今日|昨天|昨日|前天)"
    "|(?P<week>上周|上个?星期|上礼拜|本周|这周|这个?星期|这一周)(?![一二三四五六日末])"
    "|(?P<month>上?上个?月|这个月|本月|下个?月|^当月(?=$|的))(?![初中下]旬)"
    "|(?P<quarter>上个?季度|本季度|这个?季度)"
    "|(?P<year>大?前年|去年|今年|明年|上年度|本年度|^上年(?=$|的))"
)


@lru_cache(maxsize=1024)
def in_figures(word: str, today: int | None = None) -> str:
    """The word with what is said of time and money in a form that can be read. today: yyyymmdd, for what is said as
    of a day (去年)."""
    word = in_usual_writing(relative(word, today) if today else word)
    word = rewritten(word, _SAME)
    word = _FIRST_PARTS.sub(first_parts, _TEN_DAYS.sub(_ten_days, word))
    word = _TWO_PARTS.sub(lambda said: from_to(said[1], said[2]), word)
    word = _HOLIDAY.sub(_holiday, word)
    return _YEARLESS.sub(_months, word)


def relative(word: str, today: int) -> str:
    """The word with 去年, 上周, 最近三个月 as the dates that they are today."""
    day = dt.date(today // 10000, today // 100 % 100, today % 100)
    word = _SINCE_MONTH.sub(lambda said: _since_month(said, day), _WITHIN.sub(r"最近\g<said>", word))
    word = _AGO.sub(lambda said: _ago(said, day), word)
    return _THEN.sub(lambda said: _THEN_IS[str(said.lastgroup)](said[0], day), word)


def _between(first: dt.date, last: dt.date) -> str:
    return f"{first.isoformat()}..{last.isoformat()}"


def _ago(said: re.Match[str], today: dt.date) -> str:
    number = 6 if said["half"] else count(said["number"])
    unit = said["unit"] or "个月"
    days = {"天": 1, "日": 1, "周": 7, "星期": 7, "个星期": 7}.get(unit)
    if days:
        return _between(today - dt.timedelta(days=min(number, 9999) * days), today)
    months = number * {"个月": 1, "季度": 3, "个季度": 3, "年": 12}[unit]
    return _between(_months_before(today, months), today)


def _since_month(said: re.Match[str], today: dt.date) -> str:
    """9月以来: since the last September."""
    month = day_number(said["month"])
    return f"{today.year - (month > today.month)}年{month}月以来"


def _months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(max(day.year * 12 + day.month - 1 - months, 1900 * 12), 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _then_day(said: str, today: dt.date) -> str:
    back = {"今": 0, "昨": 1, "前": 2}[said[0]]
    return (today - dt.timedelta(days=back)).isoformat()


def _then_week(said: str, today: dt.date) -> str:
    monday = today - dt.timedelta(days=today.weekday() + (7 if said[0] == "上" else 0))
    return _between(monday, monday + dt.timedelta(days=6))


def _then_month(said: str, today: dt.date) -> str:
    then = _months_before(today.replace(day=1), said.count("上") - said.count("下"))
    return f"{then.year}年{then.month}月"


def _then_quarter(said: str, today: dt.date) -> str:
    then = _months_before(today.replace(day=1), 3 if said[0] == "上" else 0)
    return f"{then.year}年{(then.month + 2) // 3}季度"


def _then_year(said: str, today: dt.date) -> str:
    return f"{today.year + {'大': -3, '前': -2, '去': -1, '上': -1, '明': 1}.get(said[0], 0)}年"


_THEN_IS: dict[str, Callable[[str, dt.date], str]] = {
    "day": _then_day, "week": _then_week, "month": _then_month, "quarter": _then_quarter, "year": _then_year,
}  # fmt: skip


def _ten_days(said: re.Match[str]) -> str:
    month, first = day_number(said["month"]), {"上": 1, "中": 11, "下": 21}[said["part"]]
    year = f"{said['year']}年" if said["year"] else ""
    last = {1: 10, 11: 20}.get(first)
    last = last or calendar.monthrange(int(said["year"] or 2024), month)[1]
    return f"{year}{month}月{first}日~{year}{month}月{last}日"


def _holiday(said: re.Match[str]) -> str:
    """A holiday of a year, or one that is said to be one (国庆期间); 国庆 alone may be somebody's name."""
    year, name = said["year"] and int(said["year"]), said["name"]
    if name in _HOLIDAYS and (year or said["said"]):
        month, last = _HOLIDAYS[name]
        before = f"{year}年" if year else ""
        return f"{before}{month}月1日~{before}{month}月{last}日"
    if name not in _HOLIDAYS and year in _NEW_YEAR:
        first = dt.date(year, *divmod(_NEW_YEAR[year], 100))
        return _between(first - dt.timedelta(days=1), first + dt.timedelta(days=6))
    return said[0]


def the_holiday(word: str) -> tuple[str, ...]:
    """A word that is a holiday's name and nothing else, as its days of whatever year; none for another."""
    if word == "春节":
        return tuple(in_figures(f"{year}年春节") for year in _NEW_YEAR)
    return (in_figures(f"{word}期间"),) if word in _HOLIDAYS else ()


def _months(said: re.Match[str]) -> str:
    """A quarter or a half of whatever year."""
    if said["half"]:
        return "1月~6月" if said["half"] == "上" else "7月~12月"
    first = day_number(said["quarter"]) * 3 - 2
    return f"{first}月~{first + 2}月"
