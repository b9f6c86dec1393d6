"""A river bank: cleared, dug, faced with blocks from near to far, then path, railing and willows."""

from __future__ import annotations

import math
import random

from portal.demo.scenes import plants, props, water
from portal.demo.scenes.backdrop import SOIL, hills, town, turf
from portal.demo.scenes.house import share
from portal.demo.scenes.light import mix
from portal.demo.scenes.stage import Stage

_LEVEL = -2.4
_DEPTHS = (1.0, 4, 7, 10, 14, 18, 23, 29, 36, 45, 56, 70, 90, 120, 160)


def _edge(y: float, *, bend: float) -> float:
    """x of the top of the near bank at a depth: the river swings gently."""
    return 0.6 + 5.5 * math.sin(y / 48 + bend) - 0.02 * y


def _bank(stage: Stage, *, bend: float, progress: int) -> None:
    """The near bank in strips: soil, stone blocks where they are laid, grass above at the end."""
    green = turf(stage.light)
    laid = share(progress, 42, 75) * 120
    for k in range(len(_DEPTHS) - 2, -1, -1):
        near, far = _DEPTHS[k], _DEPTHS[k + 1]
        a, b = _edge(near, bend=bend), _edge(far, bend=bend)
        tone = mix(green, SOIL, share=0.55) if progress < 12 else mix(SOIL, (120, 92, 66), share=0.3)
        if near < laid:
            tone = (178, 178, 172)
        foot, knee = _LEVEL, -0.7 if progress > 82 else 0.0
        stage.face(
            ((a - 4.6, near, foot), (b - 4.6, far, foot), (b - 1.2, far, knee), (a - 1.2, near, knee)),
            colour=tone,
            normal=(-0.62, -0.1, 0.78),
        )
        stage.face(
            ((a - 1.2, near, knee), (b - 1.2, far, knee), (b, far, 0), (a, near, 0)),
            colour=green if progress > 82 else tone,
            normal=(-0.5, -0.1, 0.85),
        )
        if near < laid and near < 60:
            _joints(stage, a=a, b=b, near=near, far=far, knee=knee)


def _joints(stage: Stage, *, a: float, b: float, near: float, far: float, knee: float) -> None:
    shade = (142, 142, 138)
    rows = 6
    for r in range(1, rows):
        t = r / rows
        z, u = _LEVEL + (knee - _LEVEL) * t, -4.6 + 3.4 * t
        stage.line((a + u, near, z), (b + u, far, z), colour=shade, thick=0.03)
    columns = max(2, int((far - near) * 0.9))
    for c in range(columns):
        t = c / columns
        y, x = near + (far - near) * t, a + (b - a) * t
        stage.line((x - 4.6, y, _LEVEL), (x - 1.2, y, knee), colour=shade, thick=0.03)


def _path(stage: Stage, *, bend: float, progress: int) -> None:
    made = share(progress, 70, 88) * 160
    for k in range(len(_DEPTHS) - 2, -1, -1):
        near, far = _DEPTHS[k], _DEPTHS[k + 1]
        a, b = _edge(near, bend=bend), _edge(far, bend=bend)
        if near < made:
            stage.ground(
                ((a + 0.9, near), (b + 0.9, far), (b + 4.3, far), (a + 4.3, near)), colour=(186, 132, 108)
            )
            stage.line((a + 0.9, near, 0.02), (b + 0.9, far, 0.02), colour=(214, 208, 196), thick=0.18)
            stage.line((a + 4.3, near, 0.02), (b + 4.3, far, 0.02), colour=(214, 208, 196), thick=0.18)
        elif progress > 8:
            stage.ground(
                ((a + 0.9, near), (b + 0.9, far), (b + 4.6, far), (a + 4.6, near)),
                colour=mix(SOIL, (132, 104, 78), share=0.4),
            )


def _railing(stage: Stage, *, bend: float, progress: int) -> None:
    made = share(progress, 80, 94) * 100
    tone = (226, 224, 216)
    y = min(made, 100.0)
    while y >= 3:
        x = _edge(y, bend=bend) + 0.3
        stage.line((x, y, 0), (x, y, 1.1), colour=tone, thick=0.16, least=1.5)
        y -= 2.0 if y < 50 else 4.0
    for k in range(1, len(_DEPTHS) - 2):
        near, far = _DEPTHS[k], min(_DEPTHS[k + 1], max(_DEPTHS[k], made))
        if near < made:
            a, b = _edge(near, bend=bend) + 0.3, _edge(far, bend=bend) + 0.3
            for z in (0.5, 1.05):
                stage.line((a, near, z), (b, far, z), colour=tone, thick=0.09, least=1.2)


def _works(stage: Stage, *, bend: float, progress: int, rng: random.Random) -> None:
    if progress < 74:
        front = max(16.0, share(progress, 42, 75) * 60)
        x = _edge(front, bend=bend)
        props.heap(stage, x + 9, front + 6, wide=8, high=2.4, colour=SOIL, rng=rng)
        props.excavator(stage, x + 3.2, front, turn=-1, reach=-1.0)
        for k in range(4):
            props.stack(
                stage, _edge(11, bend=bend) + 4.4 + k * 1.6, 11 + 0.3 * k, colour=(188, 186, 180), high=0.8
            )
        props.litter(stage, rng=rng, span=(1, 16), depth=(3, 30), count=120, colour=SOIL)
    if progress < 94:
        props.sign(stage, _edge(8.5, bend=bend) + 5.4, 8.5)


def _planting(stage: Stage, *, bend: float, progress: int) -> None:
    if progress < 86:
        return
    for i, y in enumerate((96, 74, 58, 45, 35, 27, 20, 14.5)):
        x = _edge(y, bend=bend)
        plants.tree(stage, x + 6.4, y, high=5.4, shape="slim" if i % 2 else "round", variant=i)
    for y in (60, 40, 26, 15):
        props.lamp(stage, _edge(y, bend=bend) + 4.7, y, high=4.4, arm=-0.9)


def _far_side(stage: Stage, *, bend: float, rng: random.Random) -> None:
    """The water and the other bank with its trees and their shade on the water."""
    far_side = [(-26 + _edge(y, bend=bend) * 1.1 + 3 * math.sin(y / 21), y) for y in _DEPTHS]
    sheet = [*far_side, *((_edge(y, bend=bend) - 4.4, y) for y in reversed(_DEPTHS))]
    green = turf(stage.light)
    stage.ground([*far_side, (-160, 160), (-160, 1)], colour=mix(green, SOIL, share=0.2))
    water.surface(stage, sheet, z=_LEVEL)
    top = [(x - 3.4, y, 0.0) for x, y in far_side]
    water.bank(
        stage,
        top=top,
        foot=[(x + 1, y, _LEVEL) for x, y in far_side],
        colour=mix(green, (92, 84, 60), share=0.35),
    )
    for i, y in enumerate(range(150, 26, -9)):
        x = -26 + _edge(y, bend=bend) * 1.1 + 3 * math.sin(y / 21) - 6
        plants.tree(
            stage,
            x - rng.uniform(0, 7),
            y,
            high=rng.uniform(7, 11),
            shape=("round", "slim")[i % 2],
            variant=i,
        )
    tone = mix(stage.light.zenith, (64, 84, 76), share=0.75)
    shade = [(x + 1, y, _LEVEL) for x, y in far_side[4:]] + [
        (x + 6, y, _LEVEL) for x, y in reversed(far_side[4:])
    ]
    stage.veil(shade, colour=tone, alpha=120)
    water.ripples(stage, span=(-26, 0), depth=(6, 110), z=_LEVEL, rng=rng, count=150)


def river(stage: Stage, progress: int) -> None:
    """Looking down the river from the right bank."""
    rng = stage.rng
    bend = rng.uniform(-0.5, 0.9)
    hills(stage, rng=rng, high=0.14)
    town(stage, rng=rng, span=(-120, 160), y=210, count=12)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    _far_side(stage, bend=bend, rng=detail)
    _bank(stage, bend=bend, progress=progress)
    plants.treeline(stage, rng=detail, span=(24, 90), y=80, count=12)
    _path(stage, bend=bend, progress=progress)
    plants.tufts(
        stage,
        rng=detail,
        span=(5, 16),
        depth=(3.5, 18),
        count=40 if progress < 86 else 220,
        colour=turf(stage.light),
    )
    _works(stage, bend=bend, progress=progress, rng=detail)
    _planting(stage, bend=bend, progress=progress)
    _railing(stage, bend=bend, progress=progress)
