"""A photo taken in the page: what its code is worth, and what is kept of a place."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.errors import NotPermitted, WrongState
from portal.domain.photo_claims import CaptureCode, PhotoClaim, grades_of
from portal.domain.progress import Photo, Report, Verb
from portal.rules.provenance import Code, Grade, Reason
from portal.workflows.capture_photo import Claimed, agree_to_place, give_code, keep_claim
from portal.workflows.draft_photos import add_photo
from portal.workflows.submit_report import submit_report
from tests.likenesses import arrived, drawn
from tests.workflows.after_publication import corrected, take_down

AT_THE_SITE = {"lon": "118.123500", "lat": "36.654400", "accuracy": 12}


@pytest.fixture
def taken(district, portal, clock):
    """`taken(report_id, …)`: press the camera, wait, send; the id of the photo."""

    def take(
        report_id: int, *, number: int = 1, seconds: int = 20, agreed: bool | None = True, login: str = "reporter",
        ahead: int = 0, code: str | None = None, made_after: int = 5, **claimed: object,
    ) -> int:  # fmt: skip
        pressed = clock()
        with portal.database.writing() as session:
            actor = district.person(session, login)
            if agreed is not None:
                agree_to_place(session, agreed=agreed, actor=actor, now=clock())
            report = session.get_one(Report, report_id)
            phone = clock() + dt.timedelta(seconds=ahead)
            given = give_code(session, report=report, phone_at=phone, actor=actor, now=clock())
        clock.forward(seconds=seconds)
        made = pressed + dt.timedelta(seconds=made_after + ahead)
        with portal.database.writing() as session:
            actor, report = district.person(session, login), session.get_one(Report, report_id)
            photo = add_photo(
                session, report=report, arrived=arrived(portal, drawn(number)), actor=actor, now=clock()
            )
            said = Claimed(code=given if code is None else code, phone_at=made, **{**AT_THE_SITE, **claimed})
            keep_claim(session, photo=photo, claimed=said, actor=actor, now=clock())
            session.flush()
            return photo.id

    return take


@pytest.fixture
def graded(portal):
    """`graded(photo_id)`: its grade and reasons as they would be published."""

    def ask(photo_id: int):
        with portal.database.reading() as session:
            photo = session.get_one(Photo, photo_id)
            return grades_of(session, photo.report)[photo_id]

    return ask


def claim(portal, photo_id: int) -> PhotoClaim | None:
    with portal.database.reading() as session:
        return session.get(PhotoClaim, photo_id)


def test_a_photo_taken_on_the_spot_reaches_a(district, taken, graded):
    found = graded(taken(district.draft()))
    assert found.grade is Grade.A
    assert found.reasons == (Reason.CAPTURED, Reason.ON_SITE, Reason.CLOCK_RIGHT)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"seconds": 901}, Reason.CODE_LATE),
        ({"code": "made up"}, Reason.CODE_UNKNOWN),
        ({"ahead": 121}, Reason.CLOCK_OFF),
        ({"made_after": -121}, Reason.NOT_FRESH),
        ({"agreed": False}, Reason.NO_PLACE),
        ({"agreed": None}, Reason.NO_PLACE),
        ({"accuracy": 101}, Reason.VAGUE_PLACE),
        ({"lon": "118.200000"}, Reason.AWAY),
    ],
)
def test_whatever_is_missing_is_named_and_the_photo_is_taken_all_the_same(
    district, taken, graded, how, reason
):
    found = graded(taken(district.draft(), **how))
    assert found.grade is Grade.C
    assert reason in found.reasons
    assert Reason.NOT_CAPTURED not in found.reasons


def test_a_code_works_once(district, portal, taken, graded, clock):
    report_id = district.draft()
    with portal.database.writing() as session:
        actor = district.person(session, "reporter")
        code = give_code(
            session, report=session.get_one(Report, report_id), phone_at=clock(), actor=actor, now=clock()
        )
    first = taken(report_id, number=1, code=code)
    second = taken(report_id, number=2, code=code)
    assert graded(first).grade is Grade.A
    assert Reason.CODE_SPENT in graded(second).reasons
    assert claim(portal, second).code is Code.SPENT


def test_a_code_is_worth_nothing_to_somebody_else_or_for_another_report(
    district, portal, taken, graded, clock
):
    mine, other = district.draft(), district.draft(code=district.projects[1], login="stranger")
    with portal.database.writing() as session:
        reporter, report = district.person(session, "reporter"), session.get_one(Report, mine)
        codes = [
            give_code(session, report=report, phone_at=clock(), actor=reporter, now=clock()) for _ in range(2)
        ]
    of_a_colleague = taken(mine, login="head", code=codes[0])
    of_another_report = taken(other, login="stranger", code=codes[1])
    assert Reason.CODE_UNKNOWN in graded(of_a_colleague).reasons
    assert Reason.CODE_UNKNOWN in graded(of_another_report).reasons


def test_only_who_may_write_the_report_is_given_a_code(district, portal, clock):
    draft, sent = district.draft(), district.submitted(code=district.projects[1], login="stranger")
    with portal.database.writing() as session:
        stranger = district.person(session, "stranger")
        with pytest.raises(NotPermitted):
            give_code(
                session, report=session.get_one(Report, draft), phone_at=None, actor=stranger, now=clock()
            )
        with pytest.raises(WrongState):
            give_code(
                session, report=session.get_one(Report, sent), phone_at=None, actor=stranger, now=clock()
            )


def test_a_place_is_not_kept_of_who_did_not_agree_and_the_answer_can_be_changed(district, portal, taken):
    report_id = district.draft()
    kept = [
        claim(portal, taken(report_id, number=number, agreed=agreed)).lon
        for number, agreed in enumerate((None, True, False, True))
    ]
    assert kept == [None, AT_THE_SITE["lon"], None, AT_THE_SITE["lon"]]


def test_agreeing_refusing_and_pressing_are_in_the_audit_and_no_place_is(district, portal, taken):
    taken(district.draft(), agreed=False)
    taken(district.draft(), agreed=True, number=2)
    with portal.database.reading() as session:
        entries = session.scalars(select(AuditEntry)).all()
    acts = [entry.act for entry in entries]
    assert [act for act in acts if act in ("refuse_place", "agree_to_place")] == [
        "refuse_place",
        "agree_to_place",
    ]
    assert acts.count("give_code") == 2
    assert all("118.1235" not in str(entry.detail) for entry in entries)


def test_the_same_picture_again_changes_no_claim(district, portal, taken, graded):
    report_id = district.draft()
    first = taken(report_id, agreed=False)
    again = taken(report_id, agreed=True)
    assert again == first
    assert Reason.NO_PLACE in graded(first).reasons


def test_codes_are_forgotten_after_a_day(district, portal, taken, clock):
    report_id = district.draft()
    for number in range(2):
        taken(report_id, number=number)
        clock.forward(hours=13)
    taken(report_id, number=3)
    with portal.database.reading() as session:
        assert len(session.scalars(select(CaptureCode)).all()) == 2


def test_a_correction_carries_the_grade_along_and_a_withdrawal_destroys_where_somebody_was(
    district, portal, taken, graded
):
    report_id = district.draft()
    photo_id = taken(report_id)
    number = publish(district, report_id)
    correction = corrected(district, number)
    with portal.database.reading() as session:
        copies = [photo.id for photo in session.get_one(Report, correction).photos]
    assert [graded(copy).grade for copy in copies] == [Grade.A]
    take_down(district, number)
    assert [claim(portal, each) for each in (photo_id, *copies)] == [None, None]


def publish(district, report_id: int) -> str:
    """Hand in and approve; the number."""
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        for photo in report.photos:
            photo.caption = "正面"
        submit_report(session, report=report, actor=report.author, key=None, now=district.portal.now())
    district.decide(report_id, Verb.APPROVE)
    with district.portal.database.reading() as session:
        return str(session.get_one(Report, report_id).number)
