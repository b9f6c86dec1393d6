"""One-time links with which people set their password."""

from __future__ import annotations

import pytest

from portal.domain.access import LINK_LIFE, TRIES_WINDOW, WRONG_LINKS_PER_ADDRESS
from portal.workflows.manage_people import disable_person, issue_link
from tests.browsing import Browser

NEW = "a phrase of my own"


@pytest.fixture
def link(district, portal, clock):
    with portal.database.writing() as session:
        token = issue_link(session, person=district.person(session, "second"), actor=None, now=clock())
    return f"/account/link/{token}"


def _use(browser, link, **fields):
    return browser.submit(link, {"password": NEW, "again": NEW, **fields})


def test_looking_at_a_link_uses_nothing_up(link, visitor):
    for _visit in range(3):
        page = visitor.get(link)
        assert page.status_code == 200
    assert "顾行舟" in page.get_data(as_text=True)
    assert _use(visitor, link).status_code == 303


def test_a_link_sets_the_password_once(link, visitor):
    assert _use(visitor, link).status_code == 303
    again = visitor.submit(link, {"password": "x" * 12, "again": "x" * 12}, page="/account/login")
    assert again.status_code == 404
    assert visitor.get(link).status_code == 404
    assert "用过了，过期了" in visitor.get(link).get_data(as_text=True)
    assert Browser(visitor.application).sign_in("second", NEW).status_code == 303


def test_a_link_signs_every_browser_of_the_person_out(link, visitor):
    inside = Browser(visitor.application)
    inside.sign_in("second")
    _use(visitor, link)
    assert inside.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "short", "again": "short"}, "密码至少 10 个字"),
        ({"again": "other"}, "两次填的密码不一样"),
    ],
)
def test_a_refused_password_leaves_the_link_open(link, visitor, fields, said):
    answer = _use(visitor, link, **fields)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert _use(visitor, link).status_code == 303


def test_a_link_that_is_too_old_says_so(link, visitor, clock):
    clock.at += LINK_LIFE
    assert visitor.get(link).status_code == 404


def test_a_newer_link_closes_the_older_one(district, link, portal, visitor, clock):
    with portal.database.writing() as session:
        issue_link(session, person=district.person(session, "second"), actor=None, now=clock())
    assert visitor.get(link).status_code == 404


def test_a_link_of_a_disabled_person_opens_nothing(district, link, portal, visitor, clock):
    with portal.database.writing() as session:
        disable_person(
            session, person=district.person(session, "second"), seen_version=None, actor=None, now=clock()
        )
    assert visitor.get(link).status_code == 404


def test_an_unknown_link_is_answered_like_a_used_one(district, visitor):
    assert visitor.get("/account/link/no-such-token").status_code == 404


def test_whoever_guesses_links_is_held_up_and_told_for_how_long(link, visitor, clock):
    for number in range(WRONG_LINKS_PER_ADDRESS):
        assert visitor.get(f"/account/link/guess-{number}").status_code == 404
    for answer in (visitor.get("/account/link/one-more"), visitor.get(link)):
        assert answer.status_code == 429, "a right link is no way to tell that one has guessed it"
        seconds = int(answer.headers["Retry-After"])
        assert 0 < seconds <= TRIES_WINDOW.total_seconds() + 1
        assert f"{seconds} 秒以后再试" in answer.get_data(as_text=True)
    clock.forward(seconds=seconds)
    assert visitor.get(link).status_code == 200
    assert _use(visitor, link).status_code == 303


def test_a_guess_by_sending_a_password_counts_like_one_by_looking(link, visitor):
    fields = {"password": NEW, "again": NEW}
    for number in range(WRONG_LINKS_PER_ADDRESS):
        assert visitor.submit(f"/account/link/{number}", fields, page="/account/login").status_code == 404
    assert visitor.submit("/account/link/more", fields, page="/account/login").status_code == 429


def test_looking_at_a_right_link_is_no_guess(link, visitor):
    for _visit in range(WRONG_LINKS_PER_ADDRESS + 1):
        assert visitor.get(link).status_code == 200
