"""The permalink of a report, its versions and its tombstone."""

from __future__ import annotations

from portal.record import log
from tests.browsing import Browser
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words


def test_a_published_report_shows_words_photos_and_where_it_comes_from(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(photos=3, problems="木料到货晚。")
    page = visitor.get(f"/reports/{number}")
    said = compact(page)
    for part in (
        "主体封顶，砌筑完成三层。",
        "木料到货晚。",
        "下周做屋面防水。",
        "形象进度40%",
        "区委区政府督查室",
        number,
    ):
        assert part in said
    assert len([image for image in tags(page, "img") if image["src"].startswith("/media/")]) == 3
    assert f"/projects/{district.projects[0]}" in links(page)


def test_nobody_who_reported_or_reviewed_is_named(visitor: Browser, district: SmallDistrict) -> None:
    page = words(visitor.get(f"/reports/{district.published()}"))
    assert "陆知秋" not in page
    assert "沈砚书" not in page


def test_a_corrected_version_stays_readable_with_what_was_changed(
    visitor: Browser, district: SmallDistrict, correct
) -> None:
    number = district.published(done="砌筑完成三层。")
    correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    now = words(visitor.get(f"/reports/{number}"))
    assert "现在是第 2 版" in now
    assert "丈量后重新计算" in now
    old = visitor.get(f"/reports/{number}?version=1")
    assert old.status_code == 200
    assert "这一版已更正。" in words(old)
    assert "做成了什么原来砌筑完成三层。改成砌筑完成两层。" in compact(old)
    assert f"/reports/{number}" in links(old)


def test_a_version_that_never_was_is_not_found(visitor: Browser, district: SmallDistrict) -> None:
    number = district.published()
    for version in ("2", "0", "-1", "x", ""):
        assert visitor.get(f"/reports/{number}?version={version}").status_code == 404


def test_a_withdrawn_report_answers_410_with_reason_basis_and_office(
    visitor: Browser, district: SmallDistrict, correct, withdraw
) -> None:
    number = district.published(done="砌筑完成三层。", photos=1)
    correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    withdraw(number)
    for path in (f"/reports/{number}", f"/reports/{number}?version=1", f"/reports/{number}?version=2"):
        page = visitor.get(path)
        assert page.status_code == 410
        said = words(page)
        assert "拍到了路人的正脸" in said
        assert "《个人信息保护法》第四十七条" in said
        assert "区委区政府督查室" in said
        assert "砌筑" not in said
        assert any(link.startswith("/record/") for link in links(page))


def test_a_past_day_before_the_withdrawal_does_not_bring_it_back(
    visitor: Browser, district: SmallDistrict, clock, withdraw
) -> None:
    number = district.published(done="砌筑完成三层。")
    clock.forward(days=3)
    withdraw(number)
    clock.forward(days=3)
    page = visitor.get(f"/reports/{number}?as_of=2026-11-25")
    assert page.status_code == 410
    assert "砌筑" not in words(page)


def test_what_is_not_published_is_not_found(visitor: Browser, district: SmallDistrict) -> None:
    district.submitted()
    for number in ("2026-000001", "2026-000009", "1", "x"):
        assert visitor.get(f"/reports/{number}").status_code == 404


def test_reports_of_a_project_lead_to_each_other(visitor: Browser, district: SmallDistrict, clock) -> None:
    numbers = []
    for _time in range(3):
        numbers.append(district.published())
        clock.forward(days=1)
    page = links(visitor.get(f"/reports/{numbers[1]}"))
    assert {f"/reports/{numbers[0]}", f"/reports/{numbers[2]}"} <= page


def test_the_english_page_marks_what_is_chinese(visitor: Browser, district: SmallDistrict, correct) -> None:
    number = district.published(photos=1, problems="木料到货晚。")
    correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    for path in (f"/en/reports/{number}", f"/en/reports/{number}?version=1"):
        assert unmarked_chinese(visitor.get(path)) == []


def test_a_project_and_a_unit_that_are_withdrawn_answer_410_too(
    visitor: Browser, district: SmallDistrict, portal
) -> None:
    code = district.projects[1]
    with portal.database.writing() as session:
        for item in (f"project/{code}", "unit/031"):
            log.withdraw(
                session, item, reason="登错了", basis="《政府信息公开条例》", role="督查室", at=portal.now()
            )
    for path in (f"/projects/{code}", "/units/031", f"/en/projects/{code}", "/en/units/031"):
        page = visitor.get(path)
        assert page.status_code == 410, path
        assert all(said in words(page) for said in ("登错了", "《政府信息公开条例》", "督查室")), path
