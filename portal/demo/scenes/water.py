"""Still water: its colour, and reflections drawn by the scene upside down before it is drawn upright."""

from __future__ import annotations

import random
from collections.abc import Sequence

from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Point, Spot, Stage

_BASE: Colour = (92, 116, 112)


def surface(stage: Stage, outline: Sequence[Spot], *, z: float) -> None:
    """The sheet of water: the sky's colour, greener than the sky."""
    tone = mix(stage.light.zenith, _BASE, share=0.52)
    stage.face(
        [(x, y, z) for x, y in outline], colour=mix(tone, stage.light.horizon, share=0.18), normal=None
    )


def ripples(stage: Stage, *, span: Spot, depth: Spot, z: float, rng: random.Random, count: int = 110) -> None:
    """Short level strokes, light and dark, denser far away."""
    for _ in range(count):
        y = depth[0] + (depth[1] - depth[0]) * rng.random() ** 1.4
        x, long = rng.uniform(*span), rng.uniform(0.6, 3.2)
        px, py, scale = stage.spot((x, y, z))
        if scale == 0:
            continue
        light = rng.random() < 0.5
        tone = stage.light.horizon if light else (40, 58, 62)
        stage.glaze.line(
            (px, py, px + long * scale, py),
            fill=(*tone, 70 if light else 52),
            width=max(1, int(0.03 * scale)),
        )


def bank(stage: Stage, *, top: Sequence[Point], foot: Sequence[Point], colour: Colour) -> None:
    """A sloping bank between two lines of the same number of points."""
    for i in range(len(top) - 1):
        stage.face((foot[i], foot[i + 1], top[i + 1], top[i]), colour=colour, normal=(-0.3, -0.55, 0.78))
