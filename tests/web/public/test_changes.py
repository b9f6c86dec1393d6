"""What changed between two days, for everything and for one project."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event

from portal.web.public.asked_days import last_meeting
from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words

YESTERDAY, TODAY = "2026-11-23", "2026-11-24"


def test_what_was_published_is_told_with_its_figures_and_leads_to_the_item(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(photos=2)
    page = visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}")
    said = compact(page)
    assert "2026年11月23日到2026年11月24日：公开1件，更正0次，遮盖0次，撤下0件。" in said
    assert "形象进度40%" in said
    assert {f"/reports/{number}", "/record/6"} <= links(page)
    assert f"/projects/{district.projects[0]}" not in links(page), "it did not change"


def test_an_item_that_stood_on_both_days_shows_the_difference_of_the_two(
    visitor: Browser, district: SmallDistrict, clock: Clock, correct
) -> None:
    number = district.published(done="砌筑完成三层。")
    clock.forward(days=1)
    correct(number, done="砌筑完成两层半。", reason="先改一次")
    correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    page = visitor.get("/changes?from=2026-11-24&to=2026-11-25")
    assert "公开0件，更正2次" in compact(page)
    assert "做成了什么原来砌筑完成三层。改成砌筑完成两层。" in compact(page)
    assert "丈量后重新计算" in words(page)
    assert "两层半" not in words(page), "what came and went between the two days stood on neither"
    html = page.get_data(as_text=True)
    assert "砌筑完成<del>三</del>层。" in html, "only what differs is marked"
    assert "砌筑完成<ins>两</ins>层。" in html
    assert {"/record/7", "/record/8"} <= links(page)


def test_an_item_that_is_new_and_was_corrected_shows_how_it_was_published_first(
    visitor: Browser, district: SmallDistrict, correct
) -> None:
    correct(district.published(done="砌筑完成三层。"), done="砌筑完成两层。", reason="丈量后重新计算")
    page = compact(visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}"))
    assert "公开以后又改过原因：丈量后重新计算做成了什么原来砌筑完成三层。改成砌筑完成两层。" in page


def test_what_was_done_on_the_first_day_is_before_and_on_the_last_day_is_within(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    first = district.published()
    clock.forward(days=1)
    second = district.published()
    clock.forward(days=1)
    third = district.published()
    page = links(visitor.get("/changes?from=2026-11-24&to=2026-11-25"))
    assert [f"/reports/{number}" in page for number in (first, second, third)] == [False, True, False]


def test_a_withdrawn_item_shows_reason_basis_and_office_and_nothing_of_what_it_said(
    visitor: Browser, district: SmallDistrict, clock: Clock, withdraw
) -> None:
    number = district.published(done="蓝鲸要撤下。")
    clock.forward(days=2)
    withdraw(number)
    page = visitor.get("/changes?from=2026-11-25&to=2026-11-26")
    said = words(page)
    for part in (
        "撤下 1 件",
        "拍到了路人的正脸",
        "《个人信息保护法》第四十七条",
        "区委区政府督查室",
        "东岸街道",
    ):
        assert part in said
    assert "东岸口袋公园与邻里书亭" in said, "the project is named"
    before = visitor.get("/changes?from=2026-11-23&to=2026-11-25")
    assert "当时的内容已经销毁，见第 7 条" in words(before)
    assert "蓝鲸" not in said + words(before)


def test_what_came_and_went_within_the_days_is_a_tombstone(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    withdraw(district.published(done="蓝鲸要撤下。"))
    page = visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}")
    assert "公开1件，更正0次，遮盖0次，撤下1件。" in compact(page)
    assert "蓝鲸" not in words(page)
    assert {"/record/6", "/record/7"} <= links(page)


def test_one_project_shows_only_its_own(visitor: Browser, district: SmallDistrict) -> None:
    own = district.published()
    other = district.published(code=district.projects[1], login="stranger")
    page = visitor.get(f"/projects/{district.projects[0]}/changes?from={YESTERDAY}&to={TODAY}")
    assert f"/reports/{own}" in links(page)
    assert f"/reports/{other}" not in links(page)
    assert f"/projects/{district.projects[0]}/feed.atom" in links(page)
    assert visitor.get("/projects/2026-999/changes").status_code == 404
    assert visitor.get("/projects/x/changes").status_code == 404


def test_figures_of_each_unit_lead_to_that_unit_alone(visitor: Browser, district: SmallDistrict) -> None:
    own = district.published()
    other = district.published(code=district.projects[1], login="stranger")
    page = visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}")
    href = f"/changes?from={YESTERDAY}&to={TODAY}&unit=030"
    assert href in {link.replace("&amp;", "&") for link in links(page)}
    narrowed = visitor.get(href)
    assert (f"/reports/{own}" in links(narrowed), f"/reports/{other}" in links(narrowed)) == (False, True)
    assert "只看：区水务局" in words(narrowed)


def test_one_kind_of_act_can_be_looked_at_alone(visitor: Browser, district: SmallDistrict, correct) -> None:
    corrected, other = district.published(), district.published()
    correct(corrected, done="砌筑完成两层。", reason="丈量后重新计算")
    page = links(visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}&act=corrected"))
    assert (f"/reports/{corrected}" in page, f"/reports/{other}" in page) == (True, False)


def test_without_days_it_is_this_month_and_ready_choices_are_offered(
    visitor: Browser, district: SmallDistrict
) -> None:
    page = visitor.get("/changes")
    assert "2026年10月31日 到 2026年11月24日 ：" in words(page)
    chosen = [
        link
        for link in tags(page, "a")
        if link.get("aria-current") == "true" and "/changes?" in link["href"][:9]
    ]
    assert [link["href"] for link in chosen] == [f"/changes?from=2026-10-31&to={TODAY}"]
    offered = {
        f"/changes?from={first}&to={TODAY}"
        for first in ("2026-11-22", "2026-10-31", "2026-09-30", "2026-11-05", "2026-01-27")
    }
    assert offered <= links(page)


@pytest.mark.parametrize(
    ("now", "day", "meeting"),
    [
        ("2026-11-24", 5, "2026-11-05"),
        ("2026-11-05", 5, "2026-10-05"),
        ("2026-01-03", 5, "2025-12-05"),
        ("2026-03-01", 31, "2026-02-28"),
        ("2026-04-30", 31, "2026-03-31"),
    ],
)
def test_the_last_meeting_is_before_today(now: str, day: int, meeting: str) -> None:
    assert last_meeting(dt.date.fromisoformat(now), day).isoformat() == meeting


def test_a_time_in_which_nothing_happened_says_so(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/changes?from=2026-11-20&to=2026-11-21")
    assert page.status_code == 200
    assert "这段时间什么也没有变" in words(page)
    assert "没有公开新的" in words(visitor.get(f"/changes?from={TODAY}&to={TODAY}"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=yesterday&to=2026-11-24", "“yesterday”不是一个日子"),
        ("from=2026-02-30", "“2026-02-30”不是一个日子"),
        ("from=0001-01-01", "“0001-01-01”不是一个日子"),
        ("to=9999-12-31", "“9999-12-31”不是一个日子"),
        ("from=2026-11-24&to=2026-11-01", "开始的日子在结束的日子后面"),
        ("from=2027-01-01&to=2027-02-01", "2027年1月1日还没有到"),
        ("from=%3Cscript%3E", "“<script>”不是一个日子"),
    ],
)
def test_wrong_days_are_answered_in_words_with_the_form(
    visitor: Browser, district: SmallDistrict, query: str, said: str
) -> None:
    page = visitor.get(f"/changes?{query}")
    assert page.status_code == 400
    assert said in words(page)
    assert [field["name"] for field in tags(page, "input") if field.get("type") == "date"] == ["from", "to"]


def test_days_the_wrong_way_round_can_be_exchanged(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/changes?from=2026-11-24&to=2026-11-01")
    assert "/changes?from=2026-11-01&to=2026-11-24" in links(page)


def test_a_last_day_to_come_means_today(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get(f"/changes?from={YESTERDAY}&to=2027-01-01")
    assert page.status_code == 200
    assert "2027年1月1日还没有到，比到2026年11月24日为止" in words(page)


def test_with_a_last_day_alone_it_is_the_month_up_to_that_day(
    visitor: Browser, district: SmallDistrict
) -> None:
    assert "2026年4月30日 到 2026年5月12日 ：" in words(visitor.get("/changes?to=2026-05-12"))
    assert "2026年10月31日 到 2026年11月24日 ：" in words(visitor.get("/changes?to=2030-05-12"))


def test_long_ones_come_in_pages(visitor: Browser, district: SmallDistrict) -> None:
    numbers = [district.published() for _time in range(21)]
    first, second = (
        links(visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}&page={page}")) for page in (1, 2)
    )
    assert [f"/reports/{number}" in first for number in numbers] == [False] + 20 * [True]
    assert f"/reports/{numbers[0]}" in second
    assert "只有 2 页" in words(visitor.get(f"/changes?from={YESTERDAY}&to={TODAY}&page=9"))


def test_however_much_happened_the_number_of_queries_is_the_same(
    visitor: Browser, district: SmallDistrict, correct, withdraw, portal, clock: Clock
) -> None:
    def queries(path: str) -> int:
        asked: list[str] = []
        listen = lambda *said: asked.append(said[2])  # noqa: E731 - the engine wants a callable
        event.listen(portal.database.engine, "before_cursor_execute", listen)
        assert visitor.get(path).status_code == 200
        event.remove(portal.database.engine, "before_cursor_execute", listen)
        return len([statement for statement in asked if statement.startswith("SELECT")])

    numbers = [district.published() for _time in range(3)]
    correct(numbers[0], done="砌筑完成两层。", reason="丈量后重新计算")
    withdraw(numbers[1])
    few = queries(f"/changes?from={YESTERDAY}&to={TODAY}")
    clock.forward(days=1)
    for number in [district.published() for _time in range(6)]:
        correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    withdraw(numbers[2])
    assert queries(f"/changes?from={YESTERDAY}&to=2026-11-25") == few
    assert few <= 12


def test_on_a_past_day_nothing_later_is_compared(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    early = district.published()
    clock.forward(days=5)
    late = district.published()
    page = visitor.get(f"/changes?from={YESTERDAY}&to=2026-11-29&as_of={TODAY}")
    assert f"/reports/{early}?as_of={TODAY}" in links(page)
    assert late not in page.get_data(as_text=True)


def test_the_pages_that_lead_here(visitor: Browser, district: SmallDistrict) -> None:
    code = district.projects[0]
    assert f"/projects/{code}/changes" in links(visitor.get(f"/projects/{code}"))
    for path in ("/record", "/archive"):
        assert "/changes" in links(visitor.get(path)), path


def test_the_english_pages_mark_what_is_chinese(
    visitor: Browser, district: SmallDistrict, correct, withdraw, clock: Clock
) -> None:
    kept, gone = district.published(), district.published()
    clock.forward(days=1)
    correct(kept, done="砌筑完成两层。", reason="丈量后重新计算")
    withdraw(gone)
    for path in (
        "/en/changes?from=2026-01-01",
        "/en/changes?from=2026-11-24",
        "/en/changes?from=then",
        "/en/changes?from=2026-11-25",
        f"/en/projects/{district.projects[0]}/changes?from=2026-01-01",
    ):
        assert unmarked_chinese(visitor.get(path)) == [], path
