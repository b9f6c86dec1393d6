"""A new password typed twice: what is wrong with it, field by field."""

from __future__ import annotations

from portal.adapters.passwords import SHORTEST
from portal.domain.errors import Problem

LONGEST = 200  # characters; nobody types more, and hashing has a price


def check_new_password(password: str, *, again: str) -> list[Problem]:
    """Every fault of a new password. Length is all we ask of it; any character may be in it."""
    problems = []
    if len(password) < SHORTEST:
        problems.append(Problem("password", "too_short", {"least": SHORTEST}))
    elif len(password) > LONGEST:
        problems.append(Problem("password", "too_long", {"most": LONGEST}))
    if password != again:
        problems.append(Problem("again", "not_the_same"))
    return problems
