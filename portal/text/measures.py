"""Roads, stakes and amounts in any writing: S210, S-210, 省道210 · K15+200, k15 ＋ 200 · 1.2亿元, 12,000万元.

Each becomes a term, as dates do: `@s210`, `@k15200`, `@¥120000000`. A stretch K15+200~K16+000 becomes
`@k15200~k16000` besides its two ends. Works on folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from portal.text.characters import HAN, LETTER
from portal.text.dates import Found, dates_in

SUM = "@¥"  # begins the terms of amounts
_ROADS = {"国": "g", "省": "s", "县": "x", "乡": "y"}
_ROAD_ENDS = r"(?:(?=k[0-9]{1,4} ?\+)|(?![a-z0-9+.]))"  # S210K12+300 is a road and a stake
_SPELT = "[〇零一二三四五六七八九]{3}"
_ROAD = re.compile(
    rf"(?<![0-9]|{LETTER})(?:"
    # S210 · S-210 · S 210省道
    rf"(?P<l1>[gsxy])[ -]?(?P<n1>[0-9]{{2,4}}){_ROAD_ENDS}(?: ?[国省县乡]道)?"
    # 省道210 · 省道S210 · 省道二一〇
    rf"|(?P<k2>[国省县乡])道 ?(?:[gsxy][ -]?)?(?P<n2>[0-9]{{2,4}}{_ROAD_ENDS}|{_SPELT}(?!{_SPELT}))"
    # 210省道 · 二一〇省道
    rf"|(?<![0-9.])(?P<n3>[0-9]{{2,4}}|{_SPELT}) ?(?P<k3>[国省县乡])道"
    r")"
)
_STAKE = r"(?P<{0}k>[a-z]?k) ?(?P<{0}n>[0-9]{{1,4}}) ?\+ ?(?P<{0}m>[0-9]{{1,3}})(?P<{0}d>\.[0-9]+)?(?![0-9])"
_STRETCH = re.compile(
    rf"(?:(?<![0-9]|{LETTER})|(?<=[gsxy][0-9]{{2}})|(?<=[gsxy][0-9]{{3}})|(?<=[gsxy][0-9]{{4}}))"
    + _STAKE.format("a")
    + r"(?: ?(?:[~至到]|-{1,2}) ?(?:"
    + _STAKE.format("b").replace("[a-z]?k)", "(?:[a-z]?k)?)")
    + r"|(?P<same>[0-9]{3})(?![0-9+.米]))"  # K5+100-900
    + ")?"
)
_UNITS = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 1000, "百": 100, "": 1}
_DECIMAL = r"[0-9]{1,12}(?:\.[0-9]{1,6})?"
_AMOUNT = re.compile(
    r"(?<![0-9.,])"
    rf"(?P<n>{_DECIMAL}) ?(?P<u>亿|千万|百万|万|千|百)?(?:零?(?P<n2>{_DECIMAL}) ?(?P<u2>千万|百万|万))?"
    r"(?P<yuan>人民币|元|块钱)?"
)
_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_FIGURES = str.maketrans({character: str(digit) for character, digit in _DIGITS.items()})
_STEPS = {"十": 10, "百": 100, "千": 1000}
_SPOKEN = re.compile(
    r"[一二两三四五六七八九十][一二两三四五六七八九十百千万亿零〇]*(?:点[一二三四五六七八九零〇]+[万亿])?"
    rf"(?P<yuan>元|(?<=[万亿])(?![{HAN}0-9]|{LETTER}))"
)
_WORD = re.compile(rf"[{HAN}0-9]|{LETTER}")


def found_in(text: str) -> list[Found]:
    """The dates and measures of a folded text, in order; where two overlap, the one that begins first."""
    every = [*dates_in(text), *roads_in(text), *stakes_in(text), *amounts_in(text)]
    found: list[Found] = []
    for each in sorted(every, key=lambda found: (found.start, -found.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return found


def roads_in(text: str) -> Iterator[Found]:
    """Numbered roads; 省道210 and S210 are the same."""
    for match in _ROAD.finditer(text):
        letter = match["l1"] or _ROADS[match["k2"] or match["k3"]]
        number = (match["n1"] or match["n2"] or match["n3"]).translate(_FIGURES)
        yield Found(match.start(), match.end(), (f"@{letter}{number}",))


def stakes_in(text: str) -> Iterator[Found]:
    """Places along a road by their kilometre and metre, and stretches between two of them."""
    if "+" not in text:
        return
    for match in _STRETCH.finditer(text):
        first = _stake(match, "a", line=match["ak"])
        if match["same"]:
            last = f"@{match['ak']}{int(match['an']) * 1000 + int(match['same'])}"
            yield Found(match.start(), match.end(), (f"{first}~{last[1:]}", first, last))
        elif match["bn"] is None:
            yield Found(match.start(), match.end(), (first,))
        else:
            last = _stake(match, "b", line=match["bk"] or match["ak"])
            yield Found(match.start(), match.end(), (f"{first}~{last[1:]}", first, last))


def _stake(match: re.Match[str], end: str, *, line: str) -> str:
    metres = int(match[f"{end}n"]) * 1000 + int(match[f"{end}m"])
    return f"@{line}{metres}{(match[f'{end}d'] or '').rstrip('.0')}"


def amounts_in(text: str) -> Iterator[Found]:
    """Sums of money: what ends in 元, and what ends in 万 or 亿 with nothing counted behind it (1.2亿)."""
    if "元" not in text and "万" not in text and "亿" not in text:
        return
    for match in _AMOUNT.finditer(text):
        large = match["u2"] or match["u"] or ""
        if match["yuan"] or (large[-1:] in ("万", "亿") and not _WORD.match(text, match.end())):
            worth = Decimal(match["n"]) * _UNITS[match["u"] or ""]
            worth += Decimal(match["n2"] or 0) * _UNITS[match["u2"] or ""]
            yield Found(match.start(), match.end(), (_sum(worth),))
    for match in _SPOKEN.finditer(text):
        if len(match[0]) > len(match["yuan"]) + 1:
            words = match[0].removesuffix("元")
            yield Found(match.start(), match.end(), (_sum(_spoken(words)),))


def worth_of(amount: str) -> Decimal | None:
    """What a folded text is worth in yuan that is an amount and nothing else; None when it is none."""
    whole = f"{amount.removesuffix('元')}元"
    found = next((each for each in amounts_in(whole) if (each.start, each.end) == (0, len(whole))), None)
    return Decimal(found.terms[0].removeprefix(SUM)) if found else None


def _sum(worth: Decimal) -> str:
    return f"{SUM}{int(worth)}" if worth == worth.to_integral() else f"{SUM}{worth.normalize():f}"


def _spoken(words: str) -> Decimal:
    """The number that is written 一亿二千万 or 一点二亿."""
    whole, _point, rest = words.partition("点")
    if rest:
        tenths = Decimal("0." + "".join(str(_DIGITS[c]) for c in rest[:-1]))
        return (_spoken(whole) + tenths) * _UNITS[rest[-1]]
    total = part = digit = 0
    for character in words:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _STEPS:
            part, digit = part + (digit or 1) * _STEPS[character], 0
        else:
            unit = _UNITS[character]
            total, part, digit = (
                (total + part + digit) * unit if unit > 10**4 else total + (part + digit) * unit,
                0,
                0,
            )
    return Decimal(total + part + digit)
