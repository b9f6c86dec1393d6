"""How much room the disks of this machine have left, below which nothing is taken in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from portal.ports import Short

MB = 1024 * 1024
_RESERVE = re.compile(r"(\d{1,9})(%?)")


class DiskRoom:
    """`Room` of the disks that these folders lie on. A folder that is not made yet lies where its parent does."""

    def __init__(self, folders: Mapping[str, Path], *, reserve: str) -> None:
        """folders: by what lies there, in words; reserve: MB, or a share of each disk such as `2%`.

        Raises `ValueError` for another form."""
        self._folders, (self._bytes, self._percent) = dict(folders), parsed(reserve)

    def short(self) -> Short | None:
        for place, folder in self._folders.items():
            usage = shutil.disk_usage(_that_exists(folder))
            reserve = max(self._bytes, usage.total * self._percent // 100)
            if usage.free < reserve:
                return Short(place=place, free=usage.free, reserve=reserve)
        return None

    def free(self) -> int:
        return min(shutil.disk_usage(_that_exists(folder)).free for folder in self._folders.values())


def parsed(reserve: str) -> tuple[int, int]:
    """Bytes and percent; one of the two is 0. Raises `ValueError`."""
    found = _RESERVE.fullmatch(reserve.strip())
    if found is None or (found[2] and int(found[1]) > 90):
        raise ValueError("PORTAL_MEDIA_RESERVE: write MB, such as 1024, or a share of the disk, such as 2%")
    return (0, int(found[1])) if found[2] else (int(found[1]) * MB, 0)


def _that_exists(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())
