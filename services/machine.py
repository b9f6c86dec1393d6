"""What every service needs of this machine: words, a free port, packages, processes that end."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PORTS = range(20_000, 32_000)  # below net.ipv4.ip_local_port_range
POLICY = Path("/usr/sbin/policy-rc.d")


class Trouble(Exception):
    """A service cannot be had here; the text says why and what cures it."""


def say(text: str) -> None:
    print(text, flush=True)


def is_root() -> bool:
    return os.geteuid() == 0


def free_port() -> int:
    """A loopback port that nothing listens on now. Linux gives none of these to a program that asks for any port, nor
    to a connection that goes out: it is still free a moment later, or when who listened there starts again."""
    for _ in range(1000):
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as listening, contextlib.suppress(OSError):
            listening.bind(("127.0.0.1", port))
            return port
    raise Trouble("no loopback port is free on this machine")


def run(*words: str | Path, limit: float = 600, **more: str) -> str:
    """Run a command to its end; its output. limit in seconds; `more` joins the environment.

    Raises `Trouble` with the last of what it said when it fails or takes too long.
    """
    try:
        done = subprocess.run(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=limit,
            text=True,
            check=False,
            env={**os.environ, **more},
        )
    except FileNotFoundError:
        raise Trouble(f"there is no {words[0]} on this machine") from None
    except subprocess.TimeoutExpired:
        raise Trouble(f"{words[0]} took more than {limit:.0f} s") from None
    if done.returncode:
        raise Trouble(f"{' '.join(map(str, words))} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def apt_install(*packages: str) -> None:
    """Install system packages without starting their daemons. Raises `Trouble` where that cannot be done."""
    names = " ".join(packages)
    if not (is_root() and shutil.which("apt-get")):
        raise Trouble(
            f"{names} is not installed; cure: install it with this system's package manager, as root"
        )
    say(f"installing {names} …")
    quiet = ("apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq")
    with _no_daemons():
        run(*quiet, "update", DEBIAN_FRONTEND="noninteractive")
        run(*quiet, "install", "-y", "--no-install-recommends", *packages, DEBIAN_FRONTEND="noninteractive")


@contextlib.contextmanager
def _no_daemons() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def wait_until(answers: Callable[[], bool], *, limit: float, what: str, log: Path | None = None) -> None:
    """Ask until the answer is yes. Raises `Trouble` after `limit` seconds, with the end of the log."""
    end = time.monotonic() + limit
    while not answers():
        if time.monotonic() > end:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log and log.exists() else ""
            raise Trouble(f"{what} did not answer within {limit:.0f} s\n{said}")
        time.sleep(0.1)


def wait_for(
    process: subprocess.Popen[bytes],
    answers: Callable[[], bool],
    *,
    limit: float,
    what: str,
    pid_file: Path,
    like: str,
) -> None:
    """Wait until a server that was just started answers; its log lies beside its pid file. Raises `Trouble`
    with the end of the log when it ends by itself or takes too long; nothing is left running then."""
    log = pid_file.with_name("log")

    def alive_and_answers() -> bool:
        if process.poll() is not None:
            raise Trouble(
                f"{what} ended by itself\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
            )
        return answers()

    try:
        wait_until(alive_and_answers, limit=limit, what=what, log=log)
    except BaseException:
        end(pid_file, like=like)
        raise


def listens(port: int) -> bool:
    """Whether something accepts connections on a loopback port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def alive(pid_file: Path, *, like: str) -> bool:
    """Whether the process of a pid file runs. like: what its command line must hold, for numbers are
    given out again after a restart of the machine."""
    return _pid(pid_file, like) is not None


def end(pid_file: Path, *, like: str, limit: float = 20) -> None:
    """End the process of a pid file: TERM, and KILL after `limit` seconds. Nothing to end is fine."""
    for number, seconds in ((signal.SIGTERM, limit), (signal.SIGKILL, 10.0)):
        pid, until = _pid(pid_file, like), time.monotonic() + seconds
        if pid is None:
            break
        os.kill(pid, number)
        while _pid(pid_file, like) is not None and time.monotonic() < until:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _pid(pid_file: Path, like: str) -> int | None:
    try:
        pid = int(pid_file.read_text(encoding="ascii").split()[0])
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # a child of ours that has ended is not alive
        said = Path(f"/proc/{pid}/cmdline")
        if not said.read_bytes():  # it is just becoming what it was started as
            time.sleep(0.1)
        words = said.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (OSError, ValueError, IndexError):
        return None
    return pid if like in words else None
