"""Desks whose photos come straight from the bucket: a real browser, a real bucket, our real content policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from portal.web.app import create_app
from portal.wiring import Portal, wire
from tests.answering import answering
from tests.buckets import bucket_url, in_s3
from tests.conftest import Clock
from tests.small_district import PASSWORD, build, picture
from tests.web.supervisor_desk.reviewing import desk_of

pytestmark = pytest.mark.browser


@pytest.fixture
def portal(settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Portal]:
    bucket = in_s3(bucket_url(sealed=True, browsers=True), outbox=tmp_path / "outbox")
    wired = wire(settings.model_copy(update=bucket), now=clock)
    yield wired
    wired.close()


@pytest.fixture
def base(portal: Portal) -> Iterator[str]:
    with answering(create_app(portal)) as address:
        yield address


def test_a_moderator_sees_photos_and_gets_an_original_from_the_bucket(
    chromium, base: str, portal: Portal, clock: Clock, tmp_path: Path
) -> None:
    report_id = build(portal, now=clock()).submitted(photos=1)
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{base}/account/login")
    page.fill("[name=login]", "supervisor")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.goto(f"{base}{desk_of(report_id)}")
    photo = page.locator("figure.photo img").first
    photo.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=photo.element_handle())
    with page.expect_download() as download:
        page.locator("button[formaction$='/original']").first.click()
    assert Path(download.value.path()).read_bytes() == picture(1)
    assert download.value.url.startswith(portal.signed_origin)
    assert [said for said in complaints if "Content Security Policy" in said] == []
    page.close()
