"""What administrators' lists are asked for in the address: a page, a number, a role."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request


def page_asked() -> int:
    """The page of a list, 1 when none or nonsense is asked for."""
    return min(max(request.args.get("page", 1, type=int) or 1, 1), 1_000_000)


def number_typed(text: str) -> int | None:
    """An id that a select sent; None when it sent none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def pages_of(total: int, *, size: int) -> int:
    return max(1, -(-total // size))


def base_of_pages(**kept: str) -> str:
    """The address of this list, to which the number of a page is appended."""
    return f"?{urlencode({**{key: value for key, value in kept.items() if value}, 'page': ''})}"
