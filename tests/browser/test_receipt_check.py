"""A receipt checked on its holder's device: what holds is said step by step, and what was buried in red."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.domain.progress import Verb
from portal.web.app import create_app
from portal.worker import log_receipts
from tests.answering import answering
from tests.browser.conftest import patient
from tests.receipts.conftest import holder, keys  # noqa: F401 - fixtures
from tests.receipts.holding import Holder
from tests.record.test_verify import damage

pytestmark = pytest.mark.browser


@pytest.fixture
def device(chromium, holder: Holder) -> Iterator[Page]:  # noqa: F811
    """The holder's device, which remembers what every page asked for."""
    with answering(create_app(holder.portal)) as address:
        context = patient(chromium.new_context(base_url=address))
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        context.close()
    assert faults == []


def check(page: Page, kept: Path, now: dt.datetime) -> tuple[str, dict[str, str]]:
    """The verdict's lamp, and the lamp of every step that is shown."""
    page.clock.set_fixed_time(now)
    page.goto("/verify")
    page.set_input_files("#file", kept)
    expect(page.locator("[data-verdict][data-lamp]").first).to_be_visible()
    shown = page.locator("[data-step]:not([hidden])").all()
    lamps = {each.get_attribute("data-step"): each.get_attribute("data-lamp") for each in shown}
    return str(page.locator("[data-verdict]").first.get_attribute("data-lamp")), lamps


def words(page: Page, step: str) -> str:
    return page.locator(f"[data-step={step}] [data-words]").inner_text()


HELD = {"receipt": "green", "content": "green", "memory": "green"}


def test_from_handing_in_to_publication(device, holder):  # noqa: F811
    kept = holder.hand_in(done="挡墙裂了。")
    verdict, lamps = check(device, kept, holder.clock())
    assert (verdict, lamps) == ("green", {**HELD, "logged": "yellow"})
    holder.work(hours=6)
    assert check(device, kept, holder.clock()) == ("green", {**HELD, "logged": "green", "decided": "yellow"})
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    verdict, lamps = check(device, kept, holder.clock())
    assert (verdict, lamps) == (
        "green",
        {**HELD, "logged": "green", "decided": "green", "published": "green"},
    )
    assert "已公开" in words(device, "decided")


def test_nothing_of_the_receipt_leaves_the_device(device, holder):  # noqa: F811
    kept = holder.hand_in(done="挡墙裂了。")
    holder.work(hours=6)
    sent = []
    device.on("request", lambda request: sent.append((request.method, request.url, request.post_data or "")))
    check(device, kept, holder.clock())
    text = kept.read_text()
    code, commitment = text.split("code ", 1)[1].split("\n")[0], text.split("\n\n", 1)[1].split("\n")[2]
    assert {method for method, _url, _data in sent} == {"GET"}
    assert not any(part in url + data for part in (code, commitment, "裂") for _method, url, data in sent)


def test_what_was_buried_is_red(device, holder, owner):  # noqa: F811
    kept = holder.hand_in()
    damage(owner, "DELETE FROM receipt")
    holder.work(hours=25)
    verdict, lamps = check(device, kept, holder.clock())
    assert (verdict, lamps["logged"]) == ("red", "red")
    assert "这份凭据就是证据" in words(device, "logged")


def test_undecided_swapped_and_changed_files_are_red(device, holder, owner):  # noqa: F811
    kept, other = holder.hand_in(done="挡墙裂了。"), holder.hand_in(done="绿化好了。")
    holder.work(hours=6)
    damage(owner, "UPDATE report SET done = '挡墙完好。'")
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    verdict, lamps = check(device, kept, holder.clock())
    assert (verdict, lamps["published"]) == ("red", "red")
    assert "done" in words(device, "published")
    later = holder.clock() + dt.timedelta(days=10)
    verdict, lamps = check(device, other, later)
    assert (verdict, lamps["decided"]) == ("red", "red")
    other.write_text(other.read_text().replace("绿化好了。", "绿化没做。"))
    verdict, lamps = check(device, other, holder.clock())
    assert (verdict, lamps["content"]) == ("red", "red")
    other.write_text(other.read_text().replace("2026-12-01T", "2026-12-02T"))
    verdict, lamps = check(device, other, holder.clock())
    assert (verdict, lamps["receipt"]) == ("red", "red")


def test_a_batch_that_is_dated_earlier_is_noticed_by_a_device_that_had_looked(device, holder):  # noqa: F811
    kept = holder.hand_in()
    for hours in (13, 12):  # the seal of the day stands on the record; nothing can be dated before it
        holder.clock.forward(hours=hours)
        holder.sign()
    assert check(device, kept, holder.clock())[0] == "red", "it should be there"
    holder.clock.at -= dt.timedelta(hours=20)
    log_receipts(holder.portal)
    holder.clock.at += dt.timedelta(hours=20)
    holder.sign()
    verdict, lamps = check(device, kept, holder.clock())
    assert (verdict, lamps["logged"]) == ("red", "red")
    assert "倒填了时间" in words(device, "logged")


def test_what_is_no_receipt_is_said_so(device, holder):  # noqa: F811
    kept = holder.home / "no.receipt"
    kept.write_text("sunlight/receipt-file/v1\nnothing\n\nat all\n")
    assert check(device, kept, holder.clock()) == ("yellow", {"form": "red"})
