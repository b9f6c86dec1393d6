"""A unit writes a report: a draft that saves itself, its words and its photos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from portal.database import hold
from portal.domain import audit
from portal.domain.editable import editable_passages, editable_photos
from portal.domain.errors import NotPermitted, Problem, Stale, WrongState
from portal.domain.lifecycle import REPORT, MatterState, ReportAct, ReportState
from portal.domain.organisation import Person, Role
from portal.domain.permissions import permit_report
from portal.domain.plan import Project
from portal.domain.progress import (
    DRAFTS_PER_PERSON,
    PACE_WINDOW,
    PASSAGES,
    Report,
)
from portal.domain.report_words import (
    keep_caption,
    keep_description,
    keep_milestone,
    keep_month,
    keep_passage,
    keep_percent,
    keep_taken_on,
    keep_view,
)
from portal.ports import Limit
from portal.rules.clock import day_of, month_of

OPEN_TO_REPORTS = (MatterState.ASSIGNED, MatterState.ACCEPTED, MatterState.IN_PROGRESS)


@dataclass(frozen=True, kw_only=True)
class ReportWords:
    """What the form sends, as typed. Keys of captions, days and views are photo ids, of descriptions and the days of
    filming video ids."""

    milestone: str = ""
    month: str = ""
    physical_percent: str = ""
    done: str = ""
    problems: str = ""
    next_step: str = ""
    captions: Mapping[int, str] = field(default_factory=dict)
    taken_on: Mapping[int, str] = field(default_factory=dict)
    views: Mapping[int, str] = field(default_factory=dict)
    descriptions: Mapping[int, str] = field(default_factory=dict)
    filmed_on: Mapping[int, str] = field(default_factory=dict)


def drafts_of(person: Person) -> Limit:
    """How often somebody may begin a report, or go on with one."""
    return Limit(key=f"draft/person/{person.id}", most=DRAFTS_PER_PERSON, window=PACE_WINDOW)


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
    if "videos" in open_passages:
        problems += _keep_video_words(session, report, words, today)
    changed = report.version_id != found or session.is_modified(report)
    if changed and seen_version is not None and seen_version != found:
        raise Stale("draft_changed_elsewhere")
    audit.note(session, actor=actor, act="save_draft", subject=report, now=now)
    return problems


def discard_draft(session: Session, *, report: Report, actor: Person, now: dt.datetime) -> None:
    """Throw a draft away. Its row stays, unseen; a draft that corrects something leaves that as it is."""
    hold(session, report)
    permit_report(actor, ReportAct.DISCARD, report)
    report.state = REPORT.next(report.state, ReportAct.DISCARD)
    audit.note(session, actor=actor, act="discard_draft", subject=report, now=now)


def _keep_photo_words(session: Session, report: Report, words: ReportWords, today: dt.date) -> list[Problem]:
    """Captions, days and views. They count as a change of the report, so that a stale form cannot undo them."""
    problems, before = [], [photo.said for photo in report.photos]
    for photo in report.photos:
        if photo.id not in editable_photos(report):
            continue
        if photo.id in words.captions:
            problems += keep_caption(photo, typed=words.captions[photo.id])
        if photo.id in words.taken_on:
            problems += keep_taken_on(photo, typed=words.taken_on[photo.id], today=today)
        if photo.id in words.views:
            problems += keep_view(photo, typed=words.views[photo.id])
    if before != [photo.said for photo in report.photos]:
        flag_modified(report, "month")
        session.flush()
    return problems


def _keep_video_words(session: Session, report: Report, words: ReportWords, today: dt.date) -> list[Problem]:
    """Descriptions and days, as those of photos."""
    problems, before = [], [(video.description, video.taken_on) for video in report.videos]
    for video in report.videos:
        if video.id in words.descriptions:
            problems += keep_description(video, typed=words.descriptions[video.id])
        if video.id in words.filmed_on:
            problems += keep_taken_on(video, typed=words.filmed_on[video.id], today=today)
    if before != [(video.description, video.taken_on) for video in report.videos]:
        flag_modified(report, "month")
        session.flush()
    return problems
