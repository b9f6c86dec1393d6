"""Reused pictures are found across units and years, and a moderator's answer is kept; nothing else happens."""

from __future__ import annotations

import pytest
from PIL import ImageOps
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.errors import NotPermitted, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.likeness import Answer, Kind, Likeness, PhotoCompared
from portal.domain.progress import Photo, Report, Verb
from portal.worker import run_once
from portal.workflows import compare_photos
from portal.workflows.compare_photos import answer_likeness, ask_to_compare
from portal.workflows.draft_photos import add_photo, remove_photo
from portal.workflows.moderate_report import Why
from tests.likenesses import arrived, compared, drawn, submitted_with
from tests.workflows.after_publication import corrected


@pytest.fixture
def found(portal):
    """`found(report_id)`: compare it; kind and report of everything that looks alike."""

    def ask(report_id: int) -> list[tuple[Kind, int]]:
        compared(portal, report_id)
        with portal.database.reading() as session:
            rows = session.scalars(
                select(Likeness)
                .join(Photo, Likeness.photo_id == Photo.id)
                .where(Photo.report_id == report_id)
                .order_by(Likeness.id)
            )
            return [(row.kind, row.other.report_id) for row in rows]

    return ask


def cut(picture, share=0.1):
    width, height = picture.size
    return picture.crop(
        (round(share * width), round(share * height), round((1 - share) * width), round((1 - share) * height))
    )


OTHER = {"login": "stranger"}


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        (lambda picture: picture, Kind.IDENTICAL),
        (lambda picture: picture.resize((280, 210)), Kind.SAME),
        (lambda picture: cut(picture, 0.15), Kind.PART),
        (ImageOps.mirror, Kind.MIRRORED),
    ],
    ids=["identical", "again", "part", "mirror"],
)
def test_a_picture_of_another_unit_and_another_year_is_found(district, clock, found, way, kind):
    first = submitted_with(district, drawn(1))
    clock.forward(days=700)
    again = submitted_with(district, way(drawn(1)), code=district.projects[1], **OTHER)
    assert found(again) == [(kind, first)]


def test_pictures_that_have_nothing_in_common_are_not_named_and_it_is_known_that_they_were_compared(
    district, portal, found
):
    submitted_with(district, drawn(1), drawn(2))
    other = submitted_with(district, drawn(3), code=district.projects[1], **OTHER)
    assert found(other) == []
    with portal.database.reading() as session:
        assert [row.among for row in session.scalars(select(PhotoCompared))] == [3]


def test_inside_one_project_only_the_whole_picture_counts(district, found):
    first = submitted_with(district, drawn(1))
    assert found(submitted_with(district, cut(drawn(1), 0.12))) == []
    assert found(submitted_with(district, ImageOps.mirror(drawn(1)))) == [(Kind.MIRRORED, first)]
    assert (Kind.SAME, first) in found(submitted_with(district, drawn(1).resize((280, 210))))


def test_a_picture_twice_in_one_report_is_named_once(district, found):
    report_id = submitted_with(district, drawn(1), drawn(1).resize((280, 210)))
    assert found(report_id) == [(Kind.SAME, report_id)]


def test_what_nobody_ever_saw_was_never_submitted(district, portal, found, clock):
    draft = district.draft()
    with portal.database.writing() as session:
        report = session.get_one(Report, draft)
        add_photo(session, report=report, arrived=arrived(portal, drawn(1)), actor=report.author, now=clock())
        removed = add_photo(
            session, report=report, arrived=arrived(portal, drawn(2)), actor=report.author, now=clock()
        )
        session.flush()
        remove_photo(session, report=report, photo=removed, actor=report.author, now=clock())
    assert found(submitted_with(district, drawn(1), drawn(2), code=district.projects[1], **OTHER)) == []


def test_a_photo_that_was_returned_was_seen_and_counts(district, portal, found):
    report_id = submitted_with(district, drawn(1))
    with portal.database.reading() as session:
        photo_id = session.get_one(Report, report_id).photos[0].id
    district.decide(report_id, Verb.RETURN, reasons=(Why(photo_id=photo_id, preset="unclear"),))
    assert found(submitted_with(district, drawn(1), code=district.projects[1], **OTHER)) == [
        (Kind.IDENTICAL, report_id)
    ]


def test_versions_of_one_report_share_their_photos_and_are_not_compared(district, found, portal):
    report_id = submitted_with(district, drawn(1))
    district.decide(report_id, Verb.APPROVE)
    with portal.database.reading() as session:
        number = session.get_one(Report, report_id).number
    assert found(corrected(district, number)) == []


def test_comparing_again_finds_nothing_twice_and_keeps_answers(district, portal, found, clock):
    submitted_with(district, drawn(1))
    again = submitted_with(district, drawn(1), code=district.projects[1], **OTHER)
    assert len(found(again)) == 1
    with portal.database.writing() as session:
        likeness = session.scalars(select(Likeness)).one()
        actor = district.person(session, "supervisor")
        answer_likeness(session, likeness=likeness, answer=Answer.SAME_SCENE, actor=actor, now=clock())
    assert len(found(again)) == 1
    with portal.database.reading() as session:
        assert session.scalars(select(Likeness)).one().answer is Answer.SAME_SCENE


def test_no_more_than_the_nearest_five_are_kept(district, found):
    for number in range(7):
        submitted_with(district, drawn(1).resize((280 - number, 210)), code=district.projects[0])
    assert len(found(submitted_with(district, drawn(1), code=district.projects[1], **OTHER))) == 5


def test_the_answer_is_in_the_audit_with_both_pictures_and_decides_nothing(district, portal, found, clock):
    submitted_with(district, drawn(1))
    again = submitted_with(district, drawn(1), code=district.projects[1], **OTHER)
    found(again)
    with portal.database.writing() as session:
        likeness = session.scalars(select(Likeness)).one()
        actor = district.person(session, "supervisor")
        for answer in (Answer.DIFFERENT, Answer.REUSED):
            answer_likeness(session, likeness=likeness, answer=answer, actor=actor, now=clock())
    with portal.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "answer_likeness")).all()
        report = session.get_one(Report, again)
        assert [entry.detail["answer"] for entry in entries] == ["different", "reused"]
        assert {entry.detail["photo"] for entry in entries} == {report.photos[0].original_sha256}
        assert report.state is ReportState.SUBMITTED
        assert report.pending is None
    district.decide(again, Verb.APPROVE)
    with portal.database.reading() as session:
        assert session.get_one(Report, again).state is ReportState.PUBLISHED


def test_only_who_may_judge_the_report_answers_and_only_while_it_waits(district, portal, found, clock):
    submitted_with(district, drawn(1))
    again = submitted_with(district, drawn(1), code=district.projects[1], **OTHER)
    found(again)
    for login in ("reporter", "stranger", "outsider", "admin", "leader"):
        with portal.database.writing() as session, pytest.raises(NotPermitted):
            likeness = session.scalars(select(Likeness)).one()
            actor = district.person(session, login)
            answer_likeness(session, likeness=likeness, answer=Answer.REUSED, actor=actor, now=clock())
    district.decide(again, Verb.APPROVE)
    with portal.database.writing() as session, pytest.raises(WrongState):
        likeness = session.scalars(select(Likeness)).one()
        actor = district.person(session, "supervisor")
        answer_likeness(session, likeness=likeness, answer=Answer.REUSED, actor=actor, now=clock())


def test_a_submission_asks_once_for_a_comparison_and_the_worker_makes_it(district, portal, clock):
    submitted_with(district, drawn(1))
    again = submitted_with(district, drawn(1), code=district.projects[1], **OTHER)
    with portal.database.writing() as session:
        for _ in range(2):
            ask_to_compare(session, report=session.get_one(Report, again), queue=portal.queue, now=clock())
    assert portal.queue.waiting(now=clock())[0] == 1
    run_once(portal)
    with portal.database.reading() as session:
        assert session.scalars(select(Likeness)).one().kind is Kind.IDENTICAL


def test_an_index_that_is_behind_takes_in_what_committed_late(district, portal):
    submitted_with(district, drawn(1))
    with portal.database.reading() as session:
        compare_photos.refresh(session, index=portal.likenesses)
    assert len(portal.likenesses) == 1
    submitted_with(district, drawn(2), code=district.projects[1], **OTHER)
    with portal.database.reading() as session:
        compare_photos.refresh(session, index=portal.likenesses)
        compare_photos.refresh(session, index=portal.likenesses)
    assert len(portal.likenesses) == 2
