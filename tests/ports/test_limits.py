"""Limits: never more than so many within a window, whoever asks, wherever the count is kept."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import func, select

from config import ROOT
from portal.adapters import redis_limits
from portal.adapters.limit_table import LimitedAct, LimitTable
from portal.adapters.redis_limits import RedisLimits
from portal.database import Database
from portal.ports import Limit, Limits, LimitsUnavailable
from portal.wiring import wire
from tests.services import needs

NOW = dt.datetime(2026, 11, 24, 4, 0, 0, 250_000, tzinfo=dt.UTC)
WINDOW = dt.timedelta(minutes=5)
UNHURRIED = 30.0  # seconds for Redis to answer: on a busy machine it may be slow, and is not gone
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Place:
    """Where a count is kept, so that another process can open it too."""

    kind: str
    address: str
    prefix: str

    def open(self) -> Limits:
        if self.kind == "redis":
            return RedisLimits(self.address, prefix=self.prefix)
        return LimitTable(Database(self.address))

    def kept(self, key: str) -> int:
        """How many acts of a key are still kept, whether they count or not."""
        if self.kind == "redis":
            with Redis.from_url(self.address) as redis:
                return int(redis.zcard(self.prefix + key))  # type: ignore[arg-type]
        database = Database(self.address)
        with database.reading() as session:
            found = session.scalar(select(func.count()).where(LimitedAct.key == key))
        database.close()
        return int(found or 0)


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(redis_limits, "ANSWERS_WITHIN", UNHURRIED)
    prefix = f"test/{secrets.token_hex(6)}/"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "limits.sqlite")
        yield Place("sqlite", f"sqlite:///{tmp_path / 'limits.sqlite'}", prefix)
    elif request.param == "postgresql":
        server = request.getfixturevalue("server")
        name = server.create(template=request.getfixturevalue("template"))
        yield Place("postgresql", server.web_url(name), prefix)
        server.drop(name)
    else:
        place = Place("redis", needs("PORTAL_TEST_REDIS"), prefix)
        yield place
        with Redis.from_url(place.address) as redis:
            for key in redis.scan_iter(f"{prefix}*"):
                redis.delete(key)


@pytest.fixture
def limits(place: Place) -> Iterator[Limits]:
    opened = place.open()
    yield opened
    close(opened)


def close(limits: Limits) -> None:
    limits.close()
    if isinstance(limits, LimitTable):
        limits._database.close()


def limit(key: str = "sign_in/name/a", *, most: int = 3, window: dt.timedelta = WINDOW) -> Limit:
    return Limit(key=key, most=most, window=window)


def after(**delta: float) -> dt.datetime:
    return NOW + dt.timedelta(**delta)


def test_so_many_are_let_through_and_then_none(limits):
    assert [limits.count(limit(), now=NOW) for _ in range(3)] == [0, 0, 0]
    assert limits.count(limit(), now=NOW) > 0
    assert limits.wait(limit(), now=NOW) > 0


def test_asking_counts_nothing(limits):
    for _ in range(10):
        assert limits.wait(limit(), now=NOW) == 0
    assert [limits.count(limit(), now=NOW) for _ in range(3)] == [0, 0, 0]


def test_what_was_refused_does_not_count(limits):
    for seconds in range(6):
        limits.count(limit(), now=after(seconds=seconds))
    assert limits.count(limit(), now=NOW + WINDOW) == 0, "the first has ended, and no refusal took its place"


def test_the_window_slides_and_each_act_ends_after_it_to_the_microsecond(limits):
    for seconds in (0, 60, 120):
        assert limits.count(limit(), now=after(seconds=seconds)) == 0
    just_before = NOW + WINDOW - dt.timedelta(microseconds=1)
    assert limits.wait(limit(), now=just_before) == 1
    assert limits.count(limit(), now=NOW + WINDOW) == 0
    assert limits.count(limit(), now=NOW + WINDOW) == 60 + 1, "until the second act ends"
    assert limits.count(limit(), now=after(seconds=60) + WINDOW) == 0


@pytest.mark.parametrize("forward", [0.0, 0.5, 1.0, 20.0, 299.0, 299.999999])
def test_whoever_comes_back_after_the_seconds_told_is_let_in(limits, forward):
    for _ in range(3):
        limits.count(limit(), now=NOW)
    now = after(seconds=forward)
    seconds = limits.count(limit(), now=now)
    left = WINDOW - dt.timedelta(seconds=forward)
    assert left < dt.timedelta(seconds=seconds) <= left + dt.timedelta(seconds=1)
    assert limits.wait(limit(), now=now) == seconds
    assert limits.count(limit(), now=now + dt.timedelta(seconds=seconds)) == 0


def test_keys_do_not_see_one_another(limits):
    for _ in range(3):
        limits.count(limit("sign_in/name/a"), now=NOW)
    for other in ("sign_in/name/b", "sign_in/address/a", "sign_in/name/a/", "sign_in/name/A"):
        assert limits.count(limit(other), now=NOW) == 0


def test_an_act_counts_against_all_its_limits_or_none(limits):
    for number in range(3):
        assert limits.count(limit(f"name/{number}"), limit("address", most=3), now=NOW) == 0
    assert limits.count(limit("name/fresh", most=1), limit("address", most=3), now=NOW) > 0
    assert limits.count(limit("name/fresh", most=1), now=NOW) == 0, "the refusal left no trace"


def test_the_longest_wait_is_told(limits):
    short, long = limit("short", most=1, window=dt.timedelta(seconds=10)), limit("long", most=1)
    limits.count(short, long, now=NOW)
    assert limits.wait(short, now=NOW) == 10 + 1
    assert limits.wait(short, long, now=NOW) == limits.wait(long, short, now=NOW) == 300 + 1


def test_a_limit_made_smaller_holds_at_once(limits):
    for seconds in range(5):
        assert limits.count(limit(most=5), now=after(seconds=seconds)) == 0
    assert limits.wait(limit(most=2), now=after(seconds=5)) == 300 + 3 - 5 + 1, "until only one still counts"


def test_the_same_key_twice_in_one_call_is_a_mistake(limits):
    with pytest.raises(ValueError, match="twice"):
        limits.count(limit(most=1), limit(most=5), now=NOW)


def test_what_no_longer_counts_is_forgotten_when_the_key_is_used_again(place, limits):
    for _ in range(3):
        limits.count(limit(), now=NOW)
    assert place.kept("sign_in/name/a") == 3
    limits.count(limit(), now=NOW + WINDOW)
    assert place.kept("sign_in/name/a") == 1


def test_a_key_that_nobody_uses_again_is_forgotten_too(place, limits):
    limits.count(limit("once", window=dt.timedelta(milliseconds=50)), now=NOW)
    deadline = time.monotonic() + 10
    while place.kept("once"):
        assert time.monotonic() < deadline
        limits.count(limit("another", most=10_000), now=after(hours=1))
        time.sleep(0.02)


def test_of_many_threads_exactly_so_many_are_let_through(place, limits):
    shared = limit("shared", most=10)

    def ask(number: int) -> int:
        return limits.count(limit(f"own/{number}", most=1), shared, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, range(40)))
    assert told.count(0) == 10
    assert sum(place.kept(f"own/{number}") for number in range(40)) == 10


def test_keys_named_in_any_order_by_many_at_once_do_not_wait_for_each_other(limits):
    first, second = limit("first", most=1000), limit("second", most=1000)

    def ask(number: int) -> int:
        both = (first, second) if number % 2 else (second, first)
        return limits.count(*both, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(60))) == {0}


def ask_many(place: Place, together: Any, answers: Any) -> None:
    """One of several processes: four threads ask as fast as they can."""
    redis_limits.ANSWERS_WITHIN = UNHURRIED
    limits = place.open()
    together.wait(60)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _number: limits.count(limit("shared", most=25), now=NOW), range(40)))
    answers.put(told.count(0))
    close(limits)


@pytest.mark.slow
def test_of_two_processes_exactly_so_many_are_let_through(place):
    together, answers = SPAWN.Barrier(2), SPAWN.Queue()
    processes = [SPAWN.Process(target=ask_many, args=(place, together, answers)) for _ in range(2)]
    for process in processes:
        process.start()
    let_through = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    assert sum(let_through) == 25


def test_whoever_asks_is_told_that_it_counts(limits):
    assert limits.check() is None


# --- what only the database can do, and only Redis ------------------------------------------------


def test_in_the_database_a_count_is_undone_with_the_transaction_it_joined(portal):
    with pytest.raises(LookupError), portal.database.writing() as session:
        assert portal.limits.count(limit(most=1), now=NOW, session=session) == 0
        assert portal.limits.wait(limit(most=1), now=NOW, session=session) > 0
        raise LookupError
    assert portal.limits.wait(limit(most=1), now=NOW) == 0


@pytest.fixture
def shut() -> RedisLimits:
    """An address where nobody is."""
    return RedisLimits("redis://someone:a-secret@127.0.0.1:1/0")


def test_a_redis_that_does_not_answer_is_told_without_its_address(shut):
    with pytest.raises(LimitsUnavailable) as trouble:
        shut.count(limit(), now=NOW)
    assert str(trouble.value) == "Redis does not count (ConnectionError)"
    assert "PORTAL_LIMITS_URL" in (shut.check() or "")
    assert "a-secret" not in (shut.check() or "")


@pytest.mark.parametrize(
    "address",
    [
        "redis://:a/secret@host:6379/0",
        "redis://:a-secret@host/0?no_such_option=1",
        "http://:a-secret@host",
        "a-secret",
    ],
)
def test_an_address_that_leads_nowhere_is_refused_at_the_start_and_not_repeated(settings, address):
    with pytest.raises(ValueError, match="PORTAL_LIMITS_URL") as refusal:
        wire(settings.model_copy(update={"limits_url": address}))
    assert address not in str(refusal.value)
    assert "secret@" not in str(refusal.value)
    assert address not in repr(settings.model_copy(update={"limits_url": address}))


def test_a_portal_that_counts_in_its_database_does_not_load_the_library_of_redis():
    asked = "import sys, portal.wiring; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False, timeout=60).returncode == 0
