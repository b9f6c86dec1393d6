"""What pictures look like: copies are found, others are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps

from portal.imaging.likeness import MIRRORED, PLANE_BYTES, ROW, SIDE, TRIMMED, prints_of
from portal.imaging.likeness_index import LikenessIndex
from tests.likenesses import drawn, plane_of

PICTURES = 30


@pytest.fixture(scope="module")
def index() -> LikenessIndex:
    """Thirty pictures by number."""
    made = LikenessIndex()
    for number in range(PICTURES):
        made.add(number, prints_of(plane_of(drawn(number))))
    return made


def _cut(*sides: float) -> Callable[[Image.Image], Image.Image]:
    def cut(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop(
            tuple(round(side * length) for side, length in zip(sides, (width, height) * 2, strict=True))
        )

    return cut


@pytest.mark.parametrize(
    ("way", "mirrored"),
    [
        (lambda picture: picture, False),
        (_cut(0.05, 0.05, 0.95, 0.95), False),
        (_cut(0.15, 0.15, 0.85, 0.85), False),
        (_cut(0, 0, 1, 0.88), False),
        (_cut(0.12, 0, 1, 1), False),
        (_cut(0, 0.14, 0.86, 1), False),
        (lambda picture: ImageOps.expand(picture, 30, "black"), False),
        (ImageOps.grayscale, False),
        (lambda picture: picture.resize((96, 72)), False),
        (ImageOps.mirror, True),
        (lambda picture: _cut(0.05, 0.05, 0.95, 0.95)(ImageOps.mirror(picture)), True),
    ],
    ids=[
        "itself",
        "cut 10",
        "cut 30",
        "strip",
        "side",
        "corner",
        "bars",
        "grey",
        "small",
        "mirror",
        "cut mirror",
    ],
)
def test_a_copy_leads_to_its_original_and_to_nothing_else(index, way, mirrored):
    for number in range(0, PICTURES, 3):
        found = index.alike(prints_of(plane_of(way(drawn(number)))))
        assert [alike.key for alike in found] == [number]
        assert found[0].mirrored is mirrored


def test_what_was_cut_is_told_from_the_whole(index):
    whole = index.alike(prints_of(plane_of(drawn(1))))[0]
    assert (whole.distance, whole.whole, whole.part) == (0, 0, False)
    part = index.alike(prints_of(plane_of(_cut(0, 0, 0.86, 0.86)(drawn(1)))))[0]
    assert part.part
    assert part.whole > part.distance


def test_pictures_that_have_nothing_in_common_are_not_alike(index):
    for number in range(PICTURES, 2 * PICTURES):
        assert index.alike(prints_of(plane_of(drawn(number)))) == []


def test_a_picture_that_shows_nothing_has_no_fingerprints_and_is_like_nothing(index):
    plain = prints_of(plane_of(Image.new("RGB", (320, 240), (200, 210, 220))))
    assert plain == b""
    assert index.alike(plain) == []


def test_bars_give_a_second_set_of_rows_and_every_row_has_its_mirror():
    rows = np.frombuffer(prints_of(plane_of(ImageOps.expand(drawn(2), 40, "white"))), ROW)
    assert set(rows["window"] & TRIMMED) == {0, TRIMMED}
    assert sorted(rows["window"][rows["window"] < MIRRORED]) == sorted(
        rows["window"][rows["window"] >= MIRRORED] - MIRRORED
    )


@pytest.mark.parametrize("size", [0, PLANE_BYTES - 1, PLANE_BYTES + 1])
def test_anything_but_a_plane_is_refused(size):
    with pytest.raises(ValueError, match="plane"):
        prints_of(bytes(size))


def test_any_plane_at_all_has_fingerprints_or_none():
    rng = np.random.default_rng(5)
    for plane in (
        bytes(PLANE_BYTES),
        b"\xff" * PLANE_BYTES,
        rng.bytes(PLANE_BYTES),
        bytes(range(256)) * (SIDE * 3),
    ):
        assert len(prints_of(plane)) % ROW.itemsize == 0


def test_an_index_keeps_a_key_once_grows_as_needed_and_knows_its_newest():
    index = LikenessIndex()
    assert (len(index), index.newest) == (0, 0)
    assert index.alike(prints_of(plane_of(drawn(0)))) == []
    for key in range(1, 201):
        index.add(key, prints_of(plane_of(drawn(key % 5))))
    index.add(7, prints_of(plane_of(drawn(4))))
    assert (len(index), index.newest) == (200, 200)
    assert 7 in index
    assert 201 not in index
    assert {alike.key % 5 for alike in index.alike(prints_of(plane_of(drawn(2))))} == {2}
