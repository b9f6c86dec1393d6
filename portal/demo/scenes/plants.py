"""Trees, shrubs and grass. A crown is painted once in many dabs and then placed at any size."""

from __future__ import annotations

import math
import random
from functools import lru_cache

from PIL import Image, ImageDraw

from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Stage

_WIDE, _HIGH = 300, 360
_LEAVES: dict[tuple[str, str], tuple[Colour, Colour]] = {
    ("round", "fresh"): ((84, 118, 48), (176, 198, 104)),
    ("round", "full"): ((42, 78, 36), (128, 160, 76)),
    ("round", "turning"): ((126, 96, 36), (222, 176, 78)),
    ("slim", "fresh"): ((88, 120, 58), (184, 204, 122)),
    ("slim", "full"): ((48, 86, 44), (132, 168, 88)),
    ("slim", "turning"): ((140, 104, 36), (232, 194, 86)),
    ("pine", "fresh"): ((30, 62, 44), (88, 124, 80)),
    ("pine", "full"): ((28, 60, 42), (84, 120, 76)),
    ("pine", "turning"): ((32, 60, 42), (92, 116, 74)),
    ("pine", "bare"): ((38, 58, 46), (92, 108, 80)),
}


def _branches(
    draw: ImageDraw.ImageDraw,
    *,
    rng: random.Random,
    start: tuple[float, float],
    angle: float,
    length: float,
    thick: float,
) -> None:
    end = (start[0] + math.sin(angle) * length, start[1] - math.cos(angle) * length)
    draw.line((start, end), fill=(96, 82, 70, 255), width=max(1, round(thick)))
    if length > 13:
        for _ in range(3 if length > 30 else 2):
            _branches(
                draw,
                rng=rng,
                start=end,
                angle=angle + rng.uniform(-0.62, 0.62),
                length=length * rng.uniform(0.62, 0.80),
                thick=thick * 0.62,
            )


def _inside(shape: str, *, rng: random.Random) -> tuple[float, float]:
    """A place in the crown, in shares of its half width and height, top at -1."""
    if shape == "pine":
        y = rng.uniform(-1, 1)
        return rng.uniform(-1, 1) * (0.08 + 0.46 * (y + 1)) * 0.9, y
    angle, reach = rng.uniform(0, 2 * math.pi), rng.random() ** 0.5
    bulge = 1 + 0.16 * math.sin(3 * angle + 1) + 0.10 * math.sin(7 * angle)
    return math.cos(angle) * reach * bulge * (0.62 if shape == "slim" else 0.86), math.sin(
        angle
    ) * reach * bulge * 0.86


@lru_cache(maxsize=64)
def _sprite(shape: str, foliage: str, variant: int, snow: bool) -> Image.Image:
    """One tree on a clear ground, lit from the upper left."""
    rng = random.Random(f"{shape}{foliage}{variant}")  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGBA", (_WIDE, _HIGH), (110, 112, 88, 0))
    draw = ImageDraw.Draw(image)
    foot = (_WIDE / 2, _HIGH - 2.0)
    colours = _LEAVES.get((shape, foliage))
    if colours is None or shape != "pine":
        _branches(draw, rng=rng, start=foot, angle=rng.uniform(-0.04, 0.04), length=88, thick=11)
    else:
        draw.line((foot, (_WIDE / 2, _HIGH * 0.4)), fill=(92, 76, 62, 255), width=10)
    if colours is None:
        return image
    dark, bright = colours
    middle, half = (_WIDE / 2, _HIGH * 0.42), (_WIDE * 0.46, _HIGH * 0.40)
    dabs = sorted((_inside(shape, rng=rng) for _ in range(1500)), key=lambda p: -p[1] * 0.4 - p[0] * 0.2)
    for i, (u, v) in enumerate(dabs):
        lump = math.sin(u * 6 + variant) * math.cos(v * 7 - variant)  # clumps of leaves
        level = min(1.0, max(0.0, 0.42 - 0.30 * v - 0.22 * u + 0.22 * lump + rng.uniform(-0.2, 0.2)))
        colour = mix(dark, bright, share=level)
        if snow and v < -0.2 and i % 3 == 0:
            colour = (228, 234, 238)
        size = rng.uniform(3.0, 7.5)
        x, y = middle[0] + u * half[0], middle[1] + v * half[1]
        draw.ellipse((x - size, y - size * 0.7, x + size, y + size * 0.7), fill=(*colour, 255))
    return image


@lru_cache(maxsize=600)
def _placed(
    shape: str, foliage: str, variant: int, snow: bool, haze: Colour, tall: int, fade: int
) -> Image.Image:
    """A tree at its size and tenths of haze; kept, since a row of trees and a series of pictures repeat it."""
    size = (max(2, int(tall * _WIDE / _HIGH)), tall)
    sprite = _sprite(shape, foliage, variant, snow).resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0)
    if fade < 1:
        return sprite
    air = Image.new("RGBA", size, (*haze, 255))
    air.putalpha(sprite.getchannel("A"))
    return Image.blend(sprite, air, min(8, fade) / 10)


def tree(
    stage: Stage, x: float, y: float, *, high: float, shape: str = "round", variant: int = 0, z: float = 0.0
) -> None:
    """A tree `high` metres tall at a place, with its shadow."""
    px, py, scale = stage.spot((x, y, z))
    tall = int(high * scale) // 6 * 6  # steps, so that sizes repeat
    if scale == 0 or tall < 5 or tall > 3 * stage.height:
        return
    light = stage.light
    wide = int(tall * _WIDE / _HIGH)
    if stage.mirror is None and light.foliage != "bare":
        reach = high * 0.5
        stage.glaze.ellipse(
            (px - 0.16 * wide, py - 0.06 * wide, px + (0.3 + 0.4 * reach / high) * wide, py + 0.07 * wide),
            fill=(24, 34, 30, int(90 * light.strength / 0.66)),
        )
    depth = stage.camera.lens * stage.width / scale
    fade = 1 - math.exp(-depth / stage.clear) + (0.1 if light.strength < 0.5 else 0)
    placed = _placed(shape, light.foliage, variant % 3, light.snow, light.haze, tall, round(fade * 10))
    stage.canvas.paste(placed, (int(px - placed.width / 2), int(py - placed.height)), placed)


def treeline(
    stage: Stage, *, rng: random.Random, span: tuple[float, float], y: float, count: int, high: float = 9.0
) -> None:
    """A row of mixed trees, far to near."""
    places = sorted(((rng.uniform(*span), y + rng.uniform(0, 18)) for _ in range(count)), key=lambda p: -p[1])
    for i, (x, depth) in enumerate(places):
        shape = ("round", "slim", "round", "pine")[i % 4]
        tree(stage, x, depth, high=high * rng.uniform(0.7, 1.25), shape=shape, variant=i)


def tufts(
    stage: Stage,
    *,
    rng: random.Random,
    span: tuple[float, float],
    depth: tuple[float, float],
    count: int,
    colour: Colour,
) -> None:
    """Grass and weeds: short strokes, thicker near the camera."""
    for _ in range(count):
        x, y = rng.uniform(*span), depth[0] + (depth[1] - depth[0]) * rng.random() ** 2
        px, py, scale = stage.spot((x, y, 0.0))
        if scale == 0:
            continue
        tone = mix(
            colour, (230, 224, 150) if rng.random() < 0.4 else (40, 60, 30), share=rng.uniform(0.1, 0.4)
        )
        lean, tall = rng.uniform(-0.1, 0.1) * scale, rng.uniform(0.06, 0.22) * scale
        stage.draw.line((px, py, px + lean, py - tall), fill=tone, width=max(1, int(scale * 0.018)))
