"""What the page's scripts talk to: saving by itself, and one photo at a time. Answers are JSON."""

from __future__ import annotations

import io

from tests.browsing import Browser
from tests.small_district import picture
from tests.web.unit_desk.pages import fields_of, path_of, post

JSON = {"Accept": "application/json"}


def save(browser: Browser, report_id: int, fields: dict[str, str], **typed: str):
    return browser.post(path_of(report_id) + "/draft", data={**fields, **typed}, headers=JSON)


def upload(
    browser: Browser, report_id: int, content: bytes, *, name="现场.jpg", field="photos", **headers: str
):
    token = fields_of(browser, report_id)["csrf_token"]
    data = {field: (io.BytesIO(content), name)}
    return post(browser, path_of(report_id) + "/photos", data, **JSON, **{"X-CSRFToken": token, **headers})


def test_saving_answers_the_time_the_new_version_and_what_cannot_be_kept(reporter, district, look):
    report_id = district.draft()
    answer = save(
        reporter, report_id, fields_of(reporter, report_id), done="又做一段。", physical_percent="101"
    )
    assert answer.status_code == 200
    assert answer.json["saved"] == "12:00"
    assert answer.json["version"] == look(report_id, lambda r: r.version_id)
    assert answer.json["problems"] == {"physical_percent": "形象进度填 0 到 100 的整数，现在是“101”。"}
    assert look(report_id, lambda r: (r.done, r.physical_percent)) == ("又做一段。", 40)


def test_the_answered_version_is_the_one_to_save_over_next(reporter, district):
    report_id = district.draft(photos=1)
    fields = fields_of(reporter, report_id)
    for word in ("一", "二", "三"):
        answer = save(reporter, report_id, fields, done=f"第{word}段。")
        fields["version"] = str(answer.json["version"])
    assert answer.status_code == 200


def test_a_stale_save_changes_nothing_and_says_so(reporter, district, look):
    report_id = district.draft()
    fields = fields_of(reporter, report_id)
    save(reporter, report_id, fields, done="先存的。")
    answer = save(reporter, report_id, fields, done="后存的。")
    assert answer.status_code == 409
    assert "别处" in answer.json["said"]
    assert look(report_id, lambda r: r.done) == "先存的。"


def test_a_field_that_was_not_sent_stays_as_it_is(reporter, district, look):
    report_id = district.draft()
    fields = fields_of(reporter, report_id)
    save(
        reporter,
        report_id,
        {name: fields[name] for name in ("csrf_token", "version")},
        next_step="明天验收。",
    )
    assert look(report_id, lambda r: (r.done, r.next_step)) == ("主体封顶，砌筑完成三层。", "明天验收。")


def test_moving_a_photo_answers_the_new_order(reporter, district, look):
    report_id = district.draft(photos=3)
    first, second, third = look(report_id, lambda r: [p.id for p in r.photos])
    answer = save(reporter, report_id, fields_of(reporter, report_id), act=f"earlier:{third}")
    assert answer.json["photos"] == [first, third, second]


def test_removing_and_putting_back_keep_the_order(reporter, district, look):
    report_id = district.draft(photos=3)
    before = look(report_id, lambda r: [p.id for p in r.photos])
    gone = save(reporter, report_id, fields_of(reporter, report_id), act=f"remove:{before[1]}")
    assert gone.json["photos"] == [before[0], before[2]]
    back = save(reporter, report_id, fields_of(reporter, report_id), act=f"restore:{before[1]}")
    assert back.json["photos"] == before


def test_an_expired_sign_in_is_told_apart(visitor, district):
    report_id = district.draft()
    assert save(visitor, report_id, {}, done="写到一半。").status_code == 401


def test_one_photo_is_taken_and_answered_as_the_page_shows_it(reporter, district, look):
    report_id = district.draft()
    answer = upload(reporter, report_id, picture(5))
    photo_id = look(report_id, lambda r: r.photos[0].id)
    assert answer.status_code == 201
    assert (answer.json["photo"], answer.json["count"]) == (photo_id, 1)
    assert f'name="caption-{photo_id}"' in answer.json["html"]


def test_the_same_picture_again_is_the_same_photo(reporter, district, look):
    report_id = district.draft()
    first, again = (upload(reporter, report_id, picture(5)) for _ in range(2))
    assert first.json["photo"] == again.json["photo"]
    assert look(report_id, lambda r: len(r.photos)) == 1


def test_a_bad_file_is_answered_with_why_and_the_cure(reporter, district):
    answer = upload(reporter, district.draft(), b"GIF89a" + bytes(100), name="动图.gif")
    assert answer.status_code == 422
    assert answer.json["name"] == "动图.gif"
    assert answer.json["said"].startswith("这种图片格式收不了")


def test_an_upload_without_a_token_is_refused(reporter, district, look):
    report_id = district.draft()
    assert upload(reporter, report_id, picture(6), **{"X-CSRFToken": "none"}).status_code == 400
    assert look(report_id, lambda r: len(r.photos)) == 0


def test_nothing_stays_in_the_spool(reporter, district, portal, settings):
    report_id = district.draft()
    upload(reporter, report_id, picture(7))
    upload(reporter, report_id, b"no photo")
    spool = settings.folder(settings.media_url) / "spool"
    assert [path for path in spool.rglob("*") if path.is_file()] == []
