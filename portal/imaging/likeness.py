"""What a picture looks like, in a few hundred bytes: fingerprints that survive crops, mirrors, bars and watermarks.

Works on the plane that the confined child hands over, 256 x 256 RGB bytes: numbers, no file, so no decoder runs here.
Each of seventeen windows gets a difference hash (64 bits, found fast) and a PDQ hash (256 bits, hard to mistake); bars
at the edges are taken off and the rest gets its own rows. A mirrored picture is looked for by the fingerprints of its
mirror, which are kept beside and never looked through.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pdqhash

SIDE = 256
PLANE_BYTES = SIDE * SIDE * 3
WINDOWS = (
    (0.0, 0.0, 1.0, 1.0), (0.03, 0.03, 0.97, 0.97), (0.06, 0.06, 0.94, 0.94), (0.1, 0.1, 0.9, 0.9),
    (0.15, 0.15, 0.85, 0.85),
    (0.0, 0.0, 1.0, 0.88), (0.0, 0.12, 1.0, 1.0), (0.0, 0.0, 0.88, 1.0), (0.12, 0.0, 1.0, 1.0),
    (0.0, 0.0, 0.92, 0.92), (0.08, 0.0, 1.0, 0.92), (0.0, 0.08, 0.92, 1.0), (0.08, 0.08, 1.0, 1.0),
    (0.0, 0.0, 0.86, 0.86), (0.14, 0.0, 1.0, 0.86), (0.0, 0.14, 0.86, 1.0), (0.14, 0.14, 1.0, 1.0),
)  # fmt: skip
TRIMMED, MIRRORED = 32, 64  # added to the number of a window
ROW = np.dtype([("window", "u1"), ("difference", "<u8"), ("pdq", "u1", 32)])
PLAIN = 20  # of 100: below this PDQ quality a window shows next to nothing, and everything empty is alike

_BAR = 14  # grey levels; an edge row that varies less belongs to a bar
_MOST_TRIMMED = 200  # rows or columns; where more would go, the picture itself is plain
_WORTH_TRIMMING = 0.98  # of the area
_ACROSS, _DOWN, _PDQ_SIDE = 9, 8, 64
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Box = tuple[float, float, float, float]
Grey = npt.NDArray[np.float32]
Sums = npt.NDArray[np.float64]
Row = tuple[int, int, npt.NDArray[np.uint8]]


def prints_of(plane: bytes) -> bytes:
    """The fingerprints of a plane, as rows of `ROW`. Empty for a picture that is plain everywhere.
    Raises `ValueError` for anything that is no plane."""
    if len(plane) != PLANE_BYTES:
        raise ValueError(f"a plane has {PLANE_BYTES} bytes, not {len(plane)}")
    grey = (np.frombuffer(plane, np.uint8).reshape(SIDE, SIDE, 3) * _LUMA).sum(axis=2)
    sums = _sums(grey)
    rows = _rows(sums, (0.0, 0.0, SIDE, SIDE), first=0)
    left, top, right, bottom = inner = _without_bars(grey)
    if (right - left) * (bottom - top) < _WORTH_TRIMMING * SIDE * SIDE:
        rows += _rows(sums, inner, first=TRIMMED)
    return np.array(rows, ROW).tobytes()


def _rows(sums: Sums, frame: Box, *, first: int) -> list[Row]:
    """The rows of every window of this frame that shows something, and of its mirror."""
    left, top, right, bottom = frame
    width, height = right - left, bottom - top
    rows: list[Row] = []
    for number, (x0, y0, x1, y1) in enumerate(WINDOWS, start=first):
        across, down = (left + x0 * width, left + x1 * width), (top + y0 * height, top + y1 * height)
        small = _averaged(sums, across, down, size=(_PDQ_SIDE, _PDQ_SIDE))
        coarse = _averaged(sums, across, down, size=(_ACROSS, _DOWN))
        pdq, quality = _pdq(small)
        if quality < PLAIN:
            continue
        rows.append((number, _difference(coarse), pdq))
        rows.append((number + MIRRORED, _difference(coarse[:, ::-1]), _pdq(small[:, ::-1])[0]))
    return rows


def _sums(grey: Grey) -> Sums:
    """At [y, x] the sum of everything above and to the left: any mean is then four of these. (Products of matrices
    would do too, but their library takes every processor that it finds.)"""
    sums = np.zeros((SIDE + 1, SIDE + 1))
    sums[1:, 1:] = grey.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    return sums


def _averaged(
    sums: Sums, across: tuple[float, float], down: tuple[float, float], *, size: tuple[int, int]
) -> Grey:
    """This part of the picture in so many cells, each the mean of what it covers, pixels in part included."""
    lines = _at(sums, np.linspace(*down, size[1] + 1))
    corners = _at(lines.T, np.linspace(*across, size[0] + 1)).T
    area = (across[1] - across[0]) * (down[1] - down[0]) / (size[0] * size[1])
    return np.asarray(np.diff(np.diff(corners, axis=0), axis=1) / area, np.float32)


def _at(sums: Sums, places: Sums) -> Sums:
    """The lines of `sums` at these places, which may lie between two."""
    before = np.minimum(places.astype(np.int64), SIDE - 1)
    beyond = (places - before)[:, None]
    return np.asarray(sums[before] * (1 - beyond) + sums[before + 1] * beyond)


def _difference(coarse: Grey) -> int:
    """Bit by bit whether it grows brighter to the right."""
    return int(np.packbits(coarse[:, 1:] > coarse[:, :-1]).view(">u8")[0])


def _pdq(small: Grey) -> tuple[npt.NDArray[np.uint8], int]:
    levels = np.clip(np.rint(small), 0, 255).astype(np.uint8)
    bits, quality = pdqhash.compute(np.repeat(levels[:, :, None], 3, axis=2))
    return np.packbits(bits.astype(np.uint8)), int(quality)


def _without_bars(grey: Grey) -> Box:
    """The frame inside flat bars at the edges; the whole where hardly anything would be left."""
    top, bottom = _span(np.ptp(grey, axis=1))
    left, right = _span(np.ptp(grey[top:bottom], axis=0))
    return (float(left), float(top), float(right), float(bottom))


def _span(ranges: Sequence[float] | Grey) -> tuple[int, int]:
    varied = np.flatnonzero(np.asarray(ranges) > _BAR)
    if not varied.size or SIDE - (varied[-1] + 1 - varied[0]) > _MOST_TRIMMED:
        return 0, SIDE
    return int(varied[0]), int(varied[-1]) + 1
