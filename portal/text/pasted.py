"""What copying and keyboards leave in a query: marks of a list, signs that look like quotes, the hour behind a day, a
currency in front of a sum. Works on the raw text of a query, before its shape is read (`portal.text.typed`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NUMBER = "0-9０-９"
_DAY = "3[01]|[12][0-9]|0?[1-9]"
_MONTH = "1[0-2]|0?[1-9]"
_YEAR = "(?:19|20)[0-9]{2}"
_WEEKDAY = "(?:星期|周|礼拜|週|禮拜)[一二三四五六日天]"
_TIME_OF_DAY = "(?:凌晨|早上|上午|中午|下午|傍晚|晚上)"
_CLOCK_SAID = rf"{_TIME_OF_DAY}?[{_NUMBER}]{{1,2}}[点時时點](?:半|整|[一三]刻|[{_NUMBER}]{{1,2}}分?)?"
_CLOCK = r"[0-2]?[0-9][:：][0-5][0-9](?:[:：][0-5][0-9](?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"

_LEFT: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(left), read)
    for left, read in (
        # ″沥青摊铺″ · ``主体封顶'' · \"征地拆迁\"
        (r"\\?[\"″‶＂]|``|´´|(?<!')''(?!')", '"'),
        # ①桩基施工 · ⒈桩基施工 · ㈠桩基施工
        (r"[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]\s*", " "),
        # 2023年10月10日星期二 · 2023年10月10日（周二）
        (rf"(?<=[日号號0-9])\s*[(（]?{_WEEKDAY}[)）]?", ""),
        # 2023-10-10 08:30 · 2023-10-10T08:30:00 · 2023年10月10日 8:30
        (rf"((?:{_YEAR}[-/.](?:{_MONTH})[-/.](?:{_DAY})|[日号號]))(?:\s*|[Tt]){_CLOCK}", r"\1"),
        # 2023年10月10日下午3点
        (rf"(?<=[日号號])\s*{_CLOCK_SAID}", ""),
        # Tuesday, October 10, 2023
        (
            r"(?i)(?<![a-z])(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]?\s+(?=[a-z0-9])",
            "",
        ),
        # 2025。7。23 · 2025·7·23: a keyboard left in Chinese
        (rf"(?<![{_NUMBER}])({_YEAR})([。．·])({_MONTH})\2({_DAY})(?![{_NUMBER}])", r"\1-\3-\4"),
        # 7/2025
        (rf"(?<![{_NUMBER}/.-])({_MONTH})[/.-]({_YEAR})(?![{_NUMBER}/.-])", r"\2-\1"),
        # 2023年11月1日起至2024年1月15日止
        (r"(?<=[年月日号號])起(?=至|到)|(?<=[年月日号號])止(?=\s|$)", ""),
        (rf"公元(?=[{_NUMBER}一二])", ""),
        # 2025_07_23
        (rf"(?<![0-9])({_YEAR})_({_MONTH})_({_DAY})(?![0-9])", r"\1-\2-\3"),
        # 23.07.2025: what only one reading makes a day
        (rf"(?<![0-9.])(3[01]|2[0-9]|1[3-9])([.-])({_MONTH})\2({_YEAR})(?![0-9.])", r"\4-\3-\1"),
        # RMB 120万 · CNY120万 · 35 w
        (rf"(?i)(?<![a-z])(?:rmb|cny)\s*[:：]?\s*(?=[{_NUMBER}])", ""),
        (rf"(?<=[{_NUMBER}])\s+(?=[wWｗＷ](?:元|\s|$))", ""),
        # 35万RMB · 35万圆
        (r"(?i)(?<=[万亿萬億])\s*(?:rmb|cny|圆|圓)(?![a-z])", "元"),
        # S_210 · G307线国道
        (rf"(?i)(?<![a-z0-9])([sgxy])_(?=[{_NUMBER}]{{3}})", r"\1"),
        (rf"(?<=[{_NUMBER}]{{3}})[线線](?=[国省县乡國縣鄉]道)", ""),
        # 4+100~4+900: a stretch without its letters
        (
            r"(?<![A-Za-z0-9+])([0-9]{1,3}\+[0-9]{3})\s*([-~至到～—－])\s*([0-9]{1,3}\+[0-9]{3})(?![0-9])",
            r"K\1\2K\3",
        ),
        # 水库，-青石 · 水库 ‐青石
        (r"(?<=\S)[,，、;；]\s*(?=[-－−][\u3400-\u9fff\"“])", " "),
        (r"(?<=\s)[\u2010\u2011\u2043\u2796](?=\S)", "-"),
        # 桥梁维修-2024
        (rf"(?<=[\u3400-\u9fff])(?<![年月日])[-－_—/]+(?={_YEAR}(?:年|\s|$))", " "),
        # 桩号13+420: a stake without its letter
        (
            rf"(?:桩号|樁號)\s*[:：]?\s*(?=[{_NUMBER}]{{1,4}}\s*[+＋]\s*[{_NUMBER}]{{1,3}}(?![{_NUMBER}]))",
            "K",
        ),
    )
)


def without_leavings(raw: str) -> str:
    """The query as its author would have typed it."""
    for left, read in _LEFT:
        raw = left.sub(read, raw)
    return raw
