"""The ledger of burden 减负账本: when a month has ended, what the district was asked for goes on the record."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.disclosure import burden_shown
from portal.domain.audit import AuditEntry
from portal.queries.burden import month_of_all
from portal.record import log
from portal.record.log import Disclosed
from portal.record.tables import Entry, Head
from portal.rules.clock import day_of, end_of, first_day, last_day, month_of
from portal.rules.numbers import burden_item

KIND = "burden"


def months_due(session: Session, *, now: dt.datetime) -> list[str]:
    """Months that are over and not on the record: the last one, and those before it back to one that is. None in
    which there was no house yet."""
    last = _before(month_of(day_of(now)))
    if log.latest(session, burden_item(last)) is not None:
        return []
    begun = session.scalar(select(func.min(AuditEntry.at)))
    if begun is None or begun >= end_of(last_day(last)):
        return []
    newest = session.scalar(select(func.max(Entry.item)).where(Entry.kind == KIND))
    months = [last]
    while newest is not None and burden_item(_before(months[0])) > newest:
        months.insert(0, _before(months[0]))
    return months


def publish_burden(session: Session, *, now: dt.datetime) -> list[str]:
    """Put them on the record. The months."""
    session.get_one(Head, 1, with_for_update=True)  # one at a time, before anything is looked at
    months = months_due(session, now=now)
    for month in months:
        log.publish(session, _shown(session, month), at=now)
    return months


def _shown(session: Session, month: str) -> Disclosed:
    asked = month_of_all(session, month)
    return burden_shown(
        month, requests=asked.requests, photos_asked=asked.photos, median_minutes=asked.public_median
    )


def _before(month: str) -> str:
    return month_of(first_day(month) - dt.timedelta(days=1))
