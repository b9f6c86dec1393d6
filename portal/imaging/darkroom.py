"""The client of the confined child: hands over a photo, waits, and believes nothing it cannot check.

This side never loads an image library.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from portal.imaging.developed import Developed, PhotoCrashed, PhotoRefused, Refusal
from portal.imaging.kinds import HEAD_BYTES, kind_of
from portal.imaging.wire import MOST_BYTES, BrokenAnswer, pack_boxes, unpack
from portal.rules.boxes import Box

CONFINEMENTS = ("landlock", "seccomp", "network", "rlimits")
START_SECONDS = 60.0
ANSWER_SECONDS = 45.0  # longer than the child itself allows one photo

_START = (
    "import sys; sys.path[:0] = sys.argv[2:]; from portal.imaging.child import main; main(int(sys.argv[1]))"
)
# Nothing of ours is handed on. Huge pages save each fork a tenth of its time, which goes into page faults.
_ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_LETTERS = {"JPEG": b"J", "PNG": b"P", "WEBP": b"W", "HEIC": b"H", "AVIF": b"A"}


class DarkroomUnavailable(RuntimeError):
    """The confined child cannot be started, which is no photo's doing."""


class Darkroom:
    """Develops photos in at most `children` confined processes, each one photo at a time.

    Usable from several threads. Nothing is started before the first photo, and each process that uses it
    after a fork starts its own children.
    """

    def __init__(self, *, children: int = 2) -> None:
        if children < 1:
            raise ValueError("a darkroom needs at least one child")
        self._children = children
        self._benches: dict[int, _Bench] = {}
        self._closing = weakref.finalize(self, _close_all, self._benches)

    def develop(self, path: Path, *, boxes: Sequence[Box] = ()) -> Developed:
        """Judge and develop the photo in this file, with what lies under the boxes covered. Raises `PhotoRefused`,
        `PhotoCrashed`,
        `DarkroomUnavailable`, and `OSError` when the file cannot be read."""
        with path.open("rb", buffering=0) as photo:
            kind = kind_of(photo.read(HEAD_BYTES) or b"")
            photo.seek(0)
            return self._bench().develop(photo.fileno(), kind=kind, boxes=boxes)

    def status(self) -> dict[str, bool]:
        """Which confinements hold on this machine: landlock, seccomp, network, rlimits.
        Raises `DarkroomUnavailable`."""
        return self._bench().status()

    def close(self) -> None:
        """End the children of this process. The next photo starts new ones."""
        _close_all(self._benches)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _bench(self) -> _Bench:
        pid = os.getpid()
        bench = self._benches.get(pid)
        if bench is None:
            _close_all(self._benches, but=pid)  # what came through a fork belongs to the other process
            # setdefault is one step: of two threads, both get the bench of the first.
            bench = self._benches.setdefault(pid, _Bench(self._children))
        return bench


def _close_all(benches: dict[int, _Bench], *, but: int | None = None) -> None:
    for pid in list(benches):
        bench = benches.pop(pid, None) if pid != but else None
        if bench is not None and pid == os.getpid():
            bench.close()
        elif bench is not None:
            bench.let_go()


class _Bench:
    """The children of one process. A place without a living child gets one when it is needed."""

    def __init__(self, places: int) -> None:
        self._places: list[_Child | None] = [None] * places
        self._free: queue.LifoQueue[int] = queue.LifoQueue()
        for place in range(places):
            self._free.put(place)

    def develop(self, photo: int, *, kind: str, boxes: Sequence[Box]) -> Developed:
        with self._place() as place:
            # A child may have died since its last photo, which is not this one's fault: hence a second try.
            for _attempt in range(2):
                answer = self._child(place).answer(photo, kind=kind, boxes=boxes)
                if answer is not None:
                    return _read(*answer)
                self._clear(place)
        raise PhotoCrashed("the confined child ended twice while it had this photo")

    def status(self) -> dict[str, bool]:
        with self._place() as place:
            return dict(self._child(place).held)

    @contextlib.contextmanager
    def _place(self) -> Iterator[int]:
        place = self._free.get()
        try:
            yield place
        finally:
            self._free.put(place)

    def _child(self, place: int) -> _Child:
        child = self._places[place]
        if child is None or not child.lives():
            self._clear(place)
            child = self._places[place] = _Child()
        return child

    def _clear(self, place: int) -> None:
        child, self._places[place] = self._places[place], None
        if child is not None:
            child.close()

    def close(self) -> None:
        """End all children, each after the photo it has."""
        for _ in self._places:
            with contextlib.suppress(queue.Empty):
                self._clear(self._free.get(timeout=ANSWER_SECONDS))

    def let_go(self) -> None:
        """In a process that only inherited them: drop our ends of the sockets, without any lock, which a
        thread of the other process may have held at the fork."""
        for child in self._places:
            if child is not None:
                child.let_go()


def _read(code: int, data: bytes) -> Developed:
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        raise PhotoRefused(Refusal.TOO_HEAVY)
    if code != 0:
        raise PhotoCrashed(f"the fork that had this photo ended with {code}")
    try:
        return unpack(data)
    except BrokenAnswer as broken:
        raise PhotoCrashed(f"the fork that had this photo answered what it cannot mean: {broken}") from broken


class _Child:
    """One confined process. Raises `DarkroomUnavailable` when it does not start."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel, theirs = socket.socketpair()
        with theirs, self._or_unavailable():
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
                [sys.executable, "-I", "-c", _START, str(theirs.fileno()), *_import_paths()],
                env=_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C in a terminal is for us; the child ends when we do
            )
        with self._or_unavailable():
            greeting = self._received(len(CONFINEMENTS), seconds=START_SECONDS)
            if greeting is None:
                raise ConnectionError("the confined child ended; its own words are in standard error")
        self.held = {name: bool(flag) for name, flag in zip(CONFINEMENTS, greeting, strict=True)}

    @contextlib.contextmanager
    def _or_unavailable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.close()
            raise DarkroomUnavailable(f"the confined child does not start: {error}") from error

    def lives(self) -> bool:
        """Whether it can be handed a photo."""
        return self._process is not None and self._process.poll() is None

    def answer(self, photo: int, *, kind: str, boxes: Sequence[Box]) -> tuple[int, bytes] | None:
        """Exit code and answer for this photo; None when the child itself has died.
        A child that does not answer in time is ended, and counts as a photo that is too heavy."""
        answer = os.memfd_create("answer")
        try:
            told = pack_boxes(boxes)
            socket.send_fds(self._channel, [_LETTERS[kind]], [photo, answer])
            self._channel.sendall(told)
            reply = self._received(4, seconds=ANSWER_SECONDS)
            if reply is None:
                return None
            return struct.unpack(">i", reply)[0], os.pread(answer, MOST_BYTES, 0)
        except TimeoutError:
            self.close()
            return -signal.SIGKILL, b""
        except ConnectionError:
            return None
        finally:
            os.close(answer)

    def _received(self, size: int, *, seconds: float) -> bytes | None:
        self._channel.settimeout(seconds)
        data = b""
        while len(data) < size:
            more = self._channel.recv(size - len(data))
            if not more:
                return None
            data += more
        return data

    def close(self) -> None:
        """End it."""
        self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def let_go(self) -> None:
        """Drop our end of the socket; the process is another's to wait for."""
        self._channel.close()
        if self._process is not None:
            self._process.returncode = 0


def _import_paths() -> list[str]:
    """Where an isolated interpreter finds this package and Pillow, which are not loaded for it here."""
    pillow = importlib.util.find_spec("PIL")
    found = [Path(__file__).parents[2]]
    if pillow is not None and pillow.origin is not None:
        found.append(Path(pillow.origin).parents[1])
    return [str(path) for path in found]
