"""The list of projects and the page of one."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words


def test_every_project_is_listed_with_its_lamp(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/projects")
    assert "共2项" in compact(page)
    assert {f"/projects/{code}" for code in district.projects} <= links(page)


def test_facets_are_links_with_counts_that_narrow_down(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/projects")
    assert "区水务局1" in compact(page)
    assert "/projects?unit=030" in links(page)
    narrowed = visitor.get("/projects?unit=030")
    assert "共1项" in compact(narrowed)
    assert "/projects" in links(narrowed), "the chip and the chosen value lead back"


def test_filters_combine_and_an_empty_result_shows_a_way_out(
    visitor: Browser, district: SmallDistrict
) -> None:
    page = visitor.get("/projects?unit=030&lamp=green")
    assert page.status_code == 200
    assert "没有这样的项目" in words(page)


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=abc", "page=99", "sort=none", "lamp=<b>", "year=x"]
)
def test_senseless_filters_are_no_error(visitor: Browser, district: SmallDistrict, query: str) -> None:
    assert visitor.get(f"/projects?{query}").status_code == 200


def test_a_project_says_what_was_promised_and_who_answers_for_it(
    visitor: Browser, district: SmallDistrict
) -> None:
    page = compact(visitor.get(f"/projects/{district.projects[0]}"))
    for said in (
        "建3处口袋公园，加固挡墙240米。",
        "林听澜副区长",
        "闻清远",
        "东岸街道",
        "2026年12月25日",
        "1,280万元",
        "旧货场北口",
    ):
        assert said in page
    assert "CNY 12.8 million" in visitor.get(f"/en/projects/{district.projects[0]}").get_data(as_text=True)


def test_progress_against_schedule_is_a_picture_with_its_numbers_in_a_table(
    visitor: Browser, district: SmallDistrict
) -> None:
    district.published(physical_percent="40")
    page = visitor.get(f"/projects/{district.projects[0]}")
    picture = next(svg for svg in tags(page, "svg") if svg.get("class") == "curve")
    assert picture["role"] == "img"
    assert picture["aria-labelledby"]
    assert "2026年11月88%40%" in compact(page) or "2026年11月89%40%" in compact(page)


def test_evidence_stands_by_month_and_silent_months_are_said(
    visitor: Browser, district: SmallDistrict
) -> None:
    district.published(month="2026-08", photos=1, done="八月做的。")
    page = compact(visitor.get(f"/projects/{district.projects[0]}"))
    assert "2026年9月到2026年11月，连着3个月没有公开内容。" in page
    assert "2026年2月到2026年7月，连着6个月没有公开内容。" in page
    assert page.index("9月到") < page.index("八月做的。") < page.index("2月到")


def test_two_reports_on_one_milestone_are_set_side_by_side(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    district.published(photos=1)
    assert "前后对比" not in words(visitor.get(f"/projects/{district.projects[0]}"))
    clock.forward(days=10)
    district.published(photos=2)
    page = visitor.get(f"/projects/{district.projects[0]}")
    assert "前后对比" in words(page)
    assert "相隔10天" in compact(page)


def test_a_milestone_is_done_when_a_report_reached_its_percent(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    district.published(physical_percent="30")
    page = compact(visitor.get(f"/projects/{district.projects[0]}"))
    assert "3个，做到1个" in page
    assert "11月24日公开的进展到了30%，晚207天" in page


def test_a_withdrawn_report_leaves_a_tombstone_in_its_month(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    number = district.published(done="这句话不该再看到。", photos=1)
    withdraw(number)
    page = visitor.get(f"/projects/{district.projects[0]}")
    assert "拍到了路人的正脸" in words(page)
    assert "《个人信息保护法》第四十七条" in words(page)
    assert "这句话不该再看到" not in words(page)
    assert not any(image["src"].startswith("/media/") for image in tags(page, "img"))


def test_a_corrected_report_is_marked_in_line(visitor: Browser, district: SmallDistrict, correct) -> None:
    number = district.published(done="砌筑完成三层。")
    correct(number, done="砌筑完成两层。", reason="多写了一层")
    page = visitor.get(f"/projects/{district.projects[0]}")
    assert "看改了什么" in words(page)
    assert "砌筑完成三层。" not in words(page)


def test_a_past_day_knows_nothing_later(visitor: Browser, district: SmallDistrict, clock: Clock) -> None:
    clock.forward(days=5)
    district.published(done="后来才做的。")
    clock.forward(days=5)
    code = district.projects[0]
    assert "后来才做的。" in words(visitor.get(f"/projects/{code}"))
    then = visitor.get(f"/projects/{code}?as_of=2026-11-25")
    assert "后来才做的。" not in words(then)
    assert f"/projects/{code}/feed.atom?as_of=2026-11-25" in links(then)
    assert visitor.get(f"/projects/{code}?as_of=2025-01-01").status_code == 404


@pytest.mark.parametrize("code", ["2026-999", "xx", "2026-001x", "../etc"])
def test_what_is_no_project_is_not_found(visitor: Browser, district: SmallDistrict, code: str) -> None:
    assert visitor.get(f"/projects/{code}").status_code == 404


def test_the_page_says_when_it_was_published_and_its_entry(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get(f"/projects/{district.projects[0]}")
    assert any(link.startswith("/record/") for link in links(page))
    assert "这一页最近一次变动" in words(page)


def test_a_page_is_validated_by_the_record_and_answered_304_until_it_changes(
    visitor: Browser, district: SmallDistrict
) -> None:
    path = f"/projects/{district.projects[0]}"
    tag = visitor.get(path).headers["ETag"]
    again = visitor.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert not again.data
    district.published(code=district.projects[1], login="stranger")
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 304, "another project changed"
    district.published()
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_on_english_pages_published_content_says_that_it_is_chinese(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    district.published(photos=1, problems="木料到货晚。")
    clock.forward(days=3)
    district.published(photos=1)
    for path in ("/en/", "/en/projects", f"/en/projects/{district.projects[0]}"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert unmarked_chinese(page) == [], path


def test_today_is_the_district_s_day(visitor: Browser, district: SmallDistrict, clock: Clock) -> None:
    clock.at = dt.datetime(2026, 12, 25, 15, 59, tzinfo=dt.UTC)
    assert "今天到期" in words(visitor.get(f"/projects/{district.projects[0]}"))
    clock.at = dt.datetime(2026, 12, 25, 16, 1, tzinfo=dt.UTC)
    assert "过了 1 天" in words(visitor.get(f"/projects/{district.projects[0]}"))


def test_a_card_keeps_the_newest_photo_when_the_newest_report_has_none(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    district.published(photos=1)
    clock.forward(days=1)
    district.published(photos=0)
    images = [image for image in tags(visitor.get("/projects"), "img") if image["src"].startswith("/media/")]
    assert len(images) == 1
