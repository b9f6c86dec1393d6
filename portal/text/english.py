"""English words for what a district builds, as the Chinese words that its reports say it with. A short list, read from
`english.txt`; nothing is translated that stands somewhere as typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

MOST_WORDS = 3  # of one expression: sewage treatment plant
_AROUND = frozenset(
    (
        "a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "with", "by", "from", "is", "are", "was", "were",
        "has", "have", "happened", "been", "be", "will", "would",
        "do", "does", "did", "when", "where", "who", "what", "why", "how", "which", "much",
        "many", "there", "about", "any", "all", "latest", "current", "status", "progress", "project", "projects",
        "work", "works", "plan", "report", "reports", "news", "information", "update",
    )
)  # fmt: skip
_PLACES = {"town": "zhen", "subdistrict": "jiedao", "street": "jiedao", "township": "xiang", "village": "cun"}


@cache
def _words() -> dict[str, tuple[str, ...]]:
    lines = (Path(__file__).parent / "english.txt").read_text(encoding="utf-8").splitlines()
    table = {}
    for line in lines:
        letters = [word for word in line.split() if word.isascii()]
        table[" ".join(letters)] = tuple(line.split()[len(letters) :])
    return table


def in_chinese_words(expression: str) -> tuple[str, ...]:
    """The Chinese words for a folded English one; none for what is not in the list."""
    return _words().get(expression) or _words().get(expression.removesuffix("s"), ())


def is_around(word: str) -> bool:
    """Whether an English word says nothing of its own: of, the, progress."""
    return word in _AROUND


def expressions(words: Sequence[str]) -> list[int]:
    """How many words, from the first on, each expression takes: 3 for sewage treatment plant."""
    lengths: list[int] = []
    while (place := sum(lengths)) < len(words):
        tried = range(min(MOST_WORDS, len(words) - place), 1, -1)
        known = (length for length in tried if " ".join(words[place : place + length]) in _words())
        lengths.append(next(known, 1))
    return lengths


def place_in_pinyin(words: Sequence[str]) -> str:
    """baiyangzhen for baiyang town; "" for what is no such place."""
    kind = _PLACES.get(words[-1], "") if len(words) == 2 else ""
    return words[0] + kind if kind else ""
