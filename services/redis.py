"""Redis, where limits are counted for many processes: one server on loopback that keeps nothing on disk."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from pathlib import Path

from services.machine import Trouble, alive, apt_install, end, free_port, listens, wait_for

NAME = "redis"
START_LIMIT = 30.0  # seconds; a tenth of one on an idle machine
LIKE = "redis-server"  # what the command line of a server of ours holds
SETTINGS = (
    *("--bind", "127.0.0.1"),
    *("--save", "", "--appendonly", "no"),
    *("--maxmemory-policy", "noeviction"),
    *("--daemonize", "no"),
)


def start(folder: Path) -> dict[str, str]:
    port = _port(folder)
    launch(folder, port=port)
    return {"PORTAL_TEST_REDIS": f"redis://127.0.0.1:{port}/0"}


def stop(folder: Path) -> None:
    end(folder / "pid", like=LIKE)


def running(folder: Path) -> bool:
    return alive(folder / "pid", like=LIKE)


def launch(folder: Path, *, port: int) -> subprocess.Popen[bytes]:
    """Start one server that keeps its log and pid file in `folder`; its process.

    Comes back when it answers. Raises `Trouble` with the end of its log when it does not.
    """
    program, log = _program(), folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [program, "--port", str(port), "--dir", str(folder), *SETTINGS],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    (folder / "pid").write_text(str(process.pid), encoding="ascii")
    wait_for(
        process, lambda: _answers(port), limit=START_LIMIT, what="Redis", pid_file=folder / "pid", like=LIKE
    )
    return process


def _program() -> str:
    """Where the server is; installs Debian's when there is none."""
    if found := shutil.which("redis-server"):
        return found
    apt_install("redis-server")
    if found := shutil.which("redis-server"):
        return found
    raise Trouble("redis-server was not found; cure: install Redis 7 or newer")


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as asking:
        asking.sendall(b"PING\r\n")
        return asking.recv(16).startswith(b"+PONG")
    return False


def _port(folder: Path) -> int:
    """The port of the last start, when it is free, so that what is configured stays right."""
    kept = folder / "port"
    if not (kept.exists() and not listens(int(kept.read_text(encoding="ascii")))):
        kept.write_text(str(free_port()), encoding="ascii")
    return int(kept.read_text(encoding="ascii"))
