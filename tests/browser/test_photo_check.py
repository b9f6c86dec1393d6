"""Dropping a picture on /verify: what this site published and nobody changed is told from everything else, on the device."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.domain.progress import Photo
from portal.ports import Space, Statement
from portal.record.photo_authority import PhotoKey
from portal.wiring import Portal
from portal.worker import run_once
from tests.browser.test_accessible import AXE, SMALL, TOO_WIDE
from tests.browser.test_check import Site, page, site  # noqa: F401 - fixtures
from tests.workflows.after_publication import take_down

pytestmark = pytest.mark.browser


@pytest.fixture
def photo(site: Site, tmp_path: Path) -> Path:  # noqa: F811
    """A signed photo as a reader has saved it."""
    site.portal.photo_key.keep(PhotoKey.make("阳光督查", now=site.clock()))
    site.district.published(photos=1)
    kept = tmp_path / "saved.jpg"
    kept.write_bytes(largest(site.portal))
    return kept


def largest(portal: Portal) -> bytes:
    with portal.database.reading() as session:
        name = session.scalars(select(Photo).order_by(Photo.id.desc())).first().renditions[0]["name"]
    with portal.media.open(Space.STAGED, name) as stream:
        return stream.read()


def check(page: Page, file: Path) -> tuple[str, dict[str, str]]:  # noqa: F811
    """The verdict's words, and the lamp of each step."""
    page.goto("/verify")
    desk = page.locator("[data-photo-check]")
    expect(desk.locator("[data-with-script]")).to_be_visible()
    page.set_input_files("#picture", file)
    said = desk.locator("[data-verdict][data-lamp]")
    expect(said).to_be_visible()
    steps = desk.locator("[data-step]:not([hidden])").all()
    lamps = {each.get_attribute("data-step"): each.get_attribute("data-lamp") for each in steps}
    return said.inner_text(), lamps


def changed(file: Path, data: bytes) -> Path:
    made = file.with_name("changed.jpg")
    made.write_bytes(data)
    return made


def test_a_published_photo_is_recognised_and_leads_to_its_entry(page: Page, photo: Path) -> None:  # noqa: F811
    said, lamps = check(page, photo)
    assert said == "这张照片由本站发布，没有改过。"
    assert lamps == {"file": "green", "credential": "green"}
    page.locator("[data-photo-check] [data-entry]").click()
    expect(page.locator("h1")).to_have_text("公开记录里的这张照片")


def test_a_photo_that_was_changed_after_signing_is_told_from_one_without_a_signature(
    page: Page,  # noqa: F811
    photo: Path,
) -> None:
    data = bytearray(photo.read_bytes())
    data[-3] ^= 1
    assert check(page, changed(photo, bytes(data))) == (
        "这张照片由本站发布，后来改过。",
        {"file": "yellow", "credential": "red"},
    )
    assert page.locator("[data-photo-check] [data-original]").get_attribute("href") == "/reports/2026-000002"

    chat = io.BytesIO()  # what a chat app makes of it
    Image.open(photo).resize((320, 240)).save(chat, "JPEG", quality=60)
    assert check(page, changed(photo, chat.getvalue())) == (
        "验不出这张照片是不是本站发布的。",
        {"file": "yellow", "credential": "yellow"},
    )
    expect(page.locator("[data-photo-check] [data-by-sight]")).to_be_visible()


def test_a_signature_under_another_authority_is_not_ours(page: Page, photo: Path, site: Site) -> None:  # noqa: F811
    first = site.portal.photo_key.read()
    site.portal.photo_key.keep(PhotoKey.make("阳光督查", now=site.clock()))
    with site.portal.media.open(Space.PUBLIC, photo_name(site.portal)) as stream:
        data = stream.read()
    stranger = site.portal.credentials.sign(data, statement())
    site.portal.photo_key.keep(first)
    said, lamps = check(page, changed(photo, stranger))
    assert said == "验不出这张照片是不是本站发布的。"
    assert lamps == {"file": "yellow", "credential": "yellow"}
    assert "不是本站的" in page.locator("[data-photo-check] [data-step=credential]").inner_text()


def statement() -> Statement:
    return Statement(
        site="阳光督查",
        project="2026-001",
        report="2026-000002",
        photo=1,
        original="0" * 64,
        address="",
        credit="阳光督查",
    )


def photo_name(portal: Portal) -> str:
    with portal.database.reading() as session:
        return session.scalars(select(Photo).order_by(Photo.id.desc())).first().renditions[0]["name"]


def test_a_withdrawn_photo_is_said_to_be_gone(page: Page, photo: Path, site: Site) -> None:  # noqa: F811
    take_down(site.district, "2026-000002")
    run_once(site.portal)
    said, lamps = check(page, photo)
    assert said == "这张照片本站公开过，后来撤下了。"
    assert lamps == {"file": "yellow", "credential": "green"}


def test_the_page_can_be_used_by_everybody_with_an_answer_on_it(
    page: Page,  # noqa: F811
    photo: Path,
    request: pytest.FixtureRequest,
) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        check(page, photo)
        assert (page.evaluate(SMALL), page.evaluate(TOO_WIDE)) == ([], [])
    page.evaluate(request.getfixturevalue("axe"))
    assert page.evaluate(AXE) == []
    page.locator("[data-photo-check] [data-entry]").click()
    page.wait_for_url("**/record/photo/*")
    page.evaluate(request.getfixturevalue("axe"))
    assert page.evaluate(AXE) == []
