"""Nothing of what is under a box is in anything that we make: other content there, and every byte is the same."""

from __future__ import annotations

import io
import itertools
import random
from pathlib import Path

import pytest
from PIL import Image

from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import Developed
from portal.imaging.renditions import develop
from portal.imaging.wire import pack_boxes, read_boxes
from portal.rules.boxes import MOST_BOXES, WHOLE, Box
from tests.imaging.drawn import encoded, picture

UPRIGHT_SIZE = (1200, 900)
BOX = Box(left=203, top=411, width=119, height=87)
LYING = (5, 6, 7, 8)
# From upright to how a camera with this orientation stores it.
STORED_BY = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def pixels_of(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest rectangle of whole pixels under a box."""
    wide, high = size
    left, top = -(-box.left * wide // WHOLE), -(-box.top * high // WHOLE)
    return left, top, (box.left + box.width) * wide // WHOLE, (box.top + box.height) * high // WHOLE


def with_under(base: Image.Image, box: Box, seed: int) -> Image.Image:
    """The picture with something else under the box: loud, so that it would be seen far around."""
    left, top, right, bottom = pixels_of(box, base.size)
    noise = random.Random(seed).randbytes((right - left) * (bottom - top) * 3)
    changed = base.copy()
    changed.paste(Image.frombytes("RGB", (right - left, bottom - top), noise), (left, top))
    return changed


def developed(data: bytes, kind: str, *boxes: Box) -> Developed:
    return develop(io.BytesIO(data), kind=kind, boxes=boxes)


def seen(rendition: bytes) -> Image.Image:
    return Image.open(io.BytesIO(rendition)).convert("RGB")


@pytest.mark.parametrize("orientation", STORED_BY)
def test_what_is_under_a_box_changes_no_byte_however_the_camera_was_held(orientation: int) -> None:
    base, made = picture(*UPRIGHT_SIZE), []
    for seed in (1, 2):
        upright = with_under(base, BOX, seed)
        turn = STORED_BY[orientation]
        stored = upright if turn is None else upright.transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = orientation
        made.append(encoded(stored, "JPEG", quality=92, exif=exif))
    assert developed(made[0], "JPEG") != developed(made[1], "JPEG"), "the two photos do differ"
    first, second = (developed(data, "JPEG", BOX) for data in made)
    assert first == second
    assert (first.width, first.height) == UPRIGHT_SIZE
    left, top, right, bottom = pixels_of(BOX, UPRIGHT_SIZE)
    middle = tuple(round(v * 1024 / 1200) for v in ((left + right) // 2, (top + bottom) // 2))
    (large,) = (each for each in first.renditions if each.edge == 1024)
    assert max(seen(large.data).getpixel(middle)) < 8  # type: ignore[arg-type, type-var]


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(700, 520), (4300, 3200)])
def test_no_block_coarse_colour_or_scaled_reading_of_a_jpeg_carries_it_out(
    size: tuple[int, int], subsampling: int
) -> None:
    chance = random.Random(f"{size} {subsampling}")
    base = picture(*size)
    boxes = [
        Box(left=left, top=chance.randrange(700), width=chance.randrange(20, 200), height=61)
        for left in (chance.randrange(400), 400 + chance.randrange(400))
    ]
    made = []
    for seed in (1, 2):
        changed = with_under(with_under(base, boxes[0], seed), boxes[1], -seed)
        made.append(encoded(changed, "JPEG", quality=88, subsampling=subsampling, progressive=size[0] < 1000))
    assert developed(made[0], "JPEG", *boxes) == developed(made[1], "JPEG", *boxes), boxes


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK", "I;16", "1"])
def test_every_kind_of_pixel_is_covered(mode: str) -> None:
    base, made = picture(640, 480), []
    for seed in (1, 2):
        changed = with_under(base, BOX, seed)
        changed = (
            changed.convert("L").convert("I;16")
            if mode == "I;16"
            else changed.convert(mode, dither=Image.Dither.NONE)
        )
        made.append(encoded(changed, "JPEG" if mode == "CMYK" else "PNG"))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    if mode == "P":  # a palette is made of all pixels, so only the fill is looked at
        shown = seen(developed(made[0], kind, BOX).renditions[0].data)
        assert shown.crop(pixels_of(BOX, shown.size)).getextrema() == ((0, 0),) * 3
    else:
        assert developed(made[0], kind, BOX) == developed(made[1], kind, BOX)


def test_pixels_reduced_in_bands_are_covered_before_they_are_mixed() -> None:
    base = picture(800, 600).resize((4400, 3300), Image.Resampling.NEAREST)
    tall = Box(left=100, top=150, width=40, height=700)
    made = [encoded(with_under(base, tall, seed), "PNG", compress_level=1) for seed in (1, 2)]
    assert developed(made[0], "PNG", tall) == developed(made[1], "PNG", tall)


def test_a_cover_is_one_colour_and_the_rest_is_as_it_was() -> None:
    data = encoded(picture(2000, 1500), "PNG", compress_level=1)
    plain, covered = developed(data, "PNG"), developed(data, "PNG", BOX)
    assert {r.name for r in plain.renditions} & {r.name for r in covered.renditions} == set()
    assert plain.tone != covered.tone
    for before, after in zip(plain.renditions, covered.renditions, strict=True):
        assert (before.edge, before.format, before.width) == (after.edge, after.format, after.width)
        if after.format == "jpeg":
            picture_of = seen(after.data)
            inner = picture_of.crop(pixels_of(BOX, picture_of.size))
            assert max(high for _low, high in inner.getextrema()) < 48, after.edge  # type: ignore[misc]
            corner = (0, 0, after.width // 8, after.height // 8)
            assert picture_of.crop(corner).tobytes() == seen(before.data).crop(corner).tobytes()


def test_boxes_at_the_edges_and_over_everything_are_covered() -> None:
    data = encoded(picture(640, 480))
    for left, top in itertools.product((0, 999), repeat=2):
        corner = Box(left=left, top=top, width=1, height=1)
        shown = seen(developed(data, "JPEG", corner).renditions[0].data)
        assert max(shown.getpixel((left * 639 // 999, top * 479 // 999))) < 8  # type: ignore[arg-type, type-var]
    whole = developed(data, "JPEG", Box(left=0, top=0, width=WHOLE, height=WHOLE))
    assert whole.tone == "000000"


def test_boxes_travel_to_the_confined_child_and_back_comes_what_is_covered(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(encoded(picture()))
    boxes = [BOX, Box(left=0, top=0, width=WHOLE, height=10)]
    covered = darkroom.develop(path, boxes=boxes)
    assert covered == developed(path.read_bytes(), "JPEG", *boxes)
    assert darkroom.develop(path) == developed(path.read_bytes(), "JPEG"), "and none of the next photo's is"
    most = [Box(left=n, top=n, width=3, height=3) for n in range(MOST_BOXES)]
    assert darkroom.develop(path, boxes=most) == developed(path.read_bytes(), "JPEG", *most)


def test_too_many_boxes_are_refused_before_anything_is_sent(darkroom: Darkroom, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(encoded(picture()))
    with pytest.raises(ValueError, match="too many"):
        darkroom.develop(path, boxes=[BOX] * (MOST_BOXES + 1))
    assert darkroom.develop(path).format == "JPEG"


def test_boxes_are_told_byte_by_byte() -> None:
    boxes = [BOX, Box(left=0, top=0, width=WHOLE, height=WHOLE)]
    for told in (boxes, []):
        stream = io.BytesIO(pack_boxes(told) + b"rest")
        assert read_boxes(stream.read) == told
        assert stream.read() == b"rest"
