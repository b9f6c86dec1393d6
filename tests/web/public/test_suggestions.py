"""Suggestions, and what a search is taken to mean, come from the published record alone."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

from portal.domain.organisation import Person
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from portal.workflows.edit_aliases import aliases_now, edit_aliases
from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, unmarked_chinese


def suggested(visitor: Browser, typed: str, more: str = "") -> list[str]:
    answer = visitor.get(f"/archive/suggest.json?q={quote(typed)}{more}")
    return [each["text"] for each in answer.get_json()["suggestions"]]


def call(portal: Portal, district: SmallDistrict, *groups: list[str]) -> None:
    with portal.database.writing() as session:
        admin: Person = district.person(session, "admin")
        seen = aliases_now(session)[1]
        edit_aliases(session, groups=list(groups), seen=seen, actor=admin, now=portal.now())


def test_names_are_suggested_by_their_characters_and_by_their_sound(
    visitor: Browser, district: SmallDistrict
) -> None:
    assert "东岸街道" in suggested(visitor, "东")
    assert "东岸街道" in suggested(visitor, "dongan")
    assert "东岸街道" in suggested(visitor, "dajd")
    assert suggested(visitor, "") == suggested(visitor, "没有的名称") == []


def test_without_scripts_suggestions_are_a_page_of_links(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/archive/suggest?q=" + quote("东岸"))
    assert {f"/archive?q={quote('东岸街道')}", "/units/001"} <= links(page)
    assert not unmarked_chinese(visitor.get("/en/archive/suggest?q=" + quote("东岸")))


def test_nothing_unpublished_is_suggested_and_a_past_day_knows_only_its_own(
    visitor: Browser, district: SmallDistrict, portal: Portal, clock: Clock
) -> None:
    district.draft(done="机密桥工程")
    assert suggested(visitor, "机密") == []
    clock.forward(days=2)
    call(portal, district, ["岸东办", "东岸街道"])
    yesterday = (portal.now().date() - dt.timedelta(days=1)).isoformat()
    assert suggested(visitor, "岸东") == ["岸东办"]
    assert suggested(visitor, "岸东", f"&as_of={yesterday}") == []


def test_an_alias_works_in_every_process_at_once_is_shown_and_can_be_undone(
    visitor: Browser, district: SmallDistrict, portal: Portal
) -> None:
    number = district.published(done="东岸街道组织了验收。")
    run_once(portal)
    other = wire(portal.settings, now=portal.now)
    elsewhere = Browser(create_app(other))
    try:
        for each in (visitor, elsewhere):
            assert "找到0条" in compact(each.get("/archive?q=" + quote("岸东办")))
        call(portal, district, ["岸东办", "东岸街道"])
        for each in (visitor, elsewhere):
            page = each.get("/archive?q=" + quote("岸东办"))
            assert f"/reports/{number}" in links(page)
            assert "已同时查找：东岸街道" in compact(page)
            assert "/archive?q=" + quote('"岸东办"') in links(page)
    finally:
        other.close()


def test_pinyin_and_another_writing_of_the_same_sound_find_a_name(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(done="东岸街道组织了验收。")
    assert f"/reports/{number}" in links(visitor.get("/archive?q=dongan"))
    page = visitor.get("/archive?q=" + quote("冬岸街道"))
    assert f"/reports/{number}" in links(page)
    assert "读音相同的：东岸街道" in compact(page)


def test_where_nothing_is_found_another_query_and_its_results_are_offered(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published()
    page = visitor.get("/archive?q=" + quote("封顶 没有的词"))
    assert "找到0条" in compact(page)
    assert {f"/reports/{number}", f"/archive?q={quote('封顶')}"} <= links(page)


def test_a_unit_is_filtered_by_its_name_and_its_page_is_named(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published()
    page = visitor.get("/archive?q=" + quote("unit:东岸 封顶"))
    assert f"/reports/{number}" in links(page)
    assert "/units/001" in links(visitor.get("/archive?q=" + quote("东岸街道")))
