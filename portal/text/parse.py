"""How a search is written: 城东 道路 · "exact words" · -without · unit:… town:… year:… kind:… category:…

Chinese input methods are met half way: “…” 「…」 are quotes, ： is a colon, － is a minus, 单位： is unit:.
Nothing is an error; what makes no sense is looked for as it stands or left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.text.characters import HAN
from portal.text.fold import folded

MAX_CHARACTERS = 300  # of one query; the rest is not looked at
MAX_CLAUSES = 24

FACET_WORDS = {
    "kind": "kind", "类型": "kind", "种类": "kind",
    "unit": "unit", "单位": "unit", "部门": "unit", "责任单位": "unit",
    "town": "town", "镇街": "town", "乡镇": "town", "街道": "town", "镇": "town", "地区": "town",
    "category": "category", "类别": "category", "领域": "category",
    "year": "year", "年份": "year", "年度": "year", "年": "year",
}  # fmt: skip

_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂「」『』", '"'))
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
)
_TOKEN = re.compile(
    r"(?P<minus>(?<!\S)[-－−])?"
    r'(?:"(?P<exact>[^"]*)"'
    r'|(?P<facet>[^\s":：]{1,8})[:：](?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))'
    r'|(?P<word>[^\s"]+))'
)
_ENUMERATION = re.compile(
    rf"[。、；？！;?!()（）《》〈〉【】\[\]…|&*]+|[,，](?![0-9０-９])|(?<![0-9０-９])[,，]|(?<=[{HAN}])[/+](?=[{HAN}])"
)


class Asks(StrEnum):
    """What kind of condition a clause is."""

    WORD = "word"
    EXACT = "exact"
    FACET = "facet"


@dataclass(frozen=True)
class Clause:
    """One condition. text: folded; facet: its name when asks is FACET; minus: must not hold."""

    asks: Asks
    text: str
    minus: bool = False
    facet: str = ""


def _words(raw: str, minus: bool) -> list[Clause]:
    """The words of a token: an enumeration (道路、桥梁) is several, punctuation alone is none."""
    found = []
    for piece in _ENUMERATION.split(raw):
        word = folded(piece).strip(" .:·'~-")
        if any(character.isalnum() for character in word):
            found.append(Clause(Asks.WORD, word, minus))
    return found


def _clauses(token: re.Match[str]) -> list[Clause]:
    minus = token["minus"] is not None
    if token["exact"] is not None:
        text = folded(token["exact"]).strip(" ·")
        return [Clause(Asks.EXACT, text, minus)] if text else []
    if token["facet"] is None:
        return _words(token["word"], minus)
    facet = FACET_WORDS.get(folded(token["facet"]))
    value = token["quoted"] or token["value"]
    if facet is None:
        return _words(f"{token['facet']}:{value}", minus)
    return [Clause(Asks.FACET, folded(value), minus, facet)]


def parse(text: str) -> tuple[Clause, ...]:
    """The conditions of a query as typed; all of them must hold. Empty when it asks for nothing."""
    raw = _SPACED_DATE.sub("", text[:MAX_CHARACTERS].translate(_QUOTES))
    for spaced in _SPACED:
        raw = spaced.sub("", raw)
    found = [clause for token in _TOKEN.finditer(raw) for clause in _clauses(token)]
    return tuple(dict.fromkeys(found))[:MAX_CLAUSES]
