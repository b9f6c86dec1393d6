"""Marking in the original what was looked for in the folded text.

A mark is a folded phrase, or a term such as `@202511` or `@s210`, which marks that date or road in any writing.
"""

from __future__ import annotations

from collections.abc import Iterator

from portal.text.fold import folded, folded_with_offsets
from portal.text.measures import found_in
from portal.text.terms import occurrences

Pieces = list[tuple[str, bool]]

_ELLIPSIS = ("…", False)
_BREAKS = "。！？；\n"
_LEAD = 0.25  # the part of a snippet that may stand before its first mark


def _folded_spans(text: str, marks: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
    """(start, end, which mark) of every mark in a folded text."""
    dates = list(found_in(text)) if any(mark.startswith("@") for mark in marks) else []
    for which, mark in enumerate(marks):
        if mark.startswith("@"):
            yield from ((date.start, date.end, which) for date in dates if mark in date.terms)
        else:
            yield from ((start, end, which) for start, end in occurrences(text, mark))


def _spans(original: str, marks: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """(start, end, which mark) in the original, by start; invisible characters at the end included."""
    text, offsets = folded_with_offsets(original)
    found = []
    for start, end, which in _folded_spans(text, marks):
        last = offsets[end - 1] + 1
        while last < len(original) and not original[last].isspace() and folded(original[last]) == "":
            last += 1
        found.append((offsets[start], last, which))
    return sorted(found)


def _pieces(original: str, spans: list[tuple[int, int, int]], start: int, end: int) -> Pieces:
    """`original[start:end]` cut where marking begins and ends; overlapping and touching marks are one."""
    pieces: Pieces = []
    done = start
    for span in spans:
        first, last = max(span[0], done), min(span[1], end)
        if first >= last:
            continue
        if first > done:
            pieces.append((original[done:first], False))
        if pieces and pieces[-1][1]:
            pieces[-1] = (pieces[-1][0] + original[first:last], True)
        else:
            pieces.append((original[first:last], True))
        done = last
    if done < end:
        pieces.append((original[done:end], False))
    return pieces


def marks_in(original: str, marks: tuple[str, ...]) -> bool:
    """Whether anything in it would be marked."""
    return next(_folded_spans(folded_with_offsets(original)[0], marks), None) is not None


def highlight(original: str, marks: tuple[str, ...]) -> Pieces:
    """The whole original in pieces, each with whether it is marked; joined they are the original."""
    return _pieces(original, _spans(original, marks), 0, len(original))


def snippet(original: str, marks: tuple[str, ...], width: int = 90) -> Pieces:
    """About `width` characters around the place with the most different marks, with … where cut.

    Without any mark it is the beginning. It begins after the end of a sentence when one is near.
    """
    spans = _spans(original, marks)
    start = _best_start(original, spans, width)
    end = min(len(original), start + width)
    pieces = _pieces(original, spans, start, end)
    if start > 0:
        pieces.insert(0, _ELLIPSIS)
    if end < len(original):
        pieces.append(_ELLIPSIS)
    return pieces


def _best_start(original: str, spans: list[tuple[int, int, int]], width: int) -> int:
    if not spans or len(original) <= width:
        return 0
    lead = int(width * _LEAD)
    best, best_worth = 0, (0, 0)
    for index, (first, _, _) in enumerate(spans):
        inside = []
        for span in spans[index:]:
            if span[1] > first + width - lead:
                break
            inside.append(span[2])
        worth = (len(set(inside)), len(inside))
        if worth > best_worth:
            best, best_worth = first, worth
    start = max(0, best - lead)
    for place in range(start, best):
        if original[place] in _BREAKS:
            return place + 1
    return min(start, len(original) - width)
