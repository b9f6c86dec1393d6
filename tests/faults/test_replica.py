"""A real streaming replica behind the windows: what it shows while it follows, lags, is gone and comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from config import Settings
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.own_postgresql import HEALS_WITHIN, OwnServer
from tests.postgresql_server import PostgreSQLServer
from tests.small_district import SmallDistrict, build
from tests.workflows.test_withdraw_report import withdraw

pytestmark = pytest.mark.slow


@dataclass
class Pair:
    """A portal whose windows read a replica of its database."""

    portal: Portal
    district: SmallDistrict
    replica: OwnServer

    def browser(self, login: str = "") -> Browser:
        browser = Browser(create_app(self.portal))
        assert not login or browser.sign_in(login).status_code == 303
        return browser

    def replay(self, *, go: bool) -> None:
        """Let the replica follow, or have it stand still."""
        engine = create_engine(self.replica.url, poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_wal_replay_{'resume' if go else 'pause'}()"))
        engine.dispose()


def until(asked: Callable[[], TestResponse], status: int) -> TestResponse:
    """The first answer with this status."""
    end = time.monotonic() + HEALS_WITHIN
    while (answer := asked()).status_code != status:
        assert time.monotonic() < end, (answer.status_code, answer.request.path)
        time.sleep(0.05)
    return answer


@pytest.fixture
def pair(settings: Settings, clock: Clock) -> Iterator[Pair]:
    with ExitStack() as stack:
        main = stack.enter_context(OwnServer.running())
        made = PostgreSQLServer(main.url)
        name = made.migrated()
        replica = stack.enter_context(OwnServer.running(of=main))
        addresses = {
            "database_url": made.web_url(name),
            "database_owner_url": made.owner_url(name),
            "database_read_url": PostgreSQLServer.web_url_at(replica.url, name),
        }
        portal = wire(settings.model_copy(update=addresses), now=clock)
        stack.callback(portal.close)
        yield Pair(portal, build(portal, now=clock()), replica)


def test_a_publication_is_shown_when_the_replica_has_it_and_a_withdrawal_goes_the_same_way(
    pair: Pair,
) -> None:
    number, reader = pair.district.published(photos=1), pair.browser()
    until(lambda: reader.get(f"/reports/{number}"), 200)
    withdraw(pair.district, number)
    run_once(pair.portal)
    until(lambda: reader.get(f"/reports/{number}"), 410)


def test_a_replica_that_lags_shows_an_older_record_and_nothing_that_is_not_one(pair: Pair) -> None:
    first, reader = pair.district.published(photos=1, done="第一段路面做完了。"), pair.browser()
    old = until(lambda: reader.get(f"/reports/{first}"), 200)
    pair.replay(go=False)
    second = pair.district.published(
        photos=1, code=pair.district.projects[1], login="stranger", done="护坡也做完了。"
    )
    run_once(pair.portal)  # the index is ahead of what windows read now
    assert reader.get(f"/reports/{second}").status_code == 404
    known = {"If-None-Match": old.headers["ETag"]}
    assert reader.get(f"/reports/{first}", headers=known).status_code == 304
    found = reader.get(f"/archive?q={quote('护坡')}")
    assert found.status_code == 200
    assert second not in found.text
    assert second not in reader.get("/").text
    desk = pair.browser("supervisor").get("/desk/supervision")
    assert desk.status_code == 200, "desks do not ask the replica"
    pair.replay(go=True)
    until(lambda: reader.get(f"/reports/{second}"), 200)
    assert second in reader.get(f"/archive?q={quote('护坡')}").text


def test_without_its_replica_windows_are_busy_desks_work_and_it_heals(pair: Pair) -> None:
    number, reader, supervisor = pair.district.published(), pair.browser(), pair.browser("supervisor")
    until(lambda: reader.get(f"/reports/{number}"), 200)
    pair.replica.kill()
    until(lambda: reader.get(f"/reports/{number}"), 503)
    assert "Retry-After" in reader.get("/projects").headers
    assert supervisor.get("/desk/supervision").status_code == 200
    meanwhile = pair.district.published(code=pair.district.projects[1], login="stranger")
    pair.replica.start()
    until(lambda: reader.get(f"/reports/{meanwhile}"), 200)
