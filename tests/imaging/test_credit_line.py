"""The credit line of a published rendition: as many bytes as it says, and the picture untouched."""

from __future__ import annotations

import pytest

from portal.imaging.credit_line import bare, credited
from tests.imaging.drawn import encoded, jpeg_segments, picture


def test_a_credit_line_can_be_read_and_taken_out_again_bit_by_bit() -> None:
    plain = encoded(picture())
    signed = credited(plain, credit="区水务局／阳光督查", identifier="2026-000123/1")
    assert "<photoshop:Credit>区水务局／阳光督查</photoshop:Credit>".encode() in signed
    assert b"<dc:identifier>2026-000123/1</dc:identifier>" in signed
    assert jpeg_segments(signed)[:2] == [0xE0, 0xE1]
    assert len(signed) - len(plain) < 531
    assert bare(signed) == plain == bare(plain)


def test_a_second_credit_line_takes_the_place_of_the_first() -> None:
    once = credited(encoded(picture()), credit="a", identifier="1")
    assert credited(once, credit="b", identifier="2") == credited(bare(once), credit="b", identifier="2")


def test_a_name_cannot_add_anything_to_the_line() -> None:
    line = credited(encoded(picture()), credit="</photoshop:Credit><exif:GPS>1", identifier="&")
    assert b"<exif:GPS>" not in line
    assert b"&lt;exif:GPS&gt;" in line


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10JFIF"])
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        credited(data, credit="a", identifier="1")


def test_a_credit_that_is_no_line_is_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        credited(encoded(picture()), credit="长" * 700, identifier="1")
