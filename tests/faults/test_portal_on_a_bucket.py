"""The whole portal with its photos in a real bucket: published, shown, withdrawn, and through an outage."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import Settings
from portal.adapters.s3_media import S3MediaStore
from portal.ports import Space
from portal.record.verify import verify
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from tests.browsing import Browser
from tests.buckets import bucket, bucket_url, in_s3, other_way, service
from tests.conftest import Clock
from tests.faults.fault_proxy import Fault, FaultProxy
from tests.small_district import SmallDistrict, build, picture
from tests.web.unit_desk.pages import send
from tests.workflows.test_withdraw_report import withdraw

HEALS_SECONDS = 60.0
PICTURE = re.compile(r'"(/media/[0-9a-f]{64}\.\w+)')


@dataclass
class Site:
    """A portal whose way to the bucket leads through a proxy; `bucket` is the bucket without it."""

    portal: Portal
    district: SmallDistrict
    bucket: S3MediaStore
    proxy: FaultProxy
    outbox: Path

    def browser(self, login: str = "") -> Browser:
        browser = Browser(create_app(self.portal))
        assert not login or browser.sign_in(login).status_code == 303
        return browser

    def held(self, space: Space) -> set[str]:
        return set(self.bucket.names(space))

    def files_here(self) -> list[str]:
        return [path.name for space in Space for path in (self.outbox / space.value).glob("*/*")]

    def heal(self) -> None:
        """The bucket is well again, and the worker works on."""
        self.proxy.heal()
        deadline = time.monotonic() + HEALS_SECONDS
        while self.portal.media.check() is not None or self.files_here():
            assert time.monotonic() < deadline, self.portal.media.check()
            run_once(self.portal)
            time.sleep(0.1)


@pytest.fixture
def site(settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Site]:
    url, outbox = bucket_url(sealed=True), tmp_path / "outbox"
    with FaultProxy(service()) as proxy:
        through = in_s3(other_way(url, port=proxy.port), outbox=outbox)
        portal, straight = wire(settings.model_copy(update=through), now=clock), bucket(url)
        yield Site(portal, build(portal, now=clock()), straight, proxy, outbox)
        portal.close()
        straight.close()


def test_a_photo_goes_its_whole_way_in_the_bucket(site: Site) -> None:
    number = site.district.published(photos=2)
    assert site.files_here() == [], "everything followed at once"
    assert len(site.held(Space.SEALED)) == 2
    public = site.held(Space.PUBLIC)
    assert public == site.held(Space.STAGED)
    reader = site.browser()
    shown = PICTURE.findall(reader.get(f"/reports/{number}").get_data(as_text=True))
    assert shown
    for path in shown:
        answer = reader.get(path)
        assert answer.status_code == 200
        with site.bucket.open(Space.PUBLIC, path.removeprefix("/media/")) as stream:
            assert answer.data == stream.read()
    part = reader.get(shown[0], headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.data) == (206, reader.get(shown[0]).data[100:300])
    with site.portal.database.reading() as session:
        found = verify(session, open_public=lambda name: site.portal.media.open(Space.PUBLIC, name))
    assert found.wrong == []
    assert reader.get("/readyz").get_json()["media"] == "ok"
    withdraw(site.district, number)
    run_once(site.portal)
    assert site.held(Space.PUBLIC) == set()
    assert [reader.get(path).status_code for path in shown] == [410] * len(shown)


def test_an_outage_of_the_bucket_refuses_no_upload_and_stops_no_publication(site: Site) -> None:
    before = site.district.published(photos=1)
    draft, reporter, reader = site.district.draft(), site.browser("reporter"), site.browser()
    old = PICTURE.findall(reader.get(f"/reports/{before}").get_data(as_text=True))[0]
    site.proxy.fail(Fault.REFUSE)
    assert send(reporter, draft, files=[("现场.jpg", picture(77))]).status_code == 303
    page = reporter.get(f"/desk/unit/reports/{draft}").get_data(as_text=True)
    preview = re.search(rf'"(/desk/unit/reports/{draft}/photos/[^"]+\.jpg)"', page)
    assert preview is not None
    assert reporter.get(preview[1]).status_code == 200, "what was just sent is shown from here"
    number = site.district.published(photos=1, code=site.district.projects[0])
    assert reader.get(f"/reports/{number}").status_code == 200
    new = PICTURE.findall(reader.get(f"/reports/{number}").get_data(as_text=True))[0]
    assert reader.get(new).status_code == 200, "what waits is shown from here"
    refused = reader.get(old)
    assert refused.status_code == 503, "what only the bucket has is not called missing"
    assert reader.get("/readyz").status_code == 503
    site.heal()
    assert [reader.get(path).status_code for path in (old, new)] == [200, 200]
    assert new.removeprefix("/media/") in site.held(Space.PUBLIC)
    assert len(site.held(Space.SEALED)) == 3


def test_a_withdrawal_during_an_outage_is_carried_out_after_it(site: Site) -> None:
    number, reader = site.district.published(photos=1), site.browser()
    shown = PICTURE.findall(reader.get(f"/reports/{number}").get_data(as_text=True))[0]
    site.proxy.fail(Fault.REFUSE)
    withdraw(site.district, number)
    run_once(site.portal)
    assert reader.get(shown).status_code == 410
    site.proxy.heal()
    deadline = time.monotonic() + HEALS_SECONDS
    while site.held(Space.PUBLIC):
        assert time.monotonic() < deadline, "still in the bucket"
        run_once(site.portal)
        time.sleep(0.1)
