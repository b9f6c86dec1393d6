"""Rules of one writing for another, applied one after the other: each sees what those before it have made."""

from __future__ import annotations

import re
from collections.abc import Callable

Read = str | Callable[[re.Match[str]], str]
Rules = tuple[tuple[re.Pattern[str], Read], ...]


def rules(*pairs: tuple[str, Read]) -> Rules:
    """Rules from pairs of an expression and what it is read as."""
    return tuple((re.compile(written), read) for written, read in pairs)


def rewritten(text: str, by: Rules) -> str:
    """The text by all of the rules, in their order."""
    for written, read in by:
        text = written.sub(read, text)
    return text
