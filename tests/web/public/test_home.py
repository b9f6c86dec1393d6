"""The front page."""

from __future__ import annotations

import datetime as dt

from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, words


def test_before_anything_is_reported_it_says_so_and_shows_the_way(
    visitor: Browser, district: SmallDistrict
) -> None:
    page = visitor.get("/")
    assert page.status_code == 200
    assert "还没有公开的照片" in words(page)
    assert "/projects" in links(page)


def test_it_leads_with_the_newest_photo_and_its_proof(visitor: Browser, district: SmallDistrict) -> None:
    district.published(photos=1)
    number = district.published(code=district.projects[1], login="stranger", photos=2)
    page = visitor.get("/")
    assert f"/reports/{number}" in links(page)
    lead = next(image for image in tags(page, "img") if image.get("fetchpriority") == "high")
    assert lead["src"].startswith("/media/")
    assert lead["alt"] == "第 1 张：正面"


def test_lamps_are_computed_from_published_progress_on_the_day_it_is_read(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    assert "红灯·滞后2项" in compact(visitor.get("/")), "in November nothing is done of what should be 89 %"
    district.published(physical_percent="90")
    page = visitor.get("/")
    assert "红灯·滞后1项" in compact(page)
    assert "绿灯·正常1项" in compact(page)
    clock.at = dt.datetime(2026, 12, 26, 4, tzinfo=dt.UTC)
    assert "红灯·滞后2项" in compact(visitor.get("/")), "a day after the deadline 90 % are late"


def test_the_late_ones_say_who_answers_for_them_and_why(visitor: Browser, district: SmallDistrict) -> None:
    district.published(physical_percent="20", problems="书亭木料到货晚，等 11月27日到场。还有别的。")
    page = visitor.get("/")
    assert "书亭木料到货晚，等11月27日到场。" in compact(page)
    assert "还有别的" not in words(page), "the ledger has the first sentence"
    assert "东岸街道闻清远" in compact(page)
    assert f"/projects/{district.projects[0]}" in links(page)


def test_this_years_figures_count_milestones_reached_and_corrections(
    visitor: Browser, district: SmallDistrict, correct, withdraw
) -> None:
    first = district.published(physical_percent="35")
    district.published(physical_percent="36")
    correct(first, done="砌筑完成两层。", reason="多写了一层")
    withdraw(first)
    page = compact(visitor.get("/"))
    assert "到期的阶段目标，已做到1/4个" in page, (
        "two of three milestones of two projects are due by November"
    )
    assert "更正1次，撤下1次" in page


def test_a_past_day_shows_what_was_known_then(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    clock.forward(days=2)
    district.published(physical_percent="90")
    assert "绿灯·正常0项" in compact(visitor.get("/?as_of=2026-11-25"))
    clock.forward(days=2)
    page = visitor.get("/?as_of=2026-11-26")
    assert "绿灯·正常1项" in compact(page)
    assert "这是2026年11月26日的样子" in compact(page)


def test_it_promises_nothing_that_does_not_exist(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/")
    assert not any("/feedback" in link for link in links(page))
