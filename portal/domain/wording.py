"""Typed words as the house keeps them, and passages of a report as text."""

from __future__ import annotations

import re
import unicodedata

from portal.domain.progress import Report

UNSEEN = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str, *, limit: int) -> str:
    """Typed text as we keep it: NFC, our line ends, no unseen characters, at most `limit` characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", text).strip()[:limit]


def passage_text(report: Report, passage: str) -> str:
    """A passage as text, so that "has it changed" can be asked of any of them."""
    if passage == "milestone":
        return report.milestone.name if report.milestone else ""
    if passage == "videos":
        return "\n".join(f"{video.description}（{video.original_sha256[:8]}）" for video in report.videos)
    value = getattr(report, passage)
    return "" if value is None else str(value)
