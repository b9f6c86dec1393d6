"""A sentence that stands nowhere, taken apart at the names in it and at the words that only join: 城东街道 · 道路拓宽 ·
主体封顶 of 城东街道的道路拓宽完成主体封顶.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.text.names import Names

LONGEST = 40  # characters of a sentence that is taken apart
SHORTEST_PART = 4  # characters of a name that may be a part of it, and not all of it
LEAST = 2  # characters of a piece
_JOINS = (  # say nothing of their own
    "完成|组织|开展|进行|实施|要求|正在|已经|由于|因为|以及|并且|按照|根据|存在|影响|导致|造成"
)
_JOINING = re.compile(
    rf"^(?:{_JOINS}|[的了在于与和及是对由因为并已将把被从向按])+|(?:{_JOINS}|[的了在于与和及是])+$"
)
_BETWEEN = re.compile(rf"(?:{_JOINS}|[的了在于与和及是因由])")


def by_names(sentence: str, names: Names) -> list[str]:
    """The names in a folded sentence, the longest first at each place, and what stands between them, without the words
    that join. One piece where there is nothing to take apart."""
    if len(sentence) > LONGEST:
        return [sentence]
    pieces = (
        part for piece, name in _cut(sentence, names) for part in ([piece] if name else _between(piece))
    )
    return [piece for piece in pieces if len(piece) >= LEAST]


def at_joins(piece: str) -> list[str]:
    """What stands between the words that join."""
    return [part for part in _BETWEEN.split(piece) if part]


def _between(piece: str) -> list[str]:
    """What stands between names, at verbs that say nothing of their own in pieces, unless one would be too short."""
    bare = _JOINING.sub("", piece)
    parts = [_JOINING.sub("", part) for part in re.split(_JOINS, bare)]
    return parts if all(len(part) >= LEAST for part in parts) else [bare]


def _cut(sentence: str, names: Names) -> Iterator[tuple[str, bool]]:
    """The pieces from left to right, each with whether it is a name."""
    start = place = 0
    while place < len(sentence):
        length = names.longest_at(sentence, place, part=SHORTEST_PART)
        if length:
            yield sentence[start:place], False
            yield sentence[place : place + length], True
            start = place = place + length
        else:
            place += 1
    yield sentence[start:], False
