"""A TCP proxy that misbehaves when told to: it refuses, is slow, cuts answers short, or loses replies.

It knows one thing about HTTP: an interim `100 Continue` is no reply, and is always let through, so that a
reply can be lost after the whole request has arrived.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from enum import StrEnum
from typing import Self

CHUNK = 1 << 16
INTERIM = b"HTTP/1.1 100"


class Fault(StrEnum):
    NONE = "none"
    REFUSE = "refuse"  # connections are reset before a byte of the request is passed on
    SLOW = "slow"  # every piece of an answer is held back
    CUT = "cut"  # an answer is let through up to some byte, then the connection ends
    LOSE = "lose"  # the request is carried out, the reply never comes
    WEAR = "wear"  # a connection ends when it has carried so many bytes of requests


class FaultProxy:
    """Listens on a free loopback port and passes everything on to `upstream`.

    struck: how often a fault was dealt out since the last `fail`.
    """

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._fault, self._left, self._after, self._delay = Fault.NONE, 0, 0, 0.0
        self.struck = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        self._over = threading.Event()
        self._run(self._accept)

    def fail(self, fault: Fault, *, times: int = 1 << 60, after: int = 0, delay: float = 0.0) -> None:
        """Misbehave so often. after: bytes of an answer that `CUT` lets through, or of requests that a
        connection carries with `WEAR`; delay: seconds of `SLOW`."""
        with self._lock:
            self._fault, self._left, self._after, self._delay, self.struck = fault, times, after, delay, 0

    def heal(self) -> None:
        """Pass everything on again."""
        with self._lock:
            self._fault = Fault.NONE

    def close(self) -> None:
        """Every connection ends."""
        self._over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            still_open = list(self._open)
        for each in still_open:
            self._end(each)
        for thread in list(self._threads):
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        self.close()

    def _run(self, work, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            if self._strikes(Fault.REFUSE):
                self._end(client, reset=True)
                continue
            try:
                server = socket.create_connection(self._upstream, timeout=10)
            except OSError:
                self._end(client, reset=True)
                continue
            server.settimeout(None)
            with self._lock:
                self._open |= {client, server}
            passed = [0]  # bytes of the present answer that were let through
            self._run(self._requests, client, server, passed)
            self._run(self._answers, client, server, passed)

    def _requests(self, client: socket.socket, server: socket.socket, passed: list[int]) -> None:
        refused, carried = False, 0
        with contextlib.suppress(OSError):
            while data := client.recv(CHUNK):
                if refused := self._strikes(Fault.REFUSE):
                    break
                passed[0] = 0
                carried += len(data)
                if carried > self._after and self._strikes(Fault.WEAR):
                    server.sendall(data[: len(data) - (carried - self._after)])
                    break
                server.sendall(data)
        self._end(server)
        self._end(client, reset=refused)

    def _answers(self, client: socket.socket, server: socket.socket, passed: list[int]) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(CHUNK):
                if not data.startswith(INTERIM):
                    if self._strikes(Fault.LOSE):
                        break
                    if passed[0] + len(data) > self._after and self._strikes(Fault.CUT):
                        client.sendall(data[: max(0, self._after - passed[0])])
                        break
                    if self._strikes(Fault.SLOW):
                        self._hold_back()
                    passed[0] += len(data)
                client.sendall(data)
        # What was sent goes out, then the end of it; the other thread closes when the client has seen that.
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)
        self._end(server)

    def _hold_back(self) -> None:
        until = time.monotonic() + self._delay
        while time.monotonic() < until and self._fault is Fault.SLOW and not self._over.is_set():
            time.sleep(0.02)

    def _strikes(self, fault: Fault) -> bool:
        with self._lock:
            if self._fault is not fault or not self._left:
                return False
            self._left -= 1
            self.struck += 1
            return True

    def _end(self, each: socket.socket, *, reset: bool = False) -> None:
        """Close a connection; with a reset the other side loses even what it has not read yet."""
        with self._lock:
            self._open.discard(each)
        if reset:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
        each.close()
