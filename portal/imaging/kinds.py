"""What kind of file this is, by its first bytes. The name it came with says nothing."""

from __future__ import annotations

import re

from portal.imaging.developed import PhotoRefused, Refusal

HEAD_BYTES = 1024

_OTHER_PICTURES = (
    b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS", b"%PDF-", b"%!PS", b"\0\0\1\0",
    b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\x1a\x45\xdf\xa3", b"FUJIFILM", b"FLV\1",
)  # fmt: skip
# What a container of pictures may call itself first; `mif1` and `msf1` leave it to the brands that follow.
_STILL_BRANDS = {
    b"heic": "HEIC", b"heix": "HEIC", b"heim": "HEIC", b"heis": "HEIC", b"hevc": "HEIC", b"hevx": "HEIC",
    b"avif": "AVIF", b"avis": "AVIF", b"mif1": None, b"mif2": None, b"msf1": None, b"miaf": None,
}  # fmt: skip
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)


def kind_of(head: bytes) -> str:
    """The format ("JPEG", "PNG", "WEBP", "HEIC", "AVIF") of a file beginning with these bytes.

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
    if head[4:8] == b"ftyp" and (kind := _by_brand(head)):
        return kind
    raise PhotoRefused(Refusal.NOT_THIS_KIND if _is_another_picture(head) else Refusal.NOT_A_PHOTO)


def _by_brand(head: bytes) -> str | None:
    """HEIC or AVIF by the brands of the container; None for films and for pictures of other codecs."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    if brands[0] not in _STILL_BRANDS:
        return None
    return next((_STILL_BRANDS[brand] for brand in brands if _STILL_BRANDS.get(brand)), None)


def _is_another_picture(head: bytes) -> bool:
    film = head[4:8] in (b"ftyp", b"moov", b"mdat") or (head.startswith(b"RIFF") and head[8:12] == b"AVI ")
    return film or head.startswith(_OTHER_PICTURES) or bool(_SVG.search(head))
