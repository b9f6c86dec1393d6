"""The shape of a query as typed, before it is read: quotes of all kinds, spaces inside one thing, what a list leaves in
front of a pasted title. Works on the raw text, which may be written in full width or traditional characters.
"""

from __future__ import annotations

import re
import unicodedata

from portal.text.pasted import without_leavings
from portal.text.rewriting import rewritten, rules
from portal.text.said_in_english import in_chinese

_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂「」『』﹁﹂﹃﹄«»〝〞", '"'))
_HAN = "\u3400-\u9fff"
_SINGLE_QUOTED = re.compile(  # ‘…’ and '…' around words; an apostrophe alone is one of pinyin (dong'an)
    rf"‘([^‘’\"]*[{_HAN}][^‘’\"]*)’|(?<![A-Za-z0-9])['＇]([^'＇\"]*[{_HAN}][^'＇\"]*)['＇](?![A-Za-z])"
)
_SPACED_DATE = re.compile(r"(?<=[0-9０-９])\s+(?=[年月日号])|(?<=[年月])\s+(?=[0-9０-９])")
_NUMBER = "0-9０-９〇零一二三四五六七八九十两"
_SPACED = (  # space inside what is one: 2025年11月 到 12月, S 210, K15 + 200, 1.2 亿元
    re.compile(rf"(?<=[{_NUMBER}年月日号度])\s*(?=(?:[到至~～]|\.\.)\s*[{_NUMBER}KkＫ])"),
    re.compile(rf"(?<=[到至~～])\s+(?=[{_NUMBER}Kk])|(?<=\.\.)\s+(?=[0-9])"),
    re.compile(
        rf"(?<=[{_NUMBER}年月日号])\s+(?=[-—－–]+\s+[{_NUMBER}Kk])|(?<=[0-9０-９年月日号]\s[-—－–])\s+(?=[{_NUMBER}Kk])"
    ),
    re.compile(r"(?<![A-Za-z0-9][SGXYKsgxyk])(?<=[SGXYKsgxyk])[ 　]+(?=[0-9０-９])"),
    re.compile(r"(?<=[0-9０-９])\s*(?=[+＋]\s*[0-9０-９])|(?<=[+＋])\s+(?=[0-9０-９])"),
    re.compile(r"(?<=[0-9０-９])\s+(?=[万亿萬億元]|[百千][万萬])"),
    re.compile(
        r"(?<=[国省县乡國縣鄉]道)\s+(?=[SGXYsgxy]?-?[0-9０-９])|(?<=[0-9０-９])\s+(?=[国省县乡國縣鄉]道)"
    ),
)
_DAY = "3[01]|[12][0-9]|0?[1-9]"
_MONTH = "1[0-2]|0?[1-9]"
_YEAR = "(?:19|20)[0-9]{2}"


def _two_months(said: re.Match[str]) -> str:
    """2024年3月和4月 as 2024年3月到4月, 2024年3月或5月 as either."""
    year, one, other = said.groups()
    together = int(other) == int(one) + 1
    return f"{year}{one}月到{other}月" if together else f"{year}{one}月 OR {year}{other}月"


_OR = r"\s+(?:OR|or|或者?)\s+"
_SAID = rules(  # what is typed one way and read another
    # 1、城东… · （一）城东… · 【2】城东…: the number that a list gave a pasted title
    (r"^\s*(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*[、.．)）]\s*(?=[\u3400-\u9fff])", ""),
    (
        r"^\s*[(（【\[](?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）】\]]\s*(?=[\u3400-\u9fff])",
        "",
    ),
    # 2024 3 8 · 2024、3、8
    (
        rf"(?<![0-9])((?:19|20)[0-9]{{2}})([ 、,，])(1[0-2]|0?[1-9])\2({_DAY})[日号]?(?![0-9.万亿元千百%+])",
        r"\1-\3-\4",
    ),
    # 2023 12: a month where two figures say so
    (r"(?<![0-9.])((?:19|20)[0-9]{2}) (0[1-9]|1[0-2])(?=\s*$)", r"\1-\2"),
    # 2023、2024年 · 2023年和2025年: each of them
    (rf"(?<![0-9])({_YEAR})年?[、,，和与及]\s*({_YEAR})年(?=\s|$)", r"\1年 OR \2年"),
    # 2024年3月和4月 · 2024年3月或5月
    (rf"(?<![0-9])({_YEAR}年)({_MONTH})月份?(?:[、,，和与及或]|或者)\s*({_MONTH})月份?", _two_months),
    # 城东公园绿化工程 - 阳光督查: the title of a page of ours
    (r"\s*[-—–_·|｜]+\s*阳光督查\s*$", ""),
    # 1000万元（含）以上
    (r"[(（]含(?:本数)?[)）](?=以[上下])", ""),
    # 编号2020-009262 · No. 2020-009262
    (r"(?:编号|編號|\b[Nn][Oo]\.)\s*[:：]?\s*(?=[0-9０-９]{4})", ""),
    # 49 %
    (r"(?<=[0-9０-９])\s+(?=[%％])", ""),
    # 200万元（不含）以下
    (
        r"([0-9０-９][0-9０-９.,]*\s*[万亿萬億]?元?)[(（]不含(?:本数|本數)?[)）]以([上下])",
        lambda said: ("超过" if said[2] == "上" else "低于") + said[1],
    ),
    # ＯＲ, ＡＮＤ, ＮＯＴ
    (r"(?<!\S)[Ａ-Ｚａ-ｚ]{2,3}(?!\S)", lambda said: unicodedata.normalize("NFKC", said[0])),
    # -(沥青 OR 拆迁): neither
    (
        rf"(?<!\S)[-－−][(（]([^()（）]+?(?:{_OR}[^()（）]+?)+)[)）]",
        lambda said: " ".join(f"-{each.strip()}" for each in re.split(_OR, said[1])),
    ),
    # what a page left in it
    (r"</?[A-Za-z][^<>]{0,30}>|&(?:nbsp|amp|lt|gt|quot);|%20", " "),
    # 除白杨外的桥梁
    (r"(?<!\S)除了?([^\s，,]{2,10}?)(?:以外|之外|外)的?(?=[\u3400-\u9fff])", r"不含\1 "),
    # 桥梁|停车场
    (r"(?<=\S)\s*[|｜]{1,2}\s*(?=\S)", " OR "),
    (r"(?<=[\u3400-\u9fff\"])或者(?=[\u3400-\u9fff\"])", "或"),
    # 桩号：K5+200
    (r"桩号\s*[:：]?\s*(?=[A-Za-zＡ-Ｚ]?[KkＫｋ][0-9０-９])", ""),
)


def in_shape(raw: str) -> str:
    """The query with straight quotes, without spaces inside one thing and without what a list left in front."""
    raw = _SINGLE_QUOTED.sub(lambda said: f'"{said[1] or said[2]}"', without_leavings(raw).translate(_QUOTES))
    raw = _SPACED_DATE.sub("", in_chinese(raw))
    raw = rewritten(raw, _SAID)
    for spaced in _SPACED:
        raw = spaced.sub("", raw)
    return raw
