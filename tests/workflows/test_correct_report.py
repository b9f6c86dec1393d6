"""Correcting what is public: a new version beside the old one, with the reason for it."""

from __future__ import annotations

import pytest

from portal.domain.errors import Invalid, NotPermitted, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report, Verb
from portal.ports import Query, Space
from portal.record.shelf import Shelf
from portal.record.verify import verify
from portal.rules.clock import day_of
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import discard_draft
from portal.workflows.submit_report import submit_report
from tests.workflows.after_publication import corrected


@pytest.fixture
def published(district) -> int:
    report_id = district.submitted(photos=2)
    district.decide(report_id, Verb.APPROVE)
    return report_id


@pytest.fixture
def correct(portal, district, clock):
    """Begin a correction; the id of its draft."""

    def do(report_id: int, reason: str = "数量写错了", login: str = "reporter") -> int:
        with portal.database.writing() as session:
            draft = start_correction(
                session,
                report=session.get_one(Report, report_id),
                reason=reason,
                actor=district.person(session, login),
                now=clock(),
            )
            session.flush()
            return draft.id

    return do


def test_the_draft_says_everything_the_published_version_says(portal, published, correct):
    draft_id = correct(published)
    with portal.database.reading() as session:
        old, new = session.get_one(Report, published), session.get_one(Report, draft_id)
        assert (new.done, new.month, new.physical_percent) == (old.done, old.month, old.physical_percent)
        assert [p.original_sha256 for p in new.photos] == [p.original_sha256 for p in old.photos]
        assert [p.caption for p in new.photos] == [p.caption for p in old.photos]
        assert (new.state, new.number, new.correction_reason) == (ReportState.DRAFT, None, "数量写错了")


def test_a_reason_is_needed(published, correct):
    with pytest.raises(Invalid):
        correct(published, reason=" \n ")


def test_an_unfinished_correction_is_answered_instead_of_a_second(published, correct):
    assert correct(published) == correct(published, reason="又想起一处", login="head")


def test_a_correction_that_was_thrown_away_makes_room_for_another(
    portal, district, published, correct, clock
):
    first = correct(published)
    with portal.database.writing() as session:
        actor = district.person(session, "reporter")
        discard_draft(session, report=session.get_one(Report, first), actor=actor, now=clock())
    assert correct(published) != first


@pytest.mark.parametrize("login", ["stranger", "supervisor", "admin"])
def test_only_the_units_own_people_correct(published, correct, login):
    with pytest.raises(NotPermitted):
        correct(published, login=login)


def test_what_is_not_public_cannot_be_corrected(district, correct):
    with pytest.raises(WrongState):
        correct(district.submitted())


def test_the_public_sees_the_old_version_until_the_new_one_is_approved(
    portal, district, published, correct, clock
):
    draft_id = correct(published)
    with portal.database.writing() as session:
        draft = session.get_one(Report, draft_id)
        draft.done = "主体封顶，砌筑完成四层。"
        submit_report(session, report=draft, actor=draft.author, key=None, now=clock())
    with portal.database.reading() as session:
        before = Shelf(session).get("report/2026-000001")
    district.decide(draft_id, Verb.APPROVE)
    with portal.database.reading() as session:
        after = Shelf(session).get("report/2026-000001")
    assert before is not None
    assert after is not None
    assert (before.document["done"], before.version) == ("主体封顶，砌筑完成三层。", 1)
    assert (after.document["done"], after.document["reason"], after.version) == (
        "主体封顶，砌筑完成四层。",
        "数量写错了",
        2,
    )


def test_a_correction_keeps_the_day_of_what_it_corrects_and_is_not_sorted_as_new(
    portal, district, published, clock
):
    first = clock()
    clock.forward(days=1)
    newer = district.published(code=district.projects[1], login="stranger")
    for days in (20, 9):
        clock.forward(days=days)
        district.decide(corrected(district, "2026-000001"), Verb.APPROVE)
    with portal.database.reading() as session:
        shelf = Shelf(session)
        *_, last = shelf.history("report/2026-000001")
        assert last.version == 3
        assert last.document["dated"] == day_of(first).isoformat()
        assert last.document["reported_at"] > last.document["dated"], (
            "when this version was sent, it says too"
        )
        assert verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name)).wrong == []
    found = portal.search.search(Query(filters=(("kind", "report"),), sort="newest"))
    assert found.items[-1] == "report/2026-000001"
    assert found.items[0] == f"report/{newer}"
