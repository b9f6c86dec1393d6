"""A real witness process, killed at any moment, never signs two checkpoints that contradict one another."""

from __future__ import annotations

import random
import threading
import time

import pytest
import urllib3

from portal.adapters.http_witnesses import HttpWitnesses
from portal.ports import WitnessSilent
from portal.witness.memory import Memory
from services.machine import free_port
from tests.faults.running import Process, running
from tests.witness.test_protocol import KEYS, asked, checkpoint

SEED = 20261124


def until_up(port: int) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return urllib3.request("GET", f"http://127.0.0.1:{port}/", retries=False, timeout=2).data.decode()
        except (urllib3.exceptions.HTTPError, OSError):
            time.sleep(0.05)
    raise AssertionError("the witness does not come up")


@pytest.mark.slow
def test_killed_at_any_moment_it_never_contradicts_itself(settings, tmp_path):
    folder, port, chance = tmp_path / "w", free_port(), random.Random(SEED)
    folder.mkdir()
    (folder / "logs").write_text("".join(f"{key.line}\n" for key in KEYS.public))
    words = ("witness", "--folder", str(folder), "--name", "w.example", "--port", str(port))
    process, told = Process(settings, *words, said=tmp_path / "said"), [0]
    asking = HttpWitnesses()
    with running(process):
        for _ in range(6):
            until_up(port)
            killer = threading.Timer(chance.uniform(0.005, 0.15), process.kill)
            killer.start()
            old = told[-1]
            while old < 40:
                size = old + 1
                for root in (checkpoint(size).root, bytes(32)):  # the true one, and a fork of the same size
                    try:
                        answer = asking.add_checkpoint(
                            f"http://127.0.0.1:{port}", asked(size, old=old, root=root), within=5
                        )
                    except WitnessSilent:
                        break
                    if root == bytes(32):
                        assert answer.status in (409, 422)
                    elif answer.status == 200:
                        told.append(size)
                    else:  # the answer to the last one was cut off after it was kept
                        assert answer.status == 409
                        told.append(int(answer.body))
                else:
                    old = told[-1]
                    continue
                break
            killer.join()
            memory = Memory(folder)
            seen = memory.seen(KEYS.name, key=memory.key().public)
            kept = 0 if seen is None else seen.size
            assert told[-1] <= kept <= told[-1] + 1
            assert kept == 0 or seen.root == checkpoint(kept).root
            told.append(kept)
            process.start()
        page = until_up(port)
    assert memory.key().public.line in page
    assert KEYS.name in page
    print(f"seed {SEED}, sizes {told}")  # noqa: T201 - the run is told
