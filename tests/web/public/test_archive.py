"""The archive as people use it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from portal.wiring import Portal
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.search_engine import lose_index
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words


def search(visitor: Browser, text: str, more: str = ""):
    return visitor.get(f"/archive?q={quote(text)}{more}")


def test_a_word_of_a_report_finds_it_and_is_marked_in_the_original(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(done="挡墙 3 号接縫已經填實。")
    page = search(visitor, "接缝")
    assert f"/reports/{number}" in links(page)
    assert "<mark>接縫</mark>" in page.get_data(as_text=True)


def test_a_word_of_a_caption_finds_the_report_with_that_photo(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(photos=2)
    page = search(visitor, "正面")
    assert f"/reports/{number}" in links(page)
    assert "<mark>正面</mark>" in page.get_data(as_text=True)


def test_facets_narrow_down_and_chips_remove(visitor: Browser, district: SmallDistrict) -> None:
    district.published()
    district.published(code=district.projects[1], login="stranger")
    page = search(visitor, "封顶")
    assert "找到2条" in compact(page)
    assert f"/archive?q={quote('封顶')}&unit=030" in links(page)
    narrowed = search(visitor, "封顶", "&unit=030")
    assert "找到1条" in compact(narrowed)
    assert f"/archive?q={quote('封顶')}" in links(narrowed)


def test_days_bound_what_is_found(visitor: Browser, district: SmallDistrict, clock: Clock) -> None:
    early = district.published()
    clock.forward(days=10)
    late = district.published()
    found = links(visitor.get("/archive?kind=report&from=2026-12-01"))
    assert f"/reports/{late}" in found
    assert f"/reports/{early}" not in found
    found = links(visitor.get("/archive?kind=report&to=2026-12-01"))
    assert f"/reports/{early}" in found
    assert f"/reports/{late}" not in found


def test_newest_and_oldest_first(visitor: Browser, district: SmallDistrict, clock: Clock) -> None:
    early = district.published()
    clock.forward(days=10)
    late = district.published()
    text = visitor.get("/archive?kind=report").get_data(as_text=True)
    assert text.index(late) < text.index(early), "without words the newest stands first"
    text = visitor.get("/archive?kind=report&sort=oldest").get_data(as_text=True)
    assert text.index(early) < text.index(late)


def test_nothing_found_says_what_to_try(visitor: Browser, district: SmallDistrict) -> None:
    page = search(visitor, "从来没有写过的词")
    assert page.status_code == 200
    assert "没有找到" in words(page)
    assert "少写几个字" in words(page)


def test_what_is_not_published_or_withdrawn_is_not_found(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    district.submitted(done="蓝鲸未公开。")
    number = district.published(done="蓝鲸要撤下。")
    assert "找到1条" in compact(search(visitor, "蓝鲸"))
    withdraw(number)
    assert "找到0条" in compact(search(visitor, "蓝鲸"))


def test_a_hit_withdrawn_since_the_index_was_built_is_not_shown(
    visitor: Browser, district: SmallDistrict, portal: Portal, monkeypatch: pytest.MonkeyPatch, withdraw
) -> None:
    number = district.published(done="蓝鲸要撤下。")
    behind = portal.search.search
    monkeypatch.setattr(portal.search, "apply", lambda **_changes: None)
    withdraw_only = pytest.MonkeyPatch()
    with withdraw_only.context() as late:
        late.setattr(portal.search, "search", behind)
        late.setattr("portal.worker.following.follow_into_search", lambda *_a, **_k: 0)
        withdraw(number)
    assert f"/reports/{number}" not in links(search(visitor, "蓝鲸"))


def test_without_an_index_it_lists_from_the_database_and_says_so(
    visitor: Browser, district: SmallDistrict, portal: Portal
) -> None:
    number = district.published()
    lose_index(portal.settings)
    page = visitor.get("/archive?kind=report")
    assert page.status_code == 200
    assert "查词的部分现在没有应答" in words(page)
    assert f"/reports/{number}" in links(page)
    assert f"/reports/{number}" in links(search(visitor, "口袋公园", "&kind=report")), "titles are compared"
    assert "words are found only as they are written" in words(visitor.get("/en/archive?kind=report"))
    run_once(portal)
    assert "查词的部分现在没有应答" not in words(visitor.get("/archive?kind=report"))


def test_without_an_index_words_days_and_facets_still_narrow_the_list(
    visitor: Browser, district: SmallDistrict, portal: Portal, clock: Clock, withdraw
) -> None:
    early = district.published(done="蓝鲸落成。")
    clock.forward(days=10)
    late = district.published(done="蓝鲸移走。")
    gone = district.published(done="蓝鲸撤下。")
    district.submitted(done="蓝鲸未公开。")
    withdraw(gone)
    engine_says = compact(search(visitor, "蓝鲸"))
    lose_index(portal.settings)
    page = search(visitor, "蓝鲸")
    assert "找到2条" in engine_says
    assert "找到2条" in compact(page)
    text = page.get_data(as_text=True)
    assert text.index(late) < text.index(early), "the newest stands first"
    assert f"/reports/{gone}" not in links(page)
    assert "找到1条" in compact(search(visitor, "蓝鲸 落成"))
    assert "找到1条" in compact(search(visitor, "蓝鲸 -落成"))
    assert "找到1条" in compact(search(visitor, "蓝鲸", "&to=2026-11-30"))
    assert "找到0条" in compact(search(visitor, "蓝鲸", "&kind=project"))
    assert "找到0条" in compact(search(visitor, "document")), "the names of fields are not what was written"
    past = search(visitor, "蓝鲸", "&as_of=2026-11-30")
    assert ("找到1条" in compact(past), f"/reports/{early}?as_of=2026-11-30" in links(past)) == (True, True)


def test_a_past_day_is_looked_through_as_it_stood(
    visitor: Browser, district: SmallDistrict, clock: Clock, correct
) -> None:
    early = district.published(done="主体封顶。")
    clock.forward(days=10)
    correct(early, done="砌筑完成两层。", reason="写早了")
    late = district.published()
    clock.forward(days=10)
    page = search(visitor, "封顶", "&as_of=2026-11-30")
    assert f"/reports/{early}?as_of=2026-11-30" in links(page), "it said so then"
    assert "找到1条" in compact(page)
    assert not any(late in link for link in links(page))
    assert "按那天的样子显示" in words(page)
    assert "没有应答" not in words(page)


def test_its_tag_changes_with_the_index_and_answers_304_until_then(
    visitor: Browser, district: SmallDistrict
) -> None:
    tag = search(visitor, "封顶").headers["ETag"]
    path = f"/archive?q={quote('封顶')}"
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 304
    district.published()
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["q=%22", "q=%00", "q=" + "%E5%A2%99" * 900, "from=x&to=2026-13-01", "sort=%3Cb%3E", "page=999999999999", "kind=zz",
     "year=abc", "unit=%27%22%3E", "q=unit%3A"],
)  # fmt: skip
def test_senseless_questions_are_no_error(visitor: Browser, district: SmallDistrict, query: str) -> None:
    assert visitor.get(f"/archive?{query}").status_code == 200


def test_typed_words_are_shown_as_text(visitor: Browser, district: SmallDistrict) -> None:
    page = search(visitor, '"><script>alert(1)</script>')
    assert "<script>alert" not in page.get_data(as_text=True)
    box = next(box for box in tags(page, "input") if box.get("type") == "search")
    assert box["value"] == '"><script>alert(1)</script>'


def test_the_english_page_marks_what_is_chinese(visitor: Browser, district: SmallDistrict) -> None:
    district.published(photos=1)
    page = visitor.get("/en/archive?unit=001")
    assert unmarked_chinese(page) in ([], ["东岸街道"]), "the chip is read with its label"
