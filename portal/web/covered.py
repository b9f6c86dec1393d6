"""What is covered on a photo, in words: for windows and desks alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portal.web.language import _
from portal.web.states import word

COVER_KINDS: dict[str, Callable[[], str]] = {
    "face": lambda: _("人脸"),
    "plate": lambda: _("车牌"),
    "paper": lambda: _("证件或单据"),
    "other": lambda: _("其他个人信息"),
}


def covered_words(covered: Mapping[str, Any] | None) -> str:
    """Of one photo: how many places, why, and which bodies did it; "" where nothing is covered."""
    if not covered:
        return ""
    roles = _("、").join(covered["roles"])
    return _(
        "遮住了 %(n)s 处：%(kinds)s（%(roles)s）",
        n=covered["places"],
        kinds=kinds_words(covered["kinds"]),
        roles=roles,
    )


def redaction_words(redaction: Mapping[str, Any]) -> str:
    """Why a published report has a version with covers."""
    return _("照片上有%(kinds)s，遮住了", kinds=kinds_words(redaction["kinds"]))


def kinds_words(kinds: Iterable[str]) -> str:
    """Kinds in a row, in the order of the table."""
    known = set(kinds)
    return _("、").join(word(COVER_KINDS, kind) for kind in COVER_KINDS if kind in known)
