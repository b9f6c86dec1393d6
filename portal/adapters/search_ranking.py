"""What comes first: the rule that every engine counts by, in whole numbers.

1. A term weighs the more the rarer it is (BM25), and counts `TITLE_WEIGHT` times in the title and
   `PLACE_WEIGHT` times in the names of town, place and unit.
2. Words that were typed one after the other and stand so in the text: `ADJACENT` for each pair.
3. What is dated within a year: `FRESH`; within three years: `RECENT`.
4. What is then still equal: the newer entry first.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from itertools import pairwise

from portal.adapters.search_meaning import Meaning
from portal.adapters.search_sets import Engine, Found
from portal.ports import Query
from portal.text.terms import is_han

TITLE_WEIGHT = 8
PLACE_WEIGHT = 4
SATURATION = 1.2  # BM25's k1; b is 0, because a long report is not a worse one
SCALE = 1000  # ranks are whole thousandths, see `gain`
ADJACENT = 1500
FRESH, RECENT = 300, 150
MOST_PAIRS = 4


def gain(items: int, holding: int) -> float:
    """What a term that `holding` of `items` have adds to a rank: rint(gain * n / (n + SATURATION)) for an
    item that has it n times.

    Whole numbers, because sums of them are the same in every order and on every engine; rounded to single
    precision, because that is how OpenSearch passes a weight on. 350 terms of any query stay below 2**24,
    up to which single precision counts exactly.
    """
    rarity = math.log(1 + (items - holding + 0.5) / (holding + 0.5))
    return float(struct.unpack("f", struct.pack("f", rarity * (SATURATION + 1) * SCALE))[0])


def bonuses(engine: Engine[Found], meaning: Meaning[Found], query: Query) -> Iterator[tuple[Found, int]]:
    """Sets of items and what belonging to them adds to a rank. They take part in the order alone."""
    words = [word for word in meaning.words if is_han(word[0]) and is_han(word[-1])]
    if len(words) == len(meaning.words):
        for one, other in list(pairwise(words))[:MOST_PAIRS]:
            yield engine.phrase(one + other), ADJACENT
    if query.today is not None:
        yield engine.dated(query.today - 10_000, query.today), FRESH
        yield engine.dated(query.today - 30_000, query.today - 10_001), RECENT
