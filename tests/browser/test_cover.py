"""Boxes on a photo by pointer and by keyboard; the fields of the form say the same as the picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.domain.progress import Report
from tests.browser.conftest import AXE, ROOT, has_focus

pytestmark = pytest.mark.browser
PEOPLE = ROOT / "node_modules" / "tracking" / "examples" / "assets" / "faces.jpg"  # comes with the detector


def covers_of(live, report_id):
    with live.portal.database.reading() as session:
        return [cover.told for cover in session.get_one(Report, report_id).photos[0].covers]


def drag(page, start, end):
    """Press and drag on the photo, in parts of its width and height."""
    layer = page.locator(".cover-layer")
    layer.scroll_into_view_if_needed()
    room = layer.bounding_box()
    (x, y), (to_x, to_y) = (
        (room["x"] + room["width"] * a, room["y"] + room["height"] * b) for a, b in (start, end)
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to_x) / 2, (y + to_y) / 2)
    page.mouse.move(to_x, to_y)
    page.mouse.up()


def near(page, field, value):
    assert abs(float(page.locator(f"#{field}").input_value()) - value) <= 0.5, field


def test_from_the_review_by_b_a_face_is_drawn_moved_pulled_and_covered(visit, live, sent):
    page = visit("supervisor")
    page.goto(f"/desk/supervision/reports/{sent}")
    expect(page.locator("[data-claim-state]")).to_contain_text("您占着")
    page.keyboard.press("b")
    page.wait_for_url("**/cover")
    drag(page, (0.2, 0.2), (0.4, 0.5))
    for field, value in (("left-0", 20), ("top-0", 20), ("width-0", 20), ("height-0", 30)):
        near(page, field, value)
    drag(page, (0.3, 0.35), (0.35, 0.35))  # in its middle: moves it
    near(page, "left-0", 25)
    near(page, "width-0", 20)
    drag(page, (0.445, 0.35), (0.545, 0.35))  # at its right border: pulls that
    near(page, "left-0", 25)
    assert 29 <= float(page.locator("#width-0").input_value()) <= 31
    drag(page, (0.8, 0.8), (0.801, 0.801))  # a slip of the finger makes no box
    assert page.locator(".cover-box").count() == 1
    page.get_by_role("button", name="存下").click()
    expect(page.locator(".flashes")).to_contain_text("已存")
    (told,) = covers_of(live, sent)
    assert told[4] == "face"
    assert abs(told[0] - 250) <= 5
    page.get_by_role("link", name="回去审核").click()
    expect(page.locator("[data-shot]").first).to_contain_text("遮住了 1 处：人脸")


def test_by_keyboard_alone_a_box_is_added_moved_sized_named_and_deleted(visit, live, sent):
    page = visit("supervisor")
    page.goto(f"/desk/supervision/reports/{sent}")
    expect(page.locator("[data-claim-state]")).to_contain_text("您占着")
    page.keyboard.press("b")
    page.wait_for_url("**/cover")
    add = page.get_by_role("button", name="加一个框")
    add.focus()
    page.keyboard.press("Enter")
    has_focus(page, ".cover-box")
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Alt+ArrowLeft", "2"):
        page.keyboard.press(key)
    name = "第 1 处，车牌，左 40.9%，上 39%，宽 21%，高 21%"
    expect(page.locator(".cover-box")).to_have_attribute("aria-label", name)
    expect(page.locator("[data-cover-said]")).to_have_text(name)
    for _ in range(60):
        page.keyboard.press("ArrowLeft")
    assert page.locator("#left-0").input_value() == "0", "it stays in the photo"
    add.focus()
    page.keyboard.press("Enter")
    assert page.locator(".cover-box").count() == 2
    page.keyboard.press("Delete")
    assert page.locator(".cover-box").count() == 1
    has_focus(page, ".cover-box")
    page.locator("#width-0").fill("30")  # and the figures move the box
    page.locator("#width-0").press("Tab")
    expect(page.locator(".cover-box")).to_have_attribute(
        "aria-label", "第 1 处，车牌，左 0%，上 39%，宽 30%，高 21%"
    )
    page.get_by_role("button", name="存下").click()
    expect(page.locator(".flashes")).to_contain_text("已存")
    assert covers_of(live, sent) == [[0, 390, 300, 210, "plate"]]


def test_a_page_with_boxes_can_be_used_by_everybody(visit, live, sent, axe):
    page = visit("supervisor")
    with live.portal.database.reading() as session:
        photo = session.get_one(Report, sent).photos[0].id
    page.goto(f"/desk/supervision/reports/{sent}/photos/{photo}/cover")
    for _ in range(2):
        page.get_by_role("button", name="加一个框").click()
        page.keyboard.press("ArrowLeft")
    page.evaluate(axe)
    assert page.evaluate(AXE) == []


def test_on_a_phone_a_finger_draws(visit, live, sent):
    page = visit("supervisor", phone=True)
    with live.portal.database.reading() as session:
        photo = session.get_one(Report, sent).photos[0].id
    page.goto(f"/desk/supervision/reports/{sent}/photos/{photo}/cover")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    layer = page.locator(".cover-layer")
    layer.scroll_into_view_if_needed()
    room = layer.bounding_box()
    at = {"x": room["x"] + room["width"] * 0.5, "y": room["y"] + room["height"] * 0.5}
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for step in (20, 40, 60):
        point = {"x": at["x"] + step, "y": at["y"] + step}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".cover-box")).to_have_count(1)
    near(page, "left-0", 50)
    near(page, "width-0", 60 / room["width"] * 100)


def cover_page(page, live, report_id):
    with live.portal.database.reading() as session:
        photo = session.get_one(Report, report_id).photos[0].id
    page.goto(f"/desk/supervision/reports/{report_id}/photos/{photo}/cover")


@pytest.mark.skipif(
    not PEOPLE.exists(), reason="the face detector is not here: run `npm ci --ignore-scripts`"
)
def test_suggested_faces_are_boxes_like_any_other(visit, live):
    report_id = live.district.submitted(
        code=live.district.projects[1], login="stranger", shots=[PEOPLE.read_bytes()]
    )
    page = visit("supervisor")
    cover_page(page, live, report_id)
    find, said = page.get_by_role("button", name="找一找人脸"), page.locator("[data-found-said]")
    find.click()
    expect(said).to_contain_text("像人脸的地方。会漏")
    found = page.locator(".cover-box.suggested").count()
    assert found >= 3, "the picture shows four people"
    has_focus(page, ".cover-box.suggested")
    page.keyboard.press("Delete")
    expect(page.locator(".cover-box")).to_have_count(found - 1)
    page.get_by_role("button", name="存下").click()
    expect(page.locator(".flashes")).to_contain_text("已存")
    assert [told[4] for told in covers_of(live, report_id)] == ["face"] * (found - 1)


def test_where_nothing_looks_like_a_face_nobody_is_told_that_it_is_safe(visit, live, sent):
    page = visit("supervisor")
    cover_page(page, live, sent)
    page.get_by_role("button", name="找一找人脸").click()
    expect(page.locator("[data-found-said]")).to_contain_text("这不等于没有人脸")
    expect(page.locator(".cover-box")).to_have_count(0)
