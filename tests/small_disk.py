"""A disk that is soon full, for tests of what happens then."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(*, options: str = "size=1m") -> Iterator[Path]:
    """A folder that is a disk of its own, one megabyte large. Skips the test where none can be mounted."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("a small disk needs root and mount")
    folder = Path(tempfile.mkdtemp())
    mounting = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = subprocess.run(mounting, capture_output=True, check=False)
    if mounted.returncode:
        folder.rmdir()
        said = mounted.stderr.decode(errors="replace").strip()
        pytest.skip(f"a small disk needs the right to mount: {said}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()
