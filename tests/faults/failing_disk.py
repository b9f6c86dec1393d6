"""A disk whose writes fail with EIO when a test says so: ext4 on a loop device that is made shorter for a while.

Metadata and journal lie in front and go on; every byte of a file written since lies behind, and `fsync` says EIO.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.power import MB, needs_power

SIZE, FILLER, SHORT = 96 * MB, 20 * MB, 24 * MB  # bytes; the filler reaches beyond where the short disk ends
GET, SET = 0x4C05, 0x4C04  # LOOP_GET_STATUS64, LOOP_SET_STATUS64
LIMIT_AT, INFO = 32, 232  # bytes: of `lo_sizelimit` in `struct loop_info64`, and of the whole


class FailingDisk:
    def __init__(self, device: str, place: Path) -> None:
        self._device, self.place = device, place

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Nothing that is written now gets onto the disk. Afterwards it is well again."""
        self._end_at(SHORT)
        try:
            yield
        finally:
            self._end_at(0)

    def forget(self) -> None:
        """Unmounted and mounted again, so that what is read from now on comes from the disk."""
        subprocess.run(["umount", str(self.place)], check=True)
        subprocess.run(["mount", self._device, str(self.place)], check=True)

    def _end_at(self, size: int) -> None:
        descriptor = os.open(self._device, os.O_RDWR)
        try:
            told = bytearray(INFO)
            fcntl.ioctl(descriptor, GET, told)
            struct.pack_into("<Q", told, LIMIT_AT, size)
            fcntl.ioctl(descriptor, SET, bytes(told))
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def failing_disk() -> Iterator[FailingDisk]:
    """Mounted; skips the test, loudly, where none can be made."""
    needs_power()
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        image, place = Path(folder) / "disk.img", Path(folder) / "disk"
        place.mkdir()
        with image.open("wb") as file:
            file.truncate(SIZE)
        options = ["-b", "4096", "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0"]
        subprocess.run(["mkfs.ext4", "-q", "-F", *options, str(image)], check=True)
        found = subprocess.run(
            ["losetup", "-f", "--show", str(image)], capture_output=True, text=True, check=False
        )
        if found.returncode:
            pytest.skip(f"NO DISK FAILS HERE: {found.stderr.strip()}")
        device = found.stdout.strip()
        try:
            subprocess.run(["mount", device, str(place)], check=True)
            filler = place / "filler"
            filler.write_bytes(b"x" * FILLER)
            subprocess.run(["sync", "-f", str(filler)], check=True)
            try:
                yield FailingDisk(device, place)
            finally:
                subprocess.run(["umount", "--lazy", str(place)], check=True)
        finally:
            subprocess.run(["losetup", "-d", device], check=True)
