"""What is read of a photo's own claims, and that hostile ones are passed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from portal.imaging.developed import Developed, Embedded
from tests.imaging.drawn import encoded, picture

Develop = Callable[..., Developed]
DETAILS, PLACE = 0x8769, 0x8825


def claims(
    *, top: dict[int, object] | None = None, details: dict[int, object] | None = None,
    place: dict[int, object] | None = None,
) -> Image.Exif:  # fmt: skip
    exif = Image.Exif()
    exif.update(top or {})
    exif.get_ifd(DETAILS).update(details or {})
    exif.get_ifd(PLACE).update(place or {})
    return exif


def angle(degrees: float, minutes: float, seconds: float) -> tuple[IFDRational, ...]:
    return tuple(IFDRational(round(part * 10_000), 10_000) for part in (degrees, minutes, seconds))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_time_camera_and_place_are_read_from_every_kind(develop: Develop, kind: str) -> None:
    exif = claims(
        top={0x010F: "HUAWEI", 0x0110: "LYA-AL00", 0x0131: "10.1.0"},
        details={0x9003: "2026:06:30 08:05:09", 0x9011: "+08:00"},
        place={1: "N", 2: angle(30, 34, 22.08), 3: "E", 4: angle(104, 4, 0.48)},
    )
    assert develop(encoded(picture(), kind, exif=exif)).embedded == Embedded(
        taken_at="2026-06-30T08:05:09",
        offset="+08:00",
        make="HUAWEI",
        model="LYA-AL00",
        software="10.1.0",
        latitude="30.572800",
        longitude="104.066800",
    )


def test_south_and_west_are_negative(develop: Develop) -> None:
    exif = claims(place={1: "S", 2: angle(33, 30, 0), 3: "W", 4: angle(70, 15, 0)})
    found = develop(encoded(picture(), exif=exif)).embedded
    assert (found.latitude, found.longitude) == ("-33.500000", "-70.250000")


def test_a_photo_without_claims_claims_nothing(develop: Develop) -> None:
    assert develop(encoded(picture())).embedded == Embedded()


@pytest.mark.parametrize(
    "time", ["0000:00:00 00:00:00", "2026:13:40 08:00:00", "yesterday", "", "2026:06:30", "\0" * 19]
)
def test_an_impossible_time_is_no_time(develop: Develop, time: str) -> None:
    exif = claims(details={0x9003: time, 0x9011: "+99:00"})
    assert develop(encoded(picture(), exif=exif)).embedded == Embedded()


@pytest.mark.parametrize(
    "place",
    [
        {1: "N", 2: angle(91, 0, 0), 3: "E", 4: angle(104, 0, 0)},
        {1: "N", 2: angle(30, 0, 0)},
        {1: "?", 2: angle(30, 0, 0), 3: "E", 4: angle(104, 0, 0)},
        {2: angle(30, 0, 0), 4: angle(104, 0, 0)},
        {1: "N", 2: (IFDRational(1, 0),) * 3, 3: "E", 4: (IFDRational(0, 0),) * 3},
        {1: "N", 2: (IFDRational(30, 1),), 3: "E", 4: angle(104, 0, 0)},
    ],
)
def test_an_impossible_or_halved_place_is_no_place(develop: Develop, place: dict[int, object]) -> None:
    assert develop(encoded(picture(), exif=claims(place=place))).embedded == Embedded()


def test_names_are_short_and_printable(develop: Develop) -> None:
    exif = claims(
        top={0x010F: "<script>\x01\x1b[31m" + "x" * 5000, 0x0110: "华为\0hidden".encode(), 0x0131: " \t "}
    )
    found = develop(encoded(picture(), exif=exif)).embedded
    assert found.make is not None
    assert found.make.startswith("<script>[31mxxx")
    assert len(found.make) == 80
    assert (found.model, found.software) == ("华为", None)


@pytest.mark.parametrize(
    "block",
    [
        b"", b"MM", b"MM\0*\xff\xff\xff\xff", b"XX\0*\0\0\0\x08" + bytes(50),
        b"MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08\0\0\0\x08",  # a directory that contains itself
        b"MM\0*\0\0\0\x08\xff\xff" + b"\1\x0f\0\2\xff\xff\xff\xff\0\0\0\x08" * 2000,
        b"II*\0\x08\0\0\0" + b"\xff" * 5000,
    ],
)  # fmt: skip
def test_a_hostile_block_is_passed_over_and_the_photo_developed(develop: Develop, block: bytes) -> None:
    done = develop(encoded(picture(), exif=b"Exif\0\0" + block))
    assert (done.format, done.width) == ("JPEG", 640)
    assert done.embedded.taken_at is None
