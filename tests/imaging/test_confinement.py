"""What the process that decodes can no longer do."""

from __future__ import annotations

import dataclasses
import errno
import platform
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from portal.imaging import confinement
from portal.imaging.darkroom import CONFINEMENTS, Darkroom
from portal.imaging.wire import pack_boxes
from tests.imaging.drawn import encoded, picture

ROOT = Path(__file__).parents[2]
START = """
import ctypes, os, select, socket, sys, threading
from portal.imaging import confinement
answer = os.memfd_create("answer")
held = confinement.confine_for_good()
confinement.CPU_SECONDS = confinement.LONGER_CPU_SECONDS = 1
confinement.confine_one(seccomp={seccomp}, threads={threads})
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


def outcome(act: str, *, seccomp: bool = True, threads: bool = False) -> int:
    """Exit code of a confined process that does this: 0 done, 200 no memory, an errno, or minus a signal."""
    script = START.format(act=act, seccomp=seccomp, threads=threads)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False).returncode


def test_a_confined_process_can_still_work() -> None:
    assert outcome("os.write(answer, bytes(1000)); bytearray(100 << 20); sum(range(1000))") == 0


FORBIDDEN = [
    "socket.socket()", "os.fork()", "os.execv('/bin/true', ['true'])", "os.kill(1, 0)", "os.getppid()",
    "os.unlink('/nowhere')", "select.select([], [], [], 0.01)", "os.pipe()", "os.symlink('a', 'b')",
    "ctypes.CDLL(None).ptrace(0, 0, 0, 0)", "os.setuid(0)", "os.memfd_create('x')", "ctypes.CDLL(None).vfork()",
]  # fmt: skip


@pytest.mark.parametrize("threads", [False, True])
@pytest.mark.parametrize("act", FORBIDDEN)
def test_any_call_that_a_decoder_does_not_need_is_death(act: str, threads: bool) -> None:
    assert outcome(act, threads=threads) == -signal.SIGSYS


# Threads of C: those of Python ask for more than a decoder's.
IN_A_THREAD = (
    "libc, thread = ctypes.CDLL(None), ctypes.c_ulong(); "
    "failed = libc.pthread_create(ctypes.byref(thread), None, libc.{function}, None); "
    "os._exit(9 if failed else 7 if libc.pthread_join(thread, None) == 0 else 8)"
)


def test_a_thread_is_death_except_for_a_decoder_that_cannot_do_without() -> None:
    act = IN_A_THREAD.format(function="sched_yield")
    assert outcome(act) == -signal.SIGSYS
    assert outcome(act, threads=True) == 7


def test_a_thread_can_do_no_more_than_its_process() -> None:
    assert outcome(IN_A_THREAD.format(function="getppid"), threads=True) == -signal.SIGSYS


@pytest.mark.parametrize("flags", ["17", "0x003D0F00 | 0x40000000", "0x003D0F00 & ~0x10000"])
def test_clone_makes_a_thread_and_nothing_else(flags: str) -> None:
    act = f"ctypes.CDLL(None).syscall({56 if platform.machine() == 'x86_64' else 220}, {flags}, 0, 0, 0, 0)"
    assert outcome(act, threads=True) == -signal.SIGSYS


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


@pytest.mark.parametrize("threads", [False, True])
def test_an_endless_loop_is_ended(threads: bool) -> None:
    assert outcome("\n    while True: pass", threads=threads) in (-signal.SIGXCPU, -signal.SIGKILL)


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
                socket.send_fds(ours, [b"J", pack_boxes(())], [photo.fileno(), answer.fileno()])
                assert ours.recv(4) == bytes(4)
            ours.close()
        assert running.returncode == 0
    assert {name for name, flag in zip(CONFINEMENTS, flags, strict=True) if not flag} == missing
