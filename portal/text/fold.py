"""Folding: one form for all the ways the same words are written, so that they find each other.

Traditional and simplified, full and half width, upper and lower case, variant characters, invisible
characters, line breaks inside words and the commas of large numbers become one. Folding goes character
by character (with a handful of words of unchanged length), so the place of every folded character in the
original is known. Both the texts and the queries are folded; the folded form is never shown to anybody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import opencc

from portal.text.characters import CLOSE_PUNCTUATION, HAN, PHRASES, VARIANTS

TEXTS = 2048  # texts whose folding is remembered: a page folds titles and passages several times
_HAN = re.compile(f"[{HAN}]")
_GAP = re.compile(r"[ ·]+")
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # control, format (zero width), half of a surrogate pair
_MARKS = (("\u0300", "\u036f"), ("\u3099", "\u309a"), ("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))


@cache
def _simplifier() -> opencc.OpenCC:
    """OpenCC's traditional → simplified tables, loaded when first needed."""
    return opencc.OpenCC("t2s")


def _fold_once(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    if any(first <= character <= last for first, last in _MARKS):
        return ""
    character = VARIANTS.get(character, character)
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    if len(decomposed) == 1 and _HAN.match(decomposed):
        simplified = str(_simplifier().convert(decomposed))
        decomposed = VARIANTS.get(simplified, simplified)
    return decomposed


class _Folds(dict[int, str]):
    """Code point → its fold, found out once. A table for `str.translate`; safe to share by threads."""

    def __missing__(self, code: int) -> str:
        before, after = "", chr(code)
        while after != before:
            before, after = after, "".join(_fold_once(part) for part in after)
        self[code] = after
        return after


_FOLDS = _Folds()


def _needless_gaps(text: str) -> Iterator[tuple[int, int]]:
    """Where space has no meaning: at the ends, doubled, beside Han or punctuation, a dot inside a name."""
    for gap in _GAP.finditer(text):
        start, end = gap.span()
        left, right = text[start - 1 : start], text[end : end + 1]
        if "·" in gap[0]:
            if " " not in gap[0] and _HAN.match(left) and _HAN.match(right):
                yield start, end
        elif _between_numbers(text, start, end):
            yield start + 1, end
        elif _beside_plus(left, right) or not left or not right or _is_close(left) or _is_close(right):
            yield start, end
        elif end - start > 1:
            yield start + 1, end


def _beside_plus(left: str, right: str) -> bool:
    """K15 + 200."""
    return (right == "+" and left.isdigit()) or (left == "+" and right.isdigit())


def _between_numbers(text: str, start: int, end: int) -> bool:
    """Beside a comma between two numbers a space says that they are two: 1, 200 is not 1,200."""
    around = text[max(start - 2, 0) : start] + text[end : end + 2]
    return re.search(r"[0-9],[0-9]|[0-9],$|^,[0-9]", around) is not None


def _separators(text: str) -> Iterator[int]:
    """Where a comma only groups the digits of a number."""
    if "," in text:
        for number in _GROUPED.finditer(text):
            yield from (place for place in range(*number.span()) if text[place] == ",")


def _is_close(character: str) -> bool:
    return character in CLOSE_PUNCTUATION or _HAN.match(character) is not None


def _settle_words(text: str) -> str:
    for word, usual in PHRASES.items():
        if word in text:
            text = text.replace(word, usual)
    return text


def folded(text: str) -> str:
    """The form of `text` that is indexed and looked for. Folding twice changes nothing."""
    text = text.translate(_FOLDS)
    pieces, done = [], 0
    for start, end in _needless_gaps(text):
        pieces.append(text[done:start])
        done = end
    pieces.append(text[done:])
    text = "".join(pieces)
    for place in reversed(list(_separators(text))):
        text = text[:place] + text[place + 1 :]
    return _settle_words(text)


@lru_cache(maxsize=TEXTS)
def folded_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """`folded(text)`, and for each of its characters the index of the original one it came from."""
    folds = [_FOLDS[code] for code in map(ord, text)]
    whole = "".join(folds)
    if len(whole) == len(text) and all(folds):  # as nearly always: one for one
        offsets: list[int] = list(range(len(text)))
    else:
        offsets = [index for index, fold in enumerate(folds) for _ in fold]
    gaps = list(_needless_gaps(whole))
    for start, end in reversed(gaps):
        whole = whole[:start] + whole[end:]
        del offsets[start:end]
    for place in reversed(list(_separators(whole))):
        whole = whole[:place] + whole[place + 1 :]
        del offsets[place]
    return _settle_words(whole), offsets
