"""How fast one person may send: far beyond what hands can do, and told when it goes on."""

from __future__ import annotations

from portal.workflows.draft_photos import uploads_of
from portal.workflows.draft_report import drafts_of
from tests.small_district import picture
from tests.web.unit_desk.pages import send
from tests.web.unit_desk.test_scripted import upload


def test_beyond_the_pace_a_photo_is_not_taken_and_the_page_may_send_it_again(
    reporter, sign_in, district, used_up, clock
):
    report_id = district.draft()
    used_up(uploads_of, "reporter")
    assert upload(reporter, report_id, picture(1)).status_code == 201
    answer = upload(reporter, report_id, picture(2))
    assert answer.status_code == 429
    assert "601 秒后再传" in answer.json["said"]
    assert upload(sign_in("head"), report_id, picture(3)).status_code == 201, "another person is not held up"
    clock.forward(seconds=601)
    assert upload(reporter, report_id, picture(2)).status_code == 201


def test_without_javascript_the_form_comes_back_with_the_words_and_the_reason(
    reporter, district, used_up, look
):
    report_id = district.draft()
    used_up(uploads_of, "reporter")
    files = [("1.jpg", picture(1)), ("2.jpg", picture(2))]
    page = send(reporter, report_id, files=files, done="写好的文字还在。").get_data(as_text=True)
    assert "601 秒后再传" in page
    assert look(report_id, lambda r: (len(r.photos), r.done)) == (1, "写好的文字还在。")


def test_beyond_the_pace_no_draft_is_begun_and_the_page_says_for_how_long(reporter, district, used_up):
    used_up(drafts_of, "reporter")
    address = f"/desk/unit/projects/{district.projects[0]}/report"
    assert reporter.submit(address, page="/desk/unit").status_code == 303
    answer = reporter.submit(address, page="/account")
    assert answer.status_code == 429
    assert "601 秒以后再试" in answer.get_data(as_text=True)
    assert answer.headers["Retry-After"] == "601"
