"""What the process that decodes can no longer do."""

from __future__ import annotations

import dataclasses
import errno
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from portal.imaging import confinement
from portal.imaging.darkroom import CONFINEMENTS, Darkroom
from tests.imaging.drawn import encoded, picture

ROOT = Path(__file__).parents[2]
START = """
import ctypes, os, select, socket, sys
from portal.imaging import confinement
answer = os.memfd_create("answer")
held = confinement.confine_for_good()
confinement.CPU_SECONDS = 1
confinement.confine_one(seccomp={seccomp})
try:
    {act}
except MemoryError:
    os._exit(200)
except OSError as error:
    os._exit(error.errno)
os._exit(0)
"""


@pytest.fixture(scope="module", autouse=True)
def _needs_every_confinement(darkroom: Darkroom) -> None:
    missing = [name for name, holds in darkroom.status().items() if not holds]
    if missing:
        pytest.skip("this kernel or container does not offer " + ", ".join(missing))


def outcome(act: str, *, seccomp: bool = True) -> int:
    """Exit code of a confined process that does this: 0 done, 200 no memory, an errno, or minus a signal."""
    script = START.format(act=act, seccomp=seccomp)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False).returncode


def test_a_confined_process_can_still_work() -> None:
    assert outcome("os.write(answer, bytes(1000)); bytearray(100 << 20); sum(range(1000))") == 0


@pytest.mark.parametrize(
    "act",
    [
        "socket.socket()", "os.fork()", "os.execv('/bin/true', ['true'])", "os.kill(1, 0)", "os.getppid()",
        "os.unlink('/nowhere')", "select.select([], [], [], 0.01)", "os.pipe()", "os.symlink('a', 'b')",
        "ctypes.CDLL(None).ptrace(0, 0, 0, 0)", "os.setuid(0)", "os.memfd_create('x')",
    ],
)  # fmt: skip
def test_any_call_that_a_decoder_does_not_need_is_death(act: str) -> None:
    assert outcome(act) == -signal.SIGSYS


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "."])
@pytest.mark.parametrize("seccomp", [True, False])
def test_no_file_can_be_opened_by_two_independent_locks(path: str, seccomp: bool) -> None:
    assert outcome(f"os.open({path!r}, os.O_RDONLY)", seccomp=seccomp) == errno.EACCES


def test_there_is_no_network_even_without_the_filter() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        act = f"socket.socket().connect(('127.0.0.1', {port}))"
        assert outcome(act, seccomp=False) == errno.ENETUNREACH


def test_memory_ends_at_the_limit() -> None:
    assert outcome(f"bytearray({confinement.MEMORY_BYTES})") == 200


def test_an_endless_loop_is_ended() -> None:
    assert outcome("\n    while True: pass") in (-signal.SIGXCPU, -signal.SIGKILL)


def test_an_answer_cannot_fill_the_memory() -> None:
    too_much = confinement.ANSWER_BYTES + 1
    assert outcome(f"\n    for _ in range(2): os.write(answer, bytes({too_much}))") == errno.EFBIG


def test_status_names_every_confinement(darkroom: Darkroom) -> None:
    assert tuple(darkroom.status()) == CONFINEMENTS == ("landlock", "seccomp", "network", "rlimits")
    assert tuple(field.name for field in dataclasses.fields(confinement.Held)) == CONFINEMENTS


@pytest.mark.parametrize(
    ("poorer", "missing"),
    [
        ("confinement._LANDLOCK_CREATE_RULESET = 9999", {"landlock"}),
        ("confinement._ALLOWED.clear()", {"seccomp"}),
        ("[calls.pop('write') for _, _, calls in confinement._ALLOWED.values()]", {"seccomp"}),
        ("confinement._CLONE_NEWUSER = confinement._CLONE_NEWNET = -1", {"network"}),
    ],
)
def test_on_a_poorer_machine_the_child_works_and_says_what_is_missing(poorer: str, missing: set[str]) -> None:
    start = (
        f"from portal.imaging import child, confinement; {poorer}; child.main(int(__import__('sys').argv[1]))"
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        arguments = [sys.executable, "-c", start, str(theirs.fileno())]
        with subprocess.Popen(arguments, cwd=ROOT, pass_fds=(theirs.fileno(),)) as running:
            theirs.close()
            ours.settimeout(60)
            flags = ours.recv(len(CONFINEMENTS))
            with tempfile.TemporaryFile() as photo, tempfile.TemporaryFile() as answer:
                photo.write(encoded(picture()))
                photo.seek(0)
                socket.send_fds(ours, [b"J"], [photo.fileno(), answer.fileno()])
                assert ours.recv(4) == bytes(4)
            ours.close()
        assert running.returncode == 0
    assert {name for name, flag in zip(CONFINEMENTS, flags, strict=True) if not flag} == missing
