"""What the pictures we make look like: sizes, right way up, right colours, and nothing but pixels."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from portal.imaging.developed import Developed, Rendition
from tests.imaging.drawn import CANARY, encoded, jpeg_segments, picture, png_chunk, png_with, quarters

Develop = Callable[..., Developed]
JFIF, COMMENT = 0xE0, 0xFE
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"


def sizes(done: Developed) -> list[tuple[int, str, int, int]]:
    return [(each.edge, each.format, each.width, each.height) for each in done.renditions]


def opened(rendition: Rendition) -> Image.Image:
    with Image.open(io.BytesIO(rendition.data)) as image:
        image.load()
        return image


def colour_at(image: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    found = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))
    assert isinstance(found, tuple)
    return found  # type: ignore[return-value]


def near(found: tuple[int, ...], wanted: tuple[int, ...], *, within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(found, wanted, strict=True))


def test_a_large_photo_gets_every_size_in_both_formats_where_small(develop: Develop) -> None:
    done = develop(encoded(picture(3000, 2250)))
    assert sizes(done) == [
        (2048, "jpeg", 2048, 1536),
        (1024, "jpeg", 1024, 768),
        (480, "jpeg", 480, 360),
        (480, "avif", 480, 360),
        (240, "jpeg", 240, 180),
        (240, "avif", 240, 180),
    ]
    for each in done.renditions:
        image = opened(each)
        assert (image.format, image.size) == (each.format.upper(), (each.width, each.height))


@pytest.mark.parametrize(
    ("kind", "size"),
    [("JPEG", (4032, 3024)), ("JPEG", (4160, 3120)), ("JPEG", (2049, 1000)), ("PNG", (3200, 2400)),
     ("PNG", (1500, 2600)), ("WEBP", (2049, 1000))],
)  # fmt: skip
def test_no_rendition_is_larger_than_its_edge(develop: Develop, kind: str, size: tuple[int, int]) -> None:
    done = develop(encoded(picture(*size), kind, **({"compress_level": 1} if kind == "PNG" else {})))
    assert all(max(each.width, each.height) <= each.edge for each in done.renditions)
    assert max(done.renditions[0].width, done.renditions[0].height) > 1900
    assert (done.width, done.height) == size


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 500), [1024, 480, 480, 240, 240]),
        ((1025, 500), [2048, 1024, 480, 480, 240, 240]),
        ((300, 200), [480, 480, 240, 240]),
        ((240, 240), [240, 240]),
        ((40, 32), [240, 240]),
    ],
)
def test_nothing_is_enlarged_and_no_size_comes_twice(
    develop: Develop, size: tuple[int, int], expected: list[int]
) -> None:
    done = develop(encoded(picture(*size)))
    assert [each.edge for each in done.renditions] == expected
    assert (done.renditions[0].width, done.renditions[0].height) == size
    assert len({(each.format, each.width) for each in done.renditions}) == len(done.renditions)


def test_a_rendition_is_named_by_its_content(develop: Develop) -> None:
    for each in develop(encoded(picture())).renditions:
        assert each.name == each.sha256 + (".jpg" if each.format == "jpeg" else ".avif")
        assert len(each.sha256) == 64


def test_the_same_photo_gives_the_same_bytes_again(develop: Develop) -> None:
    data = encoded(picture(1200, 900))
    assert develop(data) == develop(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(develop: Develop, kind: str, orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that a viewer's turn takes back
    upright = quarters(2200, 1100)
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    done = develop(encoded(stored, kind, exif=exif))
    assert (done.width, done.height) == (2200, 1100)
    for each in done.renditions:
        image = opened(each)
        assert image.width > image.height
        assert near(colour_at(image, 0.25, 0.25), (254, 0, 0))
        assert near(colour_at(image, 0.75, 0.25), (0, 255, 0), within=20)
        assert near(colour_at(image, 0.25, 0.75), (0, 0, 254))


def test_alpha_lies_on_white(develop: Develop) -> None:
    glass = Image.new("RGBA", (300, 300), (255, 0, 0, 128))
    for kind in ("PNG", "WEBP"):
        done = develop(encoded(glass, kind))
        assert all(near(colour_at(opened(each), 0.5, 0.5), (255, 127, 127)) for each in done.renditions)
    palette = Image.new("P", (300, 300), 0)
    palette.putpalette([0, 0, 255, 0, 255, 0])
    assert near(bytes.fromhex(develop(encoded(palette, "PNG", transparency=0)).tone), (255, 255, 255))


def test_sixteen_bits_become_eight(develop: Develop) -> None:
    grey = Image.new("I;16", (300, 200), 40_000)
    assert near(bytes.fromhex(develop(encoded(grey, "PNG")).tone), (156, 156, 156), within=2)
    row = b"\0" + (b"\x9c\x40\x20\x00\x60\x00" * 64)
    assert near(bytes.fromhex(develop(png_16_bit_rgb(64, 64, row)).tone), (0x9C, 0x20, 0x60), within=2)


def png_16_bit_rgb(width: int, height: int, row: bytes) -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(row * height))
    return b"\x89PNG\r\n\x1a\n" + head + body + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_a_png_is_developed_as_rgb(develop: Develop, mode: str) -> None:
    done = develop(encoded(picture(3300, 400, mode=mode), "PNG", compress_level=1))
    assert all(opened(each).mode == "RGB" for each in done.renditions)


def test_ink_colours_come_out_right(develop: Develop) -> None:
    for colour in ((255, 0, 0), (0, 128, 0), (250, 250, 250), (20, 20, 20)):
        done = develop(encoded(Image.new("RGB", (200, 200), colour).convert("CMYK")))
        assert near(bytes.fromhex(done.tone), colour)


def test_a_wide_colour_space_is_turned_into_srgb(develop: Develop) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    assert develop(encoded(picture(), icc_profile=lab.tobytes())).format == "JPEG"
    linear = linear_profile()
    done = develop(encoded(Image.new("RGB", (200, 200), (55, 55, 55)), icc_profile=linear, quality=95))
    assert near(bytes.fromhex(done.tone), (128, 128, 128), within=6)


def linear_profile() -> bytes:
    """The sRGB profile with its tone curve replaced by a straight line."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for entry in range(int.from_bytes(data[128:132], "big")):
        at = 132 + 12 * entry
        start = int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            data[start : start + 12] = b"curv" + bytes(8)
            data[at + 8 : at + 12] = (12).to_bytes(4, "big")
    return bytes(data).replace("sRGB".encode("utf-16-be"), "Line".encode("utf-16-be"))


def test_a_grey_photo_stays_grey(develop: Develop) -> None:
    tone = develop(encoded(picture(mode="L"))).tone
    assert tone[0:2] == tone[2:4] == tone[4:6]


def test_nothing_that_came_with_the_photo_is_in_a_rendition(develop: Develop) -> None:
    exif = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0131, 0x013B, 0x8298):
        exif[tag] = CANARY.decode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    jpeg = encoded(picture(), exif=exif, comment=b"<?php " + CANARY, icc_profile=profile, xmp=XMP)
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(CANARY).to_bytes(4, "big") + CANARY
    jpeg = jpeg[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + jpeg[2:]
    png = encoded(picture(), "PNG", exif=exif, icc_profile=profile)
    for name in (b"tEXt", b"iTXt"):
        png = png_with(png, png_chunk(name, b"Comment\0\0\0\0\0" + CANARY))
    webp = encoded(picture(), "WEBP", exif=exif, xmp=XMP, icc_profile=profile)
    for data in (jpeg, png, webp):
        assert CANARY in data
        for each in develop(data).renditions:
            assert CANARY not in each.data
            assert b"<?php" not in each.data
            assert_pixels_only(each)


def assert_pixels_only(rendition: Rendition) -> None:
    if rendition.format == "jpeg":
        codes = jpeg_segments(rendition.data)
        assert [code for code in codes if 0xE0 <= code <= 0xEF or code == COMMENT] == [JFIF]
    else:
        boxes, _, _ = rendition.data.partition(b"mdat")  # pixels come last, and may spell anything
        assert all(mark not in boxes for mark in (b"Exif", b"mime", b"prof", b"xmp"))


def test_the_tone_is_the_mean_colour(develop: Develop) -> None:
    half = Image.new("RGB", (200, 200), (200, 100, 0))
    half.paste((0, 100, 200), (100, 0, 200, 200))
    assert near(bytes.fromhex(develop(encoded(half, "PNG")).tone), (100, 100, 100), within=4)
