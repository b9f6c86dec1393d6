"""Signing in and out, as a browser without scripts meets it."""

from __future__ import annotations

import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from portal.adapters.limit_table import LimitedAct
from portal.adapters.passwords import Passwords
from portal.domain.access import IDLE, TRIES_PER_ADDRESS, TRIES_PER_NAME, TRIES_WINDOW
from portal.domain.audit import AuditEntry
from portal.web.app import create_app
from portal.workflows.manage_people import disable_person
from portal.workflows.sign_in import note_failed_try
from tests.browsing import Browser
from tests.small_district import PASSWORD


def _session_cookie(browser):
    cookie = browser.get_cookie("session")
    return cookie.value if cookie else None


@pytest.mark.parametrize(
    ("login", "home"),
    [
        ("reporter", "/desk/unit"),
        ("head", "/desk/unit"),
        ("supervisor", "/desk/supervision"),
        ("leader", "/desk/leader"),
        ("admin", "/desk/admin"),
    ],
)
def test_everybody_lands_on_their_own_desk(district, visitor, login, home):
    answer = visitor.sign_in(login)
    assert (answer.status_code, answer.location) == (303, home)


def test_english_stays_english(district, visitor):
    answer = visitor.submit("/en/account/login", {"login": "admin", "password": PASSWORD})
    assert answer.location == "/en/desk/admin"


def test_a_login_typed_with_a_chinese_keyboard_or_in_capitals_is_the_same_login(district, visitor):
    assert visitor.sign_in("　Ａdmin ").status_code == 303


def test_the_form_lets_password_managers_work(district, visitor):
    page = visitor.get("/account/login").get_data(as_text=True)
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_known_unknown_disabled_and_passwordless_names_get_the_same_answer(district, portal, visitor, clock):
    with portal.database.writing() as session:
        disable_person(
            session, person=district.person(session, "leader"), seen_version=None, actor=None, now=clock()
        )
        district.person(session, "second").password_hash = None
    answers = []
    for login, password in (
        ("admin1", PASSWORD),
        ("admin", "not the password at all"),
        ("leader", PASSWORD),
        ("second", PASSWORD),
    ):
        answer = Browser(create_app(portal)).sign_in(login, password)
        body = answer.get_data(as_text=True)
        headers = [(k, v) for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length", "Date")]
        token = visitor_token(body)
        answers.append(
            (answer.status_code, headers, body.replace(f'value="{login}"', "LOGIN").replace(token, "TOKEN"))
        )
    assert answers[0][0] == 422
    assert all(answer == answers[0] for answer in answers)


def visitor_token(page):
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_hash_is_computed_for_every_name(district, portal, visitor, monkeypatch):
    worked = []
    whole = portal.passwords._hasher
    with portal.database.writing() as session:  # as a portal makes them outside of tests
        district.person(session, "admin").password_hash = Passwords().hash(PASSWORD)

    class Counting:
        def verify(self, stored, password):
            worked.append(stored)
            return whole.verify(stored, password)

    monkeypatch.setattr(portal.passwords, "_hasher", Counting())
    for login in ("admin", "nobody-at-all"):
        visitor.sign_in(login, "wrong password")
    assert len(worked) == 2
    assert {each.split("$p=")[0][:30] for each in worked} == {worked[0][:30]}, "the same cost for both"


def test_what_was_typed_as_a_name_stays_and_the_password_does_not(district, visitor):
    page = visitor.sign_in("admin", "wrong password").get_data(as_text=True)
    assert 'value="admin"' in page
    assert "wrong password" not in page


def test_a_name_is_limited_and_told_when_to_come_back(district, visitor, clock):
    for _try in range(TRIES_PER_NAME):
        assert visitor.sign_in("admin", "wrong password").status_code == 422
    answer = visitor.sign_in("admin")
    assert answer.status_code == 429
    seconds = int(answer.headers["Retry-After"])
    assert 0 < seconds <= TRIES_WINDOW.total_seconds() + 1
    assert str(seconds) in answer.get_data(as_text=True)
    assert visitor.sign_in("leader").status_code == 303, "another name is not held up"
    clock.forward(seconds=seconds)
    assert Browser(visitor.application).sign_in("admin").status_code == 303


def test_tries_sent_all_at_once_count_like_tries_one_by_one(district, portal):
    """The right password among them does not open the door once the limit is passed."""
    number_of_browsers = TRIES_PER_NAME * 2 + 1

    class Together(Passwords):
        """Lets nobody's password be looked at before every request has been let past the first limit."""

        entered = threading.Barrier(number_of_browsers)

        def verify(self, stored, password):
            self.entered.wait(120)
            while password == PASSWORD and _tries(portal) < TRIES_PER_NAME:
                time.sleep(0.01)
            return super().verify(stored, password)

    front = create_app(dataclasses.replace(portal, passwords=Together()))
    browsers = [Browser(front) for _ in range(number_of_browsers)]
    tokens = [browser.token("/account/login") for browser in browsers]

    def sign_in(number):
        password = PASSWORD if number == 0 else f"a wrong guess {number}"
        fields = {"csrf_token": tokens[number], "login": "reporter", "password": password}
        return browsers[number].post("/account/login", data=fields).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(sign_in, range(len(browsers))))
    assert answers[0] == 429
    assert 303 not in answers
    assert _tries(portal) == TRIES_PER_NAME


def _tries(portal):
    with portal.database.reading() as session:
        by_name = LimitedAct.key.startswith("sign_in/name/")
        return session.scalar(select(func.count()).select_from(LimitedAct).where(by_name))


def test_an_unknown_name_is_limited_just_the_same(district, visitor):
    for _try in range(TRIES_PER_NAME):
        visitor.sign_in("nobody", "wrong password")
    assert visitor.sign_in("nobody").status_code == 429


def test_an_address_is_limited_over_all_names(district, portal, visitor, clock):
    assert visitor.sign_in("guess", "wrong password").status_code == 422
    with portal.database.writing() as session:
        by_address = LimitedAct.key.startswith("sign_in/address/")
        address_hash = session.scalars(select(LimitedAct.key).where(by_address)).one().rpartition("/")[2]
        for number in range(TRIES_PER_ADDRESS - 1):
            note_failed_try(
                session,
                limits=portal.limits,
                name_hash=f"{number:064}",
                address_hash=address_hash,
                now=clock(),
            )
    assert visitor.sign_in("admin").status_code == 429


def test_signing_in_gives_the_browser_a_new_session(district, visitor):
    before_token = visitor.token("/account/login")
    before = _session_cookie(visitor)
    visitor.sign_in("admin")
    first = _session_cookie(visitor)
    assert first not in (None, before)
    assert visitor.token("/account") != before_token
    again = Browser(visitor.application)
    again.sign_in("admin")
    assert _session_cookie(again) != first


def test_a_session_fixed_by_somebody_else_does_not_become_theirs(district, visitor):
    attacker = Browser(visitor.application)
    attacker.get("/account/login")
    visitor.set_cookie("session", _session_cookie(attacker))
    visitor.sign_in("admin")
    assert attacker.get("/account").status_code == 303, "the old cookie opens nothing"


def test_signing_out_ends_the_sign_in_even_for_a_copied_cookie(district, visitor):
    visitor.sign_in("admin")
    copied = Browser(visitor.application)
    copied.set_cookie("session", _session_cookie(visitor))
    assert copied.get("/account").status_code == 200
    answer = visitor.submit("/account/logout", page="/account")
    assert (answer.status_code, answer.location) == (303, "/account/login")
    assert visitor.get("/account").status_code == 303
    assert copied.get("/account").status_code == 303


def test_idleness_ends_a_sign_in_and_work_keeps_it(district, visitor, clock):
    visitor.sign_in("admin")
    for _visit in range(3):
        clock.forward(minutes=29)
        assert visitor.get("/account").status_code == 200
    clock.at += IDLE
    answer = visitor.get("/account")
    assert (answer.status_code, answer.location) == (303, "/account/login?next=/account")


def test_twelve_hours_end_a_sign_in_however_busy(district, visitor, clock):
    visitor.sign_in("admin")
    for _visit in range(26):
        clock.forward(minutes=27)
        assert visitor.get("/account").status_code == 200
    clock.forward(minutes=27)
    assert visitor.get("/account").status_code == 303


def test_a_disabled_person_is_out_at_once(district, portal, visitor, clock):
    visitor.sign_in("leader")
    with portal.database.writing() as session:
        disable_person(
            session, person=district.person(session, "leader"), seen_version=None, actor=None, now=clock()
        )
    assert visitor.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/desk/admin/people?q=1", "/desk/admin/people?q=1"),
        ("/projects", "/projects"),
        ("/desk/unit", "/desk/admin"),
        ("//evil.example", "/desk/admin"),
        ("https://evil.example", "/desk/admin"),
        ("/\\evil.example", "/desk/admin"),
        ("javascript:alert(1)", "/desk/admin"),
        ("", "/desk/admin"),
    ],
)
def test_after_signing_in_one_goes_only_to_pages_of_ours(district, visitor, wanted, goes_to):
    answer = visitor.submit("/account/login", {"login": "admin", "password": PASSWORD, "next": wanted})
    assert answer.location == goes_to


def test_somebody_signed_in_already_is_sent_on(district, visitor):
    visitor.sign_in("admin")
    assert visitor.get("/account/login").location == "/desk/admin"


def test_every_try_is_written_down(district, portal, visitor):
    visitor.sign_in("admin", "wrong password")
    visitor.sign_in("admin")
    with portal.database.reading() as session:
        acts = list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(2)))
    assert acts == ["sign_in", "sign_in_failed"]


def test_a_form_without_its_token_is_refused(district, visitor):
    assert visitor.post("/account/login", data={"login": "admin", "password": PASSWORD}).status_code == 400
