"""`portal serve` makes the application once and then parts into processes: so its making must open nothing."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT, Settings
from portal.cli.running import gunicorn_options
from tests.faults.running import environment

LOOK = """
import os, threading
def held():
    return {(number, os.readlink(f"/proc/self/fd/{number}")) for number in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{number}")}
before = held()
import wsgi
print("opened:", sorted(where for _, where in held() - before), "threads:", threading.active_count())
"""


def test_making_the_application_opens_no_file_no_connection_and_no_thread(settings: Settings) -> None:
    looked = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment(settings), cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert looked.stdout.strip() == "opened: [] threads: 1", looked.stderr


def test_it_is_made_before_processes_part(settings: Settings) -> None:
    assert "--preload" in gunicorn_options(settings, "127.0.0.1", 8000)


def test_what_only_buckets_need_is_not_loaded_without_one() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, portal.web.app, portal.wiring; print('boto3' in sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "False"
