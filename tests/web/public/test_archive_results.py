"""What is done with a result: narrowed by several values, by months, looked at by photos, taken along, followed."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from portal.wiring import Portal
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.search_engine import lose_index
from tests.small_district import SmallDistrict
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words

ATOM = "{http://www.w3.org/2005/Atom}"
WORD = quote("封顶")


@pytest.fixture
def two_units(district: SmallDistrict, clock: Clock) -> list[str]:
    """A report in November by one unit, and one in December by the other."""
    first = district.published(photos=2)
    clock.forward(days=14)
    return [first, district.published(code=district.projects[1], login="stranger", month="2026-11")]


def rows(visitor: Browser, path: str) -> list[list[str]]:
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    text = answer.get_data().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def feed(visitor: Browser, path: str) -> ElementTree.Element:
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(answer.data)


def pointed(page) -> list[str]:
    """Where the drawing leads."""
    return [
        a["href"] for a in tags(page, "a") if a.get("tabindex") == "-1" and a["href"].startswith("/archive")
    ]


# --- several values, chips -------------------------------------------------------------------------


def test_several_values_of_a_facet_mean_any_of_them_and_each_goes_by_itself(
    visitor: Browser, two_units: list[str]
) -> None:
    one = visitor.get(f"/archive?q={WORD}&unit=001")
    assert "找到1条" in compact(one)
    assert f"/archive?q={WORD}&unit=001&unit=030" in links(one), "the others of the facet are still offered"
    both = visitor.get(f"/archive?q={WORD}&unit=030&unit=001")
    assert "找到2条" in compact(both)
    assert {f"/archive?q={WORD}&unit=001", f"/archive?q={WORD}&unit=030"} <= links(both)
    assert {f"/reports/{number}" for number in two_units} <= links(both)


def test_the_same_question_has_the_same_address_however_it_was_put_together(
    visitor: Browser, two_units: list[str]
) -> None:
    said = []
    for path in (
        "/archive?unit=030&unit=001&unit=030&kind=report&sort=newest&view=list",
        "/archive?kind=report&unit=001&unit=030",
    ):
        said.append({link for link in links(visitor.get(path)) if link.startswith("/archive")})
    assert said[0] == said[1]


def test_a_form_sends_everything_chosen_along(visitor: Browser, two_units: list[str]) -> None:
    page = visitor.get(f"/archive?q={WORD}&unit=001&unit=030&from=2026-01-01&sort=oldest&view=photos")
    hidden = [(box["name"], box["value"]) for box in tags(page, "input") if box.get("type") == "hidden"]
    assert hidden.count(("unit", "001")) == hidden.count(("unit", "030")) == 3
    assert {("from", "2026-01-01"), ("sort", "oldest"), ("view", "photos"), ("q", "封顶")} <= set(hidden)


def test_without_an_index_facets_and_months_are_counted_alike(
    visitor: Browser, two_units: list[str], portal: Portal
) -> None:
    path = "/archive?kind=report&unit=001&unit=030&from=2026-12-01"
    with_index = visitor.get(path)
    lose_index(portal.settings)
    without = visitor.get(path)
    assert "没有应答" in words(without)
    assert "找到1条" in compact(with_index)
    assert "找到1条" in compact(without)
    assert links(with_index) == links(without)


# --- months ----------------------------------------------------------------------------------------


def test_months_are_drawn_and_listed_and_lead_to_their_days(visitor: Browser, two_units: list[str]) -> None:
    page = visitor.get("/archive?kind=report")
    november = "/archive?kind=report&from=2026-11-01&to=2026-11-30"
    december = "/archive?kind=report&from=2026-12-01&to=2026-12-31"
    assert pointed(page) == [november, december]
    assert {november, december, "/archive?kind=report&from=2026-01-01&to=2026-12-31"} <= links(page)
    narrowed = visitor.get(december)
    assert "找到1条" in compact(narrowed)
    assert pointed(narrowed) == [november, "/archive?kind=report"], "the other months stay, this one goes"
    [drawing] = [svg for svg in tags(narrowed, "svg") if svg.get("preserveaspectratio") == "none"]
    assert drawing["aria-hidden"] == "true", "the list says the same to those who do not see it"
    assert "style" not in drawing


def test_an_empty_result_has_no_drawing(visitor: Browser, district: SmallDistrict) -> None:
    assert pointed(visitor.get("/archive?q=zzzz")) == []


# --- photos ----------------------------------------------------------------------------------------


def test_the_photos_of_a_result_stand_with_their_notes(visitor: Browser, two_units: list[str]) -> None:
    page = visitor.get("/archive?view=photos")
    with_photos, without = two_units
    assert f"/reports/{with_photos}" in links(page)
    assert f"/reports/{without}" not in links(page)
    assert "没有照片" in words(page), "that one has none is said"
    shown = [img["src"] for img in tags(page, "img") if img["src"].startswith("/media/")]
    assert len(shown) == 2
    assert all(visitor.get(src).status_code == 200 for src in shown)
    assert "封顶" in words(visitor.get(f"/archive?q={WORD}&view=photos"))
    assert unmarked_chinese(visitor.get("/en/archive?view=photos")) == []


def test_no_photo_of_what_is_withdrawn_is_left(visitor: Browser, district: SmallDistrict, withdraw) -> None:
    number = district.published(photos=1)
    withdraw(number)
    page = visitor.get("/archive?view=photos")
    assert "/media/" not in page.get_data(as_text=True)


# --- files -----------------------------------------------------------------------------------------


def test_a_result_as_a_table_has_every_hit_of_every_page(visitor: Browser, two_units: list[str]) -> None:
    lines = rows(visitor, f"/archive.csv?q={WORD}&page=2&unit=001&unit=030")
    assert lines[0][:3] == ["编号", "类型", "标题"]
    assert {line[0] for line in lines[1:]} == set(two_units)
    assert {len(line) for line in lines} == {16}
    assert rows(visitor, f"/en/archive.csv?q={WORD}")[0][:3] == ["Number", "Kind", "Title"]


def test_nothing_in_a_table_is_a_formula(visitor: Browser, district: SmallDistrict) -> None:
    district.published(done='=HYPERLINK("http://evil.example","点我")封顶', next_step="+1，", problems="＝1")
    [line] = rows(visitor, f"/archive.csv?q={WORD}&kind=report")[1:]
    assert line[9] == '\'=HYPERLINK("http://evil.example","点我")封顶'
    assert line[10].startswith("'")
    assert line[11].startswith("'")


def test_a_result_for_programs_says_what_was_asked_and_how_much_there_is(
    visitor: Browser, two_units: list[str]
) -> None:
    told = json.loads(visitor.get(f"/archive.json?q={WORD}&unit=001").get_data())
    assert (told["total"], told["question"]) == (1, [["q", "封顶"], ["unit", "001"]])
    [item] = told["items"]
    assert item["address"] == f"http://localhost/reports/{two_units[0]}"
    assert len(item["photos"]) == 2


def test_files_are_answered_304_until_something_changes(visitor: Browser, district: SmallDistrict) -> None:
    for path in ("/archive.csv", "/archive.json", "/archive.atom"):
        tag = visitor.get(path).headers["ETag"]
        assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 304
    district.published()
    for path in ("/archive.csv", "/archive.json", "/archive.atom"):
        assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_files_of_a_past_day_and_without_an_index(
    visitor: Browser, two_units: list[str], portal: Portal
) -> None:
    then = rows(visitor, "/archive.csv?kind=report&as_of=2026-11-30")
    assert [line[0] for line in then[1:]] == [two_units[0]]
    lose_index(portal.settings)
    assert {line[0] for line in rows(visitor, f"/archive.csv?q={WORD}&kind=report")[1:]} == set(two_units)


def test_too_many_files_from_one_address_are_told_when_to_come_back(
    visitor: Browser, district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.public.archive_files.FILES", 2)
    answers = [visitor.get("/archive.csv?q=zz") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


# --- feed ------------------------------------------------------------------------------------------


def test_the_feed_of_a_question_has_what_matches_newest_entry_first(
    visitor: Browser, two_units: list[str], correct
) -> None:
    first, second = two_units
    path = f"/archive.atom?q={WORD}&unit=001&unit=030"
    found = feed(visitor, path)
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in found.findall(f"{ATOM}entry")]
    assert [name.split(":")[-1] for name in ids] == [f"report/{second}/v1", f"report/{first}/v1"]
    assert "封顶" in (found.findtext(f"{ATOM}title") or "")
    correct(first, done="主体封顶，复量过。", reason="丈量后重新计算")
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in feed(visitor, path).findall(f"{ATOM}entry")]
    assert ids[0].endswith(f"report/{first}/v2")


def test_the_feed_names_itself_for_ever_and_leads_to_the_page(visitor: Browser, two_units: list[str]) -> None:
    found = feed(visitor, f"/archive.atom?unit=030&unit=001&q={WORD}")
    assert found.findtext(f"{ATOM}id") == f"tag:localhost,2026-01-01:archive?q={WORD}&unit=001&unit=030"
    to = {link.get("rel"): link.get("href") for link in found.findall(f"{ATOM}link")}
    assert to["alternate"] == f"http://localhost/archive?q={WORD}&unit=001&unit=030"
    page = visitor.get(f"/archive?q={WORD}&unit=001&unit=030")
    assert to["self"].removeprefix("http://localhost") in {link["href"] for link in tags(page, "link")}


def test_what_is_withdrawn_leaves_files_and_feed(
    visitor: Browser, district: SmallDistrict, portal, withdraw
) -> None:
    number = district.published(done="蓝鲸要撤下。")
    withdraw(number)
    run_once(portal)
    for path in ("/archive.csv", "/archive.json", "/archive.atom"):
        assert "蓝鲸" not in visitor.get(f"{path}?kind=report").get_data(as_text=True)
