"""Several web processes on one database: none shows a page older than the record, and new code takes over
without a reader noticing."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from config import ROOT, Settings
from portal.record.followers import last_seq
from portal.wiring import Portal, wire
from services.machine import free_port
from tests.conftest import Clock
from tests.faults.running import Process, environment, running, until_it_answers
from tests.small_district import SmallDistrict, build

PROCESSES = 2
PATIENCE = 60  # seconds, for a machine that is busy


@pytest.fixture
def house(settings: Settings) -> Iterator[tuple[Portal, SmallDistrict]]:
    """A district, and the settings of its web processes."""
    now = dt.datetime.now(dt.UTC)
    ours = settings.model_copy(update={"port": free_port(), "processes": PROCESSES})
    portal = wire(ours, now=Clock(now))
    yield portal, build(portal, now=now)
    portal.close()


@pytest.fixture
def web(house: tuple[Portal, SmallDistrict], tmp_path: Path) -> Iterator[Process]:
    settings = house[0].settings
    process = Process(settings, "serve", said=tmp_path / "web.log")
    with running(process):
        until_it_answers(process, port=settings.port)
        _wait_for(lambda: len(_workers(process)) == PROCESSES)
        yield process


def _workers(web: Process) -> list[psutil.Process]:
    """The processes that answer. Their own helpers (the darkroom's) are theirs, not ours."""
    return psutil.Process(web.pid).children()


def _wait_for(true) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.05)


def _get(port: int, path: str) -> tuple[int, str]:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        asking.request("GET", path)
        answer = asking.getresponse()
        return answer.status, answer.read().decode()
    finally:
        asking.close()


@contextmanager
def _alone(chosen: psutil.Process, workers: list[psutil.Process]) -> Iterator[None]:
    """Only this one answers, because the others are stopped."""
    others = [worker for worker in workers if worker.pid != chosen.pid]
    for other in others:
        other.suspend()
    try:
        yield
    finally:
        for other in others:
            other.resume()


@pytest.mark.slow
def test_no_process_shows_a_page_older_than_the_record(house, web):
    portal, district = house
    port, workers = portal.settings.port, _workers(web)
    for _ in range(4):
        number = district.published(photos=0)
        for worker in workers:  # each has kept the pages of the round before
            with _alone(worker, workers):
                pages = [_get(port, path) for path in ("/projects/2026-001", "/feeds/latest.atom")]
                size = json.loads(_get(port, "/record/root.json")[1])["size"]
            assert [(status, number in text) for status, text in pages] == [(200, True)] * 2
            assert size == _entries(portal)


def _entries(portal: Portal) -> int:
    with portal.database.reading() as session:
        return last_seq(session) + 1


@pytest.mark.slow
def test_exchanging_processes_fails_no_request(house, web):
    with _readers(house[0].settings.port) as asked:
        for _ in range(3):
            before = {worker.pid for worker in _workers(web)}
            os.kill(web.pid, signal.SIGHUP)
            _wait_for(lambda before=before: _taken_over(web, before))
            _read_on(asked)


@pytest.mark.slow
def test_new_code_takes_over_and_fails_no_request(house, tmp_path):
    """As deploy/sunlight-web.socket has it: the socket outlives the server, and who comes in between waits."""
    settings = house[0].settings
    with socket.create_server(("127.0.0.1", settings.port), backlog=512) as kept:
        server = _serve(settings, kept, tmp_path / "web.log")
        try:
            with _readers(settings.port) as asked:
                for _ in range(3):
                    _read_on(asked)
                    server.terminate()
                    assert server.wait(PATIENCE) == 0
                    server = _serve(settings, kept, tmp_path / "web.log")
                _read_on(asked)
        finally:
            server.terminate()
            server.wait(PATIENCE)


HANDED_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "portal", "serve"])
"""


def _serve(settings: Settings, kept: socket.socket, said: Path) -> subprocess.Popen[bytes]:
    """The web processes on a socket that is handed to them as systemd does it."""
    with said.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", HANDED_OVER, str(kept.fileno())],
            env=environment(settings), cwd=ROOT, pass_fds=[kept.fileno()], stdout=log, stderr=log,
        )  # fmt: skip


@contextmanager
def _readers(port: int) -> Iterator[list[int]]:
    """Three who read on and on; how many answers they had so far. None may fail."""
    failed: list[str] = []
    asked, stop = [0], threading.Event()

    def read_on() -> None:
        while not stop.is_set():
            for path in ("/", "/projects", f"/archive?q={quote('挡墙')}"):
                try:
                    status, _text = _get(port, path)
                    if status != 200:
                        failed.append(f"{path} {status}")
                except (OSError, http.client.HTTPException) as error:
                    failed.append(f"{path} {type(error).__name__}: {error}")
                asked[0] += 1

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        yield asked
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert failed == []


def _read_on(asked: list[int]) -> None:
    so_far = asked[0]
    _wait_for(lambda: asked[0] > so_far + 20)


def _taken_over(web: Process, before: set[int]) -> bool:
    now = {worker.pid for worker in _workers(web)}
    return len(now) == PROCESSES and now.isdisjoint(before)
