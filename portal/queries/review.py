"""What a moderator reads: the queue of their remit, and one submission beside what was published before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.domain.lifecycle import ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import may_report
from portal.domain.plan import Project, Responsibility
from portal.domain.progress import PASSAGES, Decision, Photo, Report, ReturnReason, Verb
from portal.domain.wording import passage_text
from portal.queries.ledger import CURRENT_LINK, remit_of
from portal.rules.clock import SHANGHAI, day_of
from portal.rules.schedule import scheduled_percent

WAITING = (ReportState.SUBMITTED, ReportState.IN_REVIEW)
_HAS_PHOTOS = Report.all_photos.any(Photo.removed_at.is_(None))
COMPARED = ("milestone", "month", "physical_percent", *PASSAGES, "videos")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One submission in the queue. overdue: days since the due day of its milestone (0 = not past it);
    holder: the name of the colleague who is looking at it, "" when nobody is."""

    report: Report
    overdue: int
    waited: dt.timedelta
    holder: str


@dataclass(frozen=True, kw_only=True)
class Today:
    """How far the body's work of this day is."""

    done: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One difference to the published version. `place` counts photos from 1."""

    field: str
    before: str
    after: str
    place: int = 0


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A reason of the last return, and what stands in that place now (None: the photo is gone)."""

    reason: ReturnReason
    place: int
    photo: Photo | None
    passage: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a submission is looked at beside. before: what was last published of the same milestone, or
    the version that a correction replaces; pictured: the newest of these that has photos; planned:
    scheduled percent of that day; previous_percent: of the project's newest published report."""

    before: Report | None
    pictured: Report | None
    changes: list[Changed]
    answered: list[Answered]
    planned: int
    previous_percent: int | None


def queue_of(session: Session, *, person: Person, now: dt.datetime) -> list[Waiting]:
    """The submissions that this person may decide, most overdue first, then those that wait longest."""
    if person.body is None:
        return []
    query = (
        select(Report)
        .join(Project, Report.project_id == Project.id)
        .join(Responsibility, CURRENT_LINK)
        .where(Report.state.in_(WAITING), Report.pending_id.is_(None), remit_of(person.body))
        .options(
            joinedload(Report.project).selectinload(Project.responsibilities),
            joinedload(Report.milestone),
            joinedload(Report.unit),
            joinedload(Report.claimed_by),
            selectinload(Report.all_photos),
            selectinload(Report.all_videos),
        )
    )
    found = [
        _waiting(r, person, now) for r in session.scalars(query) if may_report(person, ReportAct.CLAIM, r)
    ]
    return sorted(found, key=lambda w: (-w.overdue, -w.waited, w.report.id))


def _waiting(report: Report, person: Person, now: dt.datetime) -> Waiting:
    holder = report.claimed_at(now)
    late = (day_of(now) - report.milestone.due_on).days if report.milestone else 0
    return Waiting(
        report=report,
        overdue=max(late, 0),
        waited=now - (report.submitted_at or now),
        holder=holder.name if holder is not None and holder.id != person.id else "",
    )


def next_to_decide(queue: Sequence[Waiting], report_id: int) -> Report | None:
    """The submission after this one that no colleague holds, from the front again after the last."""
    here = next((i for i, waiting in enumerate(queue) if waiting.report.id == report_id), -1)
    order = [*queue[here + 1 :], *queue[: max(here, 0)]]
    return next((w.report for w in order if not w.holder and w.report.id != report_id), None)


def today_of(session: Session, *, person: Person, queue: Sequence[Waiting], now: dt.datetime) -> Today:
    """What the body has decided since midnight, and what still waits."""
    midnight = dt.datetime.combine(day_of(now), dt.time(), SHANGHAI)
    done = session.scalars(
        select(func.count())
        .select_from(Decision)
        .where(Decision.body_id == person.body_id, Decision.at >= midnight, Decision.undone_at.is_(None))
    ).one()
    return Today(done=done, waiting=len(queue))


def open_decisions(session: Session, *, person: Person, now: dt.datetime) -> list[Decision]:
    """This person's decisions that can still be taken back, newest first."""
    query = (
        select(Decision)
        .join(Report, Report.pending_id == Decision.id)
        .where(Decision.by_id == person.id, Decision.undone_at.is_(None), Decision.effect_at > now)
        .order_by(Decision.id.desc())
        .options(joinedload(Decision.report).joinedload(Report.project))
    )
    return list(session.scalars(query))


def comparison_of(session: Session, report: Report, *, on: dt.date) -> Comparison:
    """What this submission should be seen beside, on that day."""
    same_milestone = Report.milestone_id == report.milestone_id
    before = report.corrects or _published(session, report, same_milestone)
    shown = before if before is not None and before.photos else None
    previous = _published(session, report)
    return Comparison(
        before=before,
        pictured=shown or _published(session, report, same_milestone, _HAS_PHOTOS),
        changes=_changes(report.corrects, report) if report.corrects is not None else [],
        answered=_answered(report),
        planned=scheduled_percent(report.project.curve, on),
        previous_percent=previous.physical_percent if previous is not None else None,
    )


def taken_back(report: Report, person: Person) -> Decision | None:
    """This person's last return of exactly this submission, when they took it back: its reasons are
    offered again."""
    last = report.decisions[-1] if report.decisions else None
    if last is None or last.by_id != person.id or last.undone_at is None or last.verb is not Verb.RETURN:
        return None
    return last if last.seen_hash == report.content_hash else None


def _published(session: Session, report: Report, *where: ColumnElement[bool]) -> Report | None:
    query = (
        select(Report)
        .where(
            Report.project_id == report.project_id,
            Report.state == ReportState.PUBLISHED,
            Report.id != report.id,
            *where,
        )
        .order_by(Report.submitted_at.desc(), Report.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def _changes(old: Report, new: Report) -> list[Changed]:
    """What a correction changes: words first, then photos."""
    changes = [
        Changed(field=name, before=passage_text(old, name), after=passage_text(new, name))
        for name in COMPARED
        if passage_text(old, name) != passage_text(new, name)
    ]
    were = {photo.original_sha256: (place, photo) for place, photo in enumerate(old.photos, start=1)}
    for place, photo in enumerate(new.photos, start=1):
        _place, was = were.pop(photo.original_sha256, (0, None))
        if was is None:
            changes.append(Changed(field="photo", place=place, before="", after=photo.caption))
            continue
        for name in ("caption", "taken_on"):
            before, after = str(getattr(was, name) or ""), str(getattr(photo, name) or "")
            if before != after:
                changes.append(Changed(field=name, place=place, before=before, after=after))
    for place, photo in were.values():
        changes.append(Changed(field="photo", place=place, before=photo.caption, after=""))
    return changes


def _answered(report: Report) -> list[Answered]:
    """The reasons of the last return that took effect, each with its answer."""
    returns = [d for d in report.decisions if d.verb is Verb.RETURN and d.took_effect_at is not None]
    if not returns:
        return []
    places = {photo.id: (place, photo) for place, photo in enumerate(report.photos, start=1)}
    heirs = {photo.replaces_id: photo.id for photo in report.all_photos if photo.replaces_id is not None}
    answers = []
    for reason in returns[-1].reasons:
        photo_id = reason.photo_id
        while photo_id is not None and photo_id not in places and photo_id in heirs:
            photo_id = heirs[photo_id]
        place, photo = places.get(photo_id or 0, (0, None))
        passage = passage_text(report, reason.passage) if reason.passage else ""
        answers.append(Answered(reason=reason, place=place, photo=photo, passage=passage))
    return answers
