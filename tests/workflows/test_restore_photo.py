"""Taking back the removal of a photo."""

from __future__ import annotations

import pytest

from portal.domain.errors import NotPermitted, Refused, WrongState
from portal.domain.progress import MAX_PHOTOS, Photo, Report, Verb
from portal.workflows.draft_photos import add_photo, remove_photo
from portal.workflows.moderate_report import Why
from portal.workflows.restore_photo import restore_photo


@pytest.fixture
def change(portal, district, clock):
    """Do `act` with one photo of a report: `change(act, report_id, photo_id, login=…)`."""

    def do(act, report_id: int, photo_id: int, login: str = "reporter") -> None:
        with portal.database.writing() as session:
            act(
                session,
                report=session.get_one(Report, report_id),
                photo=session.get_one(Photo, photo_id),
                actor=district.person(session, login),
                now=clock(),
            )

    return do


def photos(portal, report_id: int) -> list[int]:
    with portal.database.reading() as session:
        return [photo.id for photo in session.get_one(Report, report_id).photos]


def test_it_comes_back_to_its_place(portal, district, change):
    report_id = district.draft(photos=3)
    before = photos(portal, report_id)
    change(remove_photo, report_id, before[1])
    assert photos(portal, report_id) == [before[0], before[2]]
    for _ in range(2):
        change(restore_photo, report_id, before[1])
        assert photos(portal, report_id) == before


def test_a_full_report_takes_none_back(portal, district, change, clock):
    report_id = district.draft(photos=MAX_PHOTOS)
    first = photos(portal, report_id)[0]
    change(remove_photo, report_id, first)
    with portal.database.writing() as session:
        actor = district.person(session, "reporter")
        add_photo(
            session,
            report=session.get_one(Report, report_id),
            arrived=district.photo(70),
            actor=actor,
            now=clock(),
        )
    with pytest.raises(Refused, match="too_many_photos"):
        change(restore_photo, report_id, first)


def test_a_photo_that_was_gone_before_the_return_stays_gone(portal, district, change, clock):
    report_id = district.draft(photos=3)
    first, second, _third = photos(portal, report_id)
    change(remove_photo, report_id, first)
    district.submitted()
    district.decide(report_id, Verb.RETURN, reasons=(Why(photo_id=second, preset="unclear"),))
    with pytest.raises(Refused, match="photo_not_open"):
        change(restore_photo, report_id, first)
    clock.forward(minutes=1)
    change(remove_photo, report_id, second)
    change(restore_photo, report_id, second)
    assert second in photos(portal, report_id)


def test_another_unit_and_a_sent_report_are_refused(portal, district, change):
    report_id = district.draft(photos=2)
    first = photos(portal, report_id)[0]
    change(remove_photo, report_id, first)
    with pytest.raises(NotPermitted):
        change(restore_photo, report_id, first, "stranger")
    district.submitted()
    with pytest.raises(WrongState):
        change(restore_photo, report_id, first)
