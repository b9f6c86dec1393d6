"""What the container of a photo says before any decoder is asked: sizes, animation, a missing end."""

from __future__ import annotations

import os
from typing import BinaryIO

_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_START_OF_SCAN, _JPEG_END = 0xDA, 0xD9
_WEBP_ANIMATION = 0x02


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels by the first 30 bytes of a WebP file; None when they do not say.

    Pillow's reader reserves the whole canvas on opening, so the size has to be known before.
    """
    chunk = head[12:16]
    if chunk == b"VP8X" and len(head) >= 30:
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8 " and head[23:26] == b"\x9d\x01\x2a" and len(head) >= 30:
        wide, high = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        return wide & 0x3FFF, high & 0x3FFF
    if chunk == b"VP8L" and head[20:21] == b"\x2f" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


def webp_is_animated(head: bytes) -> bool:
    """Whether the first 21 bytes of a WebP file announce an animation."""
    return head[12:16] == b"VP8X" and bool(head[20] & _WEBP_ANIMATION)


def jpeg_scans(source: BinaryIO) -> int:
    """How many scans a JPEG holds at most (a thumbnail inside it counts too)."""
    source.seek(0)
    return source.read().count(b"\xff\xda")


def is_cut_short(source: BinaryIO, *, kind: str) -> bool:
    """Whether the file ends before its own container says so. For JPEG, only its head is looked at; HEIC and
    AVIF were looked at before (see `boxes`)."""
    if kind in ("HEIC", "AVIF"):
        return False
    size = source.seek(0, os.SEEK_END)
    if kind == "WEBP":
        source.seek(4)
        return size < 8 + int.from_bytes(source.read(4), "little")
    return _png_is_cut(source, size=size) if kind == "PNG" else _jpeg_head_is_cut(source, size=size)


def _png_is_cut(source: BinaryIO, *, size: int) -> bool:
    at = 8
    while at + 12 <= size:
        source.seek(at)
        length, name = int.from_bytes(source.read(4), "big"), source.read(4)
        if not name.isalpha():
            return False  # this is damage, not a missing end
        at += 12 + length
        if name == b"IEND":
            return at > size
    return True


def _jpeg_head_is_cut(source: BinaryIO, *, size: int) -> bool:
    at = 2
    while at + 4 <= size:
        source.seek(at)
        mark, code = source.read(2)
        if mark != 0xFF or code == _JPEG_END:
            return False
        if code == _JPEG_START_OF_SCAN:
            return False
        at += 2
        if code == 0xFF:
            at -= 1  # a fill byte
        elif code not in _JPEG_WITHOUT_LENGTH:
            at += int.from_bytes(source.read(2), "big")
    return True
