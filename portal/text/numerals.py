"""Numbers and days in writings that are seldom met: 壹仟贰佰万元, 二0二三年, 25.7.23, 七月廿三, 十二公里五十米.

Rewritten into the usual ones, which `portal.text.everyday` reads. Works on a folded word of a query.
"""

from __future__ import annotations

import re

from portal.text.counted import count
from portal.text.rewriting import rewritten, rules

_FORMAL = str.maketrans("壹贰貳叁叄参肆伍陆柒捌玖拾佰仟", "一二二三三三四五六七八九十百千")
_FIGURE = "零壹贰貳叁叄参肆伍陆柒捌玖拾佰仟"
_IN_FORMAL = f"{_FIGURE}点十百千万亿"
_FORMAL_RUN = f"(?<![{_IN_FORMAL}])[{_IN_FORMAL}]+"
_CHINESE = "〇零一二三四五六七八九"
_COUNT = "[一二三四五六七八九十]{1,3}"
_ROUND = str.maketrans("0o", "〇〇")
_MONTH = "1[0-2]|0?[1-9]"
_DAY = "3[01]|[12][0-9]|0?[1-9]"
# Behind 万 and 亿, these say that something else than money was counted.
_COUNTED = "人户亩平方米吨立株棵盏元块余多个以上下左右千百斤公里顷度瓦次份辆台套件只头位名家册条伏段处座所"


def _two_months(said: re.Match[str]) -> str:
    """三四月 as two months; what does not follow each other as it is."""
    in_row = _CHINESE.index(said[2]) == _CHINESE.index(said[1]) + 1
    return f"{said[1]}月~{said[2]}月" if in_row else said[0]


_USUAL = rules(
    # 壹仟贰佰万元 · 贰零贰叁年 · 壹点贰亿元 · 叁千万
    (rf"{_FORMAL_RUN}(?=[元年月日号块])", lambda said: said[0].translate(_FORMAL)),
    (rf"^{_FORMAL_RUN}(?<=[万亿])(?=$|以)", lambda said: said[0].translate(_FORMAL)),
    # 八月二三日
    (
        rf"(?<=月)([一二三])([{_CHINESE}])(?=[日号])",
        lambda said: f"{_CHINESE.index(said[1]) - 1}{max(_CHINESE.index(said[2]) - 1, 0)}",
    ),
    # 三四月
    (r"(?<=年)([一二三四五六七八])([二三四五六七八九])月", _two_months),
    # 2024上半年度
    (r"(?<=半年)度", ""),
    # 共计3000万元
    (r"^(?:共|合|总)计(?=[0-9])", ""),
    # 两百万块 · 1百20万
    (r"(?<=[万亿])块钱?(?=$|的)", "元"),
    (r"(?<![0-9])([1-9])百([1-9][0-9])(?=万)", r"\1\2"),
    # 二0二三年 · 二o二三年
    (rf"[{_CHINESE}][{_CHINESE}0o]{{3}}(?=年)", lambda said: said[0].translate(_ROUND)),
    # 2023年10月1o日
    (r"(?<=[0-9])o(?=[0-9年月日号])", "0"),
    # 25.7.23 · 25/7/23
    (rf"^(1[5-9]|2[0-9]|3[0-5])([./-])({_MONTH})\2({_DAY})$", r"20\1-\3-\4"),
    # 03-05
    (r"^(0[1-9]|1[0-2])[-/.](0[1-9]|[12][0-9]|3[01])$", r"\1月\2日"),
    # 元月
    (r"(?<![\u4e00-\u9fff])元月|(?<=年)元月", "1月"),
    # 七月廿三
    (r"(?<=月)(廿[一二三四五六七八九]?|卅一?|二?十[一二三四五六七八九]?|三十一?)$", r"\1日"),
    # 十二公里五十米
    (
        rf"^({_COUNT})公里又?({_COUNT})米(?=处|附近|$)",
        lambda said: f"{count(said[1])}公里{_metres(said[2])}米",
    ),
    # 省道S231线沿线
    (r"(?<=[0-9]{3})线(?=沿线|附近|路段)", ""),
    # 1200万城东
    (rf"(?<=[0-9][万亿])(?=[\u4e00-\u9fff]{{2}})(?![{_COUNTED}])", "元"),
)
_OF_NUMBERS = re.compile(f"[0-9{_CHINESE}{_FIGURE}两十百千廿卅年月]")


def in_usual_writing(word: str) -> str:
    """The word with its numbers and days as most would write them."""
    return rewritten(word, _USUAL) if _OF_NUMBERS.search(word) else word


def _metres(said: str) -> int:
    """五十 of 五十米, which may be more than a month has days."""
    tens, ten, ones = said.rpartition("十")
    return (count(tens) if tens else 1) * 10 * bool(ten) + (count(ones) if ones else 0)
