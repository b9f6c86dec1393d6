"""The usual writings of a road, a stake or a sum, for what can only be found as it is written: 省道210, 200万元."""

from __future__ import annotations

import re
from decimal import Decimal

from portal.text.measures import SUM, found_in

_ROAD = re.compile(r"@([gsxy])([0-9]+)")
_STAKE = re.compile(r"@k([0-9]+)")
_KINDS = {"g": "国道", "s": "省道", "x": "县道", "y": "乡道"}


def writings(word: str) -> tuple[str, ...]:
    """How a folded word that is one road, stake or sum and nothing else may be written; none for any other."""
    found = found_in(word)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(word)):
        return ()
    term = found[0].terms[0]
    if road := _ROAD.fullmatch(term):
        letter, number = road[1], road[2]
        kind = _KINDS[letter]
        return f"{kind}{number}", f"{number}{kind}", f"{letter}{number}{kind}", f"{kind}{letter}{number}"
    if stake := _STAKE.fullmatch(term):
        kilometre, metre = divmod(int(stake[1]), 1000)
        return f"k{kilometre}+{metre:03d}", f"k{kilometre} + {metre:03d}"
    return _of_sum(Decimal(term.removeprefix(SUM))) if term.startswith(SUM) else ()


def _of_sum(yuan: Decimal) -> tuple[str, ...]:
    ways = [f"{yuan.normalize():f}元"]
    if yuan >= 10_000:
        wan = (yuan / 10_000).normalize()
        ways += [f"{wan:f}万元", f"{wan:,f}万元", f"{wan:f}万"]
    if yuan >= 100_000_000:
        ways.append(f"{(yuan / 100_000_000).normalize():f}亿元")
    return tuple(ways)
