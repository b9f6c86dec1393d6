"""A real Chromium before a real server. Without Chromium, or without axe, tests are skipped and say so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.furnished import Facts, furnish
from tests.browser.served import Site, serving
from tests.browser.watching import Console, axe_source
from tests.small_district import PASSWORD

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PHONE = {"viewport": {"width": 360, "height": 800}, "color_scheme": "light"}
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
PATIENCE = 15_000  # ms for one step; a loaded machine is slow, never a reason to fail


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(CHROMIUM)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    source = axe_source(ROOT)
    if source is None:
        pytest.skip("axe-core is not there; fetch it with `npm ci`")
    return source


@pytest.fixture(scope="session")
def furnished(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, chromium: Browser
) -> Iterator[tuple[Site, Facts]]:
    """One site for all tests that only look."""
    with serving(tmp_path_factory.mktemp("furnished"), migrated=migrated) as site:
        yield site, furnish(site)


@pytest.fixture
def live(tmp_path: Path, migrated: Path, chromium: Browser) -> Iterator[Site]:
    """A site of one's own, with nothing reported yet."""
    with serving(tmp_path, migrated=migrated) as site:
        yield site


@pytest.fixture
def console() -> Iterator[Console]:
    """Every page that a test opens is listened to; at the end there must have been nothing to hear."""
    console = Console()
    yield console
    assert console.said == []


Visit = Callable[..., BrowserContext]


@pytest.fixture
def visit(live: Site, chromium: Browser, console: Console) -> Iterator[Visit]:
    """Opens a browser window of its own on the live site, signed in when a login is given."""
    opened = []

    def open_window(login: str = "", **options: object) -> BrowserContext:
        context = new_window(chromium, live, console, **options)
        opened.append(context)
        if login:
            sign_in(context, login)
        return context

    yield open_window
    for context in opened:
        context.close()


def new_window(browser: Browser, site: Site, console: Console | None, **options: object) -> BrowserContext:
    context = browser.new_context(base_url=site.address, locale="zh-CN", reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    if console is not None:
        context.on("page", console.listen)
    return context


def sign_in(context: BrowserContext, login: str) -> Page:
    """Sign in through the page; the desk that opens."""
    page = context.new_page()
    page.goto("/account/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    return page
