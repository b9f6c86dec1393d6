"""The archive of a past day understands other names, letters and days, as far as the record alone can say."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.web.public.reading import links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("封顶", True), ("封顶 OR 桥台", True), ("桥台 OR 涵洞", False), ("封顶 -砌筑", False), ("东岸街道办事处", True), ("dongan", True),
        ("2026年11月", True), ("今年", True), ("去年", False), ("2026", True), ("最近三个月 封顶", True), ("2025年3月", False), ("第四季度", False),
    ],
)  # fmt: skip
def test_a_past_day_is_searched_by_other_names_and_days(
    visitor: Browser, district: SmallDistrict, clock: Clock, text: str, found: bool
) -> None:
    number = district.published()
    clock.forward(days=400)  # so that this year is another one by now
    page = visitor.get(f"/archive?kind=report&as_of=2026-11-30&q={quote(text)}")
    assert page.status_code == 200
    assert any(f"/reports/{number}" in link for link in links(page)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("省道210", True), ("S231", False), ("k3+200", True), ("K3+300", False), ("200万元", True), ("2000000元", True), ("300万元", False),
        ("沥青摊铺什么时候完工", True), ("涵洞什么时候完工", False),
    ],
)  # fmt: skip
def test_a_past_day_is_searched_by_roads_stakes_sums_and_questions(
    visitor: Browser, district: SmallDistrict, clock: Clock, text: str, found: bool
) -> None:
    number = district.published(done="S210省道K3+200处沥青摊铺，完成投资200万元。")
    clock.forward(days=400)
    page = visitor.get(f"/archive?kind=report&as_of=2026-11-30&q={quote(text)}")
    assert any(f"/reports/{number}" in link for link in links(page)) == found
