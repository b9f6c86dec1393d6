"""A commit that PostgreSQL carries out and whose reply never comes: nobody can know whether it was done, so
whoever repeats finds it done, once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import event, func, make_url, select

from config import Settings
from portal.database import DatabaseGone
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Decision, Report
from portal.ports import Space
from portal.record.tables import Entry
from portal.record.verify import verify
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.faults.fault_proxy import Fault, FaultProxy
from tests.postgresql_server import PostgreSQLServer
from tests.services import needs
from tests.small_district import SmallDistrict, build, picture
from tests.web.supervisor_desk.reviewing import decide
from tests.web.unit_desk.pages import fields_of, send, text

MOST_COMMITS = 40  # of one pass of the worker; far more than it makes


@dataclass
class Far:
    """A portal whose database lies behind a proxy."""

    portal: Portal
    district: SmallDistrict
    proxy: FaultProxy

    @contextlib.contextmanager
    def losing(self, which: int = 1) -> Iterator[None]:
        """The reply to the so-manieth commit from here on is lost; `proxy.struck` tells whether it came."""
        seen = 0
        self.proxy.heal()
        self.proxy.struck = 0

        def about_to_commit(_connection: object) -> None:
            nonlocal seen
            seen += 1
            if seen == which:
                self.proxy.fail(Fault.LOSE, times=1)

        engine = self.portal.database.engine
        event.listen(engine, "commit", about_to_commit)
        try:
            yield
        finally:
            event.remove(engine, "commit", about_to_commit)
            self.proxy.heal()

    def count(self, *where: object, of: type = Report) -> int:
        with self.portal.database.reading() as session:
            return session.scalars(select(func.count()).select_from(of).where(*where)).one()  # type: ignore[arg-type]

    def browser(self, login: str) -> Browser:
        browser = Browser(create_app(self.portal))
        assert browser.sign_in(login).status_code == 303
        return browser


@pytest.fixture
def far(settings: Settings, clock: Clock) -> Iterator[Far]:
    server = PostgreSQLServer(needs("PORTAL_TEST_POSTGRESQL"))
    name = server.migrated()
    there = make_url(server.web_url(name))
    assert there.host
    assert there.port
    with FaultProxy((there.host, there.port)) as proxy:
        address = there.set(port=proxy.port).render_as_string(hide_password=False)
        portal = wire(
            settings.model_copy(update={"database_url": address, "database_owner_url": ""}), now=clock
        )
        yield Far(portal, build(portal, now=clock()), proxy)
        portal.close()
    server.drop(name)


def test_a_report_whose_submission_was_not_answered_is_submitted_once_when_it_is_sent_again(far):
    report_id = far.district.draft()
    reporter = far.browser("reporter")
    fields = fields_of(reporter, report_id)
    with far.losing():
        answer = send(reporter, report_id, fields=fields, act="submit", done="提交时断了线。")
    assert far.proxy.struck == 1
    assert answer.status_code == 503
    assert "提交时断了线。" in text(answer)
    again = send(reporter, report_id, fields=fields, act="submit", done="提交时断了线。")
    assert again.status_code < 500
    with far.portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        assert (report.state, report.done, report.round) == (ReportState.SUBMITTED, "提交时断了线。", 1)
    assert far.count() == 1


def test_a_photo_whose_arrival_was_not_answered_is_there_once_when_it_is_sent_again(far):
    report_id = far.district.draft()
    reporter = far.browser("reporter")
    fields = fields_of(reporter, report_id)
    with far.losing():
        answer = send(reporter, report_id, fields=fields, files=[("现场.jpg", picture(1))])
    assert far.proxy.struck == 1
    assert answer.status_code >= 500
    send(reporter, report_id, fields=fields_of(reporter, report_id), files=[("现场.jpg", picture(1))])
    with far.portal.database.reading() as session:
        assert len(session.get_one(Report, report_id).photos) == 1


def test_a_decision_that_was_not_answered_stands_once_and_the_second_try_says_so(far):
    report_id = far.district.submitted()
    run_once(far.portal)
    supervisor = far.browser("supervisor")
    supervisor.get(f"/desk/supervision/reports/{report_id}")
    with far.losing():
        answer = decide(supervisor, report_id, "approve")
    assert far.proxy.struck == 1
    assert answer.status_code == 503
    decide(supervisor, report_id, "approve")
    assert far.count(Decision.report_id == report_id, of=Decision) == 1


def test_whichever_commit_of_the_worker_is_not_answered_a_report_is_published_once(far, clock):
    for which in range(1, MOST_COMMITS):
        report_id = far.district.submitted(photos=1)
        run_once(far.portal)
        supervisor = far.browser("supervisor")
        assert decide(supervisor, report_id, "approve").status_code == 303
        clock.forward(seconds=11)
        with far.losing(which), contextlib.suppress(DatabaseGone):
            run_once(far.portal)
        clock.forward(minutes=30)  # what the interrupted job held has lapsed
        run_once(far.portal)
        with far.portal.database.reading() as session:
            report = session.get_one(Report, report_id)
            assert report.state is ReportState.PUBLISHED
            item = f"report/{report.number}"
        assert far.count(Entry.item == item, of=Entry) == 1
        if far.proxy.struck == 0:
            break  # the pass makes fewer commits than that: every one was tried
    else:
        pytest.fail(f"the worker still committed after {MOST_COMMITS} commits")
    assert which > 2, "hardly a commit was tried"
    with far.portal.database.reading() as session:
        findings = verify(session, open_public=lambda name: far.portal.media.open(Space.PUBLIC, name))
    assert findings.wrong == []
