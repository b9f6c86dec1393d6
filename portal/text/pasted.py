"""What copying and keyboards leave in a query: marks of a list, signs that look like quotes, a currency in front of a
sum, brackets in a road. Works on the raw text of a query, before its shape is read (`portal.text.typed`).
"""

from __future__ import annotations

import re

from portal.text.days_typed import in_one_writing
from portal.text.rewriting import rewritten, rules

_NUMBER = "0-9０-９"
_HAN = "\u3400-\u9fff"
_YEAR = "(?:19|20)[0-9]{2}"
_OF_A_ROAD = "[国省县乡國縣鄉]道"
_ROAD = rf"[SGXYsgxy]-?[{_NUMBER}]{{3,4}}"
_BARE_STAKE = r"[0-9]{1,3}\+[0-9]{3}"

_SIGNS = rules(
    # ″沥青摊铺″ · ``主体封顶'' · \"征地拆迁\"
    (r"\\?[\"″‶＂]|``|´´|(?<!')''(?!')", '"'),
    # ①桩基施工 · ⒈桩基施工 · ㈠桩基施工
    (r"[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]\s*", " "),
    # 水库，-青石 · 水库 ‐青石 · +城东 +桥梁 · 城东 -(桥梁|小学)
    (rf"(?<=\S)[,，、;；]\s*(?=[-－−][{_HAN}\"“])", " "),
    (r"(?<=\s)[\u2010\u2011\u2043\u2796](?=\S)", "-"),
    (rf"(?<!\S)[+＋](?=[{_HAN}\"“])", ""),
    (
        r"(?<!\S)[-－−][(（]([^()（）\s]+[|｜、][^()（）\s]+)[)）]",
        lambda said: " ".join(f"-{each}" for each in re.split("[|｜、]", said[1])),
    ),
    # 桥梁维修-2024
    (rf"(?<=[{_HAN}])(?<![年月日])[-－_—/]+(?={_YEAR}(?:年|\s|$))", " "),
    # 35万RMB · 叁拾伍万圆
    (r"(?i)(?<=[万亿萬億])\s*(?:rmb|cny|圆|圓)(?![a-z])", "元"),
)
_MEASURES = rules(
    # RMB 120万 · ￥ 120万 · 35 w
    (rf"(?i)(?<![a-z])(?:rmb|cny)\s*[:：]?\s*(?=[{_NUMBER}])", ""),
    (rf"(?<=[¥￥])\s+(?=[{_NUMBER}])", ""),
    (rf"(?<=[{_NUMBER}])\s+(?=[wWｗＷ](?:元|\s|$))", ""),
    # S_210 · G307线国道 · S210（省道） · 省道(S210) · 省道210号 · 210号省道 · 省道-210
    (rf"(?i)(?<![a-z0-9])([sgxy])_(?=[{_NUMBER}]{{3}})", r"\1"),
    (rf"(?<=[{_NUMBER}]{{3}})[线線号號](?={_OF_A_ROAD})", ""),
    (rf"({_ROAD})[(（]{_OF_A_ROAD}[)）]", r"\1"),
    (rf"{_OF_A_ROAD}[(（]({_ROAD})[)）]", r"\1"),
    (rf"({_OF_A_ROAD}[{_NUMBER}]{{3,4}})[号號]", r"\1"),
    (rf"({_OF_A_ROAD})[-－](?=[{_NUMBER}])", r"\1"),
    # 4+100~4+900, 桩号13+420: without their letters
    (
        rf"(?<![A-Za-z0-9+])({_BARE_STAKE})\s*([-~至到～—－])\s*({_BARE_STAKE})(?![0-9])",
        r"K\1\2K\3",
    ),
    (
        rf"(?:桩号|樁號)\s*[:：]?\s*(?=[{_NUMBER}]{{1,4}}\s*[+＋]\s*[{_NUMBER}]{{1,3}}(?![{_NUMBER}]))",
        "K",
    ),
)


def without_leavings(raw: str) -> str:
    """The query as its author would have typed it."""
    numbered = any(letter.isdecimal() for letter in raw)
    raw = rewritten(raw, _SIGNS)
    return in_one_writing(rewritten(raw, _MEASURES) if numbered else raw)
