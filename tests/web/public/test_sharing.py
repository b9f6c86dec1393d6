"""Passing a page on: labels, cards, codes, the sheet for the board, what search engines read."""

from __future__ import annotations

import json
import re

import pytest

from config import Settings
from portal.imaging.cards import CardPainter
from portal.ports.cards import Card
from portal.web.app import create_app
from tests.browsing import Browser

CARD = Card(
    site="阳光督查",
    district="清河区",
    title="东岸口袋公园与邻里书亭",
    lamp="red",
    lamp_word="红灯·滞后",
    actual=40,
    planned=62,
    note="2026年11月24日",
)
needs_font = pytest.mark.skipif(
    not CardPainter().able, reason="no Chinese font here: install fonts-wqy-microhei or fonts-noto-cjk"
)


def page(reader: Browser, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def meta(shown: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', shown))


def data(shown: str) -> dict:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', shown, re.S)
    assert len(blocks) == 1
    return json.loads(blocks[0])


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_every_window_has_the_labels_of_a_government_site(visitor, district):
    for path in ("/", "/projects", "/map", "/archive", "/units", "/record", "/help"):
        said = meta(page(visitor, path))
        assert {"SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType"} <= said.keys(), path
        assert "ArticleTitle" not in said
        assert said["og:type"] == "website"


def test_a_project_and_a_report_say_title_day_and_source(visitor, district):
    number = district.published(photos=1)
    project = meta(page(visitor, f"/projects/{district.projects[0]}"))
    report = meta(page(visitor, f"/reports/{number}"))
    assert project["ArticleTitle"] == "东岸口袋公园与邻里书亭"
    assert report["ArticleTitle"] == "东岸口袋公园与邻里书亭：2026年11月"
    assert report["PubDate"] == "2026-11-24 12:00"
    assert report["ContentSource"] == "东岸街道"
    assert report["og:url"] == f"http://localhost/reports/{number}"


def test_what_search_engines_read_is_data_that_no_word_can_end(visitor, district):
    number = district.published(done="</script><script>alert(1)</script>")
    shown = page(visitor, f"/projects/{district.projects[0]}")
    about = data(shown)["about"]
    assert about["identifier"] == district.projects[0]
    assert about["location"]["geo"]["longitude"] == 118.123456
    report = data(page(visitor, f"/reports/{number}"))
    assert (report["@type"], report["reportNumber"]) == ("Report", number)
    assert data(page(visitor, "/"))["potentialAction"]["target"] == "http://localhost/archive?q={q}"


@needs_font
def test_cards_are_pictures_of_1200_by_630_and_are_validated(visitor, district):
    number = district.published(photos=1)
    for path in (f"/projects/{district.projects[0]}", f"/reports/{number}"):
        said = meta(page(visitor, path))
        where = said["og:image"].removeprefix("http://localhost")
        assert where.startswith(f"{path}/card.png?v=")
        answer = visitor.get(where)
        assert (answer.mimetype, size(answer.get_data())) == ("image/png", (1200, 630))
        assert len(answer.get_data()) < 100_000
        again = visitor.get(where, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")


@needs_font
def test_a_card_changes_with_what_it_says(visitor, district):
    path = f"/projects/{district.projects[0]}/card.png"
    before = visitor.get(path).headers["ETag"]
    district.published(photos=1)
    assert visitor.get(path).headers["ETag"] != before


def test_nothing_is_drawn_of_what_was_taken_down_or_never_was(visitor, district, withdraw):
    number = district.published(photos=1)
    withdraw(number)
    assert visitor.get(f"/reports/{number}/card.png").status_code == 410
    assert visitor.get("/reports/2026-999999/card.png").status_code == 404
    assert visitor.get("/projects/2026-999/card.png").status_code == 404
    assert visitor.get("/projects/nonsense/card.png").status_code == 404
    assert visitor.get(f"/qr.svg?path=/reports/{number}").status_code == 404


class TestWithoutAFont:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return Settings(**settings.model_dump() | {"card_font": "/nowhere.ttc"}, _env_file=None)

    def test_the_photo_stands_in(self, portal, district):
        reader = Browser(create_app(portal))
        number = district.published(photos=1)
        said = meta(page(reader, f"/reports/{number}"))
        assert re.fullmatch(r"http://localhost/media/[0-9a-f]{64}\.jpg", said["og:image"])
        assert reader.get(said["og:image"].removeprefix("http://localhost")).status_code == 200
        assert reader.get(f"/reports/{number}/card.png").status_code == 404
        assert "og:image" not in meta(page(reader, f"/projects/{district.projects[1]}"))


@needs_font
def test_the_painter_draws_every_lamp_and_any_title_and_the_same_again():
    painter = CardPainter()
    drawn = [
        painter.draw(Card(**vars(CARD) | {"lamp": lamp, "title": title, "actual": actual}))
        for lamp, title, actual in (
            ("red", "短", 0),
            ("yellow", "很长的名字" * 30, 100),
            ("green", "Riverside park phase two " * 6, 50),
            ("blue", "办结的", 100),
            ("none", "停下的", None),
            ("", "一次进展", 7),
        )
    ]
    assert [size(each) for each in drawn] == [(1200, 630)] * 6
    assert len(set(drawn)) == 6
    assert painter.draw(CARD) == CardPainter().draw(CARD)


def test_the_code_is_given_for_our_own_published_pages_alone(visitor, district):
    number = district.published()
    for path in ("/", "/map", f"/projects/{district.projects[0]}", f"/reports/{number}", "/units/001"):
        answer = visitor.get("/qr.svg", query_string={"path": path})
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml"), path
        assert answer.get_data().startswith(b"<svg")
    for path in (
        "", "//evil.example", "https://evil.example/", "/projects/2026-999", "/desk/admin",
        f"/projects/{district.projects[0]}?x=1", "/reports/2026-999999", "/../", "/units/999",
    ):  # fmt: skip
        assert visitor.get("/qr.svg", query_string={"path": path}).status_code == 404, path


def test_the_board_has_the_code_and_what_everybody_can_do(visitor, district):
    code = district.projects[0]
    shown = page(visitor, f"/projects/{code}/board")
    assert f'src="/qr.svg?path=/projects/{code}"' in shown
    assert f"http://localhost<wbr>/projects/{code}" in shown  # where a narrow screen may break it
    assert "0000-0000 1234" in shown
    assert visitor.get("/projects/2026-999/board").status_code == 404


def test_a_printed_page_has_number_day_address_and_code(visitor, district):
    number = district.published()
    for path, key in (
        (f"/projects/{district.projects[0]}", district.projects[0]),
        (f"/reports/{number}", number),
    ):
        head = re.search(r'<div class="print-head".*?</div>\n<img src="([^"]+)"', page(visitor, path), re.S)
        assert head is not None
        assert key in head[0]
        assert f"http://localhost{path}" in head[0]
        assert visitor.get(head[1]).status_code == 200


def test_a_column_in_which_no_row_says_anything_is_left_out(visitor, district):
    assert "为什么换" not in page(visitor, f"/projects/{district.projects[0]}")


class TestFooter:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        changed = {
            "undertaker": "清河区大数据中心",
            "party_mark": "https://bszs.conac.cn/sitename?id=1",
            "accessible_mark": "https://mark.example.org/1",
            "find_errors": "https://zfwzzc.www.gov.cn/?site=1",
            "police": "鲁公网安备 37000002000001号",
        }
        return Settings(**settings.model_dump() | changed, _env_file=None)

    def test_it_says_what_public_sites_must_say(self, portal, district):
        shown = page(Browser(create_app(portal)), "/")
        footer = shown[shown.index('<footer class="colophon"') :]
        for words in ("承办单位：清河区大数据中心", "党政机关网站标识", "适老化、无障碍标识", "政府网站找错"):
            assert words in footer
        assert "https://beian.miit.gov.cn/" in footer
        assert "code=37000002000001" in footer
        assert not re.search(r'(?:src|data)="https?://', shown)


def test_marks_without_a_place_to_lead_to_are_not_shown(visitor, district):
    shown = page(visitor, "/")
    assert "党政机关网站标识" not in shown
    assert "承办单位" not in shown
