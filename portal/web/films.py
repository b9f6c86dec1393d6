"""Videos in words: how long one is, how far our film of it is, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.web.language import _


def length_mark(milliseconds: int) -> str:
    """A length as players write it: 1:05."""
    seconds = max(round(milliseconds / 1000), 1)
    return f"{seconds // 60}:{seconds % 60:02d}"


def length_words(milliseconds: int) -> str:
    """A length as it is said: 1 分 5 秒."""
    seconds = max(round(milliseconds / 1000), 1)
    if seconds < 60:
        return _("%(n)s 秒", n=seconds)
    if seconds % 60 == 0:
        return _("%(n)s 分钟", n=seconds // 60)
    return _("%(n)s 分 %(seconds)s 秒", n=seconds // 60, seconds=seconds % 60)


def weight_words(count: int) -> str:
    """Bytes as people read them."""
    if count >= 1024 * 1024:
        return _("%(n)s MB", n=f"{count / 1024 / 1024:.1f}")
    return _("%(n)s KB", n=max(count // 1024, 1))


def shown(film: Mapping[str, Any], **about: Any) -> dict[str, Any]:
    """A film for the macros of `components/films.html`. film: its size, length and weight as stored; about: where it
    is, its description, the picture that stands for it."""
    return {
        "width": film["width"],
        "height": film["height"],
        "mark": length_mark(film["milliseconds"]),
        "length": length_words(film["milliseconds"]),
        "weight": weight_words(film["bytes"]),
        **about,
    }
