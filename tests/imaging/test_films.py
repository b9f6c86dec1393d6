"""The outside of films, judged without a decoder: what cameras write passes, what cheats write does not."""

from __future__ import annotations

import io
import struct

import pytest

from portal.imaging.film_boxes import MOST_BOXES
from portal.imaging.filmed import FilmRefusal, FilmRefused
from portal.imaging.films import judge_container
from tests.filming import box, film, find, patched, renamed, told_length


def verdict(data: bytes) -> str:
    try:
        container = judge_container(io.BytesIO(data))
    except FilmRefused as refused:
        return refused.refusal.value
    return container.format


def _cuts(data: bytes, *rows: tuple[int, int, int]) -> bytes:
    """The film with another list of cuts in its first track."""
    at = find(data, b"edts")
    size = struct.unpack(">I", data[at : at + 4])[0]
    table = struct.pack(">II", 0, len(rows)) + b"".join(struct.pack(">IiI", *row) for row in rows)
    room = box(b"edts", box(b"elst", table))
    assert len(room) <= size, "the list fits where the old one was"
    return (
        data[:at]
        + room
        + (box(b"free", bytes(size - len(room) - 8)) if len(room) < size else b"")
        + data[at + size :]
    )


@pytest.mark.parametrize(
    ("name", "form", "codec"),
    [
        ("telephone.mp4", "MP4", "h264"),
        ("telephone.mov", "MOV", "h264"),
        ("live.mp4", "MP4", "h264"),
        ("browser.webm", "WEBM", "vp8"),
    ],
)
def test_what_telephones_and_browsers_write_passes(name: str, form: str, codec: str) -> None:
    container = judge_container(io.BytesIO(film(name)))
    assert (container.format, container.pictures.codec) == (form, codec)
    assert (container.pictures.width, container.pictures.height) == (320, 180)
    assert not container.plain


def test_the_name_of_a_file_says_nothing_and_its_content_everything() -> None:
    assert verdict(film("telephone.mov")) == "MOV"
    assert verdict(b"\xff\xd8\xff\xe0" + bytes(2000)) == "not_a_film"


HOSTILE = {
    "nothing": lambda: (b"", "empty"),
    "a list of addresses": lambda: (b"#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1/a.ts\n" * 9, "not_a_film"),
    "a list of files": lambda: (b"ffconcat version 1.0\nfile /etc/passwd\n" * 9, "not_a_film"),
    "avi": lambda: (b"RIFF\0\0\0\0AVI LIST" + bytes(500), "not_this_kind"),
    "half of it": lambda: (film()[: len(film()) // 2], "truncated"),
    "cut in its index": lambda: (film()[:-40], "truncated"),
    "cut in a chunk of a browser's": lambda: (film("browser.webm")[:-60], "truncated"),
    "a box past the end": lambda: (film() + struct.pack(">I4s", 1 << 30, b"free"), "truncated"),
    "something hung on behind": lambda: (film() + b"PK\x03\x04" + bytes(40), "trailing"),
    "something hung on behind a browser's": lambda: (film("browser.webm") + b"PK\x03\x04", "trailing"),
    "pictures in another file": lambda: (patched(film(), b"url ", 0, bytes(4)), "elsewhere"),
    "encrypted": lambda: (renamed(film(), b"avc1\0\0\0\0", b"encv\0\0\0\0"), "encrypted"),
    "a lock beside it": lambda: (film() + box(b"pssh", bytes(24)), "encrypted"),
    "sound alone": lambda: (film("sound.mp4"), "no_pictures"),
    "a codec that we do not read": lambda: (film("old.mp4"), "not_this_codec"),
    "a huge picture": lambda: (
        patched(film(), b"avc1", 24, struct.pack(">HH", 30000, 20000)),
        "too_many_pixels",
    ),
    "a tiny picture": lambda: (patched(film(), b"avc1", 24, struct.pack(">HH", 16, 16)), "too_small"),
    "an hour": lambda: (told_length(film(), 3600), "too_long"),
    "a table longer than its box": lambda: (patched(film(), b"stts", 4, b"\x7f\xff\xff\xff"), "corrupt"),
    "a track in a track": lambda: (renamed(film(), b"edts", b"trak"), "corrupt"),
    "an index in an index": lambda: (renamed(film(), b"edts", b"moov"), "corrupt"),
    "a cut past the end": lambda: (_cuts(film(), (9000, 0, 1 << 16)), "edited"),
    "a cut in another speed": lambda: (_cuts(film(), (900, 0, 1 << 14)), "edited"),
    "boxes without end": lambda: (film() + box(b"free", b"") * (MOST_BOXES + 1), "too_heavy"),
    "an index too large": lambda: (
        film().replace(b"moov", b"free", 1) + box(b"moov", bytes(17 << 20)),
        "too_heavy",
    ),
    "two indexes": lambda: (film() + film()[find(film(), b"moov") :], "corrupt"),
    "a chunk behind the end": lambda: (patched(film(), b"stco", 8, b"\x7f\0\0\0"), "truncated"),
    "a picture, not a film": lambda: (
        box(b"ftyp", b"heic\0\0\0\0heicmif1") + box(b"mdat", b"") + box(b"moov", b""),
        "not_this_kind",
    ),
    "matroska": lambda: (film("browser.webm").replace(b"webm", b"mkvx", 1), "not_this_kind"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_containers_get_the_verdict_that_they_deserve(name: str) -> None:
    data, expected = HOSTILE[name]()
    assert verdict(data) == expected


@pytest.mark.parametrize("name", ["telephone.mp4", "telephone.mov", "browser.webm"])
def test_no_single_damaged_byte_of_an_index_brings_anything_but_a_verdict(name: str) -> None:
    data = film(name)
    start = find(data, b"moov") if b"moov" in data else 0
    end = len(data) if b"moov" in data else 600
    for at in range(start, end, 3):
        damaged = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        assert verdict(damaged) in {*FilmRefusal, "MP4", "MOV", "WEBM"}


def test_every_beginning_of_a_film_gets_a_verdict() -> None:
    data = film("telephone.mov")
    verdicts = {verdict(data[:length]) for length in range(0, len(data), 97)}
    assert verdicts <= {"empty", "not_a_film", "truncated", "trailing"}


def _element(name: int, body: bytes) -> bytes:
    return (
        name.to_bytes((name.bit_length() + 7) // 8, "big") + (1 << 28 | len(body)).to_bytes(4, "big") + body
    )


def _webm(*more: bytes, tail: bytes = b"") -> bytes:
    """The smallest WebM with one track of pictures; `more` stands in that track."""
    size = _element(0xE0, _element(0xB0, b"\1\x40") + _element(0xBA, b"\0\xb4"))
    track = _element(0xAE, _element(0x83, b"\1") + _element(0x86, b"V_VP9") + size + b"".join(more))
    segment = _element(0x1654AE6B, track) + _element(0x1F43B675, _element(0xE7, b"\0"))
    return _element(0x1A45DFA3, _element(0x4282, b"webm")) + _element(0x18538067, segment) + tail


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (_webm(), "WEBM"),
        (_webm(_element(0x6D80, b"")), "encrypted"),
        (_webm(tail=b"PK\3\4 and a whole archive"), "trailing"),
        (_webm().replace(b"V_VP9", b"V_AV1"), "not_this_codec"),
        (_webm()[:-3], "truncated"),
    ],
)
def test_a_browsers_container_is_walked_as_strictly(data: bytes, expected: str) -> None:
    assert verdict(data) == expected
