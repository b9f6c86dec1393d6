"""The front answers pages it has seen, and never one that is older than the record."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import template_rendered
from werkzeug.test import TestResponse

from portal.web.app import create_app
from portal.web.codings import coding_of
from portal.web.front import display_of
from portal.web.kept import Page, Pages, known_tag
from portal.wiring import Portal, wire
from tests.browsing import Browser
from tests.conftest import Clock, needs_sqlite
from tests.small_district import SmallDistrict

WINDOWS = (
    "/",
    "/projects",
    "/projects/2026-001",
    "/units",
    "/units/001",
    "/feeds/latest.atom",
    "/sitemap.xml",
    "/about",
)


@contextmanager
def renderings(front: Any) -> Iterator[list[str]]:
    """Names of the templates that are rendered inside the block."""
    seen: list[str] = []

    def note(_app: Any, *, template: Any, **_more: Any) -> None:
        seen.append(template.name)

    with template_rendered.connected_to(note, front.flask):
        yield seen


@pytest.fixture
def front(portal: Portal, district: SmallDistrict) -> Any:
    return create_app(portal)


@pytest.fixture
def reader(front: Any) -> Browser:
    return Browser(front)


def get(browser: Browser, path: str, **headers: str) -> TestResponse:
    return browser.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("path", WINDOWS)
def test_a_page_seen_before_is_answered_without_rendering_and_the_same(front, reader, path):
    first = reader.get(path)
    with renderings(front) as rendered:
        again = reader.get(path)
    assert (first.status_code, again.status_code) == (200, 200)
    assert rendered == []
    assert again.get_data() == first.get_data()
    assert dict(again.headers) == dict(first.headers)


@pytest.mark.parametrize("path", WINDOWS)
def test_a_reader_who_has_the_page_gets_304_without_a_rendering_even_from_a_fresh_process(
    portal, front, reader, path
):
    tag = reader.get(path).headers["ETag"]
    for asked in (front, create_app(portal)):
        with renderings(asked) as rendered:
            answer = get(Browser(asked), path, If_None_Match=tag)
        assert (answer.status_code, answer.get_data(), rendered) == (304, b"", [])
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == "public, no-cache"
        machines_read = path.endswith((".atom", ".xml"))
        assert answer.headers["Vary"] == "Accept-Encoding" + ("" if machines_read else ", Cookie")


def test_a_page_shows_what_was_published_between_two_visits(reader, district):
    before = reader.get("/projects/2026-001")
    number = district.published(done="安装护栏 62 米。")
    after = get(reader, "/projects/2026-001", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert f"/reports/{number}" in text(after)
    assert after.headers["ETag"] != before.headers["ETag"]


def test_what_was_published_elsewhere_leaves_a_page_as_it_was(front, reader, district):
    tag = reader.get("/projects/2026-002").headers["ETag"]
    district.published(code="2026-001")
    with renderings(front) as rendered:
        assert get(reader, "/projects/2026-002", If_None_Match=tag).status_code == 304
    assert rendered == []


def test_two_processes_on_one_database_never_show_a_page_older_than_the_record(
    settings, portal, district, clock
):
    other = wire(settings, now=clock)
    one, two = Browser(create_app(portal)), Browser(create_app(other))
    for browser in (one, two):
        assert "/reports/" not in text(browser.get("/projects/2026-001"))
    number = district.published()  # through the first portal
    for browser in (two, one, two):
        assert f"/reports/{number}" in text(browser.get("/projects/2026-001"))
        assert f"/reports/{number}" in text(browser.get("/feeds/latest.atom"))
    other.close()


def test_what_is_withdrawn_is_gone_at_once_for_everybody_who_has_seen_it(front, reader, district):
    number = district.published(done="路人的名字叫某某某。", photos=1)
    address = f"/reports/{number}"
    seen = reader.get(address)
    media = next(part for part in text(seen).split('"') if part.startswith("/media/"))
    assert "某某某" in text(seen)
    supervisor = Browser(front)
    supervisor.sign_in("supervisor")
    form = {"text": "有人名", "basis": "《中华人民共和国个人信息保护法》第四十七条", "step": "withdraw"}
    done = supervisor.submit("/desk/supervision/reports/1/withdraw", form)
    assert done.status_code == 303
    for tag in (seen.headers["ETag"], "*"):
        answer = get(reader, address, If_None_Match=tag)
        assert (answer.status_code, "某某某" in text(answer)) == (410, False)
    for path in ("/", "/projects/2026-001", "/feeds/latest.atom", "/archive?q=某某某"):
        assert "路人的名字" not in text(reader.get(path))
    assert get(reader, media, If_None_Match="*").status_code == 410


def test_languages_and_displays_never_mix(front):
    reader = Browser(front, use_cookies=False)  # it sends the cookies that it is told to
    looks = {
        ("/projects", ""): ('lang="zh-CN"', "项目"),
        ("/en/projects", ""): ('lang="en"', "Projects"),
        ("/projects", "elder"): ("data-elder", "项目"),
        ("/en/projects", "dark"): ('data-theme="dark"', "Projects"),
    }
    pages: dict[tuple[str, str], bytes] = {}
    for _round in range(2):
        for (path, display), marks in looks.items():
            answer = get(reader, path, **({"Cookie": f"display={display}"} if display else {}))
            html = text(answer)
            assert marks[1] in html
            assert pages.setdefault((path, display), answer.get_data()) == answer.get_data()
    assert len(set(pages.values())) == len(looks)
    assert len({get(reader, p, Cookie=f"display={d}").headers["ETag"] for p, d in looks}) == len(looks)


def test_an_address_of_one_language_never_answers_with_the_tag_of_the_other(reader):
    tag = reader.get("/projects").headers["ETag"]
    assert get(reader, "/en/projects", If_None_Match=tag).status_code == 200


def test_every_form_of_a_page_is_the_same_page_under_a_tag_of_its_own(front):
    for _round in range(2):  # rendered, then kept
        plain, zipped, brotlied = (
            get(Browser(front), "/projects", Accept_Encoding=taken)
            for taken in ("identity", "gzip, deflate", "gzip, deflate, br")
        )
        forms = [answer.headers.get("Content-Encoding") for answer in (plain, zipped, brotlied)]
        assert forms == [None, "gzip", "br"]
        assert gzip.decompress(zipped.get_data()) == plain.get_data()
        assert brotli.decompress(brotlied.get_data()) == plain.get_data()
        assert max(len(brotlied.get_data()), len(zipped.get_data())) < len(plain.get_data())
        assert len({answer.headers["ETag"] for answer in (plain, zipped, brotlied)}) == 3
        for answer in (plain, zipped, brotlied):
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert int(answer.headers["Content-Length"]) == len(answer.get_data())


def test_a_form_is_made_when_the_first_reader_takes_it_and_kept(front):
    for taken in ("br", "br, gzip", "gzip", "identity", "gzip", "br"):
        get(Browser(front), "/projects", Accept_Encoding=taken)
    (page,) = [page for page, _size in front.flask.extensions["pages"]._pages.values()]
    assert list(page.forms) == ["br", "gzip"]


def test_a_form_that_is_added_counts_against_the_memory():
    pages = Pages(most_bytes=1500)
    page = page_of(900)
    pages.keep(("other",), page_of(500))
    pages.keep(("page",), page)
    page.forms.update({"br": bytes(300), "gzip": bytes(800)})
    pages.keep(("page",), page)
    assert page.size() == 1100  # the bytes as they were written are let go
    assert (pages.get(("other",)), pages.get(("page",))) == (None, page)


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("gzip", "gzip"), ("br, GZIP", "br"), ("gzip;q=0.5", "gzip"), ("deflate, gzip; q=1.0", "gzip"), ("", ""),
        ("identity", ""), ("gzip;q=0", ""), ("gzip; q=0.00, br", "br"), ("gzip, br;q=0", "gzip"), ("xgzip", ""),
        ("gzip, deflate, br, zstd", "br"), ("BR; q=0.1", "br"), ("*", ""),
    ],
)  # fmt: skip
def test_a_form_is_sent_only_to_who_takes_it(said, takes):
    assert coding_of(said) == takes


def test_head_has_the_headers_of_get_and_no_body(reader):
    for _round in range(2):  # not seen, then seen
        head = reader.head("/projects")
        full = reader.get("/projects")
        assert head.get_data() == b""
        assert head.headers["Content-Length"] == str(len(full.get_data()))
        assert head.headers["ETag"] == full.headers["ETag"]


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"other", {tag}', '{tag},"other"', "*"])
def test_every_writing_of_if_none_match_is_understood(portal, front, known, seen):
    tag = Browser(front).get("/projects").headers["ETag"]
    asked = front if seen else create_app(portal)
    assert get(Browser(asked), "/projects", If_None_Match=known.format(tag=tag)).status_code == 304


@pytest.mark.parametrize("known", ['"other"', "", "other", '"{tag}x"', ","])
def test_another_tag_gets_the_page(reader, known):
    tag = reader.get("/projects").headers["ETag"].strip('"')
    assert get(reader, "/projects", If_None_Match=known.format(tag=tag)).status_code == 200


def test_a_page_that_does_not_exist_is_no_match_for_any_tag(reader):
    assert get(reader, "/reports/2026-999999", If_None_Match="*").status_code == 404


def test_a_new_day_lights_the_lamps_anew(front, reader, clock):
    before = reader.get("/projects/2026-001")
    clock.at = dt.datetime(2026, 11, 24, 15, 59, tzinfo=dt.UTC)  # 23:59 in Shanghai, the same day
    with renderings(front) as rendered:
        assert get(reader, "/projects/2026-001", If_None_Match=before.headers["ETag"]).status_code == 304
    assert rendered == []
    clock.at = dt.datetime(2026, 12, 26, 4, tzinfo=dt.UTC)  # the project's last day was yesterday
    after = get(reader, "/projects/2026-001", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert "时限过了 1 天" in text(after)


def test_posting_to_a_kept_page_reaches_the_application(reader):
    reader.get("/projects")
    assert reader.post("/projects").status_code in (400, 405)


def test_only_whole_pages_are_kept(front, reader):
    for path in ("/reports/2026-999999", "/projects?page=oops", "/archive?q=护栏", "/nowhere"):
        reader.get(path)
        with renderings(front) as rendered:
            reader.get(path)
        kept = rendered == []
        assert not kept or reader.get(path).status_code == 200, path


@needs_sqlite
def test_a_database_that_vanishes_is_answered_in_words_even_for_a_page_seen_before(settings, portal, front):
    assert Browser(front).get("/about").status_code == 200
    place = Path(portal.database.path)
    portal.database.close()
    place.rename(place.with_suffix(".elsewhere"))  # as when a disk is not mounted
    answers = []
    reading = threading.Thread(
        target=lambda: answers.append(Browser(front).get("/about"))
    )  # its own connection
    reading.start()
    reading.join()
    assert answers[0].status_code in (500, 503)
    assert "阳光督查" in text(answers[0])


def page_of(size: int) -> Page:
    return Page(
        seq=0, day=dt.date(2026, 11, 24), scopes=("*",), etag="x", headers=(), forms={"": bytes(size)}
    )


def test_memory_is_bounded_and_what_was_used_least_goes_first():
    pages = Pages(most_bytes=1000)
    for name in "abc":
        pages.keep((name,), page_of(300))
    assert pages.get(("a",)) is not None
    pages.keep(("d",), page_of(300))
    assert [name for name in "abcd" if pages.get((name,))] == ["a", "c", "d"]
    pages.keep(("c",), page_of(900))  # the same address again counts once
    assert [name for name in "abcd" if pages.get((name,))] == ["c"]


def test_a_thousand_addresses_of_one_page_stay_within_the_bound():
    pages = Pages(most_bytes=50_000)
    for number in range(1000):
        pages.keep((str(number),), page_of(999))
    assert sum(pages.get((str(number),)) is not None for number in range(1000)) == 50


def test_a_page_that_would_fill_the_memory_alone_is_not_kept():
    pages = Pages()
    pages.keep(("huge",), page_of(2 * 1024 * 1024))
    assert pages.get(("huge",)) is None


@pytest.mark.parametrize(
    ("cookies", "display"),
    [
        ("", ""), ("display=elder.dark", "elder.dark"), ("a=b; display=dark; c=d", "dark"), ("display=<script>", ""),
        ("display=" + "a" * 40, ""), ("notdisplay=dark", ""), ("display=1", ""),
    ],
)  # fmt: skip
def test_only_words_of_the_display_cookie_count(cookies, display):
    assert display_of(cookies) == display


def test_a_cookie_of_rubbish_makes_no_page_of_its_own(front):
    reader = Browser(front, use_cookies=False)
    plain = reader.get("/projects")
    with renderings(front) as rendered:
        assert get(reader, "/projects", Cookie="display=a.b.c.d.e.f.g.h.i.j").get_data() == plain.get_data()
    assert rendered == []


def test_a_tag_is_known_in_either_encoding():
    assert known_tag('"abc-gz"', "abc")
    assert known_tag('W/"abc-br"', "abc")
    assert not known_tag('"abcd"', "abc")


def test_a_tag_of_yesterday_is_not_todays(clock: Clock, reader):
    tag = reader.get("/").headers["ETag"]
    clock.forward(days=1)
    assert reader.get("/").headers["ETag"] != tag
