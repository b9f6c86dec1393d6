"""Shares within limits: 80%以上, 不足50%, 30%-60%, >90%. Works on a folded word of a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TENTHS = 10  # a share is looked for with one figure behind the point, or none
WHOLE = 100 * TENTHS  # no share above it is looked for
_SHARE = r"[0-9]{1,3}(?:\.[0-9])?"
_LIMIT = re.compile(
    rf"(?<![0-9.])(?:(?P<low>{_SHARE})%? ?(?:到|至|~|-) ?(?P<high>{_SHARE})%(?:之间)?"
    rf"|(?:大于等于|大于或等于|不低于|不少于|不小于|至少|≥|≧|>=)(?P<least>{_SHARE})%"
    rf"|(?:小于等于|小于或等于|不超过|不高于|不大于|不多于|至多|≤|≦|<=)(?P<most>{_SHARE})%"
    rf"|(?:大于|超过|高于|多于|>|超)(?P<over>{_SHARE})%"
    rf"|(?:小于|低于|少于|不足|不到|未达|<)(?P<under>{_SHARE})%"
    rf"|(?P<from>{_SHARE})%(?:及?以上|之上)|(?P<to>{_SHARE})%(?:及?以下|以内|之内))"
)


@dataclass(frozen=True)
class Shares:
    """Written at `text[start:end]`; low and high: in tenths of a hundredth, both included."""

    start: int
    end: int
    low: int
    high: int

    @property
    def written(self) -> tuple[str, ...]:
        """How each of them is written: 80%, 80.1%."""
        return tuple(
            f"{each // TENTHS}.{each % TENTHS}%" if each % TENTHS else f"{each // TENTHS}%"
            for each in range(self.low, self.high + 1)
        )


def shares_in(text: str) -> Iterator[Shares]:
    """The limits of shares in a folded text, left to right."""
    if "%" not in text:
        return
    for said in _LIMIT.finditer(text):
        low, high = _bounds(
            {name: round(float(value) * TENTHS) for name, value in said.groupdict().items() if value}
        )
        if low <= high <= WHOLE:
            yield Shares(*said.span(), low, high)


def _bounds(said: dict[str, int]) -> tuple[int, int]:
    if "high" in said:
        return said["low"], said["high"]
    (name, share), *_ = said.items()
    return {
        "least": (share, WHOLE),
        "from": (share, WHOLE),
        "over": (share + 1, WHOLE),
        "most": (0, share),
        "to": (0, share),
        "under": (0, share - 1),
    }[name]
