"""Whether there is room for what a unit sends: on the disk, and in the unit's day."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.database import one_by_one
from portal.domain.progress import Report
from portal.domain.quota import MB, Quota, refuse_beyond_quota
from portal.web.desk import now, portal
from portal.web.words import PHOTO_REFUSALS


def refuse_beyond_day(session: Session, report: Report, *, more: int, alone: bool = False) -> None:
    """Raises `TooOften` when the unit has sent enough for a day. alone: until this transaction ends nobody else of
    the unit is counted."""
    settings = portal().settings
    if alone:
        one_by_one(session, f"quota/unit/{report.unit_id}")
    refuse_beyond_quota(
        session,
        unit=report.unit,
        more=more,
        quota=Quota(bytes=settings.unit_day_mb * MB, files=settings.unit_day_files),
        now=now(),
    )


def full_words() -> str:
    """Why nothing is taken: the disk is full, or keeps what it has for what must go on."""
    return PHOTO_REFUSALS["reserve" if portal().room.short() is not None else "full"]()
