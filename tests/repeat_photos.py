"""Photographing a project of the small district again and again, as its unit and its supervisors would."""

from __future__ import annotations

import hashlib

from portal.domain.plan import View
from portal.domain.progress import Report, Verb
from portal.ports import Space
from portal.record.pictures import pictures_of
from portal.record.shelf import Shelf
from portal.workflows import arrange_views
from portal.workflows.draft_photos import Developed, add_photo
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.submit_report import submit_report
from tests.small_district import SmallDistrict, picture


def make_view(
    district: SmallDistrict, name: str = "大门", *, code: str | None = None, milestone: str = ""
) -> int:
    """A view made by `supervisor`; its number."""
    with district.portal.database.writing() as session:
        view = arrange_views.make_view(
            session,
            project=district.project(session, code or district.projects[0]),
            name=name,
            milestone=milestone,
            actor=district.person(session, "supervisor"),
            now=district.portal.now(),
        )
        return view.ordinal


def view_of(district: SmallDistrict, session: object, ordinal: int = 1) -> View:
    project = district.project(session, district.projects[0])  # type: ignore[arg-type]
    return next(view for view in project.views if view.ordinal == ordinal)


def developed(district: SmallDistrict) -> Developed:
    """A photo as the darkroom hands it over, without the second that a darkroom takes to open."""
    district.taken += 1
    data = picture(district.taken, size=(480, 360))
    name = f"{hashlib.sha256(data).hexdigest()}.jpg"
    district.portal.media.put(Space.STAGED, name, data)
    size = {"width": 480, "height": 360}
    return Developed(
        sha256=hashlib.sha256(b"original " + data).hexdigest(),
        bytes=len(data),
        format="JPEG",
        tone="808080",
        renditions=[{"edge": 480, "format": "jpeg", "name": name, "bytes": len(data), **size}],
        embedded={},
        file_name=f"{district.taken}.jpg",
        **size,
    )


def filed(district: SmallDistrict, *, view: int | None, taken_on: str = "", **how: object) -> int:
    """A complete draft with one photo, filed under a view; its id."""
    report_id = district.draft(**how)  # type: ignore[arg-type]
    now = district.portal.now()
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        photo = add_photo(session, report=report, arrived=developed(district), actor=report.author, now=now)
        session.flush()
        words = ReportWords(
            milestone=str(report.milestone_id),
            month=report.month,
            physical_percent=str(report.physical_percent),
            done=report.done,
            problems=report.problems,
            next_step=report.next_step,
            captions={photo.id: f"{taken_on or '某天'}的样子"},
            taken_on={photo.id: taken_on},
            views={photo.id: "" if view is None else str(view)},
        )
        problems = save_draft(
            session,
            report=report,
            words=words,
            seen_version=None,
            actor=report.author,
            now=now,
        )
        assert problems == []
    return report_id


def photographed(district: SmallDistrict, *, view: int | None, taken_on: str, **how: object) -> str:
    """A published report with one photo from a view, taken on a day; its number."""
    report_id = filed(district, view=view, taken_on=taken_on, **how)
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        submit_report(session, report=report, actor=report.author, key=None, now=district.portal.now())
    district.decide(report_id, Verb.APPROVE)
    with district.portal.database.reading() as session:
        number = session.get_one(Report, report_id).number
    assert number is not None
    return number


def key_of(district: SmallDistrict, number: str) -> str:
    """The key of the first photo of a published report."""
    with district.portal.database.reading() as session:
        pictures = pictures_of(Shelf(session), district.projects[0])
        return next(each.key for each in pictures if each.number == number)
