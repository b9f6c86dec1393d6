"""A unit writes a report: a draft that saves itself, its words and its photos."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from portal.database import hold
from portal.domain import audit
from portal.domain.errors import NotPermitted, Problem, Refused, Stale, WrongState
from portal.domain.lifecycle import REPORT, MatterState, ReportAct, ReportState
from portal.domain.organisation import Person, Role
from portal.domain.permissions import permit_report
from portal.domain.plan import Project
from portal.domain.progress import (
    DRAFTS_PER_PERSON,
    MAX_PHOTOS,
    PACE_WINDOW,
    PASSAGES,
    UPLOADS_PER_PERSON,
    Photo,
    Report,
)
from portal.domain.report_words import (
    keep_caption,
    keep_milestone,
    keep_month,
    keep_passage,
    keep_percent,
    keep_taken_on,
)
from portal.domain.wording import clean
from portal.ports import Limit
from portal.rules.clock import day_of, month_of

OPEN_TO_REPORTS = (MatterState.ASSIGNED, MatterState.ACCEPTED, MatterState.IN_PROGRESS)


@dataclass(frozen=True, kw_only=True)
class ReportWords:
    """What the form sends, as typed. Keys of captions and days are photo ids."""

    milestone: str = ""
    month: str = ""
    physical_percent: str = ""
    done: str = ""
    problems: str = ""
    next_step: str = ""
    captions: Mapping[int, str] = field(default_factory=dict)
    taken_on: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Developed:
    """A photo that has arrived, as the darkroom judged it. Its files already lie in the media store."""

    sha256: str
    bytes: int
    format: str
    width: int
    height: int
    tone: str
    renditions: list[dict[str, Any]]
    embedded: dict[str, Any]
    file_name: str = ""


def drafts_of(person: Person) -> Limit:
    """How often somebody may begin a report, or go on with one."""
    return Limit(key=f"draft/person/{person.id}", most=DRAFTS_PER_PERSON, window=PACE_WINDOW)


def uploads_of(person: Person) -> Limit:
    """How many photos somebody may send."""
    return Limit(key=f"upload/person/{person.id}", most=UPLOADS_PER_PERSON, window=PACE_WINDOW)


def start_draft(session: Session, *, project: Project, actor: Person, now: dt.datetime) -> Report:
    """The unit's draft for this project: the one that is open, or a new one with what is known filled in."""
    unit = project.unit
    if actor.role not in (Role.REPORTER, Role.HEAD) or actor.unit_id != unit.id:
        raise NotPermitted("not_your_unit", act="save")
    if project.state not in OPEN_TO_REPORTS:
        raise WrongState("project_takes_no_reports", state=project.state.value)
    hold(session, project)  # two forms opened at once find one draft
    open_draft = session.scalars(
        select(Report).where(
            Report.project_id == project.id,
            Report.unit_id == unit.id,
            Report.state == ReportState.DRAFT,
            Report.corrects_id.is_(None),
        )
    ).first()
    if open_draft is not None:
        return open_draft
    today = day_of(now)
    next_due = next((m for m in project.milestones if m.due_on >= today), None)
    report = Report(
        project=project,
        milestone=next_due or (project.milestones[-1] if project.milestones else None),
        unit=unit,
        author=actor,
        month=month_of(today),
        created_at=now,
    )
    session.add(report)
    audit.note(session, actor=actor, act="start_draft", subject=report, now=now)
    return report


def save_draft(
    session: Session,
    *,
    report: Report,
    words: ReportWords,
    seen_version: int | None,
    actor: Person,
    now: dt.datetime,
) -> list[Problem]:
    """Keep every field that can be kept; the problems name those that cannot, and why.

    A returned report takes changes only in what was returned. Raises `Stale`, which undoes all of it, when
    somebody else has saved since `seen_version`; words that stand there already were saved by a form whose
    answer never came, and are no conflict when it is sent again.
    """
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    found = report.version_id
    problems: list[Problem] = []
    open_passages, today = editable_passages(report), day_of(now)
    for passage in PASSAGES:
        if passage in open_passages:
            problems += keep_passage(report, passage, typed=getattr(words, passage))
    if "milestone" in open_passages:
        problems += keep_milestone(report, typed=words.milestone)
    if "month" in open_passages:
        problems += keep_month(report, typed=words.month, today=today)
    if "physical_percent" in open_passages:
        problems += keep_percent(report, typed=words.physical_percent)
    problems += _keep_photo_words(session, report, words, today)
    changed = report.version_id != found or session.is_modified(report)
    if changed and seen_version is not None and seen_version != found:
        raise Stale("draft_changed_elsewhere")
    audit.note(session, actor=actor, act="save_draft", subject=report, now=now)
    return problems


def editable_passages(report: Report) -> frozenset[str]:
    """The passages that may change now: all of a draft, the returned ones of a returned report."""
    if report.state is ReportState.DRAFT:
        return frozenset((*PASSAGES, "milestone", "month", "physical_percent"))
    last = report.last_return
    return frozenset(reason.passage for reason in last.reasons if reason.passage) if last else frozenset()


def editable_photos(report: Report) -> frozenset[int]:
    """Ids of the photos that may change now: all of a draft; of a returned report the returned ones and
    those that have come since."""
    if report.state is ReportState.DRAFT:
        return frozenset(photo.id for photo in report.photos)
    last = report.last_return
    if last is None:
        return frozenset()
    flagged = {reason.photo_id for reason in last.reasons if reason.photo_id}
    return frozenset(
        photo.id
        for photo in report.photos
        if photo.id in flagged
        or (last.took_effect_at is not None and photo.received_at >= last.took_effect_at)
    )


def discard_draft(session: Session, *, report: Report, actor: Person, now: dt.datetime) -> None:
    """Throw a draft away. Its row stays, unseen; a draft that corrects something leaves that as it is."""
    hold(session, report)
    permit_report(actor, ReportAct.DISCARD, report)
    report.state = REPORT.next(report.state, ReportAct.DISCARD)
    audit.note(session, actor=actor, act="discard_draft", subject=report, now=now)


def add_photo(
    session: Session,
    *,
    report: Report,
    arrived: Developed,
    actor: Person,
    now: dt.datetime,
    replaces: Photo | None = None,
) -> Photo:
    """Put a photo into the report, at the end or in the place of the one it replaces. The same picture again is
    not added twice: the one that is there is answered. Raises `Refused` (`too_many_photos`, `photo_not_open`)."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    same = next((p for p in report.photos if p.original_sha256 == arrived.sha256), None)
    if same is not None:
        return same
    _refuse_unless_room(report, replaces)
    photo = _photo(report, arrived, replaces, actor, now)
    session.add(photo)
    if replaces is not None:
        replaces.removed_at = now
    audit.note(session, actor=actor, act="add_photo", subject=report, now=now, photo=arrived.sha256)
    return photo


def _refuse_unless_room(report: Report, replaces: Photo | None) -> None:
    if replaces is None:
        if len(report.photos) >= MAX_PHOTOS:
            raise Refused("too_many_photos", most=MAX_PHOTOS)
    elif replaces.report_id != report.id or replaces.id not in editable_photos(report):
        raise Refused("photo_not_open")


def _photo(
    report: Report, arrived: Developed, replaces: Photo | None, actor: Person, now: dt.datetime
) -> Photo:
    return Photo(
        report=report,
        position=replaces.position if replaces else max((p.position for p in report.photos), default=0) + 1,
        caption=replaces.caption if replaces else "",
        taken_on=_embedded_day(arrived.embedded, now),
        file_name=clean(arrived.file_name, limit=200),
        original_sha256=arrived.sha256,
        original_format=arrived.format,
        original_bytes=arrived.bytes,
        width=arrived.width,
        height=arrived.height,
        tone=arrived.tone,
        renditions=arrived.renditions,
        embedded=arrived.embedded,
        seal_salt=secrets.token_hex(32),
        received_at=now,
        received_by_id=actor.id,
        replaces_id=replaces.id if replaces else None,
    )


def remove_photo(session: Session, *, report: Report, photo: Photo, actor: Person, now: dt.datetime) -> None:
    """Take a photo out of the report; the sealed original stays in the house."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    if photo.id not in editable_photos(report):
        raise Refused("photo_not_open")
    photo.removed_at = now
    audit.note(session, actor=actor, act="remove_photo", subject=report, now=now, photo=photo.original_sha256)


def move_photo(
    session: Session, *, report: Report, photo: Photo, up: bool, actor: Person, now: dt.datetime
) -> None:
    """Change places with the neighbour above or below; at the edge nothing happens."""
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    if report.state is not ReportState.DRAFT:
        raise WrongState("order_is_fixed")
    order = report.photos
    here = order.index(photo)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order, start=1):
        each.position = position
    audit.note(session, actor=actor, act="move_photo", subject=report, now=now)


def _keep_photo_words(session: Session, report: Report, words: ReportWords, today: dt.date) -> list[Problem]:
    """Captions and days. They count as a change of the report, so that a stale form cannot undo them."""
    problems, before = [], [(photo.caption, photo.taken_on) for photo in report.photos]
    for photo in report.photos:
        if photo.id not in editable_photos(report):
            continue
        if photo.id in words.captions:
            problems += keep_caption(photo, typed=words.captions[photo.id])
        if photo.id in words.taken_on:
            problems += keep_taken_on(photo, typed=words.taken_on[photo.id], today=today)
    if before != [(photo.caption, photo.taken_on) for photo in report.photos]:
        flag_modified(report, "month")
        session.flush()
    return problems


def _embedded_day(embedded: Mapping[str, Any], now: dt.datetime) -> dt.date | None:
    """The day the file itself claims, when it is a believable one."""
    try:
        day = dt.date.fromisoformat(str(embedded.get("taken_at", ""))[:10])
    except ValueError:
        return None
    return day if dt.date(2000, 1, 1) <= day <= day_of(now) else None
