"""Suggestions under the search field: by keyboard, said to those who cannot see them, and gone without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AXE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
def test_a_name_is_chosen_by_keyboard_and_searched_for(visit, live, axe, width):
    page = visit()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/archive")
    field = page.get_by_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("dongan")  # at once: a list that comes for half of it would be followed by another
    option = page.get_by_role("option").first
    expect(option).to_contain_text("东岸")
    assert option.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    field.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    field.press_sequentially(" ")
    field.press("Backspace")
    expect(option).to_be_visible()
    field.press("ArrowDown")
    with page.expect_navigation():
        field.press("Enter")
    assert "q=" in page.url
    expect(page.get_by_role("searchbox").or_(page.get_by_role("combobox"))).to_have_value("东岸街道")
