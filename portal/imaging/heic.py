"""HEIC, the format of many phones, decoded by libheif and libde265. Runs only in the confined child.

libheif itself turns, mirrors and crops as the container says; what EXIF says of orientation does not count
here. libde265 works in a thread of its own, which the list of system calls allows for this format alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

import pillow_heif
from PIL import Image


@dataclass(frozen=True, kw_only=True)
class Heic:
    """The first picture of a file: flat rows of pixels, and what lies beside them."""

    mode: str
    size: tuple[int, int]
    rows: memoryview
    stride: int
    profile: bytes | None
    exif: bytes | None

    def strip(self, top: int, bottom: int) -> Image.Image:
        """These rows as a picture of their own. All at once would take half as much memory again."""
        part = self.rows[top * self.stride : bottom * self.stride]
        return Image.frombytes(self.mode, (self.size[0], bottom - top), part, "raw", self.mode, self.stride)


def prepare() -> None:
    """Settings for the whole process: only the picture itself, and no threads beyond libde265's own."""
    pillow_heif.options.DECODE_THREADS = 0
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False


def decoded(source: BinaryIO) -> Heic:
    """Decode the primary picture at eight bits. Raises whatever the library raises."""
    file = pillow_heif.HeifFile(source, convert_hdr_to_8bit=True, remove_stride=False)  # type: ignore[no-untyped-call]
    image = file[file.primary_index]
    info: dict[str, Any] = dict(image.info)
    return Heic(
        rows=memoryview(image.data),
        mode=image.mode,
        size=image.size,
        stride=image.stride,
        profile=info.get("icc_profile"),
        exif=info.get("exif"),
    )
