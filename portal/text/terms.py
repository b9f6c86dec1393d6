"""What a text is found by: pairs of Han characters, runs of letters, numbers, dates and measures.

No dictionary: a phrase of Han characters is looked up by its overlapping pairs and then compared with
the text itself, so that a name nobody has heard of is found like any other. Works on folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from portal.text.characters import HAN, LETTER, NUMBER
from portal.text.measures import found_in

_RUN = re.compile(rf"[{HAN}]+|{LETTER}+|{NUMBER}")
_HAN_START = re.compile(f"[{HAN}]")
_LETTER_START = re.compile(LETTER)
_ATOM = re.compile(rf"[{HAN}]|{LETTER}+|{NUMBER}")


def is_han(character: str) -> bool:
    return _HAN_START.match(character) is not None


def terms(text: str) -> list[str]:
    """Every term of a folded text, as often as it occurs.

    A Han run 城东路 gives 城东, 东路 and its last character 路; S210 gives s and 210; 2.5 stays whole.
    """
    found: list[str] = []
    for run in _RUN.findall(text):
        if is_han(run):
            found.extend(run[i : i + 2] for i in range(len(run)))
        else:
            found.append(run)
    for each in found_in(text):
        found.extend(each.terms)
    return found


def required_terms(phrase: str) -> tuple[str, ...]:
    """Terms that every text containing this folded phrase has.

    Empty when nothing can be said: only punctuation, or one Han character (then see `is_han`).
    """
    required: dict[str, None] = {}
    for match in _RUN.finditer(phrase):
        run = match[0]
        if not is_han(run):
            required[run] = None
        elif len(run) > 1:
            required.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
        elif match.end() < len(phrase):
            # The run ends here in the text as well, so its last character is a term there.
            required[run] = None
    return tuple(required)


def is_one_term(phrase: str) -> bool:
    """Whether having the phrase's one term is the same as containing the phrase."""
    return required_terms(phrase) == (phrase,)


def atoms(phrase: str) -> list[str]:
    """The smallest pieces a long phrase may be cut into: one Han character, a run of letters, a number."""
    return _ATOM.findall(phrase)


@lru_cache(maxsize=256)
def _edged(phrase: str) -> re.Pattern[str]:
    """The phrase where it does not cut a number or a run of letters in two: 10 is not in 210 or in 2.10."""
    before = after = ""
    if phrase[0] in "0123456789":
        before = r"(?<![0-9])(?<![0-9]\.)"
    elif re.match(r"\.[0-9]", phrase):
        before = r"(?<![0-9])"
    elif _LETTER_START.match(phrase[0]):
        before = f"(?<!{LETTER})"
    if phrase[-1] in "0123456789":
        after = r"(?![0-9])(?!\.[0-9])"
    elif re.search(r"[0-9]\.$", phrase):
        after = r"(?![0-9])"
    elif _LETTER_START.match(phrase[-1]):
        after = f"(?!{LETTER})"
    return re.compile(before + re.escape(phrase) + after)


def occurrences(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Where a folded text contains a folded phrase (start, end), left to right, not overlapping."""
    if phrase:
        for match in _edged(phrase).finditer(text):
            yield match.span()


def contains(text: str, phrase: str) -> bool:
    """Whether a folded text contains a folded phrase; the empty phrase is in every text."""
    if phrase not in text:
        return False
    if not phrase or (is_han(phrase[0]) and is_han(phrase[-1])):
        return True
    return _edged(phrase).search(text) is not None
