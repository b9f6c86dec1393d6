"""Two versions of a text laid side by side: which pieces of each are not in the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

TOKEN = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|\s+|.", re.S
)  # numbers and words stay whole, 字 stand alone
MOST = 1500  # tokens between the common beginning and end; longer ones are taken whole
LIKE = 0.4  # share in common below which two texts are different altogether
ISLAND = 2  # fewer tokens in common between two changes are part of the change

Pieces = list[tuple[str, bool]]


def apart(before: str, after: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces, each with whether the other lacks it. The pieces of a text joined are the text."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    start = _common(zip(old, new, strict=False))
    end = _common(zip(old[start:][::-1], new[start:][::-1], strict=False))
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    runs = _runs(middle_old, middle_new)
    tail = (True, old[len(old) - end :], new[len(new) - end :])
    runs = [(True, old[:start], new[:start]), *runs, tail]
    alike = sum(len("".join(a)) for same, a, _b in runs if same)
    if alike < LIKE * max(len(before), len(after)):
        return _whole(before), _whole(after)
    return _joined((a, not same) for same, a, _b in runs), _joined((b, not same) for same, _a, b in runs)


def _common(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _runs(old: Sequence[str], new: Sequence[str]) -> list[tuple[bool, Sequence[str], Sequence[str]]]:
    """Runs of tokens, in order: whether they are the same, those before, those after."""
    if max(len(old), len(new)) > MOST:
        return [(False, old, new)]
    runs: list[tuple[bool, Sequence[str], Sequence[str]]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = tag == "equal" and b - a >= ISLAND
        if runs and runs[-1][0] == same:
            runs[-1] = (same, [*runs[-1][1], *old[a:b]], [*runs[-1][2], *new[c:d]])
        else:
            runs.append((same, old[a:b], new[c:d]))
    return runs


def _joined(runs: Iterator[tuple[Sequence[str], bool]]) -> Pieces:
    pieces: Pieces = []
    for tokens, changed in runs:
        text = "".join(tokens)
        if text and pieces and pieces[-1][1] == changed:
            pieces[-1] = (pieces[-1][0] + text, changed)
        elif text:
            pieces.append((text, changed))
    return pieces


def _whole(text: str) -> Pieces:
    return [(text, True)] if text else []
