"""Writers and signers that are killed at random. Run as a process of its own, because it forks: `python -m
tests.faults.killed KILLS SEED ACKNOWLEDGED`, with the portal's settings in the environment.

After every kill the checkpoint that readers get must be ours, extend the one before, and belong to tiles that hold.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import sys
import time
from collections.abc import Callable

from config import Settings
from portal.ports import TileMissing
from portal.record import log
from portal.record.checkpoint import Checkpoint
from portal.record.log import Disclosed
from portal.record.mirror import check_log, must_follow
from portal.record.notes import Note
from portal.record.signing import open_checkpoint
from portal.wiring import Portal, wire
from portal.worker import sign
from portal.workflows import sign_record
from portal.workflows.sign_record import Watch

CHECKED = 10  # kills, after which every entry is hashed again


def main() -> None:
    kills, seed, acknowledged = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng, last, roles = random.Random(seed), None, {"write": 0, "sign": 0}
    portal = _portal(0)
    keys = portal.signing_key.read().public
    writer = _child(lambda: _write(acknowledged, 0))
    for number in range(1, kills + 1):
        signer = _child(lambda: _sign(number))  # noqa: B023 - it is run before the next number comes
        time.sleep(rng.uniform(0.01, 0.8))
        if rng.random() < 0.5:
            _kill(writer)
            writer = _child(lambda: _write(acknowledged, number))  # noqa: B023
            roles["write"] += 1
            time.sleep(rng.uniform(0.0, 0.1))
        _kill(signer)
        roles["sign"] += 1
        last = _look(portal, keys, last, whole=number % CHECKED == 0)
    _kill(writer)
    portal.close()
    sys.stdout.write(
        f"{roles['sign']} signers and {roles['write']} writers killed, {0 if last is None else last.size} signed"
    )


def _child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(1)
    return pid


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), f"it ended by itself: {status}"


def _portal(generation: int) -> Portal:
    """Each generation lives half a minute later, so that it need not wait for the lease of a dead one."""
    later = dt.timedelta(seconds=30 * generation)
    return wire(Settings(_env_file=None), now=lambda: dt.datetime.now(dt.UTC) + later)


def _write(acknowledged: str, generation: int) -> None:
    portal, number = _portal(0), 0
    told = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    while True:
        number += 1
        item = f"report/2026-{generation:03d}{number % 1000:03d}"
        document = {"title": "t", "dated": "2026-11-24", "body": {"text": str(number)}}
        with portal.database.writing() as session:
            entry = log.publish(
                session, Disclosed(item=item, kind="report", document=document), at=portal.now()
            )
            line = f"{entry.seq} {entry.commit}\n".encode()
        os.write(told, line)  # acknowledged: it may never be lost from now on
        time.sleep(0.02)  # so that a signer has its turn, as between people


def _sign(generation: int) -> None:
    sign_record.PACE = dt.timedelta(0)
    portal, watch = _portal(generation), Watch()
    while True:
        sign(portal, watch)


def _look(portal: Portal, keys: tuple, last: Checkpoint | None, *, whole: bool) -> Checkpoint | None:
    read = portal.tiles.read
    try:
        told = open_checkpoint(Note.parse(read("checkpoint")), keys)
    except TileMissing:
        assert last is None, "the checkpoint is gone"
        return None
    if last is not None:
        must_follow(read, told, old=last)
    if whole:
        check_log(read, told)
    return told


if __name__ == "__main__":
    main()
