"""Who has a submission in hand: two people do not judge or change one at the same time."""

from __future__ import annotations

import datetime as dt

from portal.domain.errors import WrongState
from portal.domain.organisation import Person
from portal.domain.progress import Report


def refuse_if_taken(report: Report, actor: Person, now: dt.datetime) -> None:
    """Raises `WrongState` when it is decided (`already_decided`), or while it is a colleague's (`claimed`)."""
    if report.pending is not None:
        raise WrongState("already_decided", by=report.pending.by.name)
    holder = report.claimed_at(now)
    if holder is not None and holder.id != actor.id:
        raise WrongState("claimed", by=holder.name)
