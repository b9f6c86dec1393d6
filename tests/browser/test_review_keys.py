"""The review desk by keyboard alone: what single keys do, when they keep still, and that they can be switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report
from tests.browser.conftest import AXE, after_undo, has_focus, needs_viewer, tab_to

pytestmark = pytest.mark.browser

# Counts what single keys press; a key has been dealt with when `press` returns.
PRESSES = """() => {
  window.presses = [];
  document.addEventListener("click", event => window.presses.push(event.target.outerHTML.slice(0, 60)), true);
}"""


def review_of(report_id):
    return f"/desk/supervision/reports/{report_id}"


def open_review(page, report_id):
    """The review of one submission, held by us, with its scripts at work."""
    page.goto(review_of(report_id))
    expect(page.locator("[data-claim-state]")).to_contain_text("您占着")
    page.evaluate(PRESSES)


def standing(live, report_id):
    """Where a report stands: its state, and the verb of a decision that waits for its undo time."""
    with live.portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        return report.state, report.pending.verb.value if report.pending else None


def test_the_key_list_opens_closes_with_escape_and_gives_the_focus_back(visit, sent):
    page = visit("supervisor")
    open_review(page, sent)
    tab_to(page, "[data-opens=keys]")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#keys")).to_be_visible()
    assert page.evaluate("document.querySelector('dialog#keys').contains(document.activeElement)")
    page.evaluate("window.presses = []")
    page.keyboard.press("a")
    assert page.evaluate("window.presses") == []  # nothing behind it listens
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()
    has_focus(page, "[data-opens=keys]")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    for key in "JKARZU?":
        expect(page.locator("dialog#keys dt", has_text=key).first).to_be_visible()


def test_j_and_k_walk_through_the_queue(visit, live, sent):
    page = visit("supervisor")
    page.goto("/desk/supervision")
    page.goto(page.locator(".queue a").first.get_attribute("href"))
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("k")
    page.wait_for_url(first)


def test_a_whole_approval_with_undo_by_keyboard(visit, live, sent):
    page = visit("supervisor")
    page.goto("/desk/supervision")
    tab_to(page, f"a[href='{review_of(sent)}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{review_of(sent)}")
    with live.clock.held():
        page.keyboard.press("a")
        page.wait_for_url(lambda url: not url.endswith(review_of(sent)))
        assert standing(live, sent) == (ReportState.IN_REVIEW, "approve")
        page.keyboard.press("u")
        page.wait_for_url(f"**{review_of(sent)}")
    expect(page.locator(".flashes")).to_contain_text("已撤销")
    assert standing(live, sent) == (ReportState.IN_REVIEW, None)
    page.keyboard.press("a")
    page.wait_for_url(lambda url: not url.endswith(review_of(sent)))
    after_undo(live)
    assert standing(live, sent) == (ReportState.PUBLISHED, None)


def test_r_asks_for_a_reason_and_then_returns(visit, live, sent):
    page = visit("supervisor")
    open_review(page, sent)
    page.keyboard.press("r")
    has_focus(page, "[data-shot] input[type=checkbox]")
    expect(page.locator("[data-return-said]")).to_have_text("先说为什么退回：勾一条，或写一句。")
    assert standing(live, sent) == (ReportState.IN_REVIEW, None)
    page.keyboard.press("2")
    expect(page.locator("[data-shot] input[type=checkbox]").nth(1)).to_be_checked()
    page.keyboard.press("2")
    expect(page.locator("[data-shot] input[type=checkbox]").nth(1)).not_to_be_checked()
    page.keyboard.press("Space")
    expect(page.locator("[data-shot] input[type=checkbox]").first).to_be_checked()
    with live.clock.held():
        page.keyboard.press("r")
        page.wait_for_url(lambda url: not url.endswith(review_of(sent)))
        assert standing(live, sent) == (ReportState.IN_REVIEW, "return")
        page.keyboard.press("u")
        page.wait_for_url(f"**{review_of(sent)}")
    expect(
        page.locator("[data-shot] input[type=checkbox]").first
    ).to_be_checked()  # the reason comes back too


@needs_viewer
def test_z_looks_closely_at_the_photo_in_hand(visit, live, sent):
    page = visit("supervisor")
    open_review(page, sent)
    page.locator("[data-shot]").nth(1).locator("summary", has_text="退回").focus()
    page.keyboard.press("z")
    expect(page.locator(".pswp__counter")).to_contain_text("/ ")
    page.evaluate("window.presses = []")
    for key in "zajr":
        page.keyboard.press(key)
    assert page.evaluate("window.presses") == []  # whoever looks closely decides nothing by the way
    expect(page.locator(".pswp")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    page.wait_for_function(
        "() => document.querySelectorAll('[data-shot]')[1].contains(document.activeElement)"
    )
    assert standing(live, sent) == (ReportState.IN_REVIEW, None)


def test_single_keys_keep_still_while_somebody_writes_or_holds_another_key(visit, live, sent):
    page = visit("supervisor")
    open_review(page, sent)
    page.keyboard.press("r")
    field = page.locator("[data-shot] textarea").first
    field.focus()
    page.evaluate("window.presses = []")
    page.keyboard.type("jkarzu?")
    expect(field).to_have_value("jkarzu?")
    page.locator("h1").evaluate("() => document.activeElement.blur()")
    for chord in ("Control+j", "Alt+j", "Meta+j"):
        page.keyboard.press(chord)
    assert page.evaluate("window.presses") == []


def test_single_keys_keep_still_while_chinese_is_composed(visit, live, sent):
    page = visit("supervisor")
    open_review(page, sent)
    page.keyboard.press("r")
    field = page.locator("[data-shot] textarea").first
    field.focus()
    page.evaluate("window.presses = []")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "a", "selectionStart": 1, "selectionEnd": 1})
    expect(field).to_have_value("a")
    keyboard.send("Input.insertText", {"text": "按"})
    expect(field).to_have_value("按")
    # Some keyboards compose before any field has the focus: such keys say so, one way or the other.
    for said in ("{isComposing: true}", "{keyCode: 229}"):
        page.evaluate(
            f"""() => document.body.dispatchEvent(
                new KeyboardEvent("keydown", {{key: "a", bubbles: true, cancelable: true, ...{said}}}))"""
        )
    assert page.evaluate("window.presses") == []
    assert standing(live, sent) == (ReportState.IN_REVIEW, None)


def test_single_keys_are_switched_off_and_on_by_keyboard_and_stay_so(visit, live, sent):
    page = visit("supervisor")
    open_review(page, sent)
    tab_to(page, ".keys-note [data-keys-switch]")
    page.keyboard.press("Enter")
    has_focus(page, ".keys-note [data-keys-switch]")
    for _ in range(2):
        page.evaluate("window.presses = []")
        for key in "jkarzu?1":
            page.keyboard.press(key)
        assert page.evaluate("window.presses") == []
        open_review(page, sent)
    tab_to(page, ".keys-note [data-keys-switch]")
    page.keyboard.press("Space")
    page.evaluate("window.presses = []")
    page.keyboard.press("r")
    assert len(page.evaluate("window.presses")) == 1


def test_what_opens_over_a_page_can_be_used_by_everybody(visit, live, sent, axe):
    page = visit("supervisor")
    open_review(page, sent)
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.evaluate(AXE) == []
