"""Every page, on a phone in the light and at a desk in the dark: nobody is kept out by how it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import DESK, PHONE, new_window, sign_in
from tests.browser.pages import DESKS, NO_PAGES, WINDOWS, Stop, stops
from tests.browser.watching import Console, small_targets, too_wide, violations
from tests.browsing import Browser as PlainBrowser
from tests.guards.addresses import TABLE

ROOMS = {"phone in the light": PHONE, "desk in the dark": DESK}
ELDER = ("/", "/projects/{code}", "/archive?q=封顶", "/account/login")
Window = Callable[[str, str], BrowserContext]


@pytest.fixture(scope="session")
def window(chromium: Browser, furnished) -> Iterator[Window]:
    """A browser window of a size with somebody signed in, kept for all pages that they look at."""
    site, _facts = furnished
    kept: dict[tuple[str, str], BrowserContext] = {}

    def of(room: str, login: str) -> BrowserContext:
        if (room, login) not in kept:
            kept[room, login] = new_window(chromium, site, None, **ROOMS[room])
            if login:
                sign_in(kept[room, login], login).close()
        return kept[room, login]

    yield of
    for context in kept.values():
        context.close()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("stop", stops(), ids=lambda stop: f"{stop.login or 'anybody'} {stop.address}")
def test_a_page_keeps_nobody_out(window, furnished, axe, console: Console, stop: Stop, room: str):
    _site, facts = furnished
    page = window(room, stop.login).new_page()
    console.listen(page)
    if stop.status >= 400:
        console.expected = (f"the server responded with a status of {stop.status}",)
    answer = page.goto(stop.address.format(**facts))
    assert answer is not None
    found = {
        "violations": violations(page, axe),
        "small": small_targets(page),
        "wide": too_wide(page) if ROOMS[room] is PHONE else [],
        "headings": [] if page.locator("h1").count() == 1 else ["not exactly one h1"],
    }
    page.close()
    assert answer.status == stop.status
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("address", ELDER)
def test_large_print_keeps_nobody_out(window, furnished, axe, console: Console, address: str):
    site, facts = furnished
    context = window("phone in the light", "")
    context.add_cookies([{"name": "display", "value": "elder", "url": site.address}])
    page = context.new_page()
    console.listen(page)
    page.goto(address.format(**facts))
    found = violations(page, axe), small_targets(page), too_wide(page)
    size = page.evaluate("getComputedStyle(document.body).fontSize")
    page.close()
    context.clear_cookies()
    assert found == ([], [], [])
    assert float(size.removesuffix("px")) >= 20


def test_no_page_is_forgotten_here(furnished):
    """A new address needs a row here, or a word on why nobody looks at it."""
    asked = {rule for method, rule in TABLE if method == "GET"}
    assert asked == {*WINDOWS, *DESKS, *NO_PAGES}


def test_what_is_said_to_be_no_page_is_none(live):
    from portal.web.app import create_app

    browser = PlainBrowser(create_app(live.portal))
    fillings = {"code": live.district.projects[0], "seq": "0", "filename": "mark.svg"}
    for rule in NO_PAGES:
        if "code>" in rule and "units" in rule:
            fillings["code"] = "001"
        answer = browser.get(re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda m: fillings.get(m[1], "1"), rule))
        assert answer.status_code >= 300 or not answer.content_type.startswith("text/html"), rule
