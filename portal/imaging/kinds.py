"""What kind of file this is, by its first bytes. The name it came with says nothing."""

from __future__ import annotations

import re

from portal.imaging.developed import PhotoRefused, Refusal

HEAD_BYTES = 1024

_OTHER_PICTURES = (
    b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS", b"%PDF-", b"%!PS", b"\0\0\1\0",
    b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\x1a\x45\xdf\xa3", b"FUJIFILM", b"FLV\1",
)  # fmt: skip
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)


def kind_of(head: bytes) -> str:
    """The Pillow name of the format ("JPEG", "PNG", "WEBP") of a file beginning with these bytes.

    Raises `PhotoRefused` with `EMPTY`, `NOT_THIS_KIND` or `NOT_A_PHOTO`.
    """
    if not head:
        raise PhotoRefused(Refusal.EMPTY)
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    raise PhotoRefused(Refusal.NOT_THIS_KIND if _is_another_picture(head) else Refusal.NOT_A_PHOTO)


def _is_another_picture(head: bytes) -> bool:
    film = head[4:8] in (b"ftyp", b"moov", b"mdat") or (head.startswith(b"RIFF") and head[8:12] == b"AVI ")
    return film or head.startswith(_OTHER_PICTURES) or bool(_SVG.search(head))
