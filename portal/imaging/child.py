"""The confined child: a warm interpreter without environment, files or network that forks for each photo.

It never touches a hostile byte itself; the fork that does has only the photo and an empty memory file,
and ends with it. Started by `darkroom`, which speaks to it over one socket:
the child first tells which confinements hold, one byte each; then, for each byte `J`, `P` or `W` with two
file descriptors (photo, answer), it replies with the exit code of the fork, four bytes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import io
import os
import signal
import socket
import struct
from types import FrameType

from portal.imaging import confinement
from portal.imaging.developed import Developed, PhotoRefused, Refusal
from portal.imaging.renditions import develop, sample, warm
from portal.imaging.wire import pack

WALL_SECONDS = 30.0
KINDS = {b"J": "JPEG", b"P": "PNG", b"W": "WEBP"}
LETTERS = {kind: letter for letter, kind in KINDS.items()}


def main(descriptor: int) -> None:
    """Serve photos over this socket until the other side closes it."""
    channel = socket.socket(fileno=descriptor)
    warm()
    trial_photo, trial_answer = _memory_file("photo", sample()), _memory_file("answer")
    held = confinement.confine_for_good()
    gc.collect()
    gc.freeze()
    room = _Room(channel)
    held = dataclasses.replace(held, seccomp=room.can_work_under_seccomp(trial_photo, trial_answer))
    os.close(trial_photo)
    os.close(trial_answer)
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

    def can_work_under_seccomp(self, photo: int, answer: int) -> bool:
        """Develop a harmless photo under the filter. When that does not work on this machine, the filter
        is left off from now on."""
        self._seccomp = self._seccomp and self._exit_code("JPEG", photo=photo, answer=answer) == 0
        return self._seccomp

    def serve_one(self) -> bool:
        """One photo; False when the other side has closed."""
        letter, descriptors, _flags, _address = socket.recv_fds(self._channel, 1, 2)
        if not letter:
            return False
        photo, answer = descriptors
        try:
            code = self._exit_code(KINDS[letter], photo=photo, answer=answer)
        finally:
            os.close(photo)
            os.close(answer)
        self._channel.sendall(struct.pack(">i", code))
        return True

    def _exit_code(self, kind: str, *, photo: int, answer: int) -> int:
        self._worker = os.fork()
        if not self._worker:
            self._work(kind, photo=photo, answer=answer)
        signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
        _pid, status = os.waitpid(self._worker, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return os.waitstatus_to_exitcode(status)

    def _end_the_worker(self, _signal: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._worker, signal.SIGKILL)

    def _work(self, kind: str, *, photo: int, answer: int) -> None:
        """In the fork: answer and end. Never returns."""
        try:
            self._channel.close()
            os.dup2(1, 2)  # what a decoder complains of is nobody's log
            confinement.confine_one(seccomp=self._seccomp)
            data = memoryview(pack(_judged(kind, photo=photo)))
            while data:
                data = data[os.write(answer, data) :]
            os._exit(0)
        except BaseException:
            os._exit(1)


def _judged(kind: str, *, photo: int) -> Developed | Refusal:
    # `open()` would ask the descriptor whether it is a terminal, and that call is not on the list.
    try:
        return develop(io.BufferedReader(io.FileIO(photo)), kind=kind)
    except PhotoRefused as refused:
        return refused.refusal
    except MemoryError:
        return Refusal.TOO_HEAVY
