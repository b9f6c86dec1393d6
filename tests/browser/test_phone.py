"""Reporting from a site with a phone: the network goes, the sign-in ends, a file is bad, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.domain.access import IDLE, SignIn
from portal.domain.progress import Report
from tests.browser.conftest import AXE, sign_in
from tests.small_district import picture

pytestmark = pytest.mark.browser

# What the browser itself says when a request does not come through or is refused.
BROKEN = "Failed to load resource"
NO_WORKER = "Service Worker registration blocked"
SENDING = re.compile(r"/uploads\b")
WORDS = "挡墙砌到第 3 层，还差 20 米。"


def photo(number):
    """A picture that is like no other, of the district neither, as a file input takes it."""
    content = picture(number, size=(656, 492))
    return {"name": f"现场{number}.jpg", "mimeType": "image/jpeg", "buffer": content}


def text_file(name):
    return {"name": name, "mimeType": "image/jpeg", "buffer": "这不是照片。".encode()}


@pytest.fixture
def phone(visit, begun):
    """A phone that shows the draft, and complains about the network in its console.

    It runs no service worker: one that takes the page over just then carries requests past what a test puts in their
    way (`Page.route`). test_offline.py has the worker.
    """
    page = visit("stranger", phone=True, expected=(BROKEN, NO_WORKER), workers="block")
    page.goto(begun)
    return page


def choose(page, *files):
    page.locator("#photos[type=file], [name=photos]").set_input_files(list(files))


def received(page, number, *, seconds=90):
    """Wait until the tray shows so many photos that have arrived."""
    expect(page.locator("#tray [data-photo-id]")).to_have_count(number, timeout=seconds * 1000)


def names_of(page):
    return [
        name.split("　")[0] for name in page.locator("#tray [data-photo-id] .tray-name").all_inner_texts()
    ]


def kept(live, begun):
    """What the portal holds of the draft: its words, and the names of its photos in order."""
    with live.portal.database.reading() as session:
        report = session.get_one(Report, int(begun.rsplit("/", 1)[1]))
        return report.done, [each.file_name for each in report.photos]


def saved(page):
    expect(page.locator("#save-state")).to_contain_text("已保存")


def by_hand_alone(page):
    """From now on no timer of the page rings: it tries nothing again by itself."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)


def test_a_draft_saves_itself_and_is_there_again_after_a_reload(phone, live, begun):
    phone.locator("[name=done]").fill(WORDS)
    phone.locator("[name=physical_percent]").fill("55")
    saved(phone)
    phone.reload()
    expect(phone.locator("[name=done]")).to_have_value(WORDS)
    expect(phone.locator("[name=physical_percent]")).to_have_value("55")
    assert kept(live, begun)[0] == WORDS


def test_what_is_typed_while_a_save_is_on_its_way_is_not_called_saved(phone, live, begun):
    on_its_way, version = [], phone.locator("[name=version]")
    before = version.input_value()
    phone.route("**/draft", lambda route: on_its_way.append(route), times=1)  # noqa: PLW0108 - it is marked there
    with phone.expect_request("**/draft"):
        phone.locator("[name=done]").fill("挡墙")
    by_hand_alone(phone)  # the next save does not come yet
    phone.locator("[name=done]").fill(WORDS)
    on_its_way[0].continue_()
    expect(version).not_to_have_value(before)
    expect(phone.locator("#save-state")).to_have_text("还没有保存")
    phone.clock.resume()
    saved(phone)
    assert kept(live, begun)[0] == WORDS


def test_photos_that_the_network_lost_say_so_and_go_up_when_it_is_back(phone, live, begun):
    by_hand_alone(phone)
    phone.context.set_offline(True)
    choose(phone, photo(1), photo(2))
    lost = phone.locator("#tray li", has_text="待传：等网络，已存在这台设备上")
    expect(lost).to_have_count(2)
    expect(lost.locator("[data-retry]").first).to_be_visible()
    assert lost.locator("[data-retry]").first.bounding_box()["height"] >= 44
    phone.context.set_offline(False)
    received(phone, 2)
    assert sorted(kept(live, begun)[1]) == ["现场1.jpg", "现场2.jpg"]


def test_a_photo_is_tried_again_by_hand_and_comes_once(phone, live, begun):
    by_hand_alone(phone)
    phone.route(SENDING, lambda route: route.abort())
    choose(phone, photo(1))
    expect(phone.locator("#tray li")).to_contain_text("待传：等网络，已存在这台设备上")
    phone.unroute(SENDING)
    phone.locator("[data-retry]").tap()
    received(phone, 1)
    expect(phone.locator("#tray li")).to_have_count(1)
    assert kept(live, begun)[1] == ["现场1.jpg"]


def test_a_photo_whose_answer_was_lost_is_not_doubled(phone, live, begun):
    def swallow(route):
        route.fetch()  # it arrives, but nobody hears of it
        route.abort()

    by_hand_alone(phone)
    phone.route("**/photo", swallow)
    choose(phone, photo(71))
    expect(phone.locator("#tray li")).to_contain_text("待传：等网络，已存在这台设备上")
    assert kept(live, begun)[1] == ["现场71.jpg"]
    phone.unroute("**/photo")
    phone.locator("[data-retry]").tap()
    received(phone, 1)
    assert kept(live, begun)[1] == ["现场71.jpg"]
    phone.reload()
    received(phone, 1)


def test_a_photo_chosen_while_the_script_is_on_its_way_is_sent_too(phone, live, begun):
    on_their_way, chosen = [], False

    def hold(route):
        if chosen:
            route.continue_()
        else:
            on_their_way.append(route)

    phone.route("**/js/outbox.js*", hold)
    phone.goto(begun, wait_until="commit")
    choose(phone, photo(72))
    chosen = True
    for each in on_their_way:
        each.continue_()
    received(phone, 1)
    assert kept(live, begun)[1] == ["现场72.jpg"]


def test_words_written_without_a_network_are_saved_when_it_is_back(phone, live, begun):
    phone.context.set_offline(True)
    phone.locator("[name=done]").fill(WORDS)
    expect(phone.locator("#save-state")).to_have_text("没有存上，已先存在这台设备上。连上网会再试。")
    phone.context.set_offline(False)
    saved(phone)
    assert kept(live, begun)[0] == WORDS


def test_words_that_never_reached_us_are_offered_on_the_next_visit(phone, live, begun):
    phone.route("**/draft", lambda route: route.abort())
    phone.locator("[name=done]").fill(WORDS)
    expect(phone.locator("#save-state")).to_contain_text("没有存上")
    phone.goto("/desk/unit")  # before it is tried again
    phone.unroute("**/draft")
    phone.goto(begun)
    expect(phone.locator("[name=done]")).not_to_have_value(
        WORDS
    )  # nothing is put in behind the writer's back
    phone.locator("#kept-words [data-restore]").tap()
    expect(phone.locator("[name=done]")).to_have_value(WORDS)
    saved(phone)
    assert kept(live, begun)[0] == WORDS


def expire_sign_ins(live, login):
    """Nobody touched any of this person's browsers for longer than a sign-in lasts."""
    with live.portal.database.writing() as session:
        person = live.district.person(session, login)
        for each in session.scalars(select(SignIn).where(SignIn.person_id == person.id)):
            each.seen_at = live.clock() - IDLE - dt.timedelta(seconds=1)


def test_words_and_photos_outlive_the_sign_in(phone, live, begun):
    expire_sign_ins(live, "stranger")
    phone.locator("[name=done]").fill(WORDS)
    expect(phone.locator("#save-state")).to_contain_text("登录已过期")
    choose(phone, photo(1))
    expect(phone.locator("#tray li").last).to_contain_text("登录已过期")
    phone.locator("#sign-in-again").tap()
    phone.wait_for_url(lambda url: "next=" in url)
    sign_in(phone, "stranger")
    assert phone.url.endswith(begun)
    phone.locator("#kept-words [data-restore]").tap()
    saved(phone)
    assert kept(live, begun)[0] == WORDS


def test_whoever_signs_in_again_in_another_tab_goes_on_where_they_were(phone, live, begun):
    choose(phone, photo(1))
    received(phone, 1)
    expire_sign_ins(live, "stranger")
    choose(phone, photo(2))
    expect(phone.locator("#tray li").last).to_contain_text("登录已过期")
    expect(phone.locator("#session-end")).to_contain_text("已经退出登录")
    other = phone.context.new_page()
    sign_in(other, "stranger")
    other.close()
    phone.get_by_role("button", name="我回来了").tap()
    received(phone, 2)  # by itself
    expect(phone.locator("#session-end")).to_be_hidden()
    expire_sign_ins(live, "stranger")
    other = phone.context.new_page()
    sign_in(other, "stranger")
    other.close()
    phone.locator("[name=done]").fill(WORDS)  # before the page knew that it had been signed out
    saved(phone)
    expect(phone.locator("#sign-in-again")).to_be_hidden()
    assert kept(live, begun) == (WORDS, ["现场1.jpg", "现场2.jpg"])


def test_a_refused_file_is_named_with_its_cure_and_the_good_ones_stay(phone, live, begun, axe):
    choose(phone, photo(1), text_file("合同.jpg"), photo(2))
    received(phone, 2)
    refused = phone.locator("#tray li[data-lamp=red]")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("合同.jpg")
    expect(refused).to_contain_text("不是照片。只收 HEIC、JPEG、PNG、WebP、AVIF 图片，重新选一张。")
    expect(refused.locator("[data-retry]")).to_be_hidden()  # the same file would be refused again
    phone.evaluate(axe)
    assert phone.evaluate(AXE) == []
    refused.locator("[data-cancel]").tap()
    expect(phone.locator("#tray li")).to_have_count(2)
    assert kept(live, begun)[1] == ["现场1.jpg", "现场2.jpg"]


def test_an_upload_can_be_cancelled_and_the_others_go_on(phone, live, begun):
    def stall(route):
        phone.stalled = route  # neither comes nor goes until the page gives it up

    phone.route("**/desk/unit/uploads/*", stall, times=1)
    with phone.expect_request("**/desk/unit/uploads/*"):
        choose(phone, photo(74), photo(75))
    expect(phone.locator("#tray-state")).to_contain_text("还有 2 张在传")
    phone.locator("#tray li", has_text="现场74.jpg").locator("[data-cancel]").tap()
    received(phone, 1)
    expect(phone.locator("#tray li")).to_have_count(1)
    assert kept(live, begun)[1] == ["现场75.jpg"]


def test_photos_are_put_in_order_and_taken_away_by_buttons(phone, live, begun):
    choose(phone, photo(1), photo(2), photo(3))
    received(phone, 3)
    phone.get_by_role("button", name="把 现场3.jpg 往前移").tap()
    saved(phone)
    expect(phone.locator("#tray [data-photo-id] .tray-name").nth(1)).to_contain_text("现场3.jpg")
    phone.get_by_role("button", name="把 现场1.jpg 往后移").tap()
    expect(phone.locator("#tray [data-photo-id] .tray-name").first).to_contain_text("现场3.jpg")
    assert names_of(phone) == kept(live, begun)[1] == ["现场3.jpg", "现场1.jpg", "现场2.jpg"]
    phone.get_by_role("button", name="移走 现场1.jpg").tap()
    received(phone, 2)
    phone.locator("#removed button").tap()
    received(phone, 3)
    assert names_of(phone) == kept(live, begun)[1] == ["现场3.jpg", "现场1.jpg", "现场2.jpg"]


def test_a_twenty_first_photo_is_refused_in_words(phone, live, begun):
    choose(phone, *(photo(number) for number in range(21)))
    received(phone, 20, seconds=300)
    expect(phone.locator("#tray-state")).to_contain_text("最多 20 张，多选的没有传。")
    expect(phone.locator("#tray-room")).to_have_text("已经有 20 张了。先移走一张再加。")
    expect(phone.locator("[name=photos]")).to_be_hidden()
    assert kept(live, begun)[1] == [f"现场{number}.jpg" for number in range(20)]
    phone.get_by_role("button", name="移走 现场7.jpg").tap()
    received(phone, 19)
    choose(phone, photo(20))  # there is room again, without a reload
    received(phone, 20)
    assert kept(live, begun)[1][-1] == "现场20.jpg"
