"""Sums of money within limits: 大于500万, 500万元以上, 100-300万元, ≥1亿元, 上亿. Works on a folded word of a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portal.text.measures import SUM, amounts_in, worth_of

MOST = 10**16  # fen; nothing is dearer
_SUM = r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十][一二两三四五六七八九十百千万亿零〇点]*)"
_LARGE = "(?:亿|千万|百万|万)"
_FULL = rf"{_SUM} ?{_LARGE}?(?:元|(?<=[万亿]))"
_AT_LEAST, _OVER = (
    "大于等于|大于或等于|不低于|不少于|不小于|至少|最低|起码|≥|≧|>=",
    "大于|超过|高于|多于|>|超",
)
_AT_MOST, _UNDER = (
    "小于等于|小于或等于|不超过|不高于|不大于|不多于|至多|最多|最高|≤|≦|<=",
    "小于|低于|少于|不足|不到|未超过|未达|未满|<",
)
_LIMIT = re.compile(
    rf"(?P<low>{_FULL}|{_SUM}) ?(?:到|至|~|-{{1,2}}) ?(?P<high>{_FULL})(?:之间)?"
    rf"|(?P<least>{_AT_LEAST})(?P<s1>{_FULL})|(?P<most>{_AT_MOST})(?P<s3>{_FULL})"
    rf"|(?P<over>{_OVER})(?P<s2>{_FULL})|(?P<under>{_UNDER})(?P<s4>{_FULL})"
    rf"|(?P<s5>{_FULL})(?:及?以上|之上)|(?P<s6>{_FULL})(?:及?以下|以内|之内)"
    rf"|(?:上|过|超)(?P<s7>{_LARGE})|(?<![0-9一二两三四五六七八九十百千])(?P<s8>{_LARGE})元?以上"
)


@dataclass(frozen=True)
class Limit:
    """Written at `text[start:end]`; low and high: in fen, both included."""

    start: int
    end: int
    low: int
    high: int


def limits_in(text: str) -> Iterator[Limit]:
    """The limits of a folded text, left to right."""
    if not any(sign in text for sign in ("万", "亿", "元")):
        return
    for said in _LIMIT.finditer(text):
        bounds = _bounds(said)
        if bounds is not None and bounds[0] <= bounds[1]:
            yield Limit(*said.span(), *bounds)


def sums_of(text: str) -> list[int]:
    """The sums that a folded text names, in fen, ascending."""
    worth = {Decimal(each.terms[0].removeprefix(SUM)) for each in amounts_in(text)}
    return sorted({min(int(each * 100), MOST) for each in worth})


def _bounds(said: re.Match[str]) -> tuple[int, int] | None:
    if said["high"]:
        high = _fen(said["high"])
        low = _fen(said["low"]) if said["low"][-1] in "万亿元" else _fen(said["low"] + _unit(said["high"]))
        return None if low is None or high is None else (low, high)
    large = said["s7"] or said["s8"]
    part = f"1{large}" if large else next(part for number in range(1, 7) if (part := said[f"s{number}"]))
    fen = _fen(part)
    if fen is None:
        return None
    if said["most"] or said["under"] or said["s6"]:
        return 0, fen - bool(said["under"])
    return fen + bool(said["over"]), MOST


def _unit(amount: str) -> str:
    """What an amount is counted in: 万元 of 300万元."""
    found = re.search(rf"{_LARGE}?元?$", amount)
    return found[0] if found else ""


def _fen(amount: str) -> int | None:
    worth: Decimal | None = worth_of(amount)
    return None if worth is None else min(int(worth * 100), MOST)
