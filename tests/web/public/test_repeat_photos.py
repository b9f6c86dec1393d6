"""Repeat photography for citizens: two photos against each other, and a view month by month."""

from __future__ import annotations

import re

import pytest

from tests.browsing import Browser
from tests.conftest import Clock
from tests.repeat_photos import key_of, make_view, photographed
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words

CODE = "2026-001"
COMPARE, VIEW = f"/projects/{CODE}/compare", f"/projects/{CODE}/views/1"


@pytest.fixture
def three(district: SmallDistrict) -> list[str]:
    """Three reports with a photo from 大门 each, one in March, two in June; their numbers."""
    make_view(district)
    return [
        photographed(district, view=1, taken_on=day) for day in ("2026-03-05", "2026-06-02", "2026-06-20")
    ]


def shown(page) -> list[str]:
    """The days under the edge, left and right."""
    caption = re.search(r"<figcaption><span>.*?</figcaption>", page.get_data(as_text=True), re.S)
    assert caption is not None
    return re.findall(r'datetime="([\d-]+)', caption.group(0))


def test_first_and_newest_of_a_view_are_compared_unless_others_are_asked_for(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    assert shown(visitor.get(COMPARE)) == ["2026-03-05", "2026-06-20"]
    a, b = key_of(district, three[2]), key_of(district, three[1])
    assert shown(visitor.get(f"{COMPARE}?a={a}&b={b}")) == ["2026-06-20", "2026-06-02"]
    assert shown(visitor.get(f"{COMPARE}?a={b}")) == ["2026-06-02", "2026-06-20"]
    assert shown(visitor.get(f"{COMPARE}?b={b}")) == ["2026-03-05", "2026-06-02"]


def test_both_photos_stand_there_with_their_reports_and_proofs(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    page = visitor.get(COMPARE)
    assert {f"/reports/{three[0]}", f"/reports/{three[2]}"} <= links(page)
    assert sum("/record/" in href for href in links(page)) >= 2
    assert "2026-03-05的样子" in words(page)
    assert "相隔107天" in compact(page)


def test_every_photo_can_be_chosen_on_either_side(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    loose = photographed(district, view=None, taken_on="2026-07-01")
    page = visitor.get(COMPARE)
    keys = {key_of(district, number) for number in [*three, loose]}
    offered = [tag["value"] for tag in tags(page, "option")]
    assert sorted(offered) == sorted([*keys, *keys])
    assert {tag["label"] for tag in tags(page, "optgroup")} == {"大门", "没有归到机位的"}


def test_without_script_the_edge_stands_where_the_address_says(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    asked = {"0": 0, "25": 25, "73": 75, "100": 100, "999": 100, "x": 50, "-5": 50, "": 50}
    for text, edge in asked.items():
        page = visitor.get(f"{COMPARE}?at={text}")
        stage = next(tag["class"] for tag in tags(page, "div") if "data-stage" in tag)
        assert stage == f"slide-stage at-{edge}", text
    steps = [tag["href"] for tag in tags(page, "a") if "data-at" in tag]
    assert len(steps) == 5
    assert all(visitor.get(href).status_code == 200 for href in steps)


def test_a_photo_that_is_withdrawn_is_said_to_be_missing(
    visitor: Browser, district: SmallDistrict, three: list[str], withdraw
) -> None:
    a, b = key_of(district, three[0]), key_of(district, three[2])
    withdraw(three[0])
    page = visitor.get(f"{COMPARE}?a={a}&b={b}")
    assert page.status_code == 200
    assert "有1张找不到" in compact(page)
    assert shown(page) == ["2026-06-02", "2026-06-20"]
    assert a not in {tag["value"] for tag in tags(page, "option")}


def test_what_is_not_published_is_not_offered(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    before = [tag["value"] for tag in tags(visitor.get(COMPARE), "option")]
    district.submitted(photos=2)
    assert [tag["value"] for tag in tags(visitor.get(COMPARE), "option")] == before


def test_less_than_two_photos_are_said_in_words(visitor: Browser, district: SmallDistrict) -> None:
    make_view(district)
    assert "还没有可比的照片" in words(visitor.get(COMPARE))
    assert "还没有从这里拍的照片" in words(visitor.get(VIEW))
    photographed(district, view=1, taken_on="2026-03-05")
    assert "还没有可比的照片" in words(visitor.get(COMPARE))
    assert "2026年3月" in words(visitor.get(VIEW))


def test_what_never_was_is_not_found(visitor: Browser, district: SmallDistrict) -> None:
    for path in ("/projects/2026-099/compare", "/projects/x/compare", VIEW, "/projects/2026-099/views/1"):
        assert visitor.get(path).status_code == 404, path


def test_a_view_shows_the_newest_photo_of_each_month_and_the_months_without_one(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    page = visitor.get(VIEW)
    frames = [tag["id"] for tag in tags(page, "li") if "data-frame" in tag]
    assert frames == ["m2026-03", "m2026-06"]
    assert "2026年4月到2026年5月没有从这里拍的照片" in compact(page)
    assert "这个月从这里还拍了1张" in compact(page)
    assert {f"/reports/{three[0]}", f"/reports/{three[2]}"} <= links(page)
    assert f"/reports/{three[1]}" not in links(page)
    assert "这是参照照片" in words(page)


def test_only_the_first_picture_of_a_view_is_loaded_at_once(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    pictures = tags(visitor.get(VIEW), "img")
    assert [tag.get("loading") for tag in pictures] == [None, "lazy"]


def test_both_stand_as_they_stood_on_a_day(
    visitor: Browser, district: SmallDistrict, clock: Clock, three: list[str]
) -> None:
    day = clock().date().isoformat()
    clock.forward(days=2)
    photographed(district, view=1, taken_on="2026-07-09")
    assert shown(visitor.get(COMPARE)) == ["2026-03-05", "2026-07-09"]
    assert shown(visitor.get(f"{COMPARE}?as_of={day}")) == ["2026-03-05", "2026-06-20"]
    page = visitor.get(f"{VIEW}?as_of={day}")
    assert "m2026-07" not in {tag.get("id") for tag in tags(page, "li")}
    assert f"/reports/{three[0]}?as_of={day}" in links(page)


def test_the_page_of_a_project_leads_to_its_views_and_compares_them(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    page = visitor.get(f"/projects/{CODE}")
    a, b = key_of(district, three[0]), key_of(district, three[2])
    assert {VIEW, f"{COMPARE}?a={a}&b={b}", COMPARE} <= links(page)
    assert "2个月有照片" in compact(page)
    assert "改过0次" in compact(page), "a view is no change of the promise"
    assert "机位1" in compact(page), "but the history says it"


def test_a_photo_of_a_report_leads_to_all_that_was_taken_from_the_same_place(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    assert VIEW in links(visitor.get(f"/reports/{three[0]}"))
    loose = photographed(district, view=None, taken_on="2026-07-01")
    assert VIEW not in links(visitor.get(f"/reports/{loose}"))


def test_milestones_are_compared_where_there_are_no_views(visitor: Browser, district: SmallDistrict) -> None:
    numbers = [photographed(district, view=None, taken_on=day) for day in ("2026-03-05", "2026-06-20")]
    page = visitor.get(f"/projects/{CODE}")
    a, b = (key_of(district, number) for number in numbers)
    assert f"{COMPARE}?a={a}&b={b}" in links(page)


def test_english_pages_mark_what_is_chinese(
    visitor: Browser, district: SmallDistrict, three: list[str]
) -> None:
    for path in (COMPARE, VIEW, f"/projects/{CODE}"):
        assert unmarked_chinese(visitor.get(f"/en{path}")) == [], path
