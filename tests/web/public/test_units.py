"""Units, and what the site says about itself."""

from __future__ import annotations

import pytest

from tests.browsing import Browser
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words


def test_all_units_are_listed_by_kind_and_not_ranked(visitor: Browser, district: SmallDistrict) -> None:
    district.published(code=district.projects[1], login="stranger")
    page = visitor.get("/units")
    text = compact(page)
    assert text.index("东岸街道") < text.index("区水务局") < text.index("区委办公室")
    assert "/units/030" in links(page)


def test_a_unit_shows_its_projects_reports_and_supervision_body(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(code=district.projects[1], login="stranger", photos=1)
    page = visitor.get("/units/030")
    assert {f"/projects/{district.projects[1]}", f"/reports/{number}"} <= links(page)
    assert f"/projects/{district.projects[0]}" not in links(page)
    assert "区水务局督查科" in words(page)


def test_the_english_page_has_its_english_name(visitor: Browser, district: SmallDistrict) -> None:
    district.published(photos=1)
    page = visitor.get("/en/units/001")
    assert "Dong'an Street" in words(page)
    assert unmarked_chinese(page) == []
    assert unmarked_chinese(visitor.get("/en/units")) == []


@pytest.mark.parametrize("code", ["999", "x", "001x2345678"])
def test_an_unknown_unit_is_not_found(visitor: Browser, district: SmallDistrict, code: str) -> None:
    assert visitor.get(f"/units/{code}").status_code == 404


@pytest.mark.parametrize("name", ["about", "help", "privacy", "accessibility"])
def test_the_site_explains_itself_in_both_languages(
    visitor: Browser, district: SmallDistrict, name: str
) -> None:
    for path, phone in ((f"/{name}", "0000-0000 1234"), (f"/en/{name}", "0000-0000 1234")):
        page = visitor.get(path)
        assert page.status_code == 200
        assert phone in words(page)
        assert len(tags(page, "h1")) == 1
    assert unmarked_chinese(visitor.get(f"/en/{name}")) == []


def test_help_says_the_rules_of_lamps_that_are_in_force(visitor: Browser, district: SmallDistrict) -> None:
    text = compact(visitor.get("/help"))
    assert "慢10个百分点以上" in text
    assert "慢5到9个百分点" in text
    assert 'id="lamps"' in visitor.get("/help").get_data(as_text=True)


def test_what_was_withdrawn_of_a_unit_is_counted_by_reason_and_listed(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    assert "撤下了什么" not in words(visitor.get("/units/001"))
    gone = [district.published(done="蓝鲸。") for _time in range(3)]
    for number, reason in zip(gone, ("报错了项目", "报错了项目", "拍到了人脸"), strict=True):
        withdraw(number, reason=reason)
    page = visitor.get("/units/001")
    assert "报错了项目2" in compact(page)
    assert "拍到了人脸1" in compact(page)
    assert {f"/reports/{number}" for number in gone} <= links(page)
    assert "蓝鲸" not in words(page)
    assert "撤下了什么" not in words(visitor.get("/units/030"))
    assert unmarked_chinese(visitor.get("/en/units/001")) == []
    assert "撤下了什么" not in words(visitor.get("/units/001?as_of=2026-11-23"))
