"""The confined child: a warm interpreter without environment, files or network that forks for each photo.

It never touches a hostile byte itself; the fork that does has only the photo and an empty memory file,
and ends with it. Started by `darkroom`, which speaks to it over one socket:
the child first tells which confinements hold, one byte each; then, for each letter of a kind with two
file descriptors (photo, answer) and the boxes to be covered (`wire.pack_boxes`), it replies with the exit code of the
fork, four bytes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import io
import itertools
import os
import signal
import socket
import struct
from collections.abc import Sequence
from types import FrameType

from portal.imaging import confinement
from portal.imaging.developed import Developed, PhotoRefused, Refusal
from portal.imaging.renditions import IN_THREADS, develop, samples, warm
from portal.imaging.wire import pack, read_boxes
from portal.rules.boxes import Box

WALL_SECONDS = 30.0
KINDS = {b"J": "JPEG", b"P": "PNG", b"W": "WEBP", b"H": "HEIC", b"A": "AVIF"}


def main(descriptor: int) -> None:
    """Serve photos over this socket until the other side closes it."""
    channel = socket.socket(fileno=descriptor)
    warm()
    trials = {kind: (_memory_file("photo", data), _memory_file("answer")) for kind, data in samples().items()}
    held = confinement.confine_for_good()
    gc.collect()
    gc.freeze()
    room = _Room(channel)
    held = dataclasses.replace(held, seccomp=room.can_work_under_seccomp(trials))
    for descriptor in itertools.chain(*trials.values()):
        os.close(descriptor)
    channel.sendall(bytes(getattr(held, field.name) for field in dataclasses.fields(held)))
    with contextlib.suppress(ConnectionError):
        while room.serve_one():
            pass


def _memory_file(name: str, content: bytes = b"") -> int:
    descriptor = os.memfd_create(name)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class _Room:
    """Forks, waits, and ends what takes too long."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._seccomp = confinement.seccomp_is_known_here()
        self._worker = 0
        signal.signal(signal.SIGALRM, self._end_the_worker)

    def can_work_under_seccomp(self, trials: dict[str, tuple[int, int]]) -> bool:
        """Develop harmless photos under the filter. When that does not work on this machine, the filter
        is left off from now on."""
        self._seccomp = self._seccomp and all(
            self._exit_code(kind, photo=photo, answer=answer) == 0 for kind, (photo, answer) in trials.items()
        )
        return self._seccomp

    def serve_one(self) -> bool:
        """One photo; False when the other side has closed."""
        letter, descriptors, _flags, _address = socket.recv_fds(self._channel, 1, 2)
        if not letter:
            return False
        photo, answer = descriptors
        try:
            boxes = read_boxes(self._received)
            code = self._exit_code(KINDS[letter], photo=photo, answer=answer, boxes=boxes)
        finally:
            os.close(photo)
            os.close(answer)
        self._channel.sendall(struct.pack(">i", code))
        return True

    def _received(self, size: int) -> bytes:
        data = self._channel.recv(size, socket.MSG_WAITALL)
        if len(data) < size:
            raise ConnectionError("the other side has closed")
        return data

    def _exit_code(self, kind: str, *, photo: int, answer: int, boxes: Sequence[Box] = ()) -> int:
        self._worker = os.fork()
        if not self._worker:
            self._work(kind, photo=photo, answer=answer, boxes=boxes)
        signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
        _pid, status = os.waitpid(self._worker, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return os.waitstatus_to_exitcode(status)

    def _end_the_worker(self, _signal: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._worker, signal.SIGKILL)

    def _work(self, kind: str, *, photo: int, answer: int, boxes: Sequence[Box]) -> None:
        """In the fork: answer and end. Never returns."""
        try:
            self._channel.close()
            os.dup2(1, 2)  # what a decoder complains of is nobody's log
            confinement.confine_one(seccomp=self._seccomp, threads=kind in IN_THREADS)
            data = memoryview(pack(_judged(kind, photo=photo, boxes=boxes)))
            while data:
                data = data[os.write(answer, data) :]
            os._exit(0)
        except BaseException:
            os._exit(1)


def _judged(kind: str, *, photo: int, boxes: Sequence[Box]) -> Developed | Refusal:
    # `open()` would ask the descriptor whether it is a terminal, and that call is not on the list.
    try:
        return develop(io.BufferedReader(io.FileIO(photo)), kind=kind, boxes=boxes)
    except PhotoRefused as refused:
        return refused.refusal
    except MemoryError:
        return Refusal.TOO_HEAVY
