"""A phone that opens a window for the first time: nothing moves under the finger, nobody else is asked for anything."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import patient

pytestmark = pytest.mark.browser

WINDOWS = (
    "/", "/en/", "/projects", "/projects/{project}", "/reports/{number}", "/archive?q=封顶", "/units/001", "/record",
    "/record/3", "/verify", "/help",
)  # fmt: skip
SLOW = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 1_500_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
WATCH = """window.moved = [];
new PerformanceObserver(list => { for (const each of list.getEntries()) if (!each.hadRecentInput)
  window.moved.push([each.value, ...each.sources.map(source => source.node?.outerHTML?.slice(0, 120))]);
}).observe({type: "layout-shift", buffered: true});"""
BLOCKING = """() => performance.getEntriesByType("resource")
  .filter(each => each.renderBlockingStatus === "blocking").map(each => each.name)"""


@pytest.fixture(scope="module")
def phone(chromium, live):
    """Opens a window on an emulated phone whose line is slow and which has kept nothing; what it asked for beside it."""
    opened = []

    def look(path, *, scale=3, elder=False):
        context = patient(
            chromium.new_context(
                base_url=live.base,
                viewport={"width": 360, "height": 800},
                device_scale_factor=scale,
                is_mobile=True,
                has_touch=True,
            )
        )
        opened.append(context)
        if elder:
            context.add_cookies([{"name": "display", "value": "elder", "url": live.base}])
        context.add_init_script(WATCH)
        page = context.new_page()
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(
            path.format(project=live.district.projects[0], number=live.number), wait_until="networkidle"
        )
        return page, asked

    yield look
    for context in opened:
        context.close()


@pytest.mark.parametrize("path", WINDOWS)
def test_nothing_moves_one_request_is_waited_for_and_all_come_from_us(phone, live, path):
    page, asked = phone(path)
    assert page.evaluate("window.moved") == []
    assert len(page.evaluate(BLOCKING)) <= 1
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(live.base).netloc}


def test_nothing_moves_in_large_print_either(phone):
    page, _asked = phone("/projects/{project}", elder=True)
    assert page.evaluate("window.moved") == []


@pytest.mark.parametrize("scale", [2, 3])
def test_the_first_picture_is_small_enough_for_a_slow_line(phone, scale):
    page, _asked = phone("/reports/{number}", scale=scale)
    first = page.locator("main img").first
    chosen = first.evaluate("image => [image.currentSrc, image.naturalWidth]")
    assert chosen[1] <= 480
    size = page.evaluate("async src => (await (await fetch(src)).blob()).size", chosen[0])
    assert size <= 60_000
