"""The darkroom as its users see it: safe from several threads and forks, and never dead for long."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from portal.imaging.darkroom import Darkroom, DarkroomUnavailable
from portal.imaging.developed import Developed, PhotoCrashed, PhotoRefused, Refusal
from tests.imaging.drawn import encoded, picture

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo"
    path.write_bytes(encoded(picture()))
    return path


@pytest.fixture
def slow_photo(tmp_path: Path) -> Path:
    """A photo that keeps a child busy for about a second."""
    path = tmp_path / "slow"
    large = picture(1000, 1000).resize((7000, 7000), Image.Resampling.NEAREST)
    path.write_bytes(encoded(large, "PNG", compress_level=1))
    return path


@pytest.fixture
def own(darkroom: Darkroom) -> Iterator[Darkroom]:
    """A darkroom of this test alone, with one child."""
    before = children()
    with Darkroom(children=1) as room:
        yield room
    assert children() == before


def children(of: psutil.Process | None = None) -> set[psutil.Process]:
    return set((of or psutil.Process()).children())


def new_child(room: Darkroom) -> psutil.Process:
    before = children()
    room.status()
    (child,) = children() - before
    return child


def in_thread(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []

    def run() -> None:
        try:
            found.append(act())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def the_fork_at_work(child: psutil.Process) -> psutil.Process:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for worker in children(child):
            return worker
        time.sleep(0.001)
    raise AssertionError("the child never began")


def test_nothing_is_started_before_the_first_photo(own: Darkroom, photo: Path) -> None:
    before = children()
    with Darkroom() as room:
        assert children() == before
        room.develop(photo)
        assert len(children() - before) == 1
    assert children() == before


def test_a_child_killed_between_photos_is_replaced(own: Darkroom, photo: Path) -> None:
    first = new_child(own)
    first.kill()
    assert own.develop(photo).format == "JPEG"
    assert not first.is_running()


def test_a_child_killed_while_it_works_is_replaced_and_the_photo_developed(
    own: Darkroom, slow_photo: Path
) -> None:
    child = new_child(own)
    thread, found = in_thread(lambda: own.develop(slow_photo))
    the_fork_at_work(child)
    child.kill()
    thread.join()
    assert isinstance(found[0], Developed)


def test_a_fork_killed_for_its_hunger_means_too_heavy(own: Darkroom, slow_photo: Path, photo: Path) -> None:
    child = new_child(own)
    thread, found = in_thread(lambda: own.develop(slow_photo))
    the_fork_at_work(child).kill()
    thread.join()
    assert isinstance(found[0], PhotoRefused)
    assert found[0].refusal == Refusal.TOO_HEAVY
    assert own.develop(photo).format == "JPEG"
    assert child.is_running()


def test_a_fork_that_crashes_gives_no_verdict(own: Darkroom, slow_photo: Path, photo: Path) -> None:
    child = new_child(own)
    thread, found = in_thread(lambda: own.develop(slow_photo))
    the_fork_at_work(child).send_signal(signal.SIGSEGV)
    thread.join()
    assert isinstance(found[0], PhotoCrashed)
    assert own.develop(photo).format == "JPEG"


def test_a_photo_with_which_the_child_itself_ends_twice_gives_no_verdict(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    greets_and_ends = (
        "import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); s.sendall(bytes(4)); s.recv(1)"
    )
    monkeypatch.setattr("portal.imaging.darkroom._START", greets_and_ends)
    with Darkroom() as room, pytest.raises(PhotoCrashed, match="ended twice"):
        room.develop(photo)


def test_many_threads_queue_for_few_children(photo: Path) -> None:
    before = children()
    with Darkroom(children=2) as room:
        work = [in_thread(lambda: room.develop(photo)) for _ in range(12)]
        for thread, _found in work:
            thread.join()
        assert all(found == work[0][1] and isinstance(found[0], Developed) for _thread, found in work)
        assert 1 <= len(children() - before) <= 2


def test_a_closed_darkroom_opens_again(own: Darkroom, photo: Path) -> None:
    own.develop(photo)
    own.close()
    own.close()
    assert own.develop(photo).format == "JPEG"


def test_a_file_that_is_not_there_is_an_ordinary_error(own: Darkroom, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        own.develop(tmp_path / "nothing")


def test_a_darkroom_without_children_is_refused() -> None:
    with pytest.raises(ValueError, match="child"):
        Darkroom(children=0)


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_a_child_that_cannot_start_is_said_so(
    photo: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with Darkroom() as room, pytest.raises(DarkroomUnavailable):
        room.develop(photo)


def ran(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # fmt: skip


def test_the_process_that_asks_never_loads_an_image_library(photo: Path) -> None:
    script = """
import pathlib, sys
from portal.imaging.darkroom import Darkroom
with Darkroom() as room: room.develop(pathlib.Path(sys.argv[1]))
print([name for name in sys.modules if name.split(".")[0] == "PIL"])
"""
    done = ran(script, photo)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_darkroom_used_before_and_after_a_fork_serves_both_sides(photo: Path) -> None:
    script = """
import os, pathlib, sys
from portal.imaging.darkroom import Darkroom
photo = pathlib.Path(sys.argv[1])
room = Darkroom(children=1)
first = room.develop(photo)
pid = os.fork()
assert room.develop(photo) == first
if pid:
    assert os.waitpid(pid, 0)[1] == 0
    assert room.develop(photo) == first
    print("both")
"""
    done = ran(script, photo)
    assert (done.stdout, done.stderr, done.returncode) == ("both\n", "", 0)


def test_the_child_inherits_no_environment_and_ends_with_its_master(photo: Path) -> None:
    script = """
import pathlib, sys, time
from portal.imaging.darkroom import Darkroom
room = Darkroom(); room.develop(pathlib.Path(sys.argv[1]))
print("ready", flush=True); time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(photo)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={"PORTAL_SECRET_KEY": "never", "PATH": "/usr/bin"}) as master:  # fmt: skip
        assert master.stdout is not None
        assert master.stdout.readline() == "ready\n"
        (child,) = children(psutil.Process(master.pid))
        assert set(child.environ()) <= {"GLIBC_TUNABLES", "LC_CTYPE"}
        master.kill()
    _gone, alive = psutil.wait_procs([child], timeout=60)
    assert alive == []
