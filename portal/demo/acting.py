"""Acting the story out: each act through the workflow that a person would have used, at its own time."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.demo import prose
from portal.demo.calendar import Fate, Telling
from portal.demo.capturing import capture
from portal.demo.pictures import Pictures, Shot
from portal.demo.projects import ProjectSpec
from portal.domain.lifecycle import MatterAct, ReportState
from portal.domain.organisation import Person, Role
from portal.domain.plan import Project
from portal.domain.progress import UNDO_LASTS, Report, Verb
from portal.rules.clock import day_of
from portal.wiring import Portal
from portal.workflows import moderate_report
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_photos import add_photo
from portal.workflows.draft_report import ReportWords, save_draft, start_draft
from portal.workflows.edit_plan import act_on_project
from portal.workflows.moderate_report import Why, claim_report, decide_report
from portal.workflows.submit_report import submit_report
from portal.workflows.withdraw_report import withdraw_report

Row = TypeVar("Row")

BASIS = "《中华人民共和国个人信息保护法》第四十七条"


@dataclass
class Stage:
    """Where the story is acted: the portal, and who plays whom."""

    portal: Portal
    pictures: Pictures
    specs: Mapping[str, ProjectSpec]

    @cached_property
    def rng(self) -> random.Random:
        return random.Random(2026)  # noqa: S311 - the same story every time

    def project(self, session: Session, code: str) -> Project:
        found = _once(session, f"project {code}", select(Project).where(Project.code == code))
        assert found is not None, code
        return found

    def of_unit(self, session: Session, project: Project, role: Role) -> Person:
        unit = project.unit.id
        wanted = select(Person).where(Person.unit_id == unit, Person.role == role)
        return _once(session, f"{role} of {unit}", wanted) or project.responsible.person

    def supervisor(self, session: Session, report: Report | None = None) -> Person:
        """`supervisor` or `second`, whichever is impartial."""
        login = "second" if report is not None and report.id % 3 == 0 else "supervisor"
        found = _once(session, login, select(Person).where(Person.login == login))
        assert found is not None, login
        return found


def _once(session: Session, name: str, wanted: Select[Row]) -> Row | None:
    """The first that is wanted, asked for once in a session, which then holds on to it and what hangs on it."""
    known: dict[str, Row | None] = session.info.setdefault("known", {})
    if name not in known:
        known[name] = session.scalars(wanted).first()
    return known[name]


def tell(stage: Stage, session: Session, telling: Telling) -> None:
    """One report, from the draft to its fate."""
    project = stage.project(session, telling.project)
    reporter = stage.of_unit(session, project, Role.REPORTER)
    begun = telling.at - dt.timedelta(minutes=14)
    report = start_draft(session, project=project, actor=reporter, now=begun)
    session.flush()
    _fill(stage, session, report, telling, reporter, begun)
    if telling.fate is Fate.DRAFT:
        return
    submit_report(session, report=report, actor=reporter, key=None, now=telling.at)
    session.flush()
    looked = telling.at + dt.timedelta(minutes=stage.rng.randint(25, 100))
    if telling.fate is Fate.WAITING:
        return
    if telling.fate is Fate.IN_REVIEW:
        claim_report(session, report=report, actor=stage.supervisor(session), now=looked)
        return
    if telling.fate in (Fate.RETURNED, Fate.RETURNED_FIRST):
        _return(stage, session, report, looked)
        if telling.fate is Fate.RETURNED:
            return
        _mend(session, report, reporter, looked + dt.timedelta(minutes=40))
    decided = looked + dt.timedelta(minutes=55)
    _decide(stage, session, report, Verb.APPROVE, (), decided)
    if telling.fate is Fate.CORRECTED:
        _correct(stage, session, report, telling, reporter, decided + dt.timedelta(minutes=90))
    elif telling.fate is Fate.WITHDRAWN:
        reason = prose.withdrawal_reason(stage.rng)
        withdraw_report(
            session,
            report=report,
            reason=reason,
            basis=BASIS,
            actor=stage.supervisor(session, report),
            queue=stage.portal.queue,
            now=decided + dt.timedelta(minutes=75),
        )


def move(stage: Stage, session: Session, code: str, act: MatterAct, now: dt.datetime) -> None:
    """One step of a project's lifecycle, by whoever may take it."""
    project = stage.project(session, code)
    head = stage.of_unit(session, project, Role.HEAD)
    checks = act in (MatterAct.COMPLETE, MatterAct.CLOSE_OUT)
    actor = stage.supervisor(session) if checks else head
    act_on_project(session, project=project, act=act, reason="", actor=actor, now=now)


def _fill(
    stage: Stage, session: Session, report: Report, telling: Telling, reporter: Person, now: dt.datetime
) -> None:
    spec = stage.specs[telling.project]
    captions: dict[int, str] = {}
    for view, caption in telling.pictures:
        shot = Shot(telling.project, spec.scene, telling.percent, day_of(telling.at), view)
        views = report.project.views
        photo = add_photo(
            session,
            report=report,
            arrived=stage.pictures[shot],
            actor=reporter,
            now=now,
            view=views[view] if view < len(views) else None,
        )
        session.flush()
        capture(session, photo=photo, actor=reporter, now=now)
        captions[photo.id] = caption
    words = ReportWords(
        milestone=str(report.project.milestones[telling.milestone].id),
        month=telling.month,
        physical_percent=str(telling.percent),
        done=telling.note.done,
        problems=telling.note.problems or "",
        next_step=telling.note.next_step or "",
        captions=captions,
    )
    problems = save_draft(session, report=report, words=words, seen_version=None, actor=reporter, now=now)
    assert not problems, problems
    session.flush()


def _decide(
    stage: Stage, session: Session, report: Report, verb: Verb, reasons: tuple[Why, ...], now: dt.datetime
) -> None:
    decision = decide_report(
        session,
        report=report,
        verb=verb,
        reasons=reasons,
        seen_round=report.round,
        seen_hash=report.content_hash,
        actor=stage.supervisor(session, report),
        queue=stage.portal.queue,
        now=now,
    )
    session.flush()
    moderate_report.take_effect(
        session, decision_id=decision.id, media=stage.portal.media, now=now + UNDO_LASTS
    )
    stage.portal.queue.cancel(session, key=moderate_report.job_key(decision))
    session.flush()


def _return(stage: Stage, session: Session, report: Report, now: dt.datetime) -> None:
    reason = prose.return_reasons(stage.rng)[0]
    if report.photos and stage.rng.random() < 0.5:
        why = Why(photo_id=report.photos[-1].id, preset="caption_mismatch", text=reason)
    else:
        why = Why(passage="next_step" if report.next_step else "done", preset="too_vague", text=reason)
    _decide(stage, session, report, Verb.RETURN, (why,), now)


def _mend(session: Session, report: Report, reporter: Person, now: dt.datetime) -> None:
    """The unit answers the return: the flagged passage or caption is written again, more exactly."""
    last = report.last_return
    assert last is not None
    flagged = last.reasons[0]
    captions = {flagged.photo_id: f"{flagged.before}（补充说明）"} if flagged.photo_id else {}
    passages: dict[str, Any] = (
        {flagged.passage: f"{flagged.before}具体日期和数量已核对。"} if flagged.passage else {}
    )
    words = ReportWords(captions=captions, **passages)
    save_draft(session, report=report, words=words, seen_version=None, actor=reporter, now=now)
    submit_report(session, report=report, actor=reporter, key=None, now=now)
    session.flush()


def _correct(
    stage: Stage, session: Session, report: Report, telling: Telling, reporter: Person, now: dt.datetime
) -> None:
    mended = prose.correction(stage.rng, note=telling.note)
    draft = start_correction(session, report=report, reason=mended.reason, actor=reporter, now=now)
    session.flush()
    words = ReportWords(
        milestone=str(draft.milestone_id),
        month=draft.month,
        physical_percent=str(draft.physical_percent),
        done=mended.note.done,
        problems=draft.problems,
        next_step=draft.next_step,
    )
    save_draft(session, report=draft, words=words, seen_version=None, actor=reporter, now=now)
    submit_report(session, report=draft, actor=reporter, key=None, now=now)
    session.flush()
    _decide(stage, session, draft, Verb.APPROVE, (), now + dt.timedelta(minutes=12))
    assert draft.state is ReportState.PUBLISHED
