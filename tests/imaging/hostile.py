"""Hostile and odd files, made anew in every run: each class says beside it what has to become of its files."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageCms

from portal.imaging.developed import FORMATS, Refusal
from tests.imaging.drawn import CANARY, encoded, picture, png_chunk, png_claiming, png_with

DEVELOPED = "developed"
Make = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Class:
    """Files of one kind of harm. `verdict`: what each must get; several where the harm decides, never "anything".
    `names`: what such a file may call itself."""

    name: str
    verdict: frozenset[str]
    make: Make
    names: tuple[str, ...] = ("photo.jpg",)

    @property
    def files(self) -> list[bytes]:
        return list(self.make())


CLASSES: list[Class] = []


def expect(*verdict: str, names: tuple[str, ...] = ("photo.jpg",)) -> Callable[[Make], Make]:
    """Write this verdict beside the class that follows."""

    def note(make: Make) -> Make:
        CLASSES.append(Class(make.__name__, frozenset(verdict), make, names))
        return make

    return note


@cache
def good(kind: str, **options: int) -> bytes:
    return encoded(picture(128, 96), kind, **options)


@cache
def flat(kind: str) -> bytes:
    return encoded(picture(128, 96).convert("RGB"), kind, exif=Image.Exif().tobytes())


def swapped(data: bytes, old: bytes, new: bytes, *, times: int = -1) -> bytes:
    assert old in data, f"{old!r} is not in the file that is to be damaged"
    return data.replace(old, new, times)


def ispe(width: int, height: int) -> bytes:
    return b"ispe\0\0\0\0" + struct.pack(">II", width, height)


def jpeg_segment(code: int, body: bytes) -> bytes:
    return b"\xff" + bytes([code]) + struct.pack(">H", len(body) + 2) + body


def with_segment(code: int, body: bytes) -> bytes:
    data = good("JPEG")
    return data[:2] + jpeg_segment(code, body) + data[2:]


def webp_with(name: bytes, body: bytes, flag: int) -> bytes:
    """The WebP in its extended form, with one more chunk."""
    simple = good("WEBP")
    head = b"VP8X" + struct.pack("<I", 10) + bytes([flag, 0, 0, 0]) + b"\x7f\0\0\x5f\0\0"
    more = name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    content = b"WEBP" + head + simple[12:] + more
    return b"RIFF" + struct.pack("<I", len(content)) + content


BOMBS = ((20_000, 20_000), (60_000, 60_000), (65_000, 2_000), (11_000, 11_000), (2_001, 60_000), (16_000, 16_000),
         (30_000, 4_001), (10_955, 10_955), (12_001, 10_001), (64_000, 64_000), (50_000, 2_500), (8_001, 15_001))  # fmt: skip


# Bombs ------------------------------------------------------------------------------------------------------------


@expect(Refusal.TOO_MANY_PIXELS)
def pixel_bombs_in_png() -> Iterator[bytes]:
    yield from (png_claiming(*size) for size in (*BOMBS, (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)))


@expect(Refusal.TOO_MANY_PIXELS)
def pixel_bombs_in_jpeg() -> Iterator[bytes]:
    for width, height in BOMBS:
        yield swapped(good("JPEG"), struct.pack(">HH", 96, 128), struct.pack(">HH", height, width), times=1)


@expect(Refusal.TOO_MANY_PIXELS)
def pixel_bombs_in_webp() -> Iterator[bytes]:
    for width, height in BOMBS:
        data = bytearray(webp_with(b"EXIF", b"MM\0*\0\0\0\x08\0\0", 8))
        data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        yield bytes(data)


@expect(Refusal.TOO_MANY_PIXELS)
def pixel_bombs_in_heic_and_avif() -> Iterator[bytes]:
    for kind in ("HEIC", "AVIF"):
        for size in (*BOMBS[:7], (2**32 - 1, 2**32 - 1)):
            yield swapped(good(kind), ispe(128, 96), ispe(*size))


@expect(Refusal.TOO_MANY_PIXELS)
def bombs_behind_an_honest_picture() -> Iterator[bytes]:
    """The picture is small; one of its tiles claims to be huge."""
    tiled = encoded(picture(160, 128), "HEIC", tile_size=64)
    for size in BOMBS:
        yield swapped(tiled, ispe(64, 64), ispe(*size))


@expect(Refusal.TOO_HEAVY)
def work_bombs() -> Iterator[bytes]:
    data = good("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    for scans in (100, 120, 200, 400, 800, 1500, 3000, 5000):
        yield data[:-2] + data[last:-2] * scans + b"\xff\xd9"


@expect(DEVELOPED)
def text_bombs() -> Iterator[bytes]:
    bomb = zlib.compress(bytes(50_000_000), 9)
    for name, head in ((b"zTXt", b"a\0\0"), (b"zTXt", b"XML:com.adobe.xmp\0\0"), (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0"),
                       (b"zTXt", b"Raw profile type exif\0\0"), (b"zTXt", b"Raw profile type icc\0\0")):  # fmt: skip
        for times in (1, 4):
            yield png_with(good("PNG"), png_chunk(name, head + bomb) * times)


@expect(DEVELOPED, Refusal.CORRUPT)
def profile_bombs() -> Iterator[bytes]:
    """A profile that inflates to fifty million bytes is passed over, or the file is: never inflated."""
    bomb = zlib.compress(bytes(50_000_000), 9)
    for name in (b"icc", b"a" * 79, b"\xff"):
        yield png_with(good("PNG"), png_chunk(b"iCCP", name + b"\0\0" + bomb))
    for size in (1_000, 65_000):
        yield with_segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(size))
        yield webp_with(b"ICCP", bytes(size), 0x20)
        yield with_segment(0xE2, b"ICC_PROFILE\0\xff\xff" + bytes(size))


# Broken -----------------------------------------------------------------------------------------------------------


def _shortened(kind: str) -> Iterator[bytes]:
    data = good(kind)
    for part in (0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98):
        yield data[: int(len(data) * part)]
    yield data[:-40]  # a PNG without its last checksum alone has all its pixels, and is developed


@expect(Refusal.TRUNCATED)
def truncated_jpeg() -> Iterator[bytes]:
    yield from _shortened("JPEG")


@expect(Refusal.TRUNCATED)
def truncated_png() -> Iterator[bytes]:
    yield from _shortened("PNG")


@expect(Refusal.TRUNCATED)
def truncated_webp() -> Iterator[bytes]:
    yield from _shortened("WEBP")


@expect(Refusal.TRUNCATED)
def truncated_heic() -> Iterator[bytes]:
    yield from _shortened("HEIC")


@expect(Refusal.TRUNCATED)
def truncated_avif() -> Iterator[bytes]:
    yield from _shortened("AVIF")


@expect(Refusal.TRUNCATED, Refusal.CORRUPT)
def noise_behind_an_honest_beginning() -> Iterator[bytes]:
    beginnings = (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb", b"\x89PNG\r\n\x1a\n", b"RIFF\xe8\x03\0\0WEBPVP8 ",
                  b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif")  # fmt: skip
    for seed in range(3):
        yield from (start + random.Random(seed).randbytes(2000) for start in beginnings)


@expect(Refusal.CORRUPT)
def wrong_checksums() -> Iterator[bytes]:
    for at in (29, 30, 31, 32):
        for bit in (1, 16, 128):
            data = bytearray(good("PNG"))
            data[at] ^= bit
            yield bytes(data)


@expect(Refusal.CORRUPT)
def jpeg_of_a_kind_nobody_sends() -> Iterator[bytes]:
    """Lossless, hierarchical, twelve bits, no tables, more components than there are."""
    data = good("JPEG")
    at = data.index(b"\xff\xc0")
    for code in (0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF):
        yield data[: at + 1] + bytes([code]) + data[at + 2 :]
    for bits in (0, 2, 12, 16):
        yield data[: at + 4] + bytes([bits]) + data[at + 5 :]
    for count in (0, 2, 5, 255):
        yield data[: at + 9] + bytes([count]) + data[at + 10 :]


# More than one thing at a time ------------------------------------------------------------------------------------


def _tails() -> Iterator[bytes]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.html", CANARY)
    yield archive.getvalue()
    page = b"<!doctype html><script>alert('" + CANARY + b"')</script>"
    yield from (
        page,
        b"<?php " + CANARY,
        b"MZ\x90\0" + CANARY,
        b"\x7fELF" + CANARY,
        b"%PDF-1.7\n" + CANARY,
        b"\0" * 50,
    )


@expect(DEVELOPED)
def tails() -> Iterator[bytes]:
    """Also an archive, a page, a program, a document."""
    yield from (good(kind) + tail for kind in FORMATS for tail in _tails())


@expect(DEVELOPED)
def programs_in_metadata() -> Iterator[bytes]:
    for code in (
        b"<?php " + CANARY,
        b"<script>" + CANARY + b"</script>",
        b"#!/bin/sh\n" + CANARY,
        b"\0" + CANARY,
    ):
        exif = Image.Exif()
        for tag in (0x010E, 0x010F, 0x0131, 0x013B, 0x8298):
            exif[tag] = code.decode("latin-1")
        yield with_segment(0xFE, code)
        yield with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + code)
        yield with_segment(
            0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(code)) + code
        )
        yield png_with(good("PNG"), png_chunk(b"tEXt", b"Comment\0" + code))
        yield webp_with(b"XMP ", code, 4)
        for kind in ("JPEG", "PNG", "WEBP", "HEIC", "AVIF"):
            yield encoded(picture(64, 48), kind, exif=exif)


LIES = ("photo.png", "photo.gif", "photo.html", "photo.php", "photo", "photo.heic", "photo.mp4", "photo.exe")


@expect(DEVELOPED, names=LIES)
def lying_names() -> Iterator[bytes]:
    yield from (good(kind) for kind in FORMATS)


HOSTILE_NAMES = (
    "../../../../etc/passwd", "..\\..\\boot.ini", "/dev/stdin", "a\0b.jpg", "照片\u202egpj.exe", "\u200b.jpg", " " * 50,
    "x" * 5000 + ".jpg", "con.jpg", "'; DROP TABLE photo; --.jpg", "<img src=x onerror=alert(1)>.jpg", "\n\r\n.jpg",
    "%2e%2e%2f.jpg", "~/.ssh/authorized_keys", "\ud7ff\uffff.jpg", "",
)  # fmt: skip


@expect(DEVELOPED, names=HOSTILE_NAMES)
def hostile_names() -> Iterator[bytes]:
    yield good("JPEG")


@expect(Refusal.NOT_A_PHOTO)
def no_pictures() -> Iterator[bytes]:
    yield from (b"x", b"hello", b"\xff\xd8", bytes(5000), b"PK\3\4" + bytes(99), b"\x7fELF" + bytes(99))
    yield from (
        b"<!doctype html><script>alert(1)</script>",
        "进展情况".encode("gb18030"),
        b"\x1f\x8b\x08" + bytes(99),
    )
    yield from (
        b"MZ" + bytes(99),
        b"#!/bin/sh\nrm -rf /",
        b"ID3\4" + bytes(99),
        b"OggS" + bytes(99),
        b"\x89PN",
    )


@expect(Refusal.EMPTY)
def nothing_at_all() -> Iterator[bytes]:
    yield b""


@expect(Refusal.NOT_THIS_KIND)
def other_pictures() -> Iterator[bytes]:
    yield from (encoded(picture(64, 48), kind) for kind in ("GIF", "BMP", "TIFF", "ICO", "PDF", "JPEG2000"))
    yield from (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"8BPS\0\1" + bytes(99),
    )
    yield from (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(99), b"\xff\x0a" + bytes(99), b"%!PS-Adobe\n" + bytes(99))


@expect(Refusal.NOT_THIS_KIND)
def video_containers() -> Iterator[bytes]:
    for brand in (b"isom", b"mp42", b"mp41", b"avc1", b"qt  ", b"3gp4", b"M4V ", b"iso5", b"dash", b"crx "):
        yield b"\0\0\0\x14ftyp" + brand + b"\0\0\2\0" + brand + b"\0\0\0\x08moov\0\0\0\x10mdat" + bytes(8)
    yield from (
        b"\0\0\0\x08moov" + bytes(99),
        b"\0\0\0\x08mdat" + bytes(99),
        b"RIFF\0\0\0\0AVI LIST" + bytes(99),
    )
    yield from (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1" + bytes(99), b"FLV\1\5" + bytes(99))


@expect(Refusal.NOT_THIS_KIND)
def other_codecs_in_a_picture_container() -> Iterator[bytes]:
    for codec in (b"vvc1", b"j2k1", b"unci", b"jpeg", b"avc1", b"iden", b"iovl", b"mski", b"tmap", b"evc1"):
        yield swapped(good("HEIC"), b"hvc1\0", codec + b"\0", times=1)
    yield swapped(good("HEIC"), b"ftypheic", b"ftypavif", times=1)
    yield swapped(swapped(good("AVIF"), b"ftypavif", b"ftypheic", times=1), b"mif1", b"heic", times=1)


@expect(Refusal.ANIMATED)
def animations() -> Iterator[bytes]:
    more = [picture(64, 48) for _ in range(2)]
    for kind in ("PNG", "WEBP", "AVIF"):
        for count in (1, 2):
            yield encoded(picture(64, 48), kind, save_all=True, append_images=more[:count])
    for brand in (b"hevc", b"hevx", b"msf1"):
        yield swapped(good("HEIC"), b"ftypheic", b"ftyp" + brand, times=1)
    yield swapped(good("AVIF"), b"ftypavif", b"ftypavis", times=1)


# Metadata ---------------------------------------------------------------------------------------------------------


def _exif(entries: list[bytes], *, then: int = 0) -> bytes:
    return (
        b"Exif\0\0MM\0*\0\0\0\x08"
        + struct.pack(">H", len(entries))
        + b"".join(entries)
        + struct.pack(">I", then)
    )


def _entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack(">HHI", tag, kind, count) + value.ljust(4, b"\0")[:4]


@expect(DEVELOPED)
def exif_that_leads_nowhere() -> Iterator[bytes]:
    """Loops, pointers past the end, endless lists, impossible kinds: the block then says nothing."""
    for target in (8, 0, 1, 2**32 - 1, 65_000):
        yield with_segment(0xE1, _exif([_entry(0x8769, 4, 1, struct.pack(">I", target))]))
        yield with_segment(0xE1, _exif([_entry(0x8825, 4, 1, struct.pack(">I", target))], then=8))
    for kind in (0, 5, 12, 13, 255):
        yield with_segment(0xE1, _exif([_entry(0x010F, kind, 2**31, b"\0\0\0\x08")]))
    yield with_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    yield with_segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(3000))


@expect(DEVELOPED)
def impossible_orientations() -> Iterator[bytes]:
    for value in (0, 9, 10, 255, 65_535):
        yield with_segment(0xE1, _exif([_entry(0x0112, 3, 1, struct.pack(">H", value))]))
    for kind, count, value in ((2, 2, b"6\0"), (5, 1, b"\0\0\0\0"), (3, 4, b"\0\6"), (7, 1, b"\6")):
        yield with_segment(0xE1, _exif([_entry(0x0112, kind, count, value)]))


@expect(DEVELOPED)
def metadata_that_is_noise() -> Iterator[bytes]:
    for seed in range(4):
        noise = random.Random(seed).randbytes(300)
        yield with_segment(0xE1, b"Exif\0\0" + noise)
        yield with_segment(0xE2, b"MPF\0" + noise)
        yield png_with(good("PNG"), png_chunk(b"eXIf", noise))
        yield webp_with(b"EXIF", noise, 8)
        yield with_segment(0xE2, b"ICC_PROFILE\0\1\1" + noise)


# Nested and endless -----------------------------------------------------------------------------------------------


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def _heads(data: bytes) -> tuple[bytes, bytes]:
    end = int.from_bytes(data[:4], "big")
    return data[:end], data[end:]


@expect(Refusal.CORRUPT)
def nested_boxes() -> Iterator[bytes]:
    for name in (b"meta", b"iprp", b"ipco", b"moov"):
        for depth in (50, 2000):
            body = b""
            for _ in range(depth):
                body = box(name, b"\0\0\0\0" + body if name == b"meta" else body)
            head, _rest = _heads(good("HEIC"))
            yield head + box(b"meta", b"\0\0\0\0" + body)


@expect(Refusal.CORRUPT)
def endless_boxes() -> Iterator[bytes]:
    for kind in ("HEIC", "AVIF"):
        head, rest = _heads(good(kind))
        for count in (2000, 50_000):
            yield head + box(b"free", b"") * count + rest
        yield head + box(b"meta", b"\0\0\0\0" + box(b"free", b"") * 5000) + rest
        yield head + b"\0\0\0\x04free" + rest
        yield head + b"\0\0\0\x01free" + struct.pack(">Q", 8) + rest


@expect(Refusal.TRUNCATED)
def boxes_past_the_end() -> Iterator[bytes]:
    for kind in ("HEIC", "AVIF"):
        head, rest = _heads(good(kind))
        for size in (2**32 - 1, 2**31, 10_000_000):
            yield head + struct.pack(">I", size) + b"free" + rest
        for size in (2**63, 2**64 - 1, 2**40):
            yield head + b"\0\0\0\x01free" + struct.pack(">Q", size) + rest


@expect(Refusal.NOT_THIS_KIND, Refusal.CORRUPT)
def pictures_made_of_themselves() -> Iterator[bytes]:
    """A grid whose tiles are the grid, or that has none."""
    tiled = encoded(picture(160, 128), "HEIC", tile_size=64)
    at = tiled.index(b"dimg")
    grid = tiled[at + 4 : at + 6]
    count = int.from_bytes(tiled[at + 6 : at + 8], "big")
    for replaced in (1, 2, count):
        yield tiled[: at + 8] + grid * replaced + tiled[at + 8 + 2 * replaced :]
    for wrong in (0, 1, count + 1, 65_535):
        yield (
            tiled[: at + 6] + struct.pack(">H", wrong) + tiled[at + 8 :]
            if wrong != 1
            else swapped(tiled, b"dimg", b"cdsc", times=1)
        )
    yield swapped(tiled, b"hvc1\0", b"grid\0")


@expect(DEVELOPED)
def endless_segments_and_chunks() -> Iterator[bytes]:
    jpeg = good("JPEG")
    yield jpeg[:2] + jpeg_segment(0xFE, b"x" * 100) * 2000 + jpeg[2:]
    yield jpeg[:2] + jpeg_segment(0xE5, b"") * 5000 + jpeg[2:]
    yield jpeg[:2] + jpeg_segment(0xE1, b"Exif\0\0") * 200 + jpeg[2:]
    yield jpeg[:2] + b"\xff" * 5000 + jpeg[2:]
    yield png_with(good("PNG"), png_chunk(b"tEXt", b"a\0b") * 5000)
    yield png_with(good("PNG"), png_chunk(b"prVt", b"") * 5000)
    yield png_with(good("PNG"), png_chunk(b"gAMA", struct.pack(">I", 0)))


# Odd, and right ---------------------------------------------------------------------------------------------------


@expect(Refusal.TOO_SMALL)
def specks_and_ribbons() -> Iterator[bytes]:
    for size in ((1, 1), (31, 400), (400, 31), (3220, 160), (50, 1001)):
        yield from (encoded(picture(*size), kind) for kind in ("JPEG", "PNG", "WEBP"))
    for kind in ("HEIC", "AVIF"):
        yield from (
            swapped(good(kind), ispe(128, 96), ispe(*size))
            for size in ((0, 0), (8, 8), (5000, 100), (31, 40))
        )


@expect(DEVELOPED)
def odd_pixels() -> Iterator[bytes]:
    small = picture(64, 48)
    yield from (encoded(small.convert(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGBA", "I;16"))
    yield from (encoded(small.convert(mode)) for mode in ("L", "CMYK", "YCbCr"))
    yield from (encoded(small.convert("RGBA"), kind) for kind in ("WEBP", "HEIC", "AVIF"))
    yield from (encoded(small, kind, subsampling="4:4:4") for kind in ("JPEG", "AVIF"))
    yield from (encoded(small.convert("L"), kind) for kind in ("HEIC", "AVIF", "WEBP"))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    yield from (encoded(small, kind, icc_profile=lab) for kind in FORMATS)


@expect(DEVELOPED)
def what_phones_hang_on() -> Iterator[bytes]:
    """Second pictures, gain maps, short films, makers' trailers: only the first picture counts."""
    main, second = picture(128, 96), picture(64, 48)
    film = box(b"ftyp", b"mp42\0\0\0\0isom") + box(b"mdat", CANARY * 50)
    yield encoded(main, "MPO", save_all=True, append_images=[second])
    yield encoded(main, "MPO", save_all=True, append_images=[second.convert("L"), second])
    for kind in FORMATS:
        yield good(kind) + film
    gain = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta hdrgm:Version='1.0' Item:Semantic='GainMap'>" + CANARY
    yield with_segment(0xE1, gain) + encoded(second.convert("L"))
    yield with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<GCamera:MotionPhoto>1" + CANARY) + film
    yield good("JPEG") + b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data" + CANARY + b"SEFHk\0\0\0SEFT"
