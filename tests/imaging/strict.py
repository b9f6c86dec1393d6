"""Readers of what we serve, strict to the last byte, and not those that made it."""

from __future__ import annotations

from portal.imaging.developed import Rendition
from tests.imaging.drawn import jpeg_segments

JFIF, APPLICATION, COMMENT = 0xE0, range(0xE0, 0xF0), 0xFE
# What our encoders write, and nothing more: frame, tables, one or more scans, the end.
JPEG_CODES = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
AVIF_BOXES = {
    b"": [b"ftyp", b"meta", b"mdat"],
    b"meta": [b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp"],
    b"iinf": [b"infe"],
    b"iprp": [b"ipco", b"ipma"],
    b"ipco": [b"ispe", b"pixi", b"av1C", b"colr"],
}
BEFORE_BOXES = {b"meta": 4, b"iinf": 6}


def assert_strict(rendition: Rendition) -> None:
    """Raises `AssertionError` or `ValueError` unless every byte is accounted for and only pixels are in it."""
    if rendition.format == "jpeg":
        codes = jpeg_segments(rendition.data)
        assert set(codes) <= JPEG_CODES, [hex(code) for code in codes]
        assert [code for code in codes if code in APPLICATION or code == COMMENT] == [JFIF]
    else:
        assert_boxes(rendition.data, b"")


def assert_boxes(body: bytes, inside: bytes) -> None:
    at, names = BEFORE_BOXES.get(inside, 0), []
    while at < len(body):
        length, name = int.from_bytes(body[at : at + 4], "big"), body[at + 4 : at + 8]
        assert length >= 8, "a box shorter than its own head"
        assert at + length <= len(body), "a box that ends behind what holds it"
        names.append(name)
        if name in AVIF_BOXES:
            assert_boxes(body[at + 8 : at + length], name)
        at += length
    assert names == AVIF_BOXES[inside]
