"""The moderating body takes an original out of the sealed room: the one way it ever leaves the house."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.errors import NotPermitted
from portal.domain.lifecycle import ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import Photo, Report

UNDECIDED = (ReportState.SUBMITTED, ReportState.IN_REVIEW)
DECIDED = (ReportState.PUBLISHED, ReportState.SUPERSEDED)


def open_original(session: Session, *, photo: Photo, actor: Person, now: dt.datetime) -> str:
    """The photo's name in the sealed room, with a line in the audit that it was asked for.

    Raises `NotPermitted` for everybody but those who may decide the report or whose body has decided it.
    """
    report = photo.report
    permit_report(actor, ReportAct.CLAIM, report)
    if not (report.state in UNDECIDED or (report.state in DECIDED and actor.body_id in _deciders(report))):
        raise NotPermitted("not_yours_to_decide", act="open_original")
    audit.note(session, actor=actor, act="open_original", subject=photo, now=now, photo=photo.original_sha256)
    return photo.original_name


def _deciders(report: Report) -> set[int]:
    return {decision.body_id for decision in report.decisions if decision.took_effect_at is not None}
