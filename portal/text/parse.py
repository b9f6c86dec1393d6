"""How a search is written: 城东 道路 · "exact words" · -without · unit:… town:… year:… kind:… category:…

Chinese input methods are met half way: “…” 「…」 are quotes, ： is a colon, － is a minus, 单位： is unit:.
OR, 或 between two words let either do; AND is understood, NOT is a minus. Nothing is an error; what makes no
sense is looked for as it stands or left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from portal.text.characters import HAN
from portal.text.fold import folded
from portal.text.typed import in_shape

MAX_CHARACTERS = 300  # of one query; the rest is not looked at
MAX_CLAUSES = 24

FACET_WORDS = {
    "kind": "kind", "类型": "kind", "种类": "kind",
    "unit": "unit", "单位": "unit", "部门": "unit", "责任单位": "unit",
    "town": "town", "镇街": "town", "乡镇": "town", "街道": "town", "镇": "town", "地区": "town",
    "category": "category", "类别": "category", "领域": "category",
    "year": "year", "年份": "year", "年度": "year", "年": "year",
}  # fmt: skip

_NOT_NAMES = frozenset(  # written before a colon, and no condition of their own
    {"日期", "时间", "月份", "项目", "项目名称", "工程", "名称", "标题", "题目", "内容", "关键词", "关键字"}
    | {"搜索", "查询", "地点", "桩号", "投资", "投资额", "总投资", "金额", "造价", "资金", "编号", "文号", "项目编号"}
    | {"date", "time", "month", "project", "title", "name", "content", "keyword", "keywords", "q"}
)  # fmt: skip
_EITHER, _BOTH = ("or", "||", "或", "或者", "或是"), ("and", "&&", "并且", "而且", "以及", "还有")
_OPERATORS = frozenset(("OR", "AND", "||", "&&"))  # which join nothing at the beginning or at the end
_LEAVING = (
    "不包括",
    "不包含",
    "不含",
    "不要",
    "排除",
    "除了",
    "除去",
    "除开",
    "去掉",
)  # before what must not hold
_LEFT_OUT = re.compile(
    rf"(?:{'|'.join(_LEAVING)})[:：]?(.+?)(?:以外|之外|外|的)?|除(.{{2,}}?)(?:以外|之外|外)"
)
_EITHER_GROUP = re.compile(
    r"[(（]([^()（）]{1,100})[)）]\s*(?:OR|or|\|\|?|或者?)\s*[(（]([^()（）]{1,100})[)）]"
)
MOST_ALTERNATIVES = 9  # conditions made of two groups
_FACET = "|".join(sorted(FACET_WORDS, key=len, reverse=True))
_SPACED_FACET = re.compile(
    rf"(?i)(?<![^\s，,；;、。])({_FACET}|{'|'.join(sorted(_NOT_NAMES, key=len, reverse=True))}) *[:：=＝] *(?=[\w\"])"
)
_FACET_AFTER = re.compile(rf"(?i)[，,；;、。]+(?=[-－]?(?:{_FACET}) *[:：])")
_TOKEN = re.compile(
    r"(?P<minus>(?:(?<!\S)|(?<=\"))(?:[-－−﹣ー]|[–—](?=[^\s–—])))?"
    r'(?:"(?P<exact>[^"]*)"'
    r'|(?P<facet>[^\s":：]{1,8})[:：](?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))'
    r'|(?P<word>[^\s"]+))'
)
_ENUMERATION = re.compile(
    rf"[。、；？！;?!()（）《》〈〉【】\[\]…|&*→\\\u2190-\u21ff\u2600-\u27bf\U0001f000-\U0001faff]+"
    rf"|[,，](?![0-9０-９])|(?<![0-9０-９])[,，]|(?<=[{HAN}])[/+_:：=<>](?=[{HAN}])"
)
_NOISE = " .:·'~-#@"
_ENDS_VALUE = re.compile(r"[；;。]|[，,](?![0-9]{4}|[^，,、]*(?:局|镇|乡|街道|委员会)(?:[，,、]|$))")
_ABOUT_FACET = re.compile(r"^(?:所属|所在|责任|主管|牵头|报送)|名称$|[（(][^）)]*[）)]$")


class Asks(StrEnum):
    """What kind of condition a clause is."""

    WORD = "word"
    EXACT = "exact"
    FACET = "facet"


@dataclass(frozen=True)
class Clause:
    """One condition. text: folded; facet: its name when asks is FACET; minus: must not hold; instead: it is enough
    that this holds or the one before; said: the folded word that says the minus (不含绿化), which may be one that
    stands somewhere."""

    asks: Asks
    text: str
    minus: bool = False
    facet: str = ""
    instead: bool = False
    said: str = ""


def _words(raw: str, minus: bool) -> list[Clause]:
    """The words of a token: an enumeration (道路、桥梁) is several, punctuation alone is none."""
    found = []
    for piece in _ENUMERATION.split(raw):
        word = folded(piece).strip(_NOISE)
        if any(character.isalnum() for character in word):
            found.append(Clause(Asks.WORD, word, minus))
    return found


def _left_out(clause: Clause) -> Clause:
    """A word that says itself that something must not hold: 不含绿化, 除绿化外."""
    out = _LEFT_OUT.fullmatch(clause.text) if clause.asks is Asks.WORD and not clause.minus else None
    text = (out[1] or out[2]) if out else ""
    return replace(clause, text=text, minus=True, said=clause.text) if text else clause


def _clauses(token: re.Match[str]) -> list[Clause]:
    minus = token["minus"] is not None
    if token["exact"] is not None:
        text = folded(token["exact"]).strip(" ·")
        return [Clause(Asks.EXACT, text, minus)] if text else []
    if token["facet"] is None:
        return _words(token["word"], minus)
    called = folded(token["facet"])
    facet = FACET_WORDS.get(called) or FACET_WORDS.get(_ABOUT_FACET.sub("", called))
    value = token["quoted"] or token["value"]
    if facet is not None:
        return (
            _values(facet, value, minus)
            if token["value"]
            else [Clause(Asks.FACET, folded(value), minus, facet)]
        )
    if called in _NOT_NAMES:
        return _words(value, minus)
    return _words(f"{token['facet']}:{value}", minus)


def _values(facet: str, value: str, minus: bool) -> list[Clause]:
    """The values of a filter (year:2023,2024, unit:人社局、水务局), and the words that were written on behind it."""
    said, *others = _ENDS_VALUE.split(value)
    values = [folded(each) for each in re.split("[,，、|]", said)]
    found = [
        Clause(Asks.WORD, each, minus)  # a month is narrower than any value of a filter
        if facet == "year" and "月" in each
        else Clause(Asks.FACET, each, minus, facet)
        for each in values
        if each
    ]
    return [*found, *(word for other in others for word in _words(other, False))]


def _joined(tokens: list[re.Match[str]]) -> Iterator[Clause]:
    """The conditions of the tokens, with AND, OR and NOT between them understood."""
    instead = minus = False
    for place, token in enumerate(tokens):
        word = token["word"] if token["minus"] is None else None
        if (
            word in _OPERATORS
            and len(tokens) > 1
            and (not place or place + 1 == len(tokens))
            and word != "NOT"
        ):
            continue
        if word and place + 1 < len(tokens):
            said = word.casefold()
            if place and (said in _EITHER or said in _BOTH):
                instead = said in _EITHER
                continue
            if word == "NOT" or (place and (said == "not" or said in _LEAVING)):
                minus = True
                continue
        clauses = _clauses(token)
        if word and word.startswith(_LEAVING) and len(tokens) > 1 and "，" not in word:  # 不含拆迁、封顶
            clauses = [clauses[0], *(replace(each, minus=True) for each in clauses[1:])] if clauses else []
        for number, clause in enumerate(clauses):
            alternative = instead and not number and not minus and clause.asks is not Asks.FACET
            changed = minus or alternative
            yield replace(clause, minus=clause.minus or minus, instead=alternative) if changed else clause
        instead = minus = False


def _groups(raw: str) -> tuple[list[Clause], str]:
    """The conditions of two groups in brackets of which one is enough, (城东 桥梁) OR (白杨 停车场), and the query
    without them: each condition of the one or each of the other."""
    either = _EITHER_GROUP.search(raw)
    if either is None:
        return [], raw
    one, other = (_alternatives(_read(either[number])) for number in (1, 2))
    if not one or not other or len(one) * len(other) > MOST_ALTERNATIVES:
        return [], raw
    made = [[*first, *second] for first in one for second in other]
    clauses = [replace(clause, instead=place > 0) for each in made for place, clause in enumerate(each)]
    return clauses, f"{raw[: either.start()]} {raw[either.end() :]}"


def _alternatives(clauses: Sequence[Clause]) -> list[list[Clause]]:
    """The conditions, with those of which one is enough together; none where one cannot be an alternative."""
    found: list[list[Clause]] = []
    for clause in clauses:
        if clause.minus or clause.asks is Asks.FACET:
            return []
        if clause.instead and found:
            found[-1].append(clause)
        else:
            found.append([clause])
    return found


def _read(raw: str) -> list[Clause]:
    return list(_joined(list(_TOKEN.finditer(raw))))


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Clause, ...]:
    """The conditions of a query as typed; all of them must hold. Empty when it asks for nothing."""
    raw = in_shape(text[:MAX_CHARACTERS])
    grouped, raw = _groups(_SPACED_FACET.sub(r"\1:", _FACET_AFTER.sub(" ", raw)))
    clauses = _read(raw)
    if grouped or any(not clause.minus and clause == _left_out(clause) for clause in clauses):
        clauses = list(map(_left_out, clauses))
    return (*dict.fromkeys(clauses), *grouped)[:MAX_CLAUSES]
