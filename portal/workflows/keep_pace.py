"""Limits as refusals: an act that comes too often is told when to come back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.domain.errors import TooOften
from portal.ports import Limit, Limits


def refuse_if_full(
    limits: Limits, *kinds: Limit, code: str, now: dt.datetime, session: Session | None = None
) -> None:
    """Raises `TooOften` when one of the limits has no room for another act. Counts nothing."""
    if seconds := limits.wait(*kinds, now=now, session=session):
        raise TooOften(code, seconds=seconds)


def count_or_refuse(
    limits: Limits, *kinds: Limit, code: str, now: dt.datetime, session: Session | None = None
) -> None:
    """Count an act. Raises `TooOften`, and counts nothing, when one of the limits has no room for it.

    session: the transaction of the act, when the count is to be undone with it.
    """
    if seconds := limits.count(*kinds, now=now, session=session):
        raise TooOften(code, seconds=seconds)
