"""Taking rights away from the process that decodes: Linux system calls through ctypes, for good.

What the kernel or the machine does not offer is reported, not raised: each measure stands alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from dataclasses import dataclass

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10
LONGER_CPU_SECONDS = 20  # where no decoder can work at a fraction of the size
ANSWER_BYTES = 16 << 20


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much a process may use. memory: bytes of addresses; answer: bytes of the longest file it may write."""

    memory: int = MEMORY_BYTES
    answer: int = ANSWER_BYTES
    cpu_seconds: int = CPU_SECONDS


OF_A_PHOTO = Bounds()

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_EVERY_FILE_RIGHT = 0x1FFF  # of ABI 1: handled, and none is granted
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_REFUSE, _UNKNOWN = 0x00050000 | errno.EACCES, 0x00050000 | errno.ENOSYS

# What pthread_create of glibc asks of clone: a thread, and nothing but a thread.
_A_THREAD = 0x003D0F00
# Audit number of the architecture, what a decoder needs, and openat, which answers EACCES instead of
# killing: glibc looks into /proc when memory is short, and must live to say so.
_ALLOWED = {
    "x86_64": (0xC000003E, 257, {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11,
        "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17,
        "sched_yield": 24, "mremap": 25, "madvise": 28, "getpid": 39, "exit": 60, "futex": 202,
        "sched_getaffinity": 204, "clock_gettime": 228, "exit_group": 231, "newfstatat": 262,
        "getrandom": 318}),
    "aarch64": (0xC00000B7, 56, {
        "read": 63, "write": 64, "close": 57, "fstat": 80, "lseek": 62, "mmap": 222, "mprotect": 226,
        "munmap": 215, "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139,
        "pread64": 67, "sched_yield": 124, "mremap": 216, "madvise": 233, "getpid": 172, "exit": 93,
        "futex": 98, "sched_getaffinity": 123, "clock_gettime": 113, "exit_group": 94, "newfstatat": 79,
        "getrandom": 278}),
}  # fmt: skip
# clone, clone3, and what a new thread asks for, where a decoder works in one.
_FOR_THREADS = {
    "x86_64": (56, 435, {"set_robust_list": 273, "rseq": 334}),
    "aarch64": (220, 435, {"set_robust_list": 99, "rseq": 293}),
}


@dataclass(frozen=True, kw_only=True)
class Held:
    """Which confinements hold."""

    landlock: bool
    seccomp: bool
    network: bool
    rlimits: bool


def confine_for_good(bounds: Bounds = OF_A_PHOTO) -> Held:
    """Take from this process and all its descendants: new rights, the network, every file not yet open,
    and more memory than one photo may need. `seccomp` is False in the answer: it would stop forking."""
    if platform.system() != "Linux":
        return Held(landlock=False, seccomp=False, network=False, rlimits=_limit_files_and_memory(bounds))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # The user namespace lets an ordinary account have one; where that is forbidden, root may still.
    network = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWNET) == 0
    landlock = _shut_the_file_system(libc)
    return Held(landlock=landlock, seccomp=False, network=network, rlimits=_limit_files_and_memory(bounds))


def _shut_the_file_system(libc: ctypes.CDLL) -> bool:
    rules = struct.pack("QQ", _LANDLOCK_EVERY_FILE_RIGHT, 0)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, rules, 8, 0)
    if ruleset < 0:
        return False
    try:
        return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _limit_files_and_memory(bounds: Bounds) -> bool:
    limits = (("AS", bounds.memory), ("FSIZE", bounds.answer), ("CORE", 0), ("NOFILE", 16))
    held = [_limited(name, value) for name, value in limits]  # every one, even when the first fails
    return all(held)


def _limited(name: str, value: int) -> bool:
    number = getattr(resource, f"RLIMIT_{name}")
    hard = resource.getrlimit(number)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError):
        return False
    return True


def confine_one(*, seccomp: bool, threads: bool = False, cpu_seconds: int | None = None) -> None:
    """Last step before hostile bytes: bounded CPU time, no further process, and, when asked, only the
    system calls that a decoder needs. With `threads`, for a decoder that cannot do without: more time, and
    threads of this process. Raises `OSError` when the kernel refuses the filter."""
    if not threads:
        _limited("NPROC", 0)  # it counts threads too
    usual = LONGER_CPU_SECONDS if threads else CPU_SECONDS
    _limited("CPU", usual if cpu_seconds is None else cpu_seconds)
    if platform.system() != "Linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if not seccomp:
        return
    code = ctypes.create_string_buffer(_filter(platform.machine(), threads=threads))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(code)))
    if libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def seccomp_is_known_here() -> bool:
    """Whether the list of system calls for this processor is known."""
    return platform.system() == "Linux" and platform.machine() in _ALLOWED


def _filter(machine: str, *, threads: bool) -> bytes:
    """Classic BPF: a foreign architecture and every call that is not listed kill the process."""
    load, jump_if_equal, answer = 0x20, 0x15, 0x06
    architecture, openat, listed = _ALLOWED[machine]
    steps = [
        (load, 0, 0, 4),
        (jump_if_equal, 1, 0, architecture),
        (answer, 0, 0, _KILL),
        (load, 0, 0, 0),
        (jump_if_equal, 0, 1, openat),
        (answer, 0, 0, _REFUSE),
    ]
    if threads:
        clone, clone3, more = _FOR_THREADS[machine]
        listed = {**listed, **more}
        steps += [
            # Whatever clone3 is to do stands where a filter cannot look; without it, glibc takes clone.
            (jump_if_equal, 0, 1, clone3),
            (answer, 0, 0, _UNKNOWN),
            (jump_if_equal, 0, 4, clone),
            (load, 0, 0, 16),
            (jump_if_equal, 0, 1, _A_THREAD),
            (answer, 0, 0, _ALLOW),
            (answer, 0, 0, _KILL),
        ]
    calls = sorted(listed.values())
    steps += [(jump_if_equal, len(calls) - index, 0, number) for index, number in enumerate(calls)]
    steps += [(answer, 0, 0, _KILL), (answer, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
