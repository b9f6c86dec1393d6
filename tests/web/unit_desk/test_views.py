"""The views of a project on the unit's form: what to photograph again, and where the new picture goes."""

from __future__ import annotations

import io
import json
import re

from portal.web.headers import WITH_CAMERA
from tests.repeat_photos import filed, key_of, make_view, photographed
from tests.small_district import SmallDistrict, picture
from tests.web.public.reading import tags, words
from tests.web.unit_desk.pages import fields_of, path_of, post, send, text


def views_of(report):
    return [photo.view.ordinal if photo.view else None for photo in report.photos]


def test_a_project_without_views_asks_for_none_and_gets_no_camera(reporter, district: SmallDistrict):
    page = reporter.get(path_of(district.draft(photos=1)))
    assert "按机位拍" not in words(page)
    assert "camera=()" in page.headers["Permissions-Policy"]
    assert not any(name.startswith("view-") for name in fields_of(reporter, district.draft()))


def test_the_form_shows_each_view_beside_its_reference_and_may_ask_for_the_camera(
    reporter, district: SmallDistrict
):
    make_view(district)
    make_view(district, "塔吊下")
    number = photographed(district, view=1, taken_on="2026-03-05")
    assert key_of(district, number)
    page = reporter.get(path_of(district.draft()))
    assert page.headers["Permissions-Policy"] == WITH_CAMERA
    assert "camera=(self)" in WITH_CAMERA
    assert "还没有参照。这里公开的第一张就是以后的参照" in words(page)
    buttons = {tag["data-ghost"]: tag for tag in tags(page, "button") if "data-ghost" in tag}
    assert set(buttons) == {"photos-view-1", "photos-view-2"}
    reference = buttons["photos-view-1"]["data-reference"]
    assert re.fullmatch(r"/media/[0-9a-f]{64}\.jpg", reference)
    assert reporter.get(reference).status_code == 200
    assert "data-reference" not in buttons["photos-view-2"]
    assert all("hidden" in tag for tag in buttons.values()), (
        "a button that needs a script is not there without"
    )
    inputs = {tag["id"] for tag in tags(page, "input") if tag.get("type") == "file"}
    assert set(buttons) <= inputs


def test_the_views_of_the_reported_milestone_come_first(reporter, district: SmallDistrict):
    make_view(district, "别的")
    make_view(district, "挡墙", milestone="1")
    page = words(reporter.get(path_of(district.draft())))
    assert page.index("从“挡墙”拍的") < page.index("从“别的”拍的")


def test_a_photo_chosen_at_a_view_is_filed_under_it_without_a_script(reporter, district: SmallDistrict, look):
    make_view(district)
    report_id = district.draft()
    data = {**fields_of(reporter, report_id), "act": "save"}
    data["photos-view-1"] = (io.BytesIO(picture(31)), "大门.jpg")
    assert post(reporter, path_of(report_id), data).status_code == 303
    assert look(report_id, views_of) == [1]


def test_a_photo_sent_by_the_script_comes_back_filed(reporter, district: SmallDistrict, look):
    make_view(district)
    report_id = district.draft()
    token = fields_of(reporter, report_id)["csrf_token"]
    answer = post(
        reporter,
        f"{path_of(report_id)}/photos",
        {"csrf_token": token, "photos-view-1": (io.BytesIO(picture(32)), "大门.jpg")},
    )
    assert answer.status_code == 201
    assert '<option value="1" selected>' in json.loads(text(answer))["html"]
    assert look(report_id, views_of) == [1]


def test_a_photo_for_a_view_that_is_not_there_is_kept_without_one(reporter, district: SmallDistrict, look):
    report_id = district.draft()
    data = {**fields_of(reporter, report_id), "act": "save"}
    data["photos-view-9"] = (io.BytesIO(picture(33)), "大门.jpg")
    assert post(reporter, path_of(report_id), data).status_code == 303
    assert look(report_id, views_of) == [None]


def test_the_unit_files_a_photo_again_by_its_form(reporter, district: SmallDistrict, look):
    make_view(district)
    report_id = filed(district, view=None)
    photo_id = look(report_id, lambda report: report.photos[0].id)
    assert fields_of(reporter, report_id)[f"view-{photo_id}"] == ""
    send(reporter, report_id, **{f"view-{photo_id}": "1"})
    assert look(report_id, views_of) == [1]
    refused = send(reporter, report_id, **{f"view-{photo_id}": "7"})
    assert refused.status_code == 422
    assert "这个项目没有这个机位" in text(refused)
    assert look(report_id, views_of) == [1]
    send(reporter, report_id, **{f"view-{photo_id}": ""})
    assert look(report_id, views_of) == [None]
