"""A returned report: exactly what to fix is open, the rest is as it was."""

from __future__ import annotations

import pytest

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Verb
from portal.workflows.moderate_report import Why
from tests.small_district import picture
from tests.web.unit_desk.pages import fields_of, path_of, send, text


@pytest.fixture
def returned(district, look):
    """A report of three photos whose second is unclear; (its id, ids of its photos)."""
    report_id = district.submitted(photos=3)
    photos = look(report_id, lambda r: [p.id for p in r.photos])
    reasons = (Why(photo_id=photos[1], preset="unclear", text="靠近门扣重拍"),)
    district.decide(report_id, Verb.RETURN, reasons=reasons)
    return report_id, photos


def test_the_first_page_puts_it_first_with_its_reason(reporter, returned):
    page = text(reporter.get("/desk/unit"))
    assert "看不清关键部位：靠近门扣重拍" in page
    assert page.index("退回的，先改") < page.index("本单位负责的项目")


def test_only_the_flagged_photo_can_be_replaced_and_its_reason_stands_beside_it(reporter, returned):
    report_id, (first, second, third) = returned
    page = text(reporter.get(path_of(report_id)))
    assert f'name="replace-{second}"' in page
    assert f'name="replace-{first}"' not in page
    assert f'name="replace-{third}"' not in page
    assert "退回：看不清关键部位：靠近门扣重拍" in page
    assert set(fields_of(reporter, report_id)) == {"csrf_token", "version", "key", f"caption-{second}"}


def test_replacing_just_that_photo_sends_the_report_again(reporter, returned, look):
    report_id, (first, second, third) = returned
    answer = send(reporter, report_id, act="submit", replace={second: picture(40)})
    assert answer.status_code == 303
    state, photos = look(report_id, lambda r: (r.state, [(p.id, p.caption, p.replaces_id) for p in r.photos]))
    assert state is ReportState.SUBMITTED
    assert [photos[0][0], photos[2][0]] == [first, third]
    assert photos[1][1:] == ("第 2 张：正面", second)


def test_sending_without_the_replacement_says_which_photo_is_still_open(reporter, returned, look):
    report_id, (_first, second, _third) = returned
    answer = send(reporter, report_id, act="submit")
    assert answer.status_code == 422
    assert "第 2 张照片被退回，换一张或移走。" in text(answer)
    assert f'href="#photo-{second}"' in text(answer)
    assert look(report_id, lambda r: r.state) is ReportState.RETURNED


def test_the_returned_picture_itself_is_no_replacement(reporter, returned, look):
    report_id, (_first, second, _third) = returned
    number = int(look(report_id, lambda r: r.photos[1].file_name).removesuffix(".jpg"))
    answer = send(reporter, report_id, act="submit", replace={second: picture(number)})
    assert answer.status_code == 422
    assert "这就是被退回的那一张" in text(answer)


def test_a_photo_that_was_not_returned_stays_whatever_is_sent(reporter, returned, look):
    report_id, (first, second, _third) = returned
    answer = send(reporter, report_id, replace={first: picture(41)}, **{f"caption-{first}": "换掉的说明"})
    assert answer.status_code == 422
    assert "这张照片没有被退回，不用换。" in text(answer)
    assert look(report_id, lambda r: (r.photos[0].id, r.photos[0].caption)) == (first, "第 1 张：正面")
    assert second in look(report_id, lambda r: [p.id for p in r.photos])


def test_a_removed_returned_photo_counts_as_answered(reporter, returned, look):
    report_id, (first, second, third) = returned
    assert send(reporter, report_id, act=f"remove:{second}").status_code == 303
    assert send(reporter, report_id, act="submit").status_code == 303
    assert look(report_id, lambda r: [p.id for p in r.photos]) == [first, third]


def test_a_returned_passage_is_the_only_open_one(reporter, district, look):
    report_id = district.submitted(problems="雨天停工。")
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="done", preset="no_figures"),))
    assert set(fields_of(reporter, report_id)) == {"csrf_token", "version", "key", "done"}
    assert "退回：缺少数量" in text(reporter.get(path_of(report_id)))
    unchanged = send(reporter, report_id, act="submit")
    assert "这一段被退回，还没有改。" in text(unchanged)
    answer = send(
        reporter, report_id, act="submit", done="砌筑完成三层，共 420 平方米。", problems="偷偷改的"
    )
    assert answer.status_code == 303
    assert look(report_id, lambda r: (r.done, r.problems)) == ("砌筑完成三层，共 420 平方米。", "雨天停工。")


def test_a_caption_that_does_not_fit_is_cured_by_words_alone(reporter, district, look):
    report_id = district.submitted(photos=1)
    photo_id = look(report_id, lambda r: r.photos[0].id)
    district.decide(report_id, Verb.RETURN, reasons=(Why(photo_id=photo_id, preset="caption_mismatch"),))
    assert "第 1 张照片的说明被退回，改一改。" in text(send(reporter, report_id, act="submit"))
    assert send(reporter, report_id, act="submit", **{f"caption-{photo_id}": "北侧挡墙"}).status_code == 303
