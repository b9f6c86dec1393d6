from __future__ import annotations

import pytest

from portal.domain.lifecycle import MatterState
from portal.web.app import create_app
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict


@pytest.fixture
def leader(portal: Portal, district: SmallDistrict) -> Browser:
    browser = Browser(create_app(portal))
    browser.sign_in("leader")
    return browser


def page_of(browser: Browser) -> str:
    response = browser.get("/desk/leader")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_what_is_most_behind_comes_first_with_who_answers_for_it(
    district: SmallDistrict, leader: Browser
) -> None:
    number = district.published(physical_percent="80")
    page = page_of(leader)
    assert "林听澜负责的 2 项" in page
    assert page.index("沿河污水支管二期") < page.index("东岸口袋公园与邻里书亭")
    for words in (
        "区水务局",
        "程望野",
        "闻清远",
        "比计划慢 89 个百分点。",
        "还有 31 天",
        f'href="/reports/{number}"',
    ):
        assert words in page


def test_what_is_not_public_yet_does_not_move_a_lamp(district: SmallDistrict, leader: Browser) -> None:
    district.submitted(physical_percent="100", done="全部完成，还没有人审过。")
    page = page_of(leader)
    assert "绿灯" not in page
    assert "还没有人审过" not in page


def test_what_is_struck_off_leaves_the_page(district: SmallDistrict, leader: Browser) -> None:
    with district.portal.database.writing() as session:
        for code in district.projects:
            district.project(session, code).state = MatterState.CLOSED
    assert "现在没有您负责的项目" in page_of(leader)


@pytest.mark.parametrize("login", ["reporter", "head", "supervisor", "admin"])
def test_only_leaders_enter(portal: Portal, district: SmallDistrict, login: str) -> None:
    browser = Browser(create_app(portal))
    assert browser.get("/desk/leader").status_code == 303
    browser.sign_in(login)
    assert browser.get("/desk/leader").status_code == 403
