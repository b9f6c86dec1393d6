"""Work behind the scenes that failed for good."""

from __future__ import annotations

import pytest

from portal.adapters.job_table import MAX_ATTEMPTS, JobRow
from portal.domain.audit import AuditEntry
from portal.worker import run_once

PAGE = "/desk/admin/jobs"


@pytest.fixture
def failed(portal, clock):
    """The id of a job that has failed as often as it may: the decision that it names is not there."""
    with portal.database.writing() as session:
        portal.queue.enqueue(session, kind="take_effect", payload={"decision": 999}, not_before=clock())
    for _ in range(MAX_ATTEMPTS):
        run_once(portal)
        clock.forward(hours=2)
    [(job, _error)] = portal.queue.set_aside()
    return job.id


@pytest.fixture
def admin(failed, admin):  # signed in after the clock has moved
    return admin


def _acts(portal):
    with portal.database.reading() as session:
        return {(row.act, row.subject_kind, row.subject_id) for row in session.query(AuditEntry)}


def test_nothing_failed_says_so_and_leads_back(district, visitor):
    visitor.sign_in("admin")
    assert "没有做不下去的工作" in visitor.get(PAGE).get_data(as_text=True)


def test_what_failed_is_shown_with_its_error_and_the_consequence_of_giving_it_up(admin, failed):
    assert PAGE in admin.get("/desk/admin").get_data(as_text=True)
    page = admin.get(PAGE).get_data(as_text=True)
    for words in (
        f"第 {failed} 号：让审核决定生效",
        "NoResultFound",
        f"试了 {MAX_ATTEMPTS} 次",
        "一直停在待审核",
    ):
        assert words in page


def test_trying_again_queues_it_with_an_audit_row(admin, portal, failed):
    assert admin.submit(f"{PAGE}/{failed}/retry", page=PAGE).status_code == 303
    assert "已重新排队" in admin.get(PAGE).get_data(as_text=True)
    assert ("retry_job", "job", str(failed)) in _acts(portal)
    assert run_once(portal) >= 1
    with portal.database.reading() as session:
        assert session.get_one(JobRow, failed).attempts == 1


def test_giving_up_takes_it_off_the_page_with_an_audit_row(admin, portal, failed):
    assert admin.submit(f"{PAGE}/{failed}/discard", page=PAGE).status_code == 303
    assert portal.queue.set_aside() == []
    assert ("discard_job", "job", str(failed)) in _acts(portal)


def test_a_second_press_changes_nothing_and_says_why(admin, portal, failed):
    admin.submit(f"{PAGE}/{failed}/discard", page=PAGE)
    before = _acts(portal)
    for act in ("retry", "discard"):
        answer = admin.submit(f"{PAGE}/{failed}/{act}", page=PAGE)
        assert answer.status_code == 409
        assert "刚被别人处理过" in answer.get_data(as_text=True)
    assert _acts(portal) == before
