from __future__ import annotations

from typing import Any

from portal.domain.progress import Report, Verb
from portal.workflows.draft_photos import add_photo
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.moderate_report import Why
from portal.workflows.submit_report import submit_report
from tests.browsing import Browser
from tests.small_district import SmallDistrict
from tests.web.supervisor_desk.reviewing import desk_of
from tests.workflows.after_publication import corrected


def page_of(browser: Browser, report_id: int) -> str:
    response = browser.get(desk_of(report_id))
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_page_tells_claims_of_the_unit_from_claims_of_the_file(
    district: SmallDistrict, supervisor: Browser
) -> None:
    page = page_of(supervisor, district.submitted(photos=1))
    assert "单位填写" in page
    assert "照片自带" in page
    assert "没有时间，没有位置" in page
    assert "来历 C：只有照片文件本身" in page
    assert "第 1 张：正面" in page


def test_it_stands_beside_what_was_last_published_of_the_same_milestone(
    district: SmallDistrict, supervisor: Browser
) -> None:
    number = district.published(photos=1, done="基础已经浇完。", physical_percent="25")
    district.taken = 0  # the next photo is the very same file
    district.taken = 0  # the next report shows the very same file
    page = page_of(supervisor, district.submitted(photos=1))
    assert "上次公开：基础已经浇完。" in page
    assert f'href="/reports/{number}"' in page
    assert "比上次公开多 15 个百分点。" in page
    assert "今天应到 89%" in page
    assert "第 1 张：以前用过" in page


def test_the_photo_beside_it_is_the_last_one_published_even_when_words_came_later(
    district: SmallDistrict, supervisor: Browser
) -> None:
    district.published(photos=1)
    pictured = desk_of(1)
    district.published(done="只有文字的一次。")
    page = page_of(supervisor, district.submitted(photos=1))
    assert "上次公开：只有文字的一次。" in page
    assert f'href="{pictured}/photos/' in page


def test_progress_that_runs_backwards_is_said(district: SmallDistrict, supervisor: Browser) -> None:
    district.published(physical_percent="60")
    assert "比上次公开少 20 个百分点，进度往回走了。" in page_of(supervisor, district.submitted())


def test_a_correction_shows_what_it_changes_and_why(district: SmallDistrict, supervisor: Browser) -> None:
    number = district.published(photos=1)
    page = page_of(supervisor, corrected(district, number))
    assert f"更正 {number}" in page
    assert "单位写的原因：层数写错了" in page
    assert "<del>40%</del>" in page
    assert "<ins>35%</ins>" in page
    assert "以前用过" not in page  # versions of one report share their photos


def test_what_was_returned_stands_beside_its_answer(district: SmallDistrict, supervisor: Browser) -> None:
    report_id = district.submitted(photos=1)
    with district.portal.database.reading() as session:
        photo_id = session.get_one(Report, report_id).photos[0].id
    reasons = (
        Why(photo_id=photo_id, preset="unclear", text="靠近些"),
        Why(passage="done", preset="no_figures"),
    )
    district.decide(report_id, Verb.RETURN, reasons=reasons)
    now = district.portal.now()
    with district.portal.database.writing() as session:
        report, actor = session.get_one(Report, report_id), district.person(session, "reporter")
        add_photo(
            session, report=report, arrived=district.photo(8), actor=actor, now=now, replaces=report.photos[0]
        )
        session.flush()
        session.expire(report, ["all_photos"])
        words = ReportWords(done="砌筑 240 米。")
        save_draft(session, report=report, words=words, seen_version=None, actor=actor, now=now)
        submit_report(session, report=report, actor=actor, key=None, now=now)
    page = page_of(supervisor, report_id)
    for words in (
        "第 1 次补正",
        "看不清关键部位：靠近些",
        "换了一张。",
        "原来：主体封顶，砌筑完成三层。",
        "现在：砌筑 240 米。",
    ):
        assert words in page


def test_while_a_colleague_holds_it_nobody_else_can_press(
    district: SmallDistrict, supervisor: Browser, second: Browser, clock: Any
) -> None:
    report_id = district.submitted()
    supervisor.submit(f"{desk_of(report_id)}/claim", page=desk_of(report_id))
    page = page_of(second, report_id)
    assert "沈砚书正在审这一件" in page
    assert 'value="approve" aria-keyshortcuts="A" disabled' in page
    clock.forward(minutes=5)
    assert "正在审这一件" not in page_of(second, report_id)


def test_outside_the_remit_there_is_nothing_and_inside_ones_own_unit_it_is_refused(
    district: SmallDistrict, outsider: Browser
) -> None:
    assert outsider.get(desk_of(district.submitted())).status_code == 404
    assert (
        outsider.get(desk_of(district.submitted(code=district.projects[1], login="stranger"))).status_code
        == 403
    )


def test_drafts_are_nobodys_business(district: SmallDistrict, supervisor: Browser) -> None:
    assert supervisor.get(desk_of(district.draft())).status_code == 404
    assert supervisor.get(desk_of(987654)).status_code == 404


def test_what_is_decided_already_says_so_and_leads_back_to_the_queue(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted()
    district.decide(report_id, Verb.APPROVE)
    response = supervisor.get(desk_of(report_id))
    assert response.status_code == 409
    page = response.get_data(as_text=True)
    assert "这份报送已经公开。" in page
    assert 'href="/desk/supervision"' in page


def test_enter_in_a_box_decides_nothing(district: SmallDistrict, supervisor: Browser) -> None:
    page = page_of(supervisor, district.submitted())
    form = page[page.index('id="decide"') :]
    assert form.index("<button") == form.index('<button type="submit" disabled hidden>')
