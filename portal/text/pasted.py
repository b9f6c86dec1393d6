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
        # 2025_07_23
        (rf"(?<![0-9])({_YEAR})_({_MONTH})_({_DAY})(?![0-9])", r"\1-\2-\3"),
        # 23.07.2025: what only one reading makes a day
        (rf"(?<![0-9.])(3[01]|2[0-9]|1[3-9])([.-])({_MONTH})\2({_YEAR})(?![0-9.])", r"\4-\3-\1"),
        # RMB 120万 · CNY120万 · 35 w
        (rf"(?i)(?<![a-z])(?:rmb|cny)\s*[:：]?\s*(?=[{_NUMBER}])", ""),
        (rf"(?<=[{_NUMBER}])\s+(?=[wWｗＷ](?:元|\s|$))", ""),
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
