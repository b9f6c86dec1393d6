"""A small grammar for sentences with varying numbers, so that banks of phrases stay readable.

`{3-9}` is a whole number in that range, `{200-800/50}` one in steps of 50, `{1.2-4.5}` one with one
decimal, `{甲|乙|丙}` one of the alternatives, `{town}` a value given by name.
"""

from __future__ import annotations

import random
import re

_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(\d+(?:\.\d)?)-(\d+(?:\.\d)?)(?:/(\d+))?")


def expand(text: str, *, rng: random.Random, **values: str) -> str:
    """`text` with every slot filled. Raises KeyError when a name is not among `values`."""

    def fill(match: re.Match[str]) -> str:
        slot = str(match[1])
        if "|" in slot:
            return rng.choice(slot.split("|"))
        if bounds := _RANGE.fullmatch(slot):
            low, high, step = bounds.groups()
            if "." in low:
                return f"{rng.uniform(float(low), float(high)):.1f}"
            return str(rng.randrange(int(low), int(high) + 1, int(step or 1)))
        return values[slot]

    return _SLOT.sub(fill, text)


def stem(phrase: str) -> str:
    """The longest fixed words of a phrase: what makes two renderings of it recognisable."""
    fixed: str = max(_SLOT.split(phrase)[::2], key=len)
    return fixed[:8]
