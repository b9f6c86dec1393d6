"""What is said with a number in it, counted out: 2024年前三季度, 截至2024年6月, 百分之六十一, 12公里300米.

Each takes the match of an expression of `portal.text.everyday` and gives what can be read in its place.
"""

from __future__ import annotations

import re

from portal.text.dates import day_number

DIGITS = "〇零一二三四五六七八九"


def years_in_row(said: re.Match[str]) -> str:
    """2023和2024年 as a span; 2023和2025年 is none."""
    return f"{said[1]}年~{said[2]}年" if int(said[2]) == int(said[1]) + 1 else said[0]


def until(said: re.Match[str]) -> str:
    """截至2024年6月, 2024年底前: up to the end of it."""
    year, month = int(said[1]), day_number(said[2]) if said[2] else 12
    return f"{year + month // 12}年{month % 12 + 1}月以前"


def percent(written: str) -> int:
    """六十一 of 百分之六十一."""
    if written == "百":
        return 100
    tens, ten, ones = written.rpartition("十")
    return (DIGITS.find(tens) - 1 if tens else 1) * 10 * bool(ten) + max(DIGITS.find(ones) - 1, 0) * bool(
        ones
    )


def stake(said: re.Match[str]) -> str:
    """12公里300米 along a road."""
    return f"k{said[1]}+{int(said[2]):03d}"


def count(said: str) -> int:
    return {"两": 2}.get(said) or day_number(said) or (int(said) if said.isdecimal() else 1)


def first_parts(said: re.Match[str]) -> str:
    """2024年前三季度, 2024年前两个月, 2024年二三季度."""
    year, length = said[1], 3 if said["unit"] != "月" else 1
    first = day_number(said["from"]) if said["from"] else 1
    last = count(said["to"] or said["first"])
    if not 0 < first <= last <= 12 // length:
        return said[0]
    return f"{year}{first * length - length + 1}月~{year}{last * length}月"


def from_to(one: str, other: str) -> str:
    """From the beginning of one part of a year to the end of another."""
    first, last = (_part_months(part) for part in (one, other))
    return f"{one[:5]}{first[0]}月~{other[:5]}{last[1]}月"


def _part_months(part: str) -> tuple[int, int]:
    said = part[5:].removeprefix("第")
    if said.endswith("半年"):
        return (1, 6) if said[0] == "上" else (7, 12)
    number = day_number(said.removesuffix("季度").removesuffix("月"))
    return (number, number) if said.endswith("月") else (number * 3 - 2, number * 3)
