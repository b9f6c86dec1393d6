"""A unit's phone without a network: what was written and photographed stays on it, goes up once, and is nobody else's."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report
from portal.domain.uploads import PartialUpload
from portal.workflows.draft_report import discard_draft
from tests.browser.conftest import AXE, patient, sign_in
from tests.browser.test_phone import choose, expire_sign_ins, photo, received, saved
from tests.faults.fault_proxy import Fault, FaultProxy
from tests.faults.test_resume import large_photo

pytestmark = pytest.mark.browser
WORDS = "挡墙砌到第 5 层。"


@pytest.fixture
def network(live):
    """Between the phones and the portal; it can be taken away."""
    with FaultProxy(("127.0.0.1", urlsplit(live.base).port)) as proxy:
        yield proxy


@pytest.fixture
def carried(chromium, network, begun_reports):
    """A phone of its own: `carried("login")` opens its first page, signed in."""
    opened = []

    def open_phone(login, *, workers="allow"):
        context = patient(
            chromium.new_context(
                base_url=f"http://127.0.0.1:{network.port}",
                viewport={"width": 360, "height": 800},
                is_mobile=True,
                has_touch=True,
                reduced_motion="reduce",
                service_workers=workers,
            )
        )
        opened.append(context)
        page = context.new_page()
        sign_in(page, login)
        return page

    yield open_phone
    for context in opened:
        context.close()


def goes_away(page, network):
    """No network: connections are refused, and the phone knows it."""
    network.fail(Fault.REFUSE)
    page.context.set_offline(True)


def comes_back(page, network):
    network.heal()
    page.context.set_offline(False)


def installed(page):
    """Wait until the desk can be opened without a network."""
    page.wait_for_function("async () => Boolean((await navigator.serviceWorker.ready).active)")


def waiting(page, number):
    expect(page.locator("#tray li", has_text="待传")).to_have_count(number)


def kept(live, begun):
    with live.portal.database.reading() as session:
        report = session.get_one(Report, int(begun.rsplit("/", 1)[1]))
        return [each.file_name for each in report.all_photos]


def uploads_begun(live, begun):
    with live.portal.database.reading() as session:
        report_id = int(begun.rsplit("/", 1)[1])
        return len(session.scalars(select(PartialUpload).where(PartialUpload.report_id == report_id)).all())


def unheard(lost):
    """What becomes of a request whose answer never comes back: it arrives, and its address is noted."""

    def swallow(route):
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    return swallow


def test_three_photos_chosen_without_a_network_outlive_a_closed_page_and_arrive_once(
    carried, network, live, begun, axe
):
    page = carried("stranger")
    installed(page)
    page.goto(begun)
    goes_away(page, network)
    choose(page, photo(101), photo(102), photo(103))
    waiting(page, 3)
    expect(page.locator("#phone-only")).to_contain_text("只在这台设备上，还没传上去：3 张照片。")
    context = page.context
    page.close()

    page = context.new_page()
    page.goto(begun)  # there is no network; the phone shows what it holds
    expect(page.get_by_role("heading", name="只在这台设备上的")).to_be_visible()
    expect(page.locator("#no-network")).to_be_visible()
    expect(page.locator(".tray li")).to_have_count(3)
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    page.locator("textarea").first.fill(WORDS)
    page.close()

    page = context.new_page()
    comes_back(page, network)
    lost = []
    swallow = unheard(lost)
    page.route("**/uploads", swallow, times=1)
    page.route("**/photo", swallow, times=1)
    page.goto(begun)
    received(page, 3)
    expect(page.locator("#tray li")).to_have_count(3)
    assert len(lost) == 2  # that it was announced, and that it is a photo
    assert sorted(kept(live, begun)) == ["现场101.jpg", "现场102.jpg", "现场103.jpg"]
    assert uploads_begun(live, begun) == 3
    page.locator("#kept-words [data-restore]").tap()
    saved(page)
    expect(page.locator("[name=done]")).to_have_value(WORDS)
    expect(page.locator("#phone-only")).to_be_hidden()


def test_a_report_begun_without_a_network_is_begun_once_at_the_portal(carried, network, live, axe):
    code = live.district.projects[1]
    page = carried("stranger")
    page.goto("/desk/unit")
    installed(page)
    goes_away(page, network)
    page.goto("/desk/unit")
    page.locator("#begin-project").select_option(code)
    page.get_by_role("button", name="在这台设备上开一份").tap()
    card = page.locator(".kept-draft")
    expect(card).to_have_count(1)
    card.get_by_label("做成了什么").fill(WORDS)
    card.locator("input[type=file]").set_input_files([photo(151), photo(152)])
    expect(card.locator(".tray li")).to_have_count(2)
    page.evaluate(axe)
    assert page.evaluate(AXE) == []
    context = page.context
    page.close()

    page = context.new_page()
    comes_back(page, network)
    lost = []
    swallow = unheard(lost)
    page.route(
        f"**/projects/{code}/report", swallow, times=1
    )  # it is begun, but the phone does not hear of it
    page.goto("/desk/unit")
    expect(page.locator("#phone-only")).to_contain_text("还没传上去：1 份文字。")
    assert len(lost) == 1
    with live.portal.database.reading() as session:
        (report,) = session.scalars(
            select(Report).where(Report.state == ReportState.DRAFT, Report.project.has(code=code))
        )
        begun = f"/desk/unit/reports/{report.id}"
        assert [each.file_name for each in report.photos] == ["现场151.jpg", "现场152.jpg"]
    page.goto(begun)
    page.locator("#kept-words [data-restore]").tap()
    saved(page)
    expect(page.locator("#phone-only")).to_be_hidden()
    with live.portal.database.writing() as session:
        report = session.get_one(Report, report.id)
        assert report.done == WORDS
        discard_draft(session, report=report, actor=report.author, now=live.clock())


def test_a_report_begun_here_can_be_thrown_away_and_put_back(carried, network, live):
    page = carried("stranger")
    page.goto("/desk/unit")
    installed(page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    goes_away(page, network)
    page.locator(f"[data-code='{live.district.projects[1]}'] button", has_text="报送进展").tap()
    card = page.locator(".kept-draft")
    card.get_by_label("做成了什么").fill(WORDS)
    card.locator("input[type=file]").set_input_files([photo(161)])  # and pressed before it is kept
    card.get_by_role("button", name="删掉这一份").tap()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="放回来").tap()
    expect(card.get_by_label("做成了什么")).to_have_value(WORDS)
    expect(card.locator(".tray li")).to_have_count(1)
    card.get_by_role("button", name="删掉这一份").tap()
    expect(
        page.get_by_role("button", name="放回来")
    ).to_be_visible()  # gone from the device, which takes its moment
    page.reload()
    expect(page.get_by_role("button", name="在这台设备上开一份")).to_be_visible()
    expect(card).to_have_count(0)


def test_without_a_service_worker_photos_outlive_the_page_all_the_same(carried, network, live, begun):
    page = carried("stranger", workers="block")
    page.goto(begun)
    goes_away(page, network)
    choose(page, photo(111))
    waiting(page, 1)
    context = page.context
    page.close()
    page = context.new_page()
    comes_back(page, network)
    with page.expect_response("**/photo"):
        page.goto("/desk/unit")  # any page of the desk sends them
    assert kept(live, begun) == ["现场111.jpg"]
    expect(page.locator("#phone-only")).to_be_hidden()


def test_a_large_photo_goes_on_where_connections_broke_it_off(carried, network, live, begun):
    page = carried("stranger")
    page.goto(begun)
    network.fail(Fault.WEAR, after=150_000)  # in the middle of every piece
    content = large_photo(7, edge=600)
    choose(page, {"name": "全景.png", "mimeType": "image/png", "buffer": content})
    received(page, 1, seconds=180)
    assert network.struck >= 6
    with live.portal.database.reading() as session:
        report = session.get_one(Report, int(begun.rsplit("/", 1)[1]))
        assert [each.original_sha256 for each in report.photos] == [hashlib.sha256(content).hexdigest()]
    assert uploads_begun(live, begun) == 1


def test_the_next_person_on_the_phone_neither_sees_nor_sends_what_is_not_theirs(
    carried, network, live, begun
):
    page = carried("stranger")
    page.goto(begun)
    goes_away(page, network)
    choose(page, photo(121))
    waiting(page, 1)
    page.context.clear_cookies()
    comes_back(page, network)  # the sign-in ended; nobody signed out
    sign_in(page, "reporter")
    page.goto("/desk/unit/kept")
    expect(page.locator("#kept-none")).to_be_visible()
    expect(page.locator(".tray li")).to_have_count(0)
    page.goto("/desk/unit")
    expect(page.locator("#phone-only")).to_be_hidden()
    assert kept(live, begun) == []
    page.context.clear_cookies()
    sign_in(page, "stranger")
    page.goto(begun)
    received(page, 1)


def test_a_sign_in_that_ended_keeps_photos_and_goes_on_after_signing_in(carried, network, live, begun):
    page = carried("stranger")
    page.goto(begun)
    goes_away(page, network)
    choose(page, photo(131))
    waiting(page, 1)
    expire_sign_ins(live, "stranger")
    comes_back(page, network)
    expect(page.locator("#tray li")).to_contain_text("登录已过期")
    other = page.context.new_page()
    sign_in(other, "stranger")
    other.close()
    page.get_by_role("button", name="我回来了").tap()
    received(page, 1)
    assert kept(live, begun) == ["现场131.jpg"]


def test_signing_out_asks_before_it_deletes_what_is_not_sent_and_leaves_nothing(
    carried, network, live, begun
):
    page = carried("stranger")
    installed(page)
    page.goto(begun)
    page.route("**/uploads", lambda route: route.abort())
    choose(page, photo(141))
    waiting(page, 1)
    page.get_by_role("button", name="退出").tap()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 张照片只在这台设备上。退出会把它们从这台设备上删掉。")
    dialog.get_by_role("button", name="先不退出").tap()
    expect(page.locator("#tray li")).to_have_count(1)
    page.get_by_role("button", name="退出").tap()
    dialog.get_by_role("button", name="删掉并退出").tap()
    page.wait_for_url(lambda url: "/desk" not in url)
    left = page.evaluate("""async () => [
      (await caches.keys()).filter(name => name.startsWith("unit-shell-")).length,
      (await navigator.serviceWorker.getRegistrations()).length,
      Object.keys(localStorage).filter(key => key.startsWith("unit-") || key.startsWith("report-")).length]""")
    assert left == [0, 0, 0]
    sign_in(page, "stranger")
    page.goto("/desk/unit/kept")
    expect(page.locator(".tray li")).to_have_count(0)
    assert kept(live, begun) == []


def test_the_phone_keeps_no_page_with_anybodys_data(carried, begun):
    page = carried("stranger")
    installed(page)
    for path in ("/desk/unit", begun, "/desk/unit/reports", "/account"):
        page.goto(path)
    held = page.evaluate("""async () => {
      const found = {};
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const answer = await cache.match(request);
          found[new URL(request.url).pathname] = await answer.text();
        }
      }
      return found;
    }""")
    assert {path.split("/")[1] for path in held if path != "/desk/unit/kept"} == {"static"}
    assert "data-person" not in held["/desk/unit/kept"]
    assert "csrf" not in held["/desk/unit/kept"]
