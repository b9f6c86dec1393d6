"""A video from a phone: kept on it first, sent after the photos, and there once, whatever the network did."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.domain.progress import Report
from tests.browser.conftest import AXE
from tests.browser.test_offline import carried, comes_back, goes_away, network  # noqa: F401
from tests.browser.test_phone import choose, photo, received
from tests.filming import film

pytestmark = pytest.mark.browser
NAME = "东段浇筑.mp4"


def video(kind="telephone.mp4", name=NAME):
    return {"name": name, "mimeType": "video/mp4", "buffer": film(kind)}


def choose_video(page, *files):
    page.locator("[name=videos]").set_input_files(list(files))


def kept(live, begun):
    with live.portal.database.reading() as session:
        report = session.get_one(Report, int(begun.rsplit("/", 1)[1]))
        return [each.file_name for each in report.all_videos], [each.file_name for each in report.photos]


def arrived(page, number):
    expect(page.locator("#video-tray [data-video-id]")).to_have_count(number)


def test_a_video_goes_up_and_can_be_described_at_once(visit, live, begun, axe):
    page = visit("stranger", phone=True)
    page.goto(begun)
    choose_video(page, video())
    arrived(page, 1)
    expect(page.locator("#video-tray li")).to_have_count(1)
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    page.get_by_label("这段录像拍了什么").fill("从东往西，泵车在浇第三块底板。")
    expect(page.locator("#save-state")).to_contain_text("已保存")
    assert kept(live, begun) == ([NAME], [])


def test_a_video_chosen_without_a_network_outlives_the_page_and_arrives_once_after_the_photos(
    carried,  # noqa: F811
    network,  # noqa: F811
    live,
    begun,
):
    page = carried("stranger")
    page.goto(begun)
    goes_away(page, network)
    choose_video(page, video("telephone.mov", "西段.mov"))
    choose(page, photo(171))
    waiting = page.locator("#video-tray li", has_text="待传：等网络，已存在这台设备上")
    expect(waiting).to_have_count(1)
    expect(page.locator("#phone-only")).to_contain_text("只在这台设备上，还没传上去：1 张照片、1 段录像。")
    context = page.context
    page.close()

    page = context.new_page()
    comes_back(page, network)
    lost = {}

    def swallow(route):
        """The first answer to each: it arrives, and the phone does not hear of it."""
        address = route.request.url
        if address in lost:
            route.continue_()
            return
        route.fetch()
        lost[address] = kept(live, begun)
        route.abort()

    page.route("**/desk/unit/uploads/*/photo", swallow)
    page.goto(begun)
    arrived(page, 1)
    received(page, 1)
    assert list(lost.values()) == [([], ["现场171.jpg"]), (["西段.mov"], ["现场171.jpg"])]
    assert kept(live, begun) == (["西段.mov"], ["现场171.jpg"])
    expect(page.locator("#phone-only")).to_be_hidden()


def test_a_video_that_is_refused_says_why_and_can_be_dismissed(visit, live, begun):
    page = visit("stranger", phone=True, expected=("Failed to load resource",))
    page.goto(begun)
    choose_video(page, {"name": "合同.mp4", "mimeType": "video/mp4", "buffer": "这不是录像。".encode() * 400})
    refused = page.locator("#video-tray li[data-lamp=red]")
    expect(refused).to_contain_text("没有上传：")
    refused.get_by_role("button", name="不传了").tap()
    expect(page.locator("#video-tray li")).to_have_count(0)
    assert kept(live, begun) == ([], [])
