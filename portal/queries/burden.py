"""How much units were asked for: requests for photos, photos in them, minutes of writing. Never to compare units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.domain.audit import AuditEntry
from portal.domain.lifecycle import ReportState
from portal.domain.organisation import Person
from portal.domain.photo_requests import GIVEN, AskingBody, PhotoRequest
from portal.domain.plan import Milestone, Project
from portal.domain.progress import Report
from portal.rules.burden import median, minutes_of
from portal.rules.clock import SHANGHAI, day_of, end_of, first_day, last_day, month_of

WRITING = (
    "start_draft",
    "start_correction",
    "save_draft",
    "add_photo",
    "remove_photo",
    "restore_photo",
    "move_photo",
    "submit_report",
)  # acts that show that somebody is at it
FEWEST = 5  # reports of which a middle is told to the public
AT_ONCE = 500  # reports whose acts are read in one query


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a month asked: requests, photos in them at most, reports that were sent, minutes of each."""

    month: str
    requests: int
    photos: int
    minutes: Sequence[int]

    @property
    def reports(self) -> int:
        return len(self.minutes)

    @property
    def all_minutes(self) -> int:
        return sum(self.minutes)

    @property
    def public_median(self) -> int | None:
        """The middle of the minutes; None of so few reports that it would tell of one."""
        return median(self.minutes) if self.reports >= FEWEST else None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Photos of one milestone that are there already: of one report."""

    report: Report
    photos: int


@dataclass(frozen=True, kw_only=True)
class ForMilestone:
    """One milestone as somebody sees it who thinks of asking: what was given, to whomever, and what is asked for."""

    milestone: Milestone
    given: Sequence[Evidence]
    open: PhotoRequest | None


def month_so_far(session: Session, *, person: Person, now: dt.datetime) -> Asked:
    """What this month has asked of the person's unit."""
    month = month_of(day_of(now))
    return _asked(session, month, PhotoRequest.unit_id == person.unit_id, Report.unit_id == person.unit_id)


def month_of_all(session: Session, month: str) -> Asked:
    """What a month asked of the whole district."""
    return _asked(session, month)


def open_requests(session: Session, *, person: Person) -> list[PhotoRequest]:
    """What the person's unit still has to answer, what is due first in front."""
    query = (
        select(PhotoRequest)
        .where(
            PhotoRequest.unit_id == person.unit_id,
            PhotoRequest.answered_at.is_(None),
            PhotoRequest.cancelled_at.is_(None),
        )
        .order_by(PhotoRequest.due_on, PhotoRequest.id)
        .options(
            joinedload(PhotoRequest.project),
            joinedload(PhotoRequest.milestone),
            selectinload(PhotoRequest.all_bodies).joinedload(AskingBody.body),
        )
    )
    return list(session.scalars(query))


def for_each_milestone(session: Session, project: Project) -> list[ForMilestone]:
    """Every milestone of a project with what there is of it."""
    reports = session.scalars(
        select(Report)
        .where(Report.project_id == project.id, Report.state.in_(GIVEN))
        .order_by(Report.submitted_at.desc(), Report.id.desc())
        .options(selectinload(Report.all_photos))
    ).all()
    asked = session.scalars(
        select(PhotoRequest)
        .where(
            PhotoRequest.project_id == project.id,
            PhotoRequest.answered_at.is_(None),
            PhotoRequest.cancelled_at.is_(None),
        )
        .options(selectinload(PhotoRequest.all_bodies).joinedload(AskingBody.body))
    ).all()
    still_open = {request.milestone_id: request for request in asked}
    return [
        ForMilestone(
            milestone=milestone,
            given=[
                Evidence(report=report, photos=len(report.photos))
                for report in reports
                if report.milestone_id == milestone.id and report.photos
            ],
            open=still_open.get(milestone.id),
        )
        for milestone in project.milestones
    ]


def _asked(session: Session, month: str, *of: ColumnElement[bool]) -> Asked:
    begins = dt.datetime.combine(first_day(month), dt.time(), SHANGHAI).astimezone(dt.UTC)
    ends = end_of(last_day(month))
    requests, photos = session.execute(
        select(func.count(), func.coalesce(func.sum(PhotoRequest.cap), 0)).where(
            PhotoRequest.asked_at >= begins, PhotoRequest.asked_at < ends, *of[:1]
        )
    ).one()
    sent = session.scalars(
        select(Report.id).where(
            Report.submitted_at >= begins,
            Report.submitted_at < ends,
            Report.state != ReportState.DISCARDED,
            Report.source_id.is_(None),  # an old note that was brought in cost nobody here a minute
            *of[1:],
        )
    ).all()
    return Asked(
        month=month,
        requests=requests,
        photos=int(photos),
        minutes=_minutes(session, sent, until=ends),
    )


def _minutes(session: Session, reports: Sequence[int], *, until: dt.datetime) -> list[int]:
    moments: dict[str, list[dt.datetime]] = {str(report): [] for report in reports}
    names = list(moments)
    for first in range(0, len(names), AT_ONCE):
        rows = session.execute(
            select(AuditEntry.subject_id, AuditEntry.at).where(
                AuditEntry.subject_kind == Report.__tablename__,
                AuditEntry.subject_id.in_(names[first : first + AT_ONCE]),
                AuditEntry.act.in_(WRITING),
                AuditEntry.at < until,
            )
        )
        for subject, at in rows:
            moments[subject].append(at)
    return [minutes_of(each) for each in moments.values()]
