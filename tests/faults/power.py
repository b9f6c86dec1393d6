"""A disk whose power can be cut: ext4 on a loop device. What has not reached the device when it is cut is lost.

The image file stands for the platters: the loop device writes to it what the file system has sent down, and what the
file system only holds in its own cache, the machine's memory, never gets there. So a copy of the image, taken while
nobody writes and without any sync, is what a machine finds when it comes back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

MB = 1024 * 1024
TOOLS = ("mkfs.ext4", "losetup", "mount", "umount", "e2fsck")
STEADY = 40  # copies after which a disk that never stands still is given up


def needs_power() -> None:
    """Skips the test, loudly, where no such disk can be made."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0 or missing:
        pytest.skip(f"POWER IS NOT CUT HERE: it needs root and {', '.join(missing) or 'its tools'}")


class Disk:
    """One image file, which is mounted for as long as `on` lasts."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        self.image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(megabytes * MB)
        self._run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self.image))

    @contextlib.contextmanager
    def on(self) -> Iterator[Path]:
        """Mounted; at the end taken away as it is, whatever it still holds."""
        made = subprocess.run(
            ["mount", "-o", "loop", str(self.image), str(self.place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            pytest.skip(f"POWER IS NOT CUT HERE: {made.stderr.strip()}")
        try:
            yield self.place
        finally:
            self._run("umount", "--lazy", str(self.place))
            self._until_let_go()

    def cut(self) -> bytes:
        """What is on the platters now. Nobody may be writing; the file system may still be at it in the background,
        so two copies that are the same are waited for: nothing changed from the end of one to the start of the other."""
        before = self.image.read_bytes()
        for _ in range(STEADY):
            now = self.image.read_bytes()
            if now == before:
                return now
            before = now
        raise AssertionError("the disk never stood still")

    def back(self, platters: bytes) -> None:
        """The machine comes back with this disk. Not mounted. The file system finds its own way, by its journal."""
        self.image.unlink()
        self.image.write_bytes(platters)

    def _until_let_go(self) -> None:
        """The loop device goes when the last process that had a file open is gone."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            listed = subprocess.run(
                ["losetup", "-j", str(self.image)], capture_output=True, text=True, check=True
            )
            if not listed.stdout.strip():
                return
            time.sleep(0.02)
        raise AssertionError("the loop device is still held")

    @staticmethod
    def _run(*words: str) -> None:
        subprocess.run(words, capture_output=True, check=True)
