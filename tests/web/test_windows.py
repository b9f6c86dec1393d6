"""What holds for every window: validators, no cookies, the same page for everybody, days in the past."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.domain.progress import Verb
from portal.web.app import create_app
from portal.wiring import Portal
from portal.worker import run_once
from tests.browsing import Browser
from tests.small_district import SmallDistrict

WINDOWS = (
    "/", "/projects", "/projects/2026-001", "/reports/2026-000001", "/units", "/units/001", "/archive",
    "/archive?q=屋面", "/record", "/record/0", "/about", "/help", "/privacy", "/accessibility", "/feeds/latest.atom",
    "/projects/2026-001/feed.atom", "/sitemap.xml", "/robots.txt",
)  # fmt: skip
MISSING = (
    "/nowhere",
    "/projects/2026-999",
    "/reports/2026-999999",
    "/units/999",
    "/record/99999",
    "/media/none.jpg",
)


@pytest.fixture
def front(portal: Portal, district: SmallDistrict) -> Any:
    district.published(photos=1)
    return create_app(portal)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_no_window_ever_sets_a_cookie(front):
    signed_in = Browser(front)
    signed_in.sign_in("reporter")
    for path in (f"{language}{path}" for path in (*WINDOWS, *MISSING) for language in ("", "/en")):
        for browser in (Browser(front), signed_in, signed_in):  # rendered, then kept
            assert "Set-Cookie" not in browser.get(path).headers, path


def test_a_window_is_the_same_for_somebody_signed_in(front, portal):
    signed_in = Browser(create_app(portal))
    signed_in.sign_in("reporter")
    stranger = Browser(front)
    for path in WINDOWS:
        theirs, ours = signed_in.get(path), stranger.get(path)
        assert theirs.status_code == 200, path
        assert theirs.get_data() == ours.get_data(), path
        assert theirs.headers.get("ETag") == ours.headers.get("ETag")
        for private in ("csrf_token", "/account/logout", 'href="/desk'):
            assert private not in text(theirs), path


def test_every_window_can_be_revalidated(front):
    reader = Browser(front)
    for path in (path for path in WINDOWS if path != "/robots.txt"):
        first = reader.get(path)
        assert first.headers["Cache-Control"] == "public, no-cache", path
        answer = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (answer.status_code, answer.get_data()) == (304, b""), path


def test_what_is_not_there_is_404_in_our_look_and_kept_by_nobody(front):
    for path in MISSING:
        answer = Browser(front).get(path)
        assert answer.status_code == 404, path
        assert "阳光督查" in text(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_a_past_day_shows_the_record_as_it_stood_and_is_a_page_of_its_own(front, district, clock):
    reader = Browser(front)
    then = clock().date().isoformat()
    clock.forward(days=2)
    number = district.published(done="拆除旧顶棚。")
    now, before = reader.get("/projects/2026-001"), reader.get(f"/projects/2026-001?as_of={then}")
    assert f"/reports/{number}" in text(now)
    assert f"/reports/{number}" not in text(before)
    assert f"/reports/{number}" not in text(reader.get(f"/projects/2026-001?as_of={then}"))


def test_a_day_that_is_none_is_not_found_in_our_look(front):
    for day in ("yesterday", "2026-13-01", "2026-02-30", "0", "2026-11-24T00:00"):
        answer = Browser(front).get(f"/projects?as_of={day}")
        assert answer.status_code == 404, day
        assert "阳光督查" in text(answer)


def test_a_day_to_come_shows_the_record_as_it_stands(front):
    answer = Browser(front).get("/projects/2026-001?as_of=2099-01-01")
    assert answer.status_code == 200
    assert "/reports/2026-000001" in text(answer)


def test_the_archive_is_revalidated_by_what_the_index_has_read(front, portal, district):
    run_once(portal)
    reader = Browser(front)
    before = reader.get("/archive?q=顶棚")
    district.decide(district.submitted(done="拆除旧顶棚。"), Verb.APPROVE)
    after = reader.get("/archive?q=顶棚", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "2026-000002" in text(after)


def test_nothing_a_stranger_sends_is_reflected_in_a_page_for_others(front):
    one, other = Browser(front), Browser(front)
    one.get("/projects", headers={"X-Forwarded-Host": "evil.example", "X-Original-URL": "/evil"})
    assert "evil" not in text(other.get("/projects"))
    one.get("/feeds/latest.atom", base_url="http://evil.example")
    assert "evil.example" not in text(other.get("/feeds/latest.atom"))


def test_static_files_are_addressed_by_version_and_kept_for_a_year(front):
    reader = Browser(front)
    html = text(reader.get("/"))
    files = [part for part in html.split('"') if part.startswith("/static/") and "?v=" in part]
    assert files
    for address in files:
        with reader.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
