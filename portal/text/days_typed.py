"""Days, months and years as keyboards and clocks leave them in a query: 2024-08-23T08:30, 2024。8。23, 23.08.2024,
2024年3、4、5月. Works on the raw text of a query, before its shape is read (`portal.text.typed`).
"""

from __future__ import annotations

import re
from itertools import pairwise

from portal.text.rewriting import rewritten, rules

_NUMBER = "0-9０-９"
_DAY = "3[01]|[12][0-9]|0?[1-9]"
_MONTH = "1[0-2]|0?[1-9]"
_YEAR = "(?:19|20)[0-9]{2}"
_WEEKDAY = "(?:星期|周|礼拜|週|禮拜)[一二三四五六日天]"
_PART_OF_DAY = "(?:凌晨|清晨|早上|早|上午|中午|下午|午后|傍晚|晚上|晚间|晚|夜间|夜里)"
_CLOCK_SAID = rf"{_PART_OF_DAY}?[{_NUMBER}]{{1,2}}[点时時點](?:半|整|[一三]刻|[{_NUMBER}]{{1,2}}分?)?"
_CLOCK = r"[0-2]?[0-9][:：][0-5][0-9](?:[:：][0-5][0-9](?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"


def _months_listed(said: re.Match[str]) -> str:
    """1、2月, 3、4、5月 as 1-2月, 3-5月; months that do not follow each other as they are."""
    months = [int(month) for month in re.split("[、,，和]", said[1])]
    in_row = all(later == earlier + 1 for earlier, later in pairwise(months))
    return f"{months[0]}-{months[-1]}月" if in_row else said[0]


_TYPED = rules(
    # 2023年10月10日星期二 · 2023年10月10日（周二） · 2023-10-10（二）
    (rf"([日号號]|[-/.][0-9]{{1,2}})\s*(?:[(（]?{_WEEKDAY}[)）]?|[(（][一二三四五六日][)）])", r"\1"),
    # 2023-10-10 08:30 · 2023-10-10T08:30:00 · 2023年10月10日 8:30
    (rf"((?:{_YEAR}[-/.](?:{_MONTH})[-/.](?:{_DAY})|[日号號]))(?:\s*|[Tt]){_CLOCK}", r"\1"),
    # 2023年10月10日下午3点 · 2023年10月10日晚
    (rf"(?<=[日号號])\s*(?:{_CLOCK_SAID}|{_PART_OF_DAY}(?=\s|$))", ""),
    # Tuesday, October 10, 2023
    (
        r"(?i)(?<![a-z])(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]?\s+(?=[a-z0-9])",
        "",
    ),
    # 2025。7。23 · 2025·7·23 · 2025_7_23 · 2025\7\23 · 2025--07--23
    (
        rf"(?<![{_NUMBER}])({_YEAR})([。．·_\\]|--)({_MONTH})\2({_DAY})(?![{_NUMBER}])",
        r"\1-\3-\4",
    ),
    # 2025/7/23日
    (rf"(?<![{_NUMBER}])({_YEAR})([-/.])({_MONTH})\2({_DAY})[日号號]", r"\1-\3-\4"),
    # 7/2025
    (rf"(?<![A-Za-z{_NUMBER}/.-])({_MONTH})[/.-]({_YEAR})(?![{_NUMBER}/.-])", r"\2-\1"),
    # 23.07.2025: what only one reading makes a day
    (rf"(?<![0-9.])(3[01]|2[0-9]|1[3-9])([.-])({_MONTH})\2({_YEAR})(?![0-9.])", r"\4-\3-\1"),
    # 2023年11月1日起至2024年1月15日止
    (r"(?<=[年月日号號])起(?=至|到)|(?<=[年月日号號])止(?=\s|$)", ""),
    (rf"公元(?=[{_NUMBER}一二])", ""),
    # 2023、2024: each of them
    (rf"(?<!\S)({_YEAR})[、,，和与及]\s*({_YEAR})(?!\S)", r"\1年 OR \2年"),
    # 2024年3、4、5月 · 2024年第一、二季度 · Q3/2024
    (rf"(?<![0-9])((?:(?:{_MONTH})[、,，和]\s*)+(?:{_MONTH}))月", _months_listed),
    (r"第?([一二三1-3])(?:季度)?[、,，和]第?([二三四2-4])季度", r"\1\2季度"),
    (rf"(?<![A-Za-z])([Qq][1-4])\s*[/,，]\s*({_YEAR})(?![0-9])", r"\2\1"),
)
_OF_DAYS = re.compile(f"[{_NUMBER}年月日季]")


def in_one_writing(raw: str) -> str:
    """The query with its days as most would type them."""
    return rewritten(raw, _TYPED) if _OF_DAYS.search(raw) else raw
