"""The months of a result: by pointer on the drawing, by keyboard in the list, and without any script of ours."""

from __future__ import annotations

import shutil

import pytest

from tests.browser.conftest import after_undo, patient, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def two_months(tmp_path, migrated):
    """A site of its own, with something published two months after everything else."""
    shutil.copy(migrated, tmp_path / "portal.sqlite")
    with serving(tmp_path) as site:
        site.clock.forward(days=62)
        site.district.published(photos=0)
        after_undo(site)
        yield site


def test_a_bar_that_is_pointed_at_narrows_to_its_month(chromium, two_months):
    context = patient(chromium.new_context(base_url=two_months.base))
    page = context.new_page()
    page.goto("/archive?kind=report")
    page.locator(".histogram svg a").last.click()
    page.wait_for_url("**/archive?kind=report&from=*")
    assert page.locator(".chips a").count() == 3, "the kind and both days"
    context.close()


def test_the_drawing_is_skipped_by_the_keyboard_and_the_list_is_not(visit, live):
    page = visit(width=360)
    page.goto("/archive?kind=report")
    assert page.locator(".histogram svg a:not([tabindex='-1'])").count() == 0
    page.locator(".histogram summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.href")
    assert "from=20" in focused
    page.keyboard.press("Enter")
    page.wait_for_url(focused)


def test_several_values_are_chosen_one_after_the_other_and_taken_away(visit, live):
    page = visit()
    page.goto("/archive")
    units = page.locator(".facets details").nth(1)
    units.locator("summary").click()
    units.locator("a", has_text="东岸街道").click()
    page.wait_for_url("**unit=001*")  # the next click is one on the new page
    units.locator("a", has_text="区水务局").click()
    page.wait_for_url("**unit=001*unit=030*")
    page.locator(".chips a", has_text="东岸街道").click()
    page.wait_for_url(lambda url: "unit=001" not in url and "unit=030" in url)
