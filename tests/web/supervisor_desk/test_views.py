"""Views on the supervisor's desk: a list, a form, a reference, and the label of a photo under review."""

from __future__ import annotations

import pytest

from portal.domain.progress import Report
from portal.workflows.submit_report import submit_report
from tests.repeat_photos import filed, key_of, make_view, photographed
from tests.small_district import SmallDistrict
from tests.web.public.reading import links, tags, words
from tests.web.supervisor_desk.reviewing import desk_of, seen

LIST = "/desk/supervision/projects/2026-001/views"


@pytest.fixture
def waiting(district: SmallDistrict) -> int:
    """A submission with one photo that was filed under no view, although there is one."""
    make_view(district)
    report_id = filed(district, view=None)
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        submit_report(session, report=report, actor=report.author, key=None, now=district.portal.now())
    return report_id


def test_a_view_is_made_changed_and_put_out_of_use_without_a_script(supervisor, district: SmallDistrict):
    assert "还没有机位" in words(supervisor.get(LIST))
    assert LIST in links(supervisor.get("/desk/supervision/projects/2026-001"))
    assert supervisor.submit(LIST, {"name": "大门", "milestone": "1"}).status_code == 303
    number = photographed(district, view=1, taken_on="2026-03-05")
    key = key_of(district, number)
    page = supervisor.get(f"{LIST}/1")
    assert {tag["value"] for tag in tags(page, "input") if tag.get("name") == "reference"} == {"", key}
    changed = {"name": "东门", "milestone": "", "reference": key, "act": "save"}
    assert supervisor.submit(f"{LIST}/1", changed).status_code == 303
    checked = [tag for tag in tags(supervisor.get(f"{LIST}/1"), "input") if "checked" in tag]
    assert [tag["value"] for tag in checked] == [key]
    supervisor.submit(f"{LIST}/1", {"act": "close"})
    assert "停用" in words(supervisor.get(LIST))
    supervisor.submit(f"{LIST}/1", {"act": "reopen"})
    assert "停用" not in words(supervisor.get(LIST))


def test_what_is_wrong_is_said_beside_what_was_typed(supervisor, district: SmallDistrict):
    make_view(district)
    answer = supervisor.submit(LIST, {"name": "大门", "milestone": ""})
    assert answer.status_code == 422
    assert "已经有同名的机位" in words(answer)
    assert "大门" in [tag.get("value") for tag in tags(answer, "input") if tag.get("name") == "name"]
    answer = supervisor.submit(f"{LIST}/1", {"name": "大门", "reference": "2026-000001-0badbad0"})
    assert answer.status_code == 422
    assert "这张照片没有公开" in words(answer)


def test_a_body_does_not_arrange_the_views_of_the_unit_that_hosts_it(outsider, district: SmallDistrict):
    own = f"/desk/supervision/projects/{district.projects[1]}/views"
    assert outsider.get(own).status_code == 403
    assert own not in links(outsider.get(own.removesuffix("/views")))
    assert outsider.get(LIST).status_code == 404


def test_a_moderator_files_a_photo_and_the_reasons_that_were_typed_stay(
    supervisor, district: SmallDistrict, waiting: int
):
    with district.portal.database.reading() as session:
        photo_id = session.get_one(Report, waiting).photos[0].id
    before = seen(supervisor, waiting)
    answer = supervisor.post(
        f"{desk_of(waiting)}/photos/{photo_id}/view",
        data=before | {f"view-{photo_id}": "1", f"photo-{photo_id}-text": "看不清门扣"},
    )
    assert answer.status_code == 200
    assert "看不清门扣" in words(answer)
    assert seen(supervisor, waiting)["seen_hash"] != before["seen_hash"]
    assert any("selected" in tag and tag["value"] == "1" for tag in tags(answer, "option"))


def test_a_photo_of_another_submission_is_not_found(supervisor, district: SmallDistrict, waiting: int):
    other = filed(district, view=None, code=district.projects[1], login="stranger")
    with district.portal.database.reading() as session:
        photo_id = session.get_one(Report, other).photos[0].id
    answer = supervisor.post(
        f"{desk_of(waiting)}/photos/{photo_id}/view",
        data=seen(supervisor, waiting) | {f"view-{photo_id}": "1"},
    )
    assert answer.status_code == 404


def test_the_review_shows_the_reference_of_the_view(supervisor, district: SmallDistrict):
    make_view(district)
    photographed(district, view=1, taken_on="2026-03-05")
    report_id = filed(district, view=1, taken_on="2026-06-02")
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        submit_report(session, report=report, actor=report.author, key=None, now=district.portal.now())
    page = supervisor.get(desk_of(report_id))
    assert "参照： 2026年3月5日" in words(page)
