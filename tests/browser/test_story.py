"""The five-minute story on a phone: report with eight photos, one is returned and replaced, citizens find it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from portal.domain.progress import Report
from tests.browser.conftest import after_undo

pytestmark = pytest.mark.browser

WORD = "琉璃亭"
DONE = f"{WORD}的第一层做好了，共 8 面。"
SHOWN = "main :is(.photo, .entry, .card, .result)"  # where reports stand; the archive repeats the word it looked for


def photo(number: int) -> dict[str, object]:
    """A 12-megapixel JPEG that is like no other."""
    image = Image.linear_gradient("L").resize((4000, 3000)).convert("RGB")
    image.paste((30 * number % 255, 120, 90), (100 * number, 200, 100 * number + 900, 1800))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85)
    return {"name": f"现场{number}.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def hashes_of(live, report_id):
    """What each photo of the report is, in order."""
    with live.portal.database.reading() as session:
        return [each.original_sha256 for each in session.get_one(Report, report_id).photos]


def windows_with_the_word(live, citizen):
    """Every window in which somebody without an account finds the report."""
    found = []
    for path in ("/", f"/projects/{live.district.projects[1]}", f"/archive?q={WORD}"):
        citizen.goto(path)
        if any(WORD in each for each in citizen.locator(SHOWN).all_text_contents()):
            found.append(path)
    if DONE in citizen.request.get("/feeds/latest.atom").text():
        found.append("/feeds/latest.atom")
    return found


def report_from_the_site(phone, live):
    """Sign in is done; a project is chosen, eight photos and words are sent. The id of the report."""
    phone.locator(f"form[action*='{live.district.projects[1]}/report'] button").tap()
    phone.locator("input[type=file][name=photos]").set_input_files([photo(n) for n in range(8)])
    captions = phone.locator("[name^=caption-]")
    expect(captions).to_have_count(8, timeout=180_000)
    for place in range(8):
        captions.nth(place).fill(f"{WORD}的第 {place + 1} 面")
    phone.fill("[name=done]", DONE)
    phone.fill("[name=physical_percent]", "64")
    send(phone)
    return int(phone.url.split("/reports/")[1].split("?")[0].split("#")[0])


def send(phone):
    """Press the button and wait for the receipt."""
    phone.locator("button[value=submit]").first.tap()
    expect(phone.locator("[data-report-finished]")).to_be_attached()


def return_the_second_photo(desk, review):
    """By keyboard: take the photo in hand, R, the first reason, words, and send."""
    desk.goto(review)
    expect(desk.locator("main")).to_contain_text(DONE)
    desk.locator("[data-shot]").nth(1).locator("a[data-photo]").focus()
    desk.keyboard.press("r")
    desk.wait_for_function("() => document.activeElement.matches('[data-shot] [type=checkbox]')")
    desk.keyboard.press("1")
    words = desk.locator("[data-shot]").nth(1).locator("textarea")
    words.focus()
    desk.keyboard.insert_text("靠近一点重拍。")
    desk.keyboard.press("Shift+Tab")
    desk.keyboard.press("r")
    desk.wait_for_url(lambda url: not url.endswith(review))


def test_a_report_goes_from_the_phone_to_the_public(visit, live):
    phone, citizen, desk = visit("stranger", phone=True), visit(phone=True), visit("supervisor")
    report_id = report_from_the_site(phone, live)
    before = hashes_of(live, report_id)
    assert len(set(before)) == 8
    assert windows_with_the_word(live, citizen) == []

    review = f"/desk/supervision/reports/{report_id}"
    return_the_second_photo(desk, review)
    after_undo(live)

    phone.goto("/desk/unit")
    phone.locator(f".queue a[href$='/reports/{report_id}']").tap()
    expect(phone.locator("main")).to_contain_text("看不清关键部位")
    expect(phone.locator("main")).to_contain_text("靠近一点重拍。")
    replacements = phone.locator("input[type=file]:not([data-camera])")
    expect(replacements).to_have_count(1)
    expect(phone.locator("[name=done]")).to_have_count(0)  # what was not returned is not asked for again
    replacements.set_input_files(photo(30))
    expect(phone.locator("#tray [data-photo-id]")).to_have_count(1)
    send(phone)
    after = hashes_of(live, report_id)
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, *[True] * 6]

    desk.goto(review)
    expect(desk.locator("[data-shot]")).to_have_count(8)
    with live.clock.held():
        desk.keyboard.press("a")
        desk.wait_for_url(lambda url: not url.endswith(review))
        assert windows_with_the_word(live, citizen) == []
    after_undo(live)
    assert windows_with_the_word(live, citizen) == [
        "/",
        f"/projects/{live.district.projects[1]}",
        f"/archive?q={WORD}",
        "/feeds/latest.atom",
    ]
