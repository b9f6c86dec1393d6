"""Redis is killed, hangs and comes back: people are still limited, and nobody sees an error."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import Settings
from portal.adapters import redis_limits
from portal.adapters.limit_table import LimitedAct, LimitTable
from portal.adapters.redis_limits import RedisLimits
from portal.adapters.steady_limits import REST, SteadyLimits
from portal.domain.access import TRIES_PER_NAME
from portal.ports import Limit, LimitsUnavailable
from services import redis
from services.machine import end, free_port

HEALS = 8 * REST + 60.0  # seconds: its longest rest, on a machine that is busy with other things
NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


class Server:
    """A Redis of this test's own, which it may kill."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._process = redis.launch(self._folder, port=self._port)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        end(self._folder / "pid", like=redis.LIKE)
        if self._process is not None:
            self._process.wait()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Server]:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server on this machine: install one with `make services`")
    folder = tmp_path / "redis"
    folder.mkdir()
    counter = Server(folder)
    counter.start()
    yield counter
    counter.signal(signal.SIGCONT)
    counter.stop()


@pytest.fixture
def settings(settings: Settings, counter: Server) -> Settings:
    return settings.model_copy(update={"limits_url": counter.address})


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that is slow, because the machine is busy, is not taken for gone."""
    monkeypatch.setattr(redis_limits, "ANSWERS_WITHIN", 30.0)


def until(healed: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HEALS
    while not healed():
        assert time.monotonic() < deadline, f"not healed within {HEALS:.0f} s"
        time.sleep(0.1)


def counted_in_redis(counter: Server, key: str) -> bool:
    """Whether one act of this key stands in Redis."""
    straight = RedisLimits(counter.address)
    full = straight.wait(Limit(key=key, most=1, window=dt.timedelta(minutes=5)), now=NOW) > 0
    straight.close()
    return full


@pytest.mark.usefixtures("unhurried")
def test_signing_in_goes_on_and_stays_limited_when_redis_is_killed(
    district, visitor, counter, portal, caplog
):
    for _try in range(TRIES_PER_NAME - 1):
        assert visitor.sign_in("admin", "wrong password").status_code == 422
    with portal.database.reading() as session:
        assert session.query(LimitedAct).count() == 0, "nothing is counted twice"
    counter.kill()
    with caplog.at_level(logging.INFO, logger="portal"):
        answers = [
            visitor.sign_in("admin", "wrong password").status_code for _try in range(TRIES_PER_NAME + 1)
        ]
        assert answers == [422] * TRIES_PER_NAME + [429], "the database counts from the start, and to the end"
        assert visitor.sign_in("leader").status_code == 303, "whoever is not held up gets in"
    said = [line.getMessage() for line in caplog.records if line.name.startswith("portal.adapters")]
    assert said == ["limits are counted in the database"], "said once"
    assert "Redis does not count" in (portal.limits.check() or "")
    assert visitor.get("/readyz").get_json()["limits"] == "in the database"


@pytest.mark.usefixtures("unhurried")
def test_redis_counts_again_within_its_rest_after_it_came_back(district, visitor, counter, portal):
    counter.kill()
    assert visitor.sign_in("admin", "wrong password").status_code == 422
    counter.start()
    numbers = iter(range(10_000))

    def healed() -> bool:
        key = f"probe/{next(numbers)}"
        assert portal.limits.count(Limit(key=key, most=1, window=dt.timedelta(minutes=5)), now=NOW) == 0
        return counted_in_redis(counter, key)

    until(healed)
    assert portal.limits.check() is None
    assert visitor.get("/readyz").get_json()["limits"] == "ok"
    for _try in range(TRIES_PER_NAME):
        assert visitor.sign_in("admin", "wrong password").status_code == 422
    assert visitor.sign_in("admin").status_code == 429


def test_a_redis_that_hangs_is_left_alone_and_people_get_their_answer(district, visitor, counter, portal):
    counter.signal(signal.SIGSTOP)
    answers = [visitor.sign_in("admin", "wrong password").status_code for _try in range(TRIES_PER_NAME + 1)]
    assert answers == [422] * TRIES_PER_NAME + [429]
    counter.signal(signal.SIGCONT)


@pytest.mark.slow
def test_killed_in_the_middle_of_a_rush_it_lets_through_at_most_twice_as_many_and_fails_nobody(
    counter, portal
):
    limits = SteadyLimits(RedisLimits(counter.address), otherwise=LimitTable(portal.database), rest=0.1)
    limit, killed = Limit(key="rush", most=60, window=dt.timedelta(minutes=5)), threading.Event()

    def ask(number: int) -> int:
        if number == 40:
            counter.kill()
            killed.set()
        return limits.count(limit, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, range(240)))
    assert killed.is_set()
    assert 60 <= told.count(0) <= 120
    assert limits.count(limit, now=NOW) > 0
    with pytest.raises(LimitsUnavailable):
        RedisLimits(counter.address).count(limit, now=NOW)
    counter.start()
    limits.close()
