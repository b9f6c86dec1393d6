"""The power is cut at random moments, again and again: what was acknowledged is there and whole, with its row.

`PORTAL_TEST_CUTS=30` cuts thirty times. Two negative controls leave out what the promise rests on, and must lose.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from config import ROOT
from portal.adapters.local_media import LocalMediaStore
from portal.ports import MediaMissing, Space
from portal.record.tables import Entry, PublicMedia
from portal.record.verify import verify
from tests.conftest import needs_sqlite
from tests.faults.acknowledging import database_in
from tests.faults.power import Disk, needs_power

CUTS = int(os.environ.get("PORTAL_TEST_CUTS", "3"))
SEED = int(os.environ.get("PORTAL_TEST_SEED", "20261124"))
MUST_LOSE_WITHIN = 8  # cuts of a negative control
LINE_SECONDS = 60  # that a writer has for its first photo, on a busy machine

pytestmark = [needs_sqlite, pytest.mark.slow]


@pytest.fixture
def disk(migrated: Path) -> Iterator[Disk]:
    """An ext4 disk with an empty database on it, its image in memory where that is possible."""
    needs_power()
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    try:
        made = Disk(folder, megabytes=40 + 5 * CUTS)
        with made.on() as place:
            shutil.copy(migrated, place / "portal.sqlite")
            subprocess.run(["sync", "-f", str(place)], check=True)
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Lost(Exception):
    """Something that was acknowledged is not there, or not whole."""


def test_nothing_acknowledged_is_lost_when_the_power_is_cut(disk: Disk) -> None:
    rng, told = random.Random(SEED), dict[int, str]()
    for number in range(CUTS):
        acknowledged = _until_the_power_fails(disk, "honest", rng)
        assert acknowledged, "nothing was acknowledged: the cut proved nothing"
        told |= acknowledged
        _look(disk, told, whole=number in (0, CUTS - 1))
    print(f"{CUTS} cuts, {len(told)} photos acknowledged, 0 lost, seed {SEED}")  # noqa: T201 - the run is told


@pytest.mark.parametrize("left_out", ["no-fsync", "normal"])
def test_without_what_the_promise_rests_on_something_is_lost(disk: Disk, left_out: str) -> None:
    """Negative controls: if these lose nothing, the test above proves nothing."""
    rng, told = random.Random(SEED), dict[int, str]()
    for number in range(1, MUST_LOSE_WITHIN + 1):
        told |= _until_the_power_fails(disk, left_out, rng)
        try:
            _look(disk, told, whole=False)
        except Lost as lost:
            print(f"{left_out}: after {number} cuts, {lost}")  # noqa: T201 - the run is told
            return
    pytest.fail(f"{left_out}: nothing was lost in {MUST_LOSE_WITHIN} cuts")


def _until_the_power_fails(disk: Disk, how: str, rng: random.Random) -> dict[int, str]:
    """Let somebody write, freeze them at a random moment, and bring the machine back with what the disk had then.
    What they had acknowledged."""
    with disk.on() as place:
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.acknowledging", str(place), how],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert writer.stdout is not None
            lines = writer.stdout.readline()
            assert lines, writer.communicate()[1].decode()
            time.sleep(rng.uniform(0.0, 0.7))
            writer.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, writer.pid, os.WSTOPPED | os.WNOWAIT)
            os.set_blocking(writer.stdout.fileno(), False)
            with contextlib.suppress(BlockingIOError):
                while more := os.read(writer.stdout.fileno(), 1 << 16):
                    lines += more
            platters = disk.cut()
        finally:
            writer.kill()
            writer.communicate()
    disk.back(platters)
    return {int(number): name for number, name in (line.split() for line in lines.decode().splitlines())}


def _look(disk: Disk, told: dict[int, str], *, whole: bool) -> None:
    """Raises `Lost` when one of these is not there, not whole, or has no entry."""
    with disk.on() as place:
        try:
            database = database_in(place)
            with database.reading() as session:
                fault = session.scalar(text("PRAGMA integrity_check"))
                assert fault == "ok", fault
                entries = list(session.scalars(select(Entry.item).order_by(Entry.seq)))
                named = set(session.scalars(select(PublicMedia.name)))
                found = verify(session, open_public=_opener(place)) if whole else None
            database.close()
        except Exception as broken:
            raise Lost(f"the database cannot be read: {broken}") from broken
        assert len(entries) == len(set(entries)), "something is there twice"
        media = LocalMediaStore(place / "media")
        for number, name in told.items():
            if f"report/2026-{number:06d}" not in entries or name not in named:
                raise Lost(f"the entry of photo {number} is gone")
            for space in Space:
                _must_be_whole(media, space, name, number)
        if found is not None:
            assert found.wrong == []


def _opener(place: Path):
    media = LocalMediaStore(place / "media")
    return lambda name: media.open(Space.PUBLIC, name)


def _must_be_whole(media: LocalMediaStore, space: Space, name: str, number: int) -> None:
    try:
        with media.open(space, name) as stream:
            content = stream.read()
    except MediaMissing:
        raise Lost(f"photo {number} is gone from {space.value}") from None
    if hashlib.sha256(content).hexdigest() != name.partition(".")[0]:
        raise Lost(f"photo {number} is not whole in {space.value}: {len(content)} bytes")
