"""Acts on the small district that windows then show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report, Verb
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.submit_report import submit_report
from portal.workflows.withdraw_report import withdraw_report
from tests.conftest import Clock
from tests.small_district import SmallDistrict

Act = Callable[..., None]


@pytest.fixture
def correct(portal: Portal, district: SmallDistrict, clock: Clock) -> Act:
    """Correct a published report: what was done, and why it is corrected."""

    def act(number: str, *, done: str, reason: str) -> None:
        with portal.database.writing() as session:
            standing = select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
            report = session.scalars(standing).one()
            actor = report.author
            draft = start_correction(session, report=report, reason=reason, actor=actor, now=clock())
            session.flush()
            words = ReportWords(
                milestone=str(report.milestone_id),
                month=report.month,
                done=done,
                problems="",
                next_step="",
                physical_percent=str(report.physical_percent),
                captions={p.id: p.caption for p in draft.photos},
            )
            save_draft(session, report=draft, words=words, seen_version=None, actor=actor, now=clock())
            submit_report(session, report=draft, actor=actor, key=None, now=clock())
            draft_id = draft.id
        district.decide(draft_id, Verb.APPROVE)

    return act


@pytest.fixture
def withdraw(portal: Portal, district: SmallDistrict, clock: Clock) -> Act:
    """Withdraw a published report, and let the worker destroy its media."""

    def act(
        number: str, *, reason: str = "拍到了路人的正脸", basis: str = "《个人信息保护法》第四十七条"
    ) -> None:
        with portal.database.writing() as session:
            standing = select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
            report = session.scalars(standing).one()
            supervisor = district.person(session, "supervisor")
            withdraw_report(
                session,
                report=report,
                reason=reason,
                basis=basis,
                actor=supervisor,
                queue=portal.queue,
                now=clock(),
            )
        clock.forward(seconds=1)
        run_once(portal)

    return act


@pytest.fixture(autouse=True)
def indexed(portal: Portal, district: SmallDistrict) -> None:
    """The archive knows what the district has published."""
    run_once(portal)
