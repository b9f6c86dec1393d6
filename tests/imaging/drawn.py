"""Photos drawn for the tests, and a reader of JPEG structure that is not Pillow's."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

CANARY = b"CANARY-7731"


def picture(width: int = 640, height: int = 480, *, mode: str = "RGB") -> Image.Image:
    """Grain in colour, so that every encoder has something to do."""
    grain = [Image.effect_noise((-(-width // 4), -(-height // 4)), spread) for spread in (20, 30, 40)]
    large = Image.merge("RGB", grain).resize((width, height), Image.Resampling.BILINEAR)
    return large.convert(mode)


pillow_heif.register_heif_opener()


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    if kind == "HEIC":
        if isinstance(options.get("exif"), Image.Exif):
            options["exif"] = options[
                "exif"
            ].tobytes()  # only then does libheif's encoder see the orientation
        quick = {"enc_params": {"preset": "ultrafast", "x265:pools": "none"}}
        image.save(buffer, "HEIF", **{**quick, **options})
    else:
        image.save(
            buffer, kind, **({"speed": 10, "max_threads": 1, **options} if kind == "AVIF" else options)
        )
    return buffer.getvalue()


def quarters(width: int = 320, height: int = 240) -> Image.Image:
    """Red above left, green above right, blue below left, grey below right."""
    image = Image.new("RGB", (width, height), (128, 128, 128))
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 255, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 255), (0, height // 2, width // 2, height))
    return image


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose head claims this size."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + head + body + png_chunk(b"IEND", b"")


def png_with(data: bytes, chunk: bytes) -> bytes:
    """The PNG with one more chunk right after its head."""
    return data[:33] + chunk + data[33:]


def jpeg_segments(data: bytes) -> list[int]:
    """The marker codes of a JPEG that ends exactly at its end marker; raises `ValueError` otherwise."""
    codes, at = [], 2
    while True:
        if data[at] != 0xFF:
            raise ValueError(f"no marker at {at}")
        code = data[at + 1]
        codes.append(code)
        if code == 0xD9:
            if at + 2 != len(data):
                raise ValueError("bytes after the end")
            return codes
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if code == 0xDA:
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
