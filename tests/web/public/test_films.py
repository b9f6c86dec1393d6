"""Public videos: played without script, described in words, asked for in parts, gone when they are withdrawn."""

from __future__ import annotations

import io
import zipfile

import pytest

from portal.wiring import Portal
from tests.browsing import Browser
from tests.filmed_district import SAID, films_are_remembered, published  # noqa: F401
from tests.small_district import SmallDistrict

Shown = tuple[str, dict]


@pytest.fixture
def shown(district: SmallDistrict) -> Shown:
    return published(district, photos=0)


def test_a_report_shows_its_video_with_words_length_and_weight_and_loads_nothing_of_it(
    visitor: Browser, shown: Shown
) -> None:
    number, film = shown
    page = visitor.get(f"/reports/{number}").text
    assert f'<source src="/media/{film["name"]}" type="video/mp4">' in page
    assert 'preload="none" poster="/media/' in page
    assert f'width="{film["width"]}" height="{film["height"]}"' in page
    assert SAID in page
    assert "1 秒" in page
    assert "没有声音" in page
    assert f"{film['bytes'] // 1024} KB" in page
    assert "autoplay" not in page
    assert "这次没有照片" not in page
    english = visitor.get(f"/en/reports/{number}").text
    assert "No sound" in english


def test_cards_and_months_show_the_picture_with_a_mark_and_the_length(
    visitor: Browser, district: SmallDistrict, shown: Shown
) -> None:
    for path in ("/", "/projects", f"/projects/{district.projects[0]}"):
        page = visitor.get(path).text
        assert 'class="film-mark"' in page, path
        assert "0:01" in page, path


def test_ranges_are_answered_as_players_ask_for_them(visitor: Browser, shown: Shown) -> None:
    path, size = f"/media/{shown[1]['name']}", shown[1]["bytes"]
    whole = visitor.get(path)
    assert (whole.status_code, whole.content_type, whole.content_length) == (200, "video/mp4", size)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for asked, start, end in (
        ("0-", 0, size),
        ("0-0", 0, 1),
        ("100-199", 100, 200),
        ("-50", size - 50, size),
        (f"100-{size * 9}", 100, size),
    ):
        part = visitor.get(path, headers={"Range": f"bytes={asked}"})
        assert (part.status_code, part.data) == (206, whole.data[start:end]), asked
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    beyond = visitor.get(path, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_a_range_of_what_is_not_the_same_any_more_is_answered_with_the_whole(
    visitor: Browser, shown: Shown
) -> None:
    path = f"/media/{shown[1]['name']}"
    tag = visitor.get(path).headers["ETag"]
    asked = {"Range": "bytes=0-9"}
    assert visitor.get(path, headers={**asked, "If-Range": tag}).status_code == 206
    assert visitor.get(path, headers={**asked, "If-Range": '"another"'}).status_code == 200
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_head_tells_the_length_alone(visitor: Browser, shown: Shown) -> None:
    head = visitor.head(f"/media/{shown[1]['name']}")
    assert (head.content_length, head.data) == (shown[1]["bytes"], b"")


def test_the_page_may_play_what_lies_here_and_nothing_else(visitor: Browser, shown: Shown) -> None:
    assert "media-src 'self';" in visitor.get(f"/reports/{shown[0]}").headers["Content-Security-Policy"]
    assert visitor.get(f"/media/{shown[1]['name']}").headers["Content-Security-Policy"] == (
        "default-src 'none'; media-src 'self'; sandbox"
    )


def test_a_withdrawn_video_is_gone_and_its_address_says_why(
    visitor: Browser, portal: Portal, shown: Shown, withdraw
) -> None:
    number, film = shown
    withdraw(number, reason="拍到了路人的正脸")
    for asked in ({}, {"Range": "bytes=0-9"}):
        answer = visitor.get(f"/media/{film['name']}", headers=asked)
        assert answer.status_code == 410
        assert "拍到了路人的正脸" in answer.text


def test_the_words_about_a_video_are_found_in_the_archive(
    visitor: Browser, indexed: None, shown: Shown, portal: Portal
) -> None:
    assert f"/reports/{shown[0]}" in visitor.get("/archive?q=书亭").text


def test_the_dossier_brings_the_film_and_names_it_among_the_sums(
    visitor: Browser, district: SmallDistrict, shown: Shown
) -> None:
    name = shown[1]["name"]
    answer = visitor.get(f"/projects/{district.projects[0]}/dossier.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert len(archive.read(f"films/{name}")) == shown[1]["bytes"]
    assert f"{name.partition('.')[0]}  films/{name}" in archive.read("SHA256SUMS").decode()
    page = archive.read(f"reports/{shown[0]}.html").decode()
    assert f'src="../films/{name}"' in page
    assert SAID in page
    assert "films/" in archive.read("README.txt").decode()


def test_feeds_enclose_the_film(visitor: Browser, shown: Shown) -> None:
    feed = visitor.get("/feeds/latest.atom").text
    assert f'type="video/mp4" length="{shown[1]["bytes"]}"' in feed
    assert SAID in feed
