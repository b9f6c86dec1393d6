"""Who asks for ever new pages waits for a moment; a classroom behind one address reads as it likes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from config import Settings
from portal.web.app import create_app
from portal.web.fairness import FULL_AGAIN, MOST_ADDRESSES, WAITS, Purses, reader_of
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict

READER = {"REMOTE_ADDR": "203.0.113.7"}


class Seconds:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock_of_purses() -> Seconds:
    return Seconds()


class TestPurses:
    def test_work_is_free_until_the_purse_is_empty_and_it_fills_again(self, clock_of_purses: Seconds) -> None:
        purses = Purses(most=10, clock=clock_of_purses)
        for _ in range(100):
            assert purses.wait("a") == 0
            purses.pay("a", 0.1)
        purses.pay("a", 1)
        assert purses.wait("a") == 10  # a second of work comes back in ten
        assert purses.wait("b") == 0
        clock_of_purses.now += 10.1
        assert purses.wait("a") == 0
        clock_of_purses.now += FULL_AGAIN
        purses.pay("a", 10.5)
        assert purses.wait("a") == 5

    def test_a_classroom_that_searches_all_the_time_never_waits(self, clock_of_purses: Seconds) -> None:
        """60 readers, each with a search or a new page every six seconds at 15 ms of work, for an hour."""
        purses = Purses(most=30, clock=clock_of_purses)
        for _second in range(3600):
            clock_of_purses.now += 1
            for _reader in range(10):
                assert purses.wait("school") == 0
                purses.pay("school", 0.015)

    def test_memory_is_bounded(self, clock_of_purses: Seconds) -> None:
        purses = Purses(most=1, clock=clock_of_purses)
        for number in range(MOST_ADDRESSES + 10):
            purses.pay(str(number), 2)
        assert purses.wait("0") == 0
        assert purses.wait(str(MOST_ADDRESSES)) == 100

    def test_nobody_is_limited_when_told_so(self, clock_of_purses: Seconds) -> None:
        purses = Purses(most=0, clock=clock_of_purses)
        purses.pay("a", 1000)
        assert purses.wait("a") == 0


@pytest.mark.parametrize(
    ("address", "behind", "reader"),
    [
        ("203.0.113.7", False, "203.0.113.7"), ("203.0.113.7", True, "203.0.113.7"),
        ("127.0.0.1", True, ""), ("::1", True, ""), ("10.1.2.3", False, ""), ("10.1.2.3", True, "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", False, "2001:db8:1:2::/64"), ("2001:db8:1:2::9", False, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", False, "203.0.113.7"), ("fe80::1%eth0", False, ""), ("", False, ""), ("unix:", True, ""),
    ],
)  # fmt: skip
def test_whose_purse_an_address_is(address: str, behind: bool, reader: str) -> None:
    assert reader_of(address, behind_proxy=behind) == reader


class TestSite:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"reader_seconds": 0.0001})  # the first page empties it

    @pytest.fixture
    def front(self, portal: Portal, district: SmallDistrict) -> Any:
        return create_app(portal)

    def get(self, browser: Browser, path: str, reader: dict[str, str] = READER) -> Any:
        return browser.get(path, environ_overrides=reader)

    def test_new_work_is_refused_in_words_with_when_to_come_back(self, front: Any) -> None:
        reader = Browser(front)
        assert self.get(reader, "/").status_code == 200
        for path, said, lang in (
            ("/projects", "过 %s 秒再试", "zh-CN"),
            ("/en/units", "in %s seconds", "en"),
        ) * 2:
            answer = self.get(reader, path)
            assert answer.status_code == 429
            assert int(answer.headers["Retry-After"]) in WAITS
            assert said % answer.headers["Retry-After"] in answer.text
            assert f'lang="{lang}"' in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Frame-Options"] == "DENY"

    def test_pages_seen_before_files_and_photos_are_free(self, front: Any, district: SmallDistrict) -> None:
        reader = Browser(front)
        number = district.published(photos=1)
        page = self.get(reader, f"/reports/{number}")
        assert self.get(reader, "/units").status_code == 429
        assert self.get(reader, f"/reports/{number}").data == page.data
        files = re.findall(r'"(/(?:media|static)/[^" ]+)"', page.text)
        assert {self.get(reader, address.partition("#")[0]).status_code for address in files} == {200}

    def test_others_and_who_is_signed_in_go_on(self, front: Any) -> None:
        stranger, supervisor = Browser(front), Browser(front)
        supervisor.sign_in("supervisor")
        self.get(stranger, "/")
        assert self.get(stranger, "/units").status_code == 429
        assert self.get(stranger, "/units", {"REMOTE_ADDR": "198.51.100.9"}).status_code == 200
        assert self.get(supervisor, "/projects").status_code == 200
        assert self.get(supervisor, "/desk/supervision").status_code == 200
        assert self.get(stranger, "/account/login").status_code == 200

    def test_a_made_up_cookie_is_no_sign_in(self, front: Any) -> None:
        reader = Browser(front, use_cookies=False)
        self.get(reader, "/")
        made_up = {"Cookie": "session=eyJfdXNlcl9pZCI6IngifQ.x.y"}
        assert reader.get("/units", environ_overrides=READER, headers=made_up).status_code == 429
