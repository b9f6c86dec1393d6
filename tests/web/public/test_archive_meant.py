"""What the page of the archive says of words that were not taken literally, and what it offers instead."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.browsing import Browser
from tests.small_district import SmallDistrict


@pytest.fixture(autouse=True)
def written(district: SmallDistrict) -> None:
    district.published(code=district.projects[0], login="reporter", done="沥青摊铺完成，路基填筑完成三层。")


@pytest.mark.parametrize(
    ("typed", "said", "literally"),
    [
        ("路基田筑", "没有这样写的，查了相近的写法：路基填筑", '"路基田筑"'),
        ("asphalt", "按英文词义查了：沥青", '"asphalt"'),
        ("沥青 不含砌筑", "已排除：砌筑", '沥青 "不含砌筑"'),
        ("沥青摊铺什么时候完工", "按所问的查了：沥青摊铺", '"沥青摊铺什么时候完工"'),
        ("paving of the asphalt", "没有这样写的，没有查：of · the", None),
    ],
)
def test_what_was_understood_is_said_and_can_be_taken_back(
    visitor: Browser, typed: str, said: str, literally: str | None
) -> None:
    page = visitor.get(f"/archive?q={quote(typed)}").get_data(as_text=True)
    assert said in re.sub(r"<[^>]+>", "", page)
    assert 'class="result"' in page
    if literally:
        assert f"q={quote(literally)}" in page.replace("+", "%20")


@pytest.mark.parametrize(("typed", "offered"), [("沥清", "沥青"), ("沥青路面砖", "沥青")])
def test_where_nothing_is_found_what_is_written_much_like_it_is_offered(
    visitor: Browser, typed: str, offered: str
) -> None:
    page = visitor.get(f"/archive?q={quote(typed)}").get_data(as_text=True)
    _, _, nearest = page.partition('class="nearest"')
    assert f">{offered}</a>" in nearest
