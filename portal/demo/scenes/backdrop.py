"""Sky, clouds, far hills and bare ground: what is there before anything is built."""

from __future__ import annotations

import math
import random

import numpy as np
from PIL import Image

from portal.demo.scenes.light import Colour, Light, mix
from portal.demo.scenes.stage import Camera, Stage
from portal.demo.scenes.texture import Field, clouds, mottle

GRASS: dict[str, Colour] = {
    "bare": (150, 138, 102),
    "fresh": (132, 152, 84),
    "full": (104, 136, 66),
    "turning": (146, 142, 84),
}
SOIL: Colour = (166, 140, 108)
SNOW: Colour = (234, 238, 242)


def turf(light: Light) -> Colour:
    """The colour of grass on the day, under snow when there is some."""
    green = GRASS[light.foliage]
    return mix(green, SNOW, share=0.78) if light.snow else green


def _sky(light: Light, *, rows: int, columns: int, variant: int) -> Field:
    t = np.linspace(0, 1, max(rows, 2), dtype=np.float32)[:, None, None] ** 0.8
    zenith, horizon = (np.array(c, dtype=np.float32) for c in (light.zenith, light.horizon))
    sky = zenith * (1 - t) + horizon * t
    whole = clouds(variant)
    down = np.linspace(8, len(whole) - 1, rows).astype(int)
    across = np.linspace(8, whole.shape[1] - 1, columns).astype(int)
    field = whole[np.ix_(down, across)]
    cover = np.clip((field - (0.86 - 0.52 * light.cloud)) * 2.6, 0, 1)[..., None]
    under = np.roll(cover, 2, axis=0) * 0.22  # clouds are darker below
    under[:2] = under[2]
    white = np.array(mix((250, 250, 250), light.horizon, share=0.25), dtype=np.float32)
    lit: Field = sky + (white * (1 - under) - sky) * cover * (0.82 if light.cloud < 0.8 else 0.5)
    return lit


def paint(
    size: tuple[int, int], *, camera: Camera, light: Light, ground: Colour, variant: int
) -> Image.Image:
    """Sky above and ground below the horizon, at a quarter of `size` and then enlarged: nothing in it is sharp."""
    columns, rows = size[0] // 4, size[1] // 4
    split = min(rows - 2, max(2, int(rows * camera.horizon)))
    sky = _sky(light, rows=split, columns=columns, variant=variant % 6)
    below = rows - split
    depth = np.linspace(0, 1, below, dtype=np.float32)[:, None, None]
    near = np.array(light.shade(SNOW if light.snow else ground, normal=(0, 0, 1)), dtype=np.float32)
    far = np.array(mix(ground, light.haze, share=0.55), dtype=np.float32)
    blend = depth**0.45
    whole = mottle(variant % 5)
    down = np.linspace(0, len(whole) - 1, below).astype(int)
    across = np.linspace(0, whole.shape[1] - 1, columns).astype(int)
    field = whole[np.ix_(down, across)][..., None]
    land = far * (1 - blend) + near * blend + field * (1.5 + 7.5 * depth)
    pixels = np.clip(np.concatenate([sky, land]), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR)


def hills(stage: Stage, *, rng: random.Random, high: float = 0.10) -> None:
    """Three ridges, each paler than the one before it."""
    light = stage.light
    green = mix(GRASS[light.foliage], (64, 92, 84), share=0.6)
    for layer, haze in enumerate((0.80, 0.66, 0.50)):
        phases = [rng.uniform(0, 6.28) for _ in range(4)]
        scale = high * stage.height * (1.0 - 0.24 * layer)
        points = [(0.0, stage.horizon + 2)]
        for i in range(65):
            t = i / 64
            ridge = sum(
                math.sin(t * f + p) / (k + 1)
                for k, (f, p) in enumerate(zip((5, 11, 23, 47), phases, strict=True))
            )
            points.append((t * stage.width, stage.horizon - scale * (0.52 + 0.30 * ridge)))
        points.append((float(stage.width), stage.horizon + 2))
        stage.draw.polygon(points, fill=mix(green, light.haze, share=haze))


def town(stage: Stage, *, rng: random.Random, span: tuple[float, float], y: float, count: int = 14) -> None:
    """Blocks of houses far behind, with rows of windows where they are large enough."""
    for _ in range(count):
        x, wide, high = rng.uniform(*span), rng.uniform(14, 34), rng.choice((9, 12, 18, 18, 33))
        tone = rng.choice(
            ((214, 204, 190), (198, 194, 190), (222, 212, 188), (190, 176, 164), (206, 208, 210))
        )
        depth = y + rng.uniform(0, 80)
        stage.box((x, x + wide), (depth, depth + 14), (0, high), colour=tone)
        for floor in range(int(high // 3)):
            z = floor * 3 + 1.0
            window = mix(tone, (84, 98, 112), share=0.55)
            stage.wall((x + 1.2, depth), (x + wide - 1.2, depth), low=z, high=z + 1.3, colour=window)
            for k in range(1, int(wide // 3)):
                stage.line((x + 3 * k, depth, z), (x + 3 * k, depth, z + 1.3), colour=tone, thick=1.1)
