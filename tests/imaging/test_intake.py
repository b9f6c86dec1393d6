"""Which files are developed and which are refused, and why: one example of every class that is known."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import Developed, Refusal
from tests.imaging.drawn import CANARY, encoded, picture, png_chunk, png_claiming, png_with

Develop = Callable[..., Developed]
Judge = Callable[..., Refusal | None]
KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIC")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.gif", "a.html", "no-extension", "照片\u202egnp.exe"])
def test_a_photo_is_known_by_its_content_and_not_by_its_name(develop: Develop, kind: str, name: str) -> None:
    done = develop(encoded(picture(), kind), name=name)
    assert (done.format, done.width, done.height) == (kind, 640, 480)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.5, 0.9, 0.98])
def test_half_a_photo_is_truncated(refusal: Judge, kind: str, part: float) -> None:
    data = encoded(picture(), kind)
    assert refusal(data[: int(len(data) * part)]) == Refusal.TRUNCATED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [12, 20, 40])
def test_a_mere_beginning_of_a_photo_is_truncated(refusal: Judge, kind: str, length: int) -> None:
    assert refusal(encoded(picture(), kind)[:length]) == Refusal.TRUNCATED


def test_an_empty_file_is_empty(refusal: Judge) -> None:
    assert refusal(b"") == Refusal.EMPTY


@pytest.mark.parametrize(
    "data",
    [b"x", b"hello", b"<!doctype html><script>alert(1)</script>", b"PK\3\4" + bytes(100), b"\xff\xd8", bytes(5000),
     b"\x7fELF" + bytes(100), "进展情况".encode("gb18030")],
)  # fmt: skip
def test_what_is_no_picture_is_no_photo(refusal: Judge, data: bytes) -> None:
    assert refusal(data, name="photo.jpg") == Refusal.NOT_A_PHOTO


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PDF", "JPEG2000"])
def test_a_picture_of_another_kind_is_named_as_such(refusal: Judge, kind: str) -> None:
    assert refusal(encoded(picture(), kind), name="photo.jpg") == Refusal.NOT_THIS_KIND


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
     b"<?xml version='1.0'?>\n<!-- drawn -->\n<svg/ onload='x'><svg >",
     b"\0\0\0\x18ftypmif1\0\0\0\0mif1vvic", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", b"8BPS\0\1" + bytes(20),
     b"\x1a\x45\xdf\xa3" + bytes(20), b"RIFF\0\0\0\0AVI LIST"],
)  # fmt: skip
def test_drawings_films_and_other_containers_are_named_as_such(refusal: Judge, data: bytes) -> None:
    assert refusal(data, name="photo.jpg") == Refusal.NOT_THIS_KIND


def test_a_file_that_is_also_an_archive_is_developed_without_its_tail(develop: Develop) -> None:
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("evil.html", CANARY)
    for kind in KINDS:
        done = develop(encoded(picture(), kind) + tail.getvalue())
        assert all(CANARY not in each.data and b"PK\3\4" not in each.data[-400:] for each in done.renditions)


@pytest.mark.parametrize("size", [(20000, 20000), (2**31 - 1, 2**31 - 1), (120_001, 1000)])
def test_a_pixel_bomb_is_refused_by_its_head(refusal: Judge, size: tuple[int, int]) -> None:
    assert refusal(png_claiming(*size)) == Refusal.TOO_MANY_PIXELS


def test_a_pixel_bomb_in_webp_is_refused_by_its_head(refusal: Judge) -> None:
    data = bytearray(
        encoded(picture(mode="RGBA"), "WEBP", lossless=False, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    )
    assert data[12:16] == b"VP8X"
    data[24:30] = (16_000 - 1).to_bytes(3, "little") * 2
    assert refusal(bytes(data)) == Refusal.TOO_MANY_PIXELS


def test_a_picture_that_claims_more_than_it_has_is_truncated_or_corrupt(refusal: Judge) -> None:
    assert refusal(png_claiming(8000, 8000)) in (Refusal.TRUNCATED, Refusal.CORRUPT)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(refusal: Judge, kind: str) -> None:
    more = [picture() for _ in range(2)]
    assert refusal(encoded(picture(), kind, save_all=True, append_images=more)) == Refusal.ANIMATED


@pytest.mark.parametrize("size", [(1, 1), (31, 400), (400, 31), (3220, 160), (50, 1001)])
def test_a_speck_or_a_ribbon_is_too_small(refusal: Judge, size: tuple[int, int]) -> None:
    assert refusal(encoded(picture(*size))) == Refusal.TOO_SMALL


@pytest.mark.parametrize("size", [(32, 32), (640, 32), (32, 640)])
def test_the_smallest_photos_are_developed(develop: Develop, size: tuple[int, int]) -> None:
    done = develop(encoded(picture(*size), "PNG"))
    assert (done.width, done.height) == size


def test_text_that_would_inflate_a_thousandfold_is_never_inflated(develop: Develop) -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    profile = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n9\n" + b"00" * 9_000_000)
    data = encoded(picture(), "PNG")
    for _ in range(3):
        data = png_with(png_with(data, png_chunk(b"zTXt", bomb)), png_chunk(b"zTXt", profile))
    assert develop(data).format == "PNG"


def test_a_bad_checksum_in_a_png_is_corrupt(refusal: Judge) -> None:
    data = bytearray(encoded(picture(), "PNG"))
    data[30] ^= 1
    assert refusal(bytes(data)) == Refusal.CORRUPT


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bytes_are_answered_and_never_fatal(
    darkroom: Darkroom, refusal: Judge, kind: str, develop: Develop
) -> None:
    good = encoded(picture(160, 120), kind)
    for start in range(12, 120, 9):
        data = bytearray(good)
        data[start : start + 3] = b"\xff\0\x7f"
        refusal(bytes(data))
    assert develop(good).format == kind


def test_a_work_bomb_of_a_thousand_scans_is_too_heavy(refusal: Judge) -> None:
    data = encoded(picture(), progressive=True)
    assert refusal(data) is None
    last = data.rindex(b"\xff\xda")
    assert refusal(data[:-2] + data[last:-2] * 1000 + b"\xff\xd9") == Refusal.TOO_HEAVY


@pytest.mark.slow
def test_a_photo_of_a_hundred_megapixels_is_developed(develop: Develop) -> None:
    large = picture(1000, 1000).resize((10_000, 10_000), Image.Resampling.NEAREST)
    for kind, options in (("JPEG", {"quality": 60}), ("PNG", {"compress_level": 1})):
        done = develop(encoded(large, kind, **options))
        assert (done.width, done.height, done.renditions[0].width) == (
            10_000,
            10_000,
            done.renditions[0].height,
        )


def test_a_photo_that_would_need_too_much_memory_is_too_heavy(refusal: Judge) -> None:
    data = bytearray(encoded(picture(mode="RGBA"), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    data[24:30] = (10_000 - 1).to_bytes(3, "little") * 2
    assert refusal(bytes(data)) == Refusal.TOO_HEAVY


def test_the_first_picture_of_a_phone_container_is_taken(develop: Develop) -> None:
    first, second = picture(400, 300), picture(200, 150)
    done = develop(encoded(first, "MPO", save_all=True, append_images=[second]))
    assert (done.format, done.width, done.height) == ("JPEG", 400, 300)


def test_random_bytes_behind_an_honest_beginning_are_refused(refusal: Judge) -> None:
    for beginning in (
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF" + struct.pack("<I", 1000) + b"WEBPVP8 ",
    ):
        assert refusal(beginning + os.urandom(3000)) in (Refusal.CORRUPT, Refusal.TRUNCATED)
