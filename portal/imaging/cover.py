"""Where boxes lie in the pixels that a decoder gives, and filling them. Runs only in the confined child.

Nothing of what is under a box may reach a pixel outside of it, or somebody can compute it back. So a box is filled with
one colour before anything mixes pixels, and grown until nothing mixed them before:

- to whole blocks of the JPEG's colour (16 pixels, or 32 in rare files), because every pixel of a block has a part in
  every other. A JPEG decoded at a half, a quarter or an eighth has smaller blocks, of which these are multiples;
- by 2 pixels more, because a JPEG's reader smooths coarse colour over the edges of blocks.

Fading towards neighbours, sharpening and the encoders come afterwards and see the fill alone. The blocks of a WebP, a
HEIC and an AVIF were foretold from their neighbours by whoever wrote it, so what stands beside a box may hold a trace
of how it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PIL import Image

from portal.rules.boxes import WHOLE, Box

Rectangle = tuple[int, int, int, int]  # left, top, right, bottom in pixels
Layers = tuple[
    tuple[int, ...], ...
]  # of a JPEG, as Pillow names them: number, samples across and down, table

_REACH = 2
_BLOCK = 16
_BLACK: Mapping[str, int | tuple[int, ...]] = {"RGB": (0, 0, 0), "L": 0, "CMYK": (0, 0, 0, 255)}
_WAYS = Image.Transpose

# From a picture that stands upright back to how it is stored, by the turn that stands it upright.
_STORED: Mapping[Image.Transpose | None, Callable[[int, int, int, int], Rectangle]] = {
    None: lambda left, top, right, bottom: (left, top, right, bottom),
    _WAYS.FLIP_LEFT_RIGHT: lambda left, top, right, bottom: (WHOLE - right, top, WHOLE - left, bottom),
    _WAYS.ROTATE_180: lambda left, top, right, bottom: (
        WHOLE - right,
        WHOLE - bottom,
        WHOLE - left,
        WHOLE - top,
    ),
    _WAYS.FLIP_TOP_BOTTOM: lambda left, top, right, bottom: (left, WHOLE - bottom, right, WHOLE - top),
    _WAYS.TRANSPOSE: lambda left, top, right, bottom: (top, left, bottom, right),
    _WAYS.ROTATE_270: lambda left, top, right, bottom: (top, WHOLE - right, bottom, WHOLE - left),
    _WAYS.TRANSVERSE: lambda left, top, right, bottom: (
        WHOLE - bottom,
        WHOLE - right,
        WHOLE - top,
        WHOLE - left,
    ),
    _WAYS.ROTATE_90: lambda left, top, right, bottom: (WHOLE - bottom, left, WHOLE - top, right),
}


def rectangles(
    boxes: Sequence[Box], *, size: tuple[int, int], layers: Layers, turn: Image.Transpose | None
) -> list[Rectangle]:
    """The pixels that must be filled in a decoded picture of this size, which `turn` will stand upright."""
    block = max([_BLOCK, *(8 * max(layer[1:3]) for layer in layers)])
    found = []
    for box in boxes:
        right, bottom = box.left + box.width, box.top + box.height
        stored = _STORED[turn](box.left, box.top, right, bottom)
        left, right = _grown(stored[0], stored[2], length=size[0], block=block)
        top, bottom = _grown(stored[1], stored[3], length=size[1], block=block)
        found.append((left, top, right, bottom))
    return found


def _grown(start: int, end: int, *, length: int, block: int) -> tuple[int, int]:
    first = start * length // WHOLE // block * block - _REACH
    last = -(-end * length // (WHOLE * block)) * block + _REACH
    return max(first, 0), min(last, length)


def fill(band: Image.Image, where: Sequence[Rectangle], *, top: int) -> None:
    """Fill these pixels of a band whose first row is row `top` of the picture."""
    for left, upper, right, lower in where:
        first, last = max(upper - top, 0), min(lower - top, band.height)
        if first < last:
            band.paste(_BLACK[band.mode], (left, first, right, last))
