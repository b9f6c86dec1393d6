"""Photos from elsewhere than the portal: published ones from a CDN in front, others from the bucket for a minute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from config import Settings
from portal.domain.audit import AuditEntry
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from tests.browsing import Browser
from tests.buckets import bucket_url, fetch, in_s3
from tests.conftest import Clock
from tests.small_district import SmallDistrict, build, picture
from tests.web.public.reading import tags
from tests.web.supervisor_desk.reviewing import desk_of
from tests.web.supervisor_desk.test_photos import photo_address
from tests.workflows.test_withdraw_report import withdraw

CDN = "https://cdn.example.org"


def sources(policy: str, of: str) -> list[str]:
    found = re.search(rf"{of} ([^;]*)", policy)
    assert found
    return found.group(1).split()


class TestCdn:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return Settings(**settings.model_dump() | {"media_cdn": f"{CDN}/"}, _env_file=None)

    def test_pages_and_feeds_name_it_and_the_policy_allows_photos_from_there(
        self, visitor: Browser, district: SmallDistrict
    ) -> None:
        number = district.published(photos=1)
        page = visitor.get(f"/reports/{number}")
        shown = [image for image in tags(page, "img") if "/media/" in image["src"]]
        assert shown
        for image in shown:
            assert image["src"].startswith(f"{CDN}/media/")
            assert all(part.strip().startswith(f"{CDN}/media/") for part in image["srcset"].split(","))
        assert 'href="/media/' not in page.text
        assert f'"{CDN}/media/' in visitor.get("/feeds/latest.atom").text
        policy = page.headers["Content-Security-Policy"]
        assert sources(policy, "img-src") == ["'self'", CDN]
        assert sources(policy, "media-src") == ["'self'", CDN]
        rest = policy.replace(f"img-src 'self' {CDN}", "").replace(f"media-src 'self' {CDN}", "")
        assert CDN not in rest

    def test_it_may_show_photos_to_our_pages_and_asks_each_minute_whether_they_stand(
        self, visitor: Browser, portal: Portal, district: SmallDistrict
    ) -> None:
        number = district.published(photos=1)
        shown = [image["src"] for image in tags(visitor.get(f"/reports/{number}"), "img")]
        path = next(src for src in shown if "/media/" in src).removeprefix(CDN)
        answer = visitor.get(path)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.cache_control.s_maxage == 60
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert visitor.get(path, headers=tag).status_code == 304
        withdraw(district, number)
        run_once(portal)
        gone = visitor.get(path, headers=tag)
        assert (gone.status_code, gone.headers["Cache-Control"]) == (410, "no-store")


@pytest.mark.parametrize(
    "wrong", ["cdn.example.org", f"{CDN}/photos", f"{CDN}; script-src *", "https://a b", "javascript:x"]
)
def test_what_is_no_origin_is_refused_by_name(settings: Settings, wrong: str) -> None:
    with pytest.raises(ValueError, match="PORTAL_MEDIA_CDN"):
        Settings(**settings.model_dump() | {"media_cdn": wrong}, _env_file=None)


def test_without_one_photos_come_from_here(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get(f"/reports/{district.published(photos=1)}")
    answer = visitor.get(next(image["src"] for image in tags(page, "img") if "/media/" in image["src"]))
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sources(page.headers["Content-Security-Policy"], "img-src") == ["'self'"]


class TestBucketThatBrowsersReach:
    @pytest.fixture
    def portal(self, settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Portal]:
        bucket = in_s3(bucket_url(sealed=True, browsers=True), outbox=tmp_path / "outbox")
        wired = wire(settings.model_copy(update=bucket), now=clock)
        yield wired
        wired.close()

    def signed_in(self, portal: Portal, login: str) -> Browser:
        browser = Browser(create_app(portal))
        assert browser.sign_in(login).status_code == 303
        return browser

    def test_a_moderator_is_sent_to_the_photo_for_a_minute(self, portal: Portal, clock: Clock) -> None:
        district = build(portal, now=clock())
        report_id = district.submitted(photos=1)
        supervisor = self.signed_in(portal, "supervisor")
        sent = supervisor.get(f"{photo_address(district, report_id)}/480.jpg")
        assert (sent.status_code, sent.headers["Cache-Control"]) == (303, "no-store")
        assert "X-Amz-Expires=60" in sent.location
        photo = fetch(sent.location)
        assert (photo.status, photo.headers["Content-Type"]) == (200, "image/jpeg")
        policy = supervisor.get(desk_of(report_id)).headers["Content-Security-Policy"]
        origin = "/".join(sent.location.split("/")[:3])
        assert origin in sources(policy, "img-src")
        assert origin in sources(policy, "form-action")
        stranger = Browser(create_app(portal))
        assert stranger.get(f"{photo_address(district, report_id)}/480.jpg").location.startswith("/account")
        assert origin not in stranger.get("/").headers["Content-Security-Policy"]

    def test_an_original_is_written_down_before_the_address_is_given(
        self, portal: Portal, clock: Clock
    ) -> None:
        district = build(portal, now=clock())
        report_id = district.submitted(photos=1)
        supervisor = self.signed_in(portal, "supervisor")
        sent = supervisor.submit(f"{photo_address(district, report_id)}/original", page=desk_of(report_id))
        assert sent.status_code == 303
        download = fetch(sent.location)
        assert download.data == picture(1)
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert download.headers["Content-Type"] == "image/jpeg"
        with portal.database.reading() as session:
            assert session.scalars(select(AuditEntry).where(AuditEntry.act == "open_original")).one()
