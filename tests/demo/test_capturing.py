"""The demonstration's photos: taken in the page or chosen as files, the same ones every time."""

from __future__ import annotations

from portal.demo.capturing import capture
from portal.domain.photo_claims import grades_of
from portal.domain.progress import Report
from portal.rules.provenance import Grade
from portal.workflows.draft_photos import add_photo
from tests.likenesses import arrived, drawn


def test_some_photos_were_taken_in_the_page_and_some_were_not(district, portal, clock):
    report_id = district.draft()
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        for number in range(12):
            photo = add_photo(
                session,
                report=report,
                arrived=arrived(portal, drawn(number)),
                actor=report.author,
                now=clock(),
            )
            session.flush()
            capture(session, photo=photo, actor=report.author, now=clock())
    with portal.database.reading() as session:
        grades = [each.grade for each in grades_of(session, session.get_one(Report, report_id)).values()]
    assert {Grade.A, Grade.C} == set(grades)
    assert grades.count(Grade.A) > grades.count(Grade.C)
