"""The moderating body takes the original of a photo or a video out of the sealed room, or looks at a photo without its
covers: the two ways in which one is ever seen."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.errors import NotPermitted
from portal.domain.lifecycle import ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import may_report
from portal.domain.progress import Photo, Report, Video

UNDECIDED = (ReportState.SUBMITTED, ReportState.IN_REVIEW)
DECIDED = (ReportState.PUBLISHED, ReportState.SUPERSEDED)


def open_original(session: Session, *, media: Photo | Video, actor: Person, now: dt.datetime) -> str:
    """Its name in the sealed room, with a line in the audit that it was asked for.

    Raises `NotPermitted` for everybody but those who may decide the report or whose body has decided it.
    """
    return _opened(session, media, actor, now, act="open_original")


def see_uncovered(session: Session, *, photo: Photo, actor: Person, now: dt.datetime) -> str:
    """The same, for who only looks at what is under the covers of a photo."""
    return _opened(session, photo, actor, now, act="see_uncovered")


def may_see_original(media: Photo | Video, actor: Person) -> bool:
    """Whether this person decides the report, or is of a body that has decided it."""
    report = media.report
    if not may_report(actor, ReportAct.CLAIM, report):
        return False
    return report.state in UNDECIDED or (report.state in DECIDED and actor.body_id in _deciders(report))


def _opened(session: Session, media: Photo | Video, actor: Person, now: dt.datetime, *, act: str) -> str:
    if not may_see_original(media, actor):
        raise NotPermitted("not_yours_to_decide", act=act)
    seen = {media.__tablename__: media.original_sha256}
    audit.note(session, actor=actor, act=act, subject=media, now=now, **seen)
    return media.original_name


def _deciders(report: Report) -> set[int]:
    return {decision.body_id for decision in report.decisions if decision.took_effect_at is not None}
