"""Everything by keyboard alone: a way in for everybody, and always in sight where one is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AXE, has_focus, needs_viewer, tab_to

pytestmark = pytest.mark.browser

# What has the focus: none is the page itself. A card and a picker wear the ring for what is inside them. The focus
# is in sight when any of nine points of it is neither outside the window nor under something that sticks.
FOCUS = """() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return null;
  window.reached ??= new Set();
  window.reached.add(focused);
  const ring = one => { const style = getComputedStyle(one); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2; };
  const worn = [focused, focused.closest(".card, .picker")].some(one => one !== null && ring(one));
  const box = focused.getBoundingClientRect();
  const inSight = [.1, .5, .9].some(x => [.1, .5, .9].some(y => {
    const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return hit !== null && (focused.contains(hit) || hit.contains(focused) && !hit.matches(".acts, .send-bar, .session-end"));
  }));
  return {who: focused.outerHTML.slice(0, 120), ring: worn, inSight};
}"""
# What can be reached but was not: of radio buttons with one name, one is enough.
UNREACHED = """() => {
  const radios = new Set([...window.reached].filter(e => e.type === "radio").map(e => e.name));
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true}) && !window.reached.has(e)
      && !(e.type === "radio" && radios.has(e.name)))
    .map(e => e.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("path", ["/", "/projects/{project}", "/archive?q=封顶", "/account/login"])
def test_the_first_tab_offers_to_skip_to_the_text_and_does(visit, live, path):
    page = visit()
    page.goto(path.format(project=live.district.projects[0]))
    page.keyboard.press("Tab")
    has_focus(page, "a.skip")
    assert page.locator("a.skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    has_focus(page, "main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    ("login", "path", "main_things"),
    [
        ("", "/", ("[name=q]", ".photo a", ".lamps a", ".card a", "[name=as_of]", ".colophon a")),
        ("", "/projects/{project}", ("a[data-photo]", ".crumbs a", "a[href*='/units/']", ".proof")),
        ("", "/archive?q=封顶", ("main [name=q]", ".result a", ".facets summary", ".facets a")),
        ("", "/account/login", ("[name=login]", "[name=password]", "main button")),
        (
            "reporter",
            "/desk/unit/reports/{draft}",
            ("[type=file]", "[name=done]", "[value=submit]", ".tray-acts button"),
        ),
        (
            "supervisor",
            "/desk/supervision/reports/{waiting}",
            ("[value=approve]", "[value=return]", "a[data-photo]", "summary"),
        ),
        ("admin", "/desk/admin/plan/projects/{project}/edit", ("main input", "main select", "main button")),
    ],
)
def test_tab_reaches_everything_and_shows_where_it_is(visit, live, login, path, main_things):
    facts = {name: getattr(live, name) for name in ("draft", "waiting")}
    page = visit(login)
    page.goto(path.format(project=live.district.projects[0], **facts))
    page.evaluate("window.reached = new Set()")
    unseen, stops = [], 0
    while stops < 400:
        page.keyboard.press("Tab")
        stops += 1
        where = page.evaluate(FOCUS)
        if where is None:
            break
        if not (where["ring"] and where["inSight"]):
            unseen.append(where)
    assert unseen == []
    assert page.evaluate(UNREACHED) == []
    for selector in main_things:
        reached = "selector => [...window.reached].some(e => e.matches(selector))"
        assert page.evaluate(reached, selector), selector


def test_a_citizen_searches_and_narrows_without_a_mouse(visit, live):
    page = visit()
    page.goto("/")
    tab_to(page, "#masthead-q")
    page.keyboard.type("封顶")
    page.keyboard.press("Enter")
    page.wait_for_url("**/archive?q=*")
    tab_to(page, ".facets summary")
    group = page.locator(".facets details").first
    if group.get_attribute("open") is None:
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    chosen = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{chosen}")
    expect(page.locator(".chips a")).not_to_have_count(0)
    tab_to(page, ".chips a")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_have_count(0)


@needs_viewer
def test_photos_are_looked_through_by_keyboard(visit, live, axe):
    page = visit()
    page.goto(f"/reports/{live.number}")
    tab_to(page, "a[data-photo]")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    expect(page.locator(".pswp__counter")).to_have_text("1 / 2")
    has_focus(page, ".pswp, .pswp *")
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pswp__counter")).to_have_text("2 / 2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pswp__counter")).to_have_text("1 / 2")
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    page.wait_for_function("href => document.activeElement.href === href", arg=first)
