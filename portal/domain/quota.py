"""How much the people of one unit may send in a day, counted from rows, so that a restart forgets nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from portal.domain.errors import TooOften
from portal.domain.organisation import Unit
from portal.domain.progress import Photo, Report, Video
from portal.rules.clock import SHANGHAI, day_of, end_of

MB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What a unit may send in a day: bytes and files."""

    bytes: int
    files: int


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a unit has sent since midnight, removed photos included: they were received all the same."""

    bytes: int
    files: int


def sent_today(session: Session, *, unit_id: int, now: dt.datetime) -> Sent:
    """Originals that came in for a unit's reports on this day of Asia/Shanghai."""
    midnight = dt.datetime.combine(day_of(now), dt.time(), SHANGHAI).astimezone(dt.UTC)
    each = [
        select(kind.original_sha256, kind.original_bytes)
        .join(Report, kind.report_id == Report.id)
        .where(Report.unit_id == unit_id, kind.received_at >= midnight)
        for kind in (Photo, Video)
    ]
    came = union(*each).subquery()  # a correction has rows of its own for what came once: a union has it once
    total = func.coalesce(func.sum(came.c.original_bytes), 0)
    files, size = session.execute(select(func.count(), total).select_from(came)).one()
    return Sent(bytes=int(size), files=int(files))


def refuse_beyond_quota(session: Session, *, unit: Unit, more: int, quota: Quota, now: dt.datetime) -> None:
    """Raises `TooOften`, with the seconds to midnight, when one more file of so many bytes is too much for a day."""
    sent = sent_today(session, unit_id=unit.id, now=now)
    if sent.files + 1 > quota.files or sent.bytes + more > quota.bytes:
        left = end_of(day_of(now)) - now
        raise TooOften(
            "unit_day_is_full",
            seconds=int(left.total_seconds()) + 1,
            files=sent.files,
            mb=sent.bytes // MB,
            most_files=quota.files,
            most_mb=quota.bytes // MB,
        )
