"""What people see of themselves, their password, and where they are signed in."""

from __future__ import annotations

import pytest

from portal.domain.access import TRIES_PER_NAME
from tests.browsing import Browser
from tests.small_district import PASSWORD

NEW = "a longer and better phrase"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def second_browser(visitor):
    return Browser(visitor.application)


def _change(browser, **fields):
    form = {"old_password": PASSWORD, "password": NEW, "again": NEW, **fields}
    return browser.submit("/account/password", form, page="/account")


def test_strangers_are_sent_to_sign_in(district, visitor):
    answer = visitor.get("/account")
    assert (answer.status_code, answer.location) == (303, "/account/login?next=/account")


def test_the_page_says_who_i_am_and_where_i_am_signed_in(district, visitor):
    visitor.submit(
        "/account/login", {"login": "reporter", "password": PASSWORD}, headers={"User-Agent": CHROME}
    )
    page = visitor.get("/account").get_data(as_text=True)
    for words in (
        "陆知秋",
        "reporter",
        "单位报送员",
        "东岸街道",
        "Chrome · Android（这一个）",
        "30 分钟",
        "12 小时",
    ):
        assert words in page


def test_signing_out_everywhere_ends_every_browser(district, visitor, second_browser):
    visitor.sign_in("head")
    second_browser.sign_in("head")
    answer = visitor.submit("/account/sign-out-everywhere", page="/account")
    assert (answer.status_code, answer.location) == (303, "/account/login")
    for browser in (visitor, second_browser):
        assert browser.get("/account").status_code == 303


def test_a_new_password_needs_the_old_one(district, visitor):
    visitor.sign_in("head")
    answer = _change(visitor, old_password="not it at all")
    assert answer.status_code == 422
    assert "现在的密码不对" in answer.get_data(as_text=True)
    assert Browser(visitor.application).sign_in("head").status_code == 303, "nothing was changed"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "short", "again": "short"}, "密码至少 10 个字"),
        ({"again": "something else"}, "两次填的密码不一样"),
        ({"password": "x" * 201, "again": "x" * 201}, "密码最多 200 个字"),
    ],
)
def test_a_new_password_that_cannot_be_is_refused_in_words(district, visitor, fields, said):
    visitor.sign_in("head")
    answer = _change(visitor, **fields)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_new_password_ends_all_other_sign_ins_and_keeps_this_one(district, visitor, second_browser):
    visitor.sign_in("head")
    second_browser.sign_in("head")
    assert _change(visitor).status_code == 303
    assert visitor.get("/account").status_code == 200
    assert second_browser.get("/account").status_code == 303
    assert second_browser.sign_in("head").status_code == 422
    assert second_browser.sign_in("head", NEW).status_code == 303


def test_guessing_the_old_password_is_limited_like_signing_in(district, visitor):
    visitor.sign_in("head")
    for _try in range(TRIES_PER_NAME):
        assert _change(visitor, old_password="a guess").status_code == 422
    assert _change(visitor).status_code == 429


def test_keep_alive_says_how_long_is_left_and_brings_the_token(district, visitor, clock):
    visitor.sign_in("head")
    clock.forward(minutes=29)
    said = visitor.get("/account/keep-alive", headers={"Accept": "application/json"}).get_json()
    assert said["csrf_token"]
    clock.forward(minutes=29)
    assert visitor.get("/account").status_code == 200
    clock.forward(hours=1)
    assert visitor.get("/account/keep-alive", headers={"Accept": "application/json"}).status_code == 401


def test_near_the_twelfth_hour_keep_alive_does_not_promise_more_than_there_is(district, visitor, clock):
    visitor.sign_in("head")
    for _visit in range(26):
        clock.forward(minutes=27)
        visitor.get("/account")
    clock.forward(minutes=10)
    said = visitor.get("/account/keep-alive", headers={"Accept": "application/json"}).get_json()
    assert said["seconds_left"] == 8 * 60
