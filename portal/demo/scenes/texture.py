"""Noise that makes flat colour look photographed. Made once, from fixed seeds, and shared."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.float32]


def _octave(rng: np.random.Generator, *, size: tuple[int, int], cell: float) -> Field:
    """Smooth noise with features about `cell` pixels wide, mean 0, standard deviation 1."""
    width, height = size
    small = rng.standard_normal((max(2, int(height / cell)), max(2, int(width / cell)))).astype(np.float32)
    image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
    field: Field = np.asarray(image, dtype=np.float32)
    return field / max(1e-6, float(field.std()))


@lru_cache(maxsize=8)
def clouds(variant: int) -> Field:
    """A field of clouds, 480 × 240, 0 to 1, streaked as clouds are far away."""
    rng = np.random.default_rng(900 + variant)
    total = np.zeros((240, 480), dtype=np.float32)
    for cell, weight in ((96, 1.0), (44, 0.6), (20, 0.34), (9, 0.2), (4, 0.1)):
        total += weight * _octave(rng, size=(480, 240), cell=cell)
    field: Field = np.clip((total / 1.25 + 1.0) / 2.4, 0, 1)
    return field


@lru_cache(maxsize=8)
def mottle(variant: int) -> Field:
    """A field for ground seen flat, 480 × 240, mean 0, about -2 to 2; stretched sideways towards the top."""
    rng = np.random.default_rng(700 + variant)
    total = np.zeros((240, 480), dtype=np.float32)
    for cell, weight in ((70, 0.6), (26, 0.5), (9, 0.45), (3, 0.5)):
        total += weight * _octave(rng, size=(480, 240), cell=cell)
    return total


@lru_cache(maxsize=8)
def finish(width: int, height: int, variant: int) -> Image.Image:
    """Grain, surface unevenness and the falling off of light towards the corners, around 128 grey."""
    rng = np.random.default_rng(500 + variant)
    size = (width, height)
    tone = 2.3 * _octave(rng, size=size, cell=1.6) + 1.1 * _octave(rng, size=size, cell=7)
    tone += 1.4 * _octave(rng, size=size, cell=34)
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    tone -= 17 * np.clip((x * x + y * y) - 0.55, 0, 2) ** 1.3
    chroma = rng.standard_normal((height, width, 3)).astype(np.float32) * 1.6
    pixels = np.clip(128 + tone[..., None] + chroma, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)
