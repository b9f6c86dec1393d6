"""The map in a real browser: by keyboard, without complaint of the content policy, and without script; pages on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AXE, ROOT, has_focus, patient, tab_to

pytestmark = pytest.mark.browser
needs_map = pytest.mark.skipif(
    not (ROOT / "portal" / "web" / "static" / "vendor" / "leaflet").is_dir(),
    reason="the map that can be moved is not here: run `make assets`",
)
VIOLATIONS = """() => { window.violations = [];
  document.addEventListener("securitypolicyviolation", e => window.violations.push(e.violatedDirective + " " + e.blockedURI)); }"""


@pytest.fixture
def map_page(visit):
    def open_map(path="/map", **how):
        page = visit(**how)
        page.add_init_script(f"({VIOLATIONS})()")
        page.goto(path)
        page.wait_for_selector("#map[data-ready]", state="attached")
        return page

    return open_map


@needs_map
def test_the_map_is_walked_by_keyboard_from_mark_to_project_and_back(map_page, live):
    page = map_page()
    tab_to(page, ".map-mark")
    assert "2 个项目" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    has_focus(page, ".map-popup a")
    expect(page.locator(".map-popup a")).to_have_count(
        2
    )  # both projects of the district stand at the same place
    page.keyboard.press("Escape")
    has_focus(page, ".map-mark")
    expect(page.locator(".map-popup")).to_have_count(0)
    page.keyboard.press("Escape")
    has_focus(page, "#list")
    page.locator(".map-mark").focus()
    page.keyboard.press(" ")
    has_focus(page, ".map-popup a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/2026-00*")


@needs_map
def test_the_buttons_of_a_phones_map_are_large_enough_for_fingers(map_page):
    page = map_page(phone=True)
    for name in ("in", "out"):
        box = page.locator(f".leaflet-control-zoom-{name}").bounding_box()
        assert (round(box["width"]), round(box["height"])) == (44, 44)


@needs_map
def test_the_link_before_the_map_leads_past_it(map_page):
    page = map_page()
    tab_to(page, ".map-skip a")
    expect(page.locator(".map-skip a")).to_be_visible()
    page.keyboard.press("Enter")
    has_focus(page, "#list")


@needs_map
@pytest.mark.parametrize("how", [{}, {"phone": True}])
def test_no_complaint_of_policy_or_of_axe_and_nothing_sticks_out(map_page, axe, how):
    page = map_page(**how)
    page.locator(".map-mark").first.click()
    expect(page.locator(".map-popup a").first).to_be_visible()
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    assert page.evaluate("window.violations") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in (".map-mark", ".leaflet-control-zoom a", ".map-popup a", ".map-popup button"):
        heights = page.locator(part).evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
        assert min(heights) >= 43.5, part


@needs_map
def test_the_pages_data_blocks_break_no_policy(visit, live):
    page = visit()
    page.add_init_script(f"({VIOLATIONS})()")
    for path in ("/", f"/projects/{live.district.projects[0]}", f"/reports/{live.number}"):
        page.goto(path)
        assert page.locator('script[type="application/ld+json"]').count() == 1
        assert page.evaluate("window.violations") == []


def test_without_script_there_is_the_drawing_and_the_list(chromium, live):
    context = patient(chromium.new_context(base_url=live.base, java_script_enabled=False))
    page = context.new_page()
    page.goto("/map")
    expect(page.locator(".map-still svg")).to_be_visible()
    page.locator(".map-towns summary").first.click()
    page.locator(".map-projects a").first.click()
    page.wait_for_url("**/projects/2026-00*")
    context.close()


def test_on_paper_a_project_is_a_document_and_the_board_one_sheet(visit, live):
    page = visit()
    for path, sheets in (
        (f"/projects/{live.district.projects[0]}", None),
        (f"/projects/{live.district.projects[0]}/board", 1),
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        paper = page.pdf(prefer_css_page_size=True)
        count = paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ")
        assert sheets is None or count == sheets
    page.goto(f"/projects/{live.district.projects[0]}")
    page.emulate_media(media="print")
    expect(page.locator(".print-head img")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.print-head img').naturalWidth > 0")
    expect(page.locator(".masthead")).to_be_hidden()


def test_large_print_is_remembered_on_every_window_and_keeps_the_place(visit, live):
    page = visit()
    page.goto("/projects?lamp=red&as_of=2026-06-01")
    page.get_by_role("link", name="长辈版").click()
    page.wait_for_url("**/projects?lamp=red&as_of=2026-06-01")
    for path in ("/", "/map", "/archive", "/units", "/record", "/help", f"/reports/{live.number}"):
        page.goto(path)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 20, path
        assert page.locator(".site-nav a").first.evaluate("e => e.getBoundingClientRect().height") >= 60
    page.goto("/projects?lamp=red&as_of=2026-06-01")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/projects?lamp=red&as_of=2026-06-01")
    page.get_by_role("link", name="中文").click()
    page.wait_for_url(f"{live.base}/projects?lamp=red&as_of=2026-06-01")


def test_large_print_on_a_wide_screen_shows_results_first_and_no_photo_larger_than_the_window(visit, live):
    page = visit(width=1280, height=800)
    page.goto("/display?elder=on&back=/archive")
    results, ways = page.locator(".result").first, page.locator("#facets")
    assert results.bounding_box()["y"] < ways.bounding_box()["y"]
    expect(page.get_by_role("link", name="缩小范围")).to_be_visible()
    for path in ("/", "/projects", f"/projects/{live.district.projects[0]}"):
        page.goto(path)
        for photo in page.locator("main .mount:visible, main .photo > a:visible").all():
            assert photo.bounding_box()["height"] < 800, path


def test_tables_of_a_desk_fit_a_tablet_in_english(visit):
    page = visit("reporter", width=768)
    for path in ("/en/desk/unit/reports", "/en/account"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 768, path


@pytest.mark.parametrize("language", ["", "/en"])
def test_large_print_needs_no_sideways_scroll_at_320(visit, live, language):
    page = visit(width=320, height=640)
    page.goto("/display?elder=on&back=/")
    code = live.district.projects[0]
    for path in (
        "/",
        "/projects",
        f"/projects/{code}",
        f"/projects/{code}/board",
        f"/reports/{live.number}",
        "/map",
        "/archive",
    ):
        page.goto(f"{language}{path}")
        wide = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(e => document.documentElement.scrollWidth > innerWidth
              && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 100)).slice(0, 5)"""
        )
        assert wide == [], path
