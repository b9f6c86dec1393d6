"""The answer of the child is believed only when an honest child could have given it."""

from __future__ import annotations

import contextlib
import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.imaging.developed import Developed, Embedded, PhotoRefused, Refusal, Rendition
from portal.imaging.wire import BrokenAnswer, pack, unpack

JPEG, AVIF = b"\xff\xd8\xff\xe0 pixels", b"\0\0\0\x1cftypavif pixels"
HONEST = Developed(
    format="PNG",
    width=480,
    height=360,
    tone="a0b1c2",
    renditions=(
        Rendition(edge=480, format="jpeg", width=480, height=360, data=JPEG),
        Rendition(edge=480, format="avif", width=480, height=360, data=AVIF),
    ),
    embedded=Embedded(make="华为", latitude="30.572800", longitude="104.066800"),
    plane=bytes(range(256)) * 768,
)

BARE = dataclasses.replace(HONEST, plane=b"")  # so that most changed bytes are not pixels


def changed(**values: object) -> bytes:
    """The honest answer with these entries of its head replaced."""
    data = pack(HONEST)
    end = 4 + int.from_bytes(data[:4], "big")
    text = json.dumps({**json.loads(data[4:end]), **values}).encode()
    return len(text).to_bytes(4, "big") + text + data[end:]


def test_an_honest_answer_comes_back_as_it_was() -> None:
    assert unpack(pack(HONEST)) == HONEST


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_comes_back(refusal: Refusal) -> None:
    with pytest.raises(PhotoRefused) as refused:
        unpack(pack(refusal))
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0\0\0\0", pack(HONEST)[:-1], pack(HONEST) + b"x", b"\xff\xff\xff\xff{}", b"\0\0\0\2[]", b"\0\0\0\2{}",
        b"\0\0\0\6[[[[[[", changed(format="GIF"), changed(width=-1), changed(width=True), changed(height="360"),
        changed(tone="url(x)"), changed(tone=5), changed(renditions=[]), changed(renditions=[[480]]),
        changed(renditions=[[480, "svg", 480, 360, len(JPEG)]]), changed(renditions=[[480, "jpeg", 480, 360, 10**9]]),
        changed(renditions=[[480, "avif", 480, 360, len(JPEG)], [480, "jpeg", 480, 360, len(AVIF)]]),
        changed(embedded={}), changed(embedded=None), changed(plane=0), changed(plane=-1), changed(plane=True),
        changed(plane=len(HONEST.plane) - 1), changed(plane=None), pack(dataclasses.replace(HONEST, plane=b"short")),
        changed(embedded={**dict.fromkeys(Embedded.__dataclass_fields__), "make": ["x"]}),
        changed(embedded={**dict.fromkeys(Embedded.__dataclass_fields__), "make": "x" * 201}),
        changed(refused="because"), changed(refused=None),
    ],
)  # fmt: skip
def test_anything_else_is_a_broken_answer(data: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        unpack(data)


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_break(data: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        unpack(data)


@given(st.integers(0, len(pack(BARE)) - 1), st.integers(0, 255))
def test_one_changed_byte_never_does_more_than_change_the_answer(at: int, value: int) -> None:
    data = bytearray(pack(BARE))
    data[at] = value
    with contextlib.suppress(BrokenAnswer, PhotoRefused):
        assert isinstance(unpack(bytes(data)), Developed)
