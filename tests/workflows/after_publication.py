"""A published report, corrected by its unit or taken down by a colleague."""

from __future__ import annotations

from sqlalchemy import select

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.submit_report import submit_report
from portal.workflows.withdraw_report import withdraw_report
from tests.small_district import SmallDistrict


def corrected(district: SmallDistrict, number: str) -> int:
    """A correction of a published report that waits for review; its id."""
    now = district.portal.now()
    with district.portal.database.writing() as session:
        report = session.scalars(
            select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
        ).one()
        actor = district.person(session, "reporter")
        draft = start_correction(session, report=report, reason="层数写错了", actor=actor, now=now)
        session.flush()
        words = ReportWords(
            milestone=str(draft.milestone_id),
            month=draft.month,
            physical_percent="35",
            done="更正：砌筑完成两层。",
        )
        save_draft(session, report=draft, words=words, seen_version=None, actor=actor, now=now)
        submit_report(session, report=draft, actor=actor, key=None, now=now)
        return draft.id


def take_down(district: SmallDistrict, number: str) -> None:
    portal = district.portal
    with portal.database.writing() as session:
        report = session.scalars(
            select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
        ).one()
        withdraw_report(
            session,
            report=report,
            reason="拍到了人脸",
            basis="政府信息公开条例第十五条",
            actor=district.person(session, "second"),
            queue=portal.queue,
            now=portal.now(),
        )
