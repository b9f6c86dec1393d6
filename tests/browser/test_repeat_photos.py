"""Repeat photography in a browser: the edge by keyboard, by finger and without script, the months, and the camera."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import expect

from portal.domain.progress import Report
from tests.browser.conftest import AXE, has_focus, patient, sign_in, tab_to
from tests.repeat_photos import make_view, photographed

pytestmark = pytest.mark.browser

CLIP = "getComputedStyle(document.querySelector('.slide-before')).clipPath"
SHOWN = "[...document.querySelectorAll('[data-frame]')].filter(e => e.checkVisibility()).map(e => e.id)"
PACE = 1400  # ms from month to month
ON_THE_DEVICE = "--use-fake-device-for-media-stream"


@pytest.fixture
def compare(live):
    return f"/projects/{live.district.projects[0]}/compare?view=1"


@pytest.fixture
def view(live):
    return f"/projects/{live.district.projects[0]}/views/1"


@pytest.fixture
def unscripted(chromium, live):
    """A browser that runs no scripts."""
    context = patient(
        chromium.new_context(
            base_url=live.base, java_script_enabled=False, viewport={"width": 360, "height": 800}
        )
    )
    yield context.new_page()
    context.close()


def test_the_edge_moves_by_keyboard_and_says_where_it_is(visit, compare):
    page = visit()
    page.goto(compare)
    tab_to(page, ".slide input[type=range]")
    assert page.evaluate(CLIP) == "inset(0px 50% 0px 0px)"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(CLIP) == "inset(0px 47% 0px 0px)"
    page.keyboard.press("End")
    assert page.evaluate(CLIP) == "inset(0px 0% 0px 0px)"
    edge = page.locator(".slide input[type=range]")
    expect(edge).to_have_attribute("aria-valuetext", "左边百分之 100 是2026年8月3日，右边是2026年10月20日")
    expect(page.locator("[data-at='100']")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Home")
    assert page.evaluate(CLIP) == "inset(0px 100% 0px 0px)"


def test_the_edge_follows_a_finger_and_a_step_without_leaving_the_page(visit, compare):
    page = visit(width=360, height=800)
    page.goto(compare)
    box = page.locator("[data-stage]").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.up()
    assert int(page.locator(".slide input[type=range]").input_value()) == pytest.approx(80, abs=1)
    page.locator("[data-at='25']").click()
    assert page.evaluate(CLIP) == "inset(0px 75% 0px 0px)"
    assert "at=25" not in page.url


def test_without_script_the_steps_are_links_and_both_photos_stand_there(unscripted, live, compare):
    page = unscripted
    page.goto(compare)
    expect(page.locator(".slide input[type=range]")).to_be_hidden()
    page.get_by_role("link", name="左边 25%").click()
    page.wait_for_url("**at=25*")
    assert page.locator(".slide-stage").evaluate("e => e.classList.contains('at-25')")
    expect(page.locator(".pair .photo img")).to_have_count(2)
    page.select_option("#a", index=1)
    page.locator(".compare-form button").click()
    page.wait_for_url(re.compile(r"[?&]a=20\d\d-\d{6}-[0-9a-f]{8}"))
    expect(page.locator(".slide figcaption")).to_contain_text("2026年10月2日")


def test_a_view_plays_month_by_month_and_never_by_itself(visit, view):
    page = visit()
    page.clock.install()
    page.goto(view)
    assert page.evaluate(SHOWN) == ["m2026-08"]
    page.clock.run_for(20 * PACE)
    assert page.evaluate(SHOWN) == ["m2026-08"]
    play, said = page.locator("[data-play]"), page.locator("[data-now]")
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)  # else it plays on by itself
    play.click()
    expect(play).to_have_text("暂停")
    page.clock.run_for(PACE)
    expect(said).to_have_text("2026年10月　第 2 个月，共 2 个　2026年9月没有从这里拍的照片。")
    assert page.evaluate(SHOWN) == ["m2026-10"]
    expect(play).to_have_text("放映")  # it stops at the end
    assert said.get_attribute("aria-live") == "polite"


def test_a_view_is_stepped_through_by_keyboard(visit, view):
    page = visit()
    page.goto(view)
    tab_to(page, "[data-month]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(SHOWN) == ["m2026-10"]
    assert page.url.endswith("#m2026-10")
    expect(page.locator("[data-next]")).to_be_disabled()
    tab_to(page, "[data-previous]")
    page.keyboard.press("Enter")
    assert page.evaluate(SHOWN) == ["m2026-08"]
    has_focus(page, "[data-next]")
    page.goto(f"{view}#m2026-10")
    page.reload()
    assert page.evaluate(SHOWN) == ["m2026-10"]


def test_the_next_picture_is_fetched_before_it_is_asked_for(visit, view):
    page = visit()
    page.goto(view)
    expect(page.locator("#m2026-10 img")).to_have_attribute("loading", "eager")
    page.wait_for_function("() => document.querySelector('#m2026-10 img').naturalWidth > 0")


def test_without_script_every_month_stands_under_the_other(unscripted, view):
    unscripted.goto(view)
    expect(unscripted.locator("[data-player]")).to_be_hidden()
    expect(unscripted.locator("[data-frame]")).to_have_count(2)
    for frame in unscripted.locator("[data-frame]").all():
        expect(frame).to_be_visible()
    expect(unscripted.locator(".frame-gap")).to_contain_text("2026年9月没有从这里拍的照片")


@pytest.fixture(scope="module")
def to_photograph(live):
    """The project of `stranger` has a view with a reference; the number of the view."""
    code = live.district.projects[1]
    ordinal = make_view(live.district, "泵站门口", code=code)
    photographed(live.district, view=ordinal, taken_on="2026-09-09", code=code, login="stranger")
    return ordinal


@pytest.fixture
def with_camera(chromium, live):
    """A phone whose camera shows a test picture and may be used."""
    path = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    browser = chromium.browser_type.launch(
        executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", ON_THE_DEVICE]
    )
    context = patient(
        browser.new_context(
            base_url=live.base, viewport={"width": 360, "height": 800}, permissions=["camera"]
        )
    )
    page = context.new_page()
    sign_in(page, "stranger")
    yield page
    browser.close()


def test_the_old_picture_lies_over_the_camera_and_what_is_taken_is_uploaded_and_filed(
    with_camera, live, axe, to_photograph, begun
):
    page = with_camera
    page.goto(begun)
    page.locator(".viewfinder summary").click()
    page.locator("[data-ghost]").click()
    shoot = page.locator("[data-shoot]")
    expect(shoot).to_be_visible()
    expect(page.locator("[data-over]")).to_have_attribute("src", re.compile(r"/media/[0-9a-f]{64}\.jpg"))
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    page.locator("#ghost-opacity").press("End")
    assert page.locator("[data-over]").evaluate("e => getComputedStyle(e).opacity") == "1"
    page.wait_for_function("() => document.querySelector('[data-live]').videoWidth > 0")
    shoot.click()
    expect(page.locator("[data-use]")).to_be_focused()
    wide = page.evaluate("document.querySelector('[data-live]').videoWidth")
    page.locator("[data-use]").click()
    expect(page.locator("#tray [data-photo-id]")).to_have_count(1)
    expect(page.locator("#tray select")).to_have_value(str(to_photograph))
    expect(page.locator("#tray input[type=date]")).not_to_have_value("")
    assert page.evaluate("document.querySelector('[data-live]').srcObject") is None
    with live.portal.database.reading() as session:
        (photo,) = session.get_one(Report, int(begun.rsplit("/", 1)[1])).photos
        assert (photo.width, photo.view.ordinal) == (wide, to_photograph)
    expect(page.locator("#save-state")).to_contain_text("已保存")


def test_a_camera_that_may_not_be_used_is_said_and_the_chooser_is_there(visit, to_photograph, begun):
    page = visit("stranger", phone=True)
    page.goto(begun)
    page.locator(".viewfinder summary").tap()
    page.locator("[data-ghost]").tap()
    expect(page.locator("#ghost [data-said]")).to_contain_text("没有让用相机")
    page.locator("#ghost form button").tap()
    has_focus(page, "[data-ghost]")
    expect(page.locator(f"#photos-view-{to_photograph}")).to_be_attached()
