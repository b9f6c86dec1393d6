"""The five-minute story on a phone: report with eight photos, one is returned and replaced, citizens find it."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from playwright.sync_api import expect

from portal.record.followers import last_seq

pytestmark = pytest.mark.browser

WORD = "琉璃亭"


def photo(number: int) -> dict[str, object]:
    """A 12-megapixel JPEG that is like no other."""
    image = Image.linear_gradient("L").resize((4000, 3000)).convert("RGB")
    image.paste((30 * number % 255, 120, 90), (100 * number, 200, 100 * number + 900, 1800))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85)
    return {"name": f"现场{number}.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def sign_in(page, live, login):
    page.goto(f"{live.base}/account/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", live.password)
    page.click("main button[type=submit]")


def windows_with_the_word(page, live):
    found = []
    for path in ("/", f"/projects/{live.district.projects[1]}", f"/archive?q={WORD}", "/feeds/latest.atom"):
        body = page.request.get(live.base + path).text()
        if "的第一层做好了" in body or f"{WORD}的第" in body:  # the archive marks the word itself
            found.append(path)
    return found


def test_a_report_goes_from_the_phone_to_the_public(chromium, live):
    phone = chromium.new_context(viewport={"width": 360, "height": 800}).new_page()
    sign_in(phone, live, "stranger")
    code = live.district.projects[1]
    phone.locator(f"form[action*='{code}/report'] button").click()
    phone.locator("input[type=file][name=photos]").set_input_files([photo(n) for n in range(8)])
    captions = phone.locator("[name^=caption-]")
    expect(captions).to_have_count(8, timeout=60_000)
    for place in range(8):
        captions.nth(place).fill(f"{WORD}的第 {place + 1} 面")
    phone.fill("[name=done]", f"{WORD}的第一层做好了，共 8 面。")
    phone.fill("[name=physical_percent]", "64")
    phone.locator("button[value=submit]").first.click()
    expect(phone.locator("[data-report-finished]")).to_be_attached(
        timeout=30_000
    )  # the receipt: it has arrived
    report_id = phone.url.rstrip("/").split("/")[-1].split("?")[0].split("#")[0]

    citizen = chromium.new_context().new_page()
    assert windows_with_the_word(citizen, live) == []

    desk = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    sign_in(desk, live, "supervisor")
    review = f"{live.base}/desk/supervision/reports/{report_id}"
    token = _form_of(desk, review)
    original = desk.locator("button[formaction*='/original']").nth(1).get_attribute("formaction")
    photo_id = original.split("/photos/")[1].split("/")[0]
    seen = {name: desk.locator(f"[name={name}]").first.input_value() for name in ("seen_round", "seen_hash")}
    answer = desk.request.post(
        f"{review}/decide",
        form={
            "csrf_token": token,
            "verb": "return",
            f"photo-{photo_id}-text": "看不清，靠近一点重拍。",
            **seen,
        },
    )
    assert answer.ok
    _after_undo(live)

    phone.goto(f"{live.base}/desk/unit/reports/{report_id}")
    expect(phone.locator("main")).to_contain_text("看不清，靠近一点重拍。")
    replacements = phone.locator("input[type=file][name^=replace-]")
    expect(replacements).to_have_count(1)
    replacements.set_input_files(photo(30))
    phone.locator("button[value=submit]").first.click()
    expect(phone.locator("[data-report-finished]")).to_be_attached(
        timeout=30_000
    )  # the receipt: it has arrived

    _form_of(desk, review)
    desk.locator("main").press("a")
    desk.wait_for_url(lambda url: url != review)
    assert windows_with_the_word(citizen, live) == []
    _after_undo(live)
    found = windows_with_the_word(citizen, live)
    assert f"/projects/{code}" in found
    assert f"/archive?q={WORD}" in found
    assert "/feeds/latest.atom" in found
    assert "/" in found


def _form_of(desk, review):
    desk.goto(review)
    expect(desk.locator("main")).to_contain_text(WORD)
    return desk.locator("[name=csrf_token]").first.input_value()


def _after_undo(live):
    """The undo time passes on the portal's clock, and the worker comes by."""
    live.clock.forward(seconds=11)
    pause = threading.Event()
    for _ in range(100):
        with live.portal.database.reading() as session:
            end = last_seq(session)
        if not live.portal.queue.waiting(now=live.clock())[0] and live.portal.search.position() == end:
            return
        pause.wait(0.2)
    raise AssertionError("the worker never came by")
