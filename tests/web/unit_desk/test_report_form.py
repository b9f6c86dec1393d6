"""The report form as one plain multi-file form: everything typed and every good photo is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from portal.domain.audit import AuditEntry
from portal.domain.lifecycle import ReportState
from portal.domain.progress import MAX_PHOTO_BYTES, Report
from tests.browsing import Browser
from tests.locking import held, impatient
from tests.small_district import picture
from tests.web.unit_desk.pages import fields_of, path_of, send, text

GOOD = [(f"现场{number}.jpg", picture(number)) for number in range(8)]


def begun(browser, district) -> int:
    """A fresh draft, begun from the unit's first page; its id."""
    answer = browser.submit(f"/desk/unit/projects/{district.projects[0]}/report", page="/desk/unit")
    assert answer.status_code == 303
    return int(answer.location.rsplit("/", 1)[1])


def test_beginning_twice_leads_to_the_same_draft(reporter, district):
    assert begun(reporter, district) == begun(reporter, district)


def test_a_fresh_draft_knows_the_milestone_and_the_month_already(reporter, district):
    fields = fields_of(reporter, begun(reporter, district))
    assert fields["month"] == "2026-11"
    assert fields["milestone"]


def test_limits_are_said_before_choosing(reporter, district):
    page = text(reporter.get(path_of(begun(reporter, district))))
    assert "HEIC、JPEG、PNG、WebP、AVIF），每张不超过 40 MB，最多 20 张" in page


def test_eight_photos_in_one_form_are_all_received_in_their_order(reporter, district, look):
    report_id = begun(reporter, district)
    answer = send(reporter, report_id, files=GOOD, done="铺管 300 米。")
    assert answer.status_code == 303
    assert look(report_id, lambda r: [p.file_name for p in r.photos]) == [name for name, _ in GOOD]
    assert look(report_id, lambda r: r.done) == "铺管 300 米。"


def test_a_bad_file_stops_no_other_and_is_named_with_its_cure(reporter, district, look):
    report_id = begun(reporter, district)
    files = [*GOOD[:3], ("说明.jpg", "这是一段文字".encode()), *GOOD[3:]]
    answer = send(reporter, report_id, files=files, done="铺管 300 米。")
    assert answer.status_code == 422
    assert "说明.jpg" in text(answer)
    assert "不是照片。只收 HEIC、JPEG、PNG、WebP、AVIF 图片" in text(answer)
    assert look(report_id, lambda r: (len(r.photos), r.done)) == (8, "铺管 300 米。")


def test_an_empty_file_a_truncated_one_and_a_too_large_one_are_each_named(reporter, district, look):
    report_id = begun(reporter, district)
    bad = [
        ("空.jpg", b""),
        ("半截.jpg", picture(1)[:4000]),
        ("太大.jpg", bytes(MAX_PHOTO_BYTES + 1024 * 1024)),
    ]
    answer = send(reporter, report_id, files=[*bad, GOOD[0]])
    page = text(answer)
    assert answer.status_code == 422
    assert "空.jpg</strong>：文件是空的" in page
    assert "半截.jpg</strong>：照片只有半截" in page
    assert "太大.jpg</strong>：超过 40 MB" in page
    assert look(report_id, lambda r: len(r.photos)) == 1


def test_the_twenty_first_photo_is_refused_and_the_twenty_stay(reporter, district, look):
    report_id = district.draft(photos=19)
    answer = send(reporter, report_id, files=[("第20.jpg", picture(30)), ("第21.jpg", picture(31))])
    assert answer.status_code == 422
    assert "第21.jpg</strong>：已经有 20 张了" in text(answer)
    assert "第20.jpg</strong>" not in text(answer)
    assert look(report_id, lambda r: len(r.photos)) == 20


def test_no_report_is_sent_while_a_photo_was_refused(reporter, district, look):
    report_id = district.draft(photos=1)
    answer = send(reporter, report_id, act="submit", files=[("坏.jpg", b"no photo")])
    assert answer.status_code == 422
    assert look(report_id, lambda r: r.state) is ReportState.DRAFT


def test_a_missing_caption_is_asked_for_and_the_photo_stays(reporter, district, look):
    report_id = district.draft()
    answer = send(reporter, report_id, act="submit", files=GOOD[:1])
    photo_id = look(report_id, lambda r: r.photos[0].id)
    assert answer.status_code == 422
    assert "第 1 张照片还没有说明" in text(answer)
    assert f'aria-describedby="caption-{photo_id}-error"' in text(answer)
    assert send(reporter, report_id, act="submit", **{f"caption-{photo_id}": "挡墙东段"}).status_code == 303
    assert look(report_id, lambda r: r.state) is ReportState.SUBMITTED


def test_a_percent_of_101_is_shown_as_typed_and_everything_else_is_saved(reporter, district, look):
    report_id = begun(reporter, district)
    answer = send(
        reporter, report_id, act="submit", physical_percent="101", done="做完两段。", problems="雨天停工。"
    )
    page = text(answer)
    assert answer.status_code == 422
    assert "形象进度填 0 到 100 的整数，现在是“101”" in page
    assert 'value="101"' in page
    assert look(report_id, lambda r: (r.done, r.problems, r.physical_percent)) == (
        "做完两段。",
        "雨天停工。",
        None,
    )


def test_everything_missing_is_named_at_once(reporter, district):
    answer = send(reporter, begun(reporter, district), act="submit")
    assert "填形象进度，0 到 100。" in text(answer)
    assert "写一句做成了什么。" in text(answer)


def test_a_stale_form_keeps_what_was_typed_and_shows_what_is_saved(reporter, sign_in, district, look):
    report_id = district.draft()
    old = fields_of(reporter, report_id)
    assert send(sign_in("head"), report_id, done="负责人写的。").status_code == 303
    answer = send(reporter, report_id, fields=old, done="报送员写的。", files=GOOD[:1])
    page = text(answer)
    assert answer.status_code == 409
    assert "报送员写的。</textarea>" in page
    assert "负责人写的。" in page
    assert look(report_id, lambda r: (r.done, len(r.photos))) == ("负责人写的。", 1)
    assert send(reporter, report_id, done="合在一起写的。").status_code == 303
    assert look(report_id, lambda r: r.done) == "合在一起写的。"


def test_a_caption_that_somebody_else_changed_is_not_overwritten_unseen(reporter, sign_in, district, look):
    report_id = district.draft(photos=1)
    caption = f"caption-{look(report_id, lambda r: r.photos[0].id)}"
    old = fields_of(reporter, report_id)
    send(sign_in("head"), report_id, **{caption: "负责人的说明"})
    assert send(reporter, report_id, fields=old).status_code == 409
    assert look(report_id, lambda r: r.photos[0].caption) == "负责人的说明"


def test_sending_the_same_form_twice_makes_one_report_and_lands_on_the_same_page(
    reporter, district, look, portal
):
    report_id = district.draft(photos=1)
    fields = fields_of(reporter, report_id)
    answers = [send(reporter, report_id, act="submit", fields=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert look(report_id, lambda r: r.round) == 1
    with portal.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1
        sent = select(func.count()).where(AuditEntry.act == "submit_report")
        assert session.scalar(sent) == 1


def test_after_sending_the_page_is_a_receipt_that_says_since_when_it_waits(reporter, district, clock):
    report_id = district.draft(photos=1)
    send(reporter, report_id, act="submit")
    clock.forward(minutes=20)
    page = text(reporter.get(path_of(report_id)))
    assert "已报送，在等督查机构审核" in page
    assert "已等 20 分钟" in page
    assert "<textarea" not in page


def test_what_was_typed_after_a_colleague_had_sent_the_report_is_shown_not_lost(reporter, sign_in, district):
    report_id = district.draft()
    old = fields_of(reporter, report_id)
    send(sign_in("head"), report_id, act="submit")
    answer = send(reporter, report_id, fields=old, done="报送员另写的一段。")
    assert answer.status_code == 409
    assert "报送员另写的一段。" in text(answer)


def test_photos_change_places_and_words_are_saved_with_it(reporter, district, look):
    report_id = district.draft(photos=3)
    first, second, third = look(report_id, lambda r: [p.id for p in r.photos])
    answer = send(reporter, report_id, act=f"earlier:{third}", done="改过的一句。")
    assert answer.status_code == 303
    assert answer.location.endswith(f"#photo-{third}")
    assert look(report_id, lambda r: [p.id for p in r.photos]) == [first, third, second]
    send(reporter, report_id, act=f"later:{first}")
    assert look(report_id, lambda r: [p.id for p in r.photos]) == [third, first, second]
    assert look(report_id, lambda r: r.done) == "改过的一句。"


def test_a_removed_photo_can_be_put_back(reporter, district, look):
    report_id = district.draft(photos=2)
    first, second = look(report_id, lambda r: [p.id for p in r.photos])
    answer = send(reporter, report_id, act=f"remove:{first}")
    assert look(report_id, lambda r: [p.id for p in r.photos]) == [second]
    assert f'value="restore:{first}"' in text(reporter.get(answer.location))
    send(reporter, report_id, act=f"restore:{first}")
    assert look(report_id, lambda r: [p.id for p in r.photos]) == [first, second]


def test_a_draft_that_is_thrown_away_is_no_longer_shown(reporter, district, look):
    report_id = district.draft()
    assert send(reporter, report_id, act="discard").location.endswith("/desk/unit")
    assert look(report_id, lambda r: r.state) is ReportState.DISCARDED
    assert path_of(report_id) not in text(reporter.get("/desk/unit"))


def test_enter_in_a_field_saves_and_never_moves_a_photo(reporter, district):
    page = text(reporter.get(path_of(district.draft(photos=2))))
    first_submit = page[page.index('id="report"') :].index('type="submit"')
    assert 'value="save" hidden' in page[page.index('id="report"') + first_submit :][:60]


def test_another_units_report_is_not_found_at_any_of_its_addresses(sign_in, district, look):
    report_id = district.draft(photos=1)
    photo_id = look(report_id, lambda r: r.photos[0].id)
    stranger = sign_in("stranger")
    assert stranger.get(path_of(report_id)).status_code == 404
    assert stranger.get(f"{path_of(report_id)}/photos/{photo_id}/240.jpg").status_code == 404
    for address in ("", "/draft", "/photos", "/correct"):
        assert stranger.submit(path_of(report_id) + address, page="/desk/unit").status_code in (404, 422)
    assert look(report_id, lambda r: r.done) == "主体封顶，砌筑完成三层。"


def test_the_unit_sees_our_renditions_and_nothing_keeps_them(reporter, district, look):
    report_id = district.draft(photos=1)
    photo = look(report_id, lambda r: r.photos[0])
    answer = reporter.get(f"{path_of(report_id)}/photos/{photo.id}/240.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_data() != picture(0)
    assert reporter.get(f"{path_of(report_id)}/photos/{photo.id}/9999.jpg").status_code == 404
    assert reporter.get(f"{path_of(report_id)}/photos/{photo.id}/240.png").status_code == 404


def test_a_strangers_upload_is_turned_away_before_a_byte_is_kept(visitor, district, portal):
    report_id = district.draft()
    answer = send(visitor, report_id, fields={"csrf_token": "x"}, files=GOOD[:1])
    assert answer.status_code in (400, 401)
    assert not list(portal.spool._root.rglob("incoming/*"))


def test_the_form_speaks_english_too(reporter, district):
    page = text(reporter.get(f"/en{path_of(district.draft(photos=1))}"))
    assert "Report progress" in page
    assert "现场照片" not in page


def test_a_database_that_another_process_holds_loses_nothing_typed(reporter, district, portal, look):
    report_id = district.draft()
    fields = fields_of(reporter, report_id)
    impatient(portal.database)
    with held(portal):
        answer = send(reporter, report_id, act="submit", fields=fields, done="写了一大段。", files=GOOD[:1])
    assert answer.status_code == 503
    assert "写了一大段。</textarea>" in text(answer)
    assert "现场0.jpg</strong>：服务器正忙" in text(answer)
    again = send(reporter, report_id, act="submit", fields=fields, done="写了一大段。")
    assert again.status_code == 303
    assert look(report_id, lambda r: (r.state, r.done)) == (ReportState.SUBMITTED, "写了一大段。")


def test_two_taps_at_once_make_one_report_and_both_land_on_the_receipt(reporter, district, look):
    report_id = district.draft(photos=1)
    fields = fields_of(reporter, report_id)
    with ThreadPoolExecutor(2) as taps:
        sent = [taps.submit(send, _twin(reporter), report_id, act="submit", fields=fields) for _ in range(2)]
    assert [tap.result().status_code for tap in sent] == [303, 303]
    assert look(report_id, lambda r: (r.state, r.round)) == (ReportState.SUBMITTED, 1)


def _twin(browser: Browser) -> Browser:
    """A second tab: the same cookies."""
    twin = Browser(browser.application)
    cookie = browser.get_cookie("session")
    twin.set_cookie("session", cookie.value)
    return twin
