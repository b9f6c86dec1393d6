"""Sending a report, and answering a return."""

from __future__ import annotations

import pytest

from portal.domain.errors import Invalid, NotPermitted, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Photo, Report, Verb
from portal.workflows.draft_photos import add_photo
from portal.workflows.moderate_report import Why
from portal.workflows.submit_report import submit_report


@pytest.fixture
def submit(portal, district, clock):
    """Send a report: `submit(report_id, key=…, login=…)`."""

    def do(report_id: int, key: str | None = None, login: str = "reporter") -> bool:
        with portal.database.writing() as session:
            return submit_report(
                session,
                report=session.get_one(Report, report_id),
                actor=district.person(session, login),
                key=key,
                now=clock(),
            )

    return do


def state(portal, report_id: int) -> tuple[ReportState, int]:
    with portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        return report.state, report.round


def test_a_complete_draft_is_sent(portal, district, submit):
    report_id = district.draft(photos=2)
    assert submit(report_id)
    assert state(portal, report_id) == (ReportState.SUBMITTED, 1)


def test_a_report_without_photos_is_complete(portal, district, submit):
    assert submit(district.draft())


def test_everything_that_is_missing_is_named_and_nothing_changes(portal, district, submit):
    report_id = district.draft(photos=2, done="", physical_percent="")
    with portal.database.writing() as session:
        photo = session.get_one(Report, report_id).photos[1]
        photo.caption = ""
        photo_id = photo.id
    with pytest.raises(Invalid) as refused:
        submit(report_id)
    problems = [(problem.field, problem.code) for problem in refused.value.problems]
    assert problems == [
        ("physical_percent", "missing"),
        ("done", "missing"),
        (f"caption-{photo_id}", "caption_missing"),
    ]
    assert state(portal, report_id) == (ReportState.DRAFT, 0)


def test_the_same_sending_again_changes_nothing(portal, district, submit):
    report_id = district.draft()
    assert submit(report_id, key="one sending")
    assert not submit(report_id, key="one sending")
    assert state(portal, report_id) == (ReportState.SUBMITTED, 1)


def test_another_sending_of_a_sent_report_is_refused(district, submit):
    report_id = district.draft()
    submit(report_id, key="one sending")
    with pytest.raises(WrongState):
        submit(report_id, key="another sending")


@pytest.mark.parametrize("login", ["stranger", "supervisor", "leader", "admin"])
def test_only_the_units_own_people_send_it(district, submit, login):
    with pytest.raises(NotPermitted):
        submit(district.draft(), login=login)


def test_a_return_is_answered_by_replacing_exactly_the_returned_photo(portal, district, submit, clock):
    report_id = district.submitted(photos=2)
    with portal.database.reading() as session:
        flagged = session.get_one(Report, report_id).photos[1].id
    district.decide(report_id, Verb.RETURN, reasons=(Why(photo_id=flagged, preset="unclear"),))
    with pytest.raises(Invalid) as refused:
        submit(report_id)
    assert [(p.field, p.code, p.facts) for p in refused.value.problems] == [
        (f"photo-{flagged}", "photo_not_replaced", {"place": 2})
    ]
    with portal.database.writing() as session:
        add_photo(
            session,
            report=session.get_one(Report, report_id),
            arrived=district.photo(50),
            actor=district.person(session, "head"),
            now=clock(),
            replaces=session.get_one(Photo, flagged),
        )
    assert submit(report_id, login="head")
    assert state(portal, report_id) == (ReportState.SUBMITTED, 2)


def test_a_returned_passage_must_change(portal, district, submit):
    report_id = district.submitted()
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="physical_percent", text="和照片对不上"),))
    with pytest.raises(Invalid) as refused:
        submit(report_id)
    assert [p.code for p in refused.value.problems] == ["passage_not_changed"]
    with portal.database.writing() as session:
        session.get_one(Report, report_id).physical_percent = 35
    assert submit(report_id)
