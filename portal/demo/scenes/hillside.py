"""A quarried hill healed: loose rock cleared, terraces cut, nets and soil, then green from the foot upwards."""

from __future__ import annotations

import math
import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import SOIL, hills, turf
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Point, Stage

_ROCK: Colour = (182, 160, 136)
_COLUMNS = 36
_WIDE, _Y = 104.0, 88.0
_LEVELS = 5
_STEP = 8.2  # metres a terrace rises


def _outline(rng: random.Random) -> list[float]:
    """Height of the hill along its width, in metres."""
    phases = [rng.uniform(0, 6.28) for _ in range(3)]
    heights = []
    for i in range(_COLUMNS + 1):
        t = i / _COLUMNS
        dome = math.sin(math.pi * min(1.0, max(0.0, t))) ** 0.55
        rough = sum(
            math.sin(t * f + p) * s for f, p, s in zip((7, 15, 31), phases, (2.2, 1.1, 0.6), strict=True)
        )
        heights.append(max(2.0, 47 * dome + rough * 1.6))
    return heights


def _back(stage: Stage, *, heights: list[float]) -> None:
    """The wooded hill that the quarry was cut into."""
    green = mix(turf(stage.light), (52, 84, 58), share=0.55)
    crest: list[Point] = [
        (-_WIDE * 0.8 + 1.6 * _WIDE * i / _COLUMNS, _Y + 38, h * 1.12 + 2) for i, h in enumerate(heights)
    ]
    stage.face(
        [(crest[0][0], _Y + 38, 0), *crest, (crest[-1][0], _Y + 38, 0)],
        colour=green,
        normal=(-0.3, -0.7, 0.6),
    )
    for i, (x, y, z) in enumerate(crest[1:-1]):
        plants.tree(stage, x, y, high=7.5, shape=("round", "pine", "round")[i % 3], variant=i, z=z - 2.5)
        plants.tree(stage, x + 1.9, y - 1, high=7.0, shape=("pine", "round")[i % 2], variant=i + 1, z=z - 7)


def _band(
    stage: Stage, *, level: int, heights: list[float], rng: random.Random, state: float, cut: float
) -> None:
    """One terrace: a rock face and the berm above it. state: 0 rock, 1 netted soil, 2 green."""
    low, high = level * _STEP, (level + 1) * _STEP
    y0, y1 = _Y + level * 6.0, _Y + (level + 0.55 * cut + 0.3) * 6.0
    earth = mix(SOIL, (116, 90, 66), share=0.25)
    green = mix(turf(stage.light), (70, 110, 60), share=0.25)
    tone = mix(_ROCK, earth, share=state) if state <= 1 else mix(earth, green, share=state - 1)
    for i in range(_COLUMNS):
        t0, t1 = i / _COLUMNS, (i + 1) / _COLUMNS
        top0, top1 = min(high, heights[i] - 3), min(high, heights[i + 1] - 3)
        if top0 <= low or top1 <= low:
            continue
        x0, x1 = -_WIDE / 2 + _WIDE * t0, -_WIDE / 2 + _WIDE * t1
        wobble = (1 - 0.75 * cut) * 3.6
        jag0, jag1 = wobble * math.sin(i * 1.9 + level), wobble * math.sin((i + 1) * 1.9 + level)
        shade = mix(
            tone,
            (90, 78, 68) if rng.random() < 0.5 else (222, 206, 182),
            share=rng.uniform(0.02, 0.20) * (1 - 0.35 * state),
        )
        tilt = 0.35 * math.sin(i * 1.9 + level) * (1 - 0.7 * cut)
        stage.face(
            ((x0, y0 + jag0, low), (x1, y0 + jag1, low), (x1, y1 + jag1, top1), (x0, y1 + jag0, top0)),
            colour=shade,
            normal=(-0.2 + tilt, -0.78, 0.55),
        )
        if cut > 0.4:
            berm = mix(shade, (226, 210, 186) if state < 1 else green, share=0.35)
            stage.face(
                ((x0, y1 + jag0, top0), (x1, y1 + jag1, top1), (x1, y1 + 3, top1), (x0, y1 + 3, top0)),
                colour=berm,
            )
    _details(stage, level=level, heights=heights, rng=rng, state=state)


def _on_face(*, level: int, heights: list[float], t: float, v: float) -> Point | None:
    """A point on a terrace's face at a share of its width and height, or None where the hill is lower."""
    z = (level + v) * _STEP
    if z > heights[int(t * _COLUMNS)] - 4.5:
        return None
    return (-_WIDE / 2 + _WIDE * t, _Y + (level + 0.6 * v) * 6.0 - 0.3, z)


def _details(stage: Stage, *, level: int, heights: list[float], rng: random.Random, state: float) -> None:
    """Cracks in the rock, strands of net, seedlings."""
    for _ in range(int(34 * max(0.0, 1.2 - state))):
        p = _on_face(level=level, heights=heights, t=rng.uniform(0.04, 0.96), v=rng.uniform(0.1, 0.95))
        if p:
            q = (p[0] + rng.uniform(-1.4, 1.4), p[1], p[2] - rng.uniform(0.6, 2.6))
            stage.line(p, q, colour=mix(_ROCK, (74, 62, 54), share=0.55), thick=0.12)
    if 0.6 < state < 1.7:
        for k in range(46):
            p = _on_face(level=level, heights=heights, t=0.04 + 0.92 * k / 46, v=0.05)
            if p:
                stage.line(p, (p[0] + 0.4, p[1] + 3, p[2] + _STEP * 0.85), colour=(132, 112, 90), thick=0.05)
    if state > 1.2:
        for k in range(int(40 * (state - 1))):
            p = _on_face(
                level=level,
                heights=heights,
                t=0.04 + 0.92 * ((k * 0.618) % 1),
                v=0.12 + 0.7 * ((k * 0.37) % 1),
            )
            if p:
                plants.tree(
                    stage,
                    p[0],
                    p[1],
                    high=2.4 + 1.2 * (k % 3) * (state - 1),
                    shape=("pine", "round", "slim")[k % 3],
                    variant=k,
                    z=p[2],
                )


def _foot(stage: Stage, *, progress: int, rng: random.Random) -> None:
    if progress < 64:
        for _ in range(9):
            props.heap(
                stage,
                rng.uniform(-38, 38),
                rng.uniform(58, 80),
                wide=rng.uniform(4, 9),
                high=rng.uniform(1, 2.6),
                colour=mix(_ROCK, SOIL, share=0.4),
                rng=rng,
            )
        props.litter(stage, rng=rng, span=(-24, 24), depth=(6, 60), count=170, colour=_ROCK)
    track = [(-2.2, 2.0), (2.4, 2.0), (13.5, 78.0), (11.4, 78.0)]
    stage.ground(track, colour=mix(SOIL, (200, 184, 160), share=0.5) if progress < 92 else (186, 178, 166))
    if 4 < progress < 62:
        props.excavator(stage, 12.0, 46, turn=-1, reach=0.8)
        props.truck(stage, -10.0, 44, load=_ROCK)
    if progress < 94:
        props.sign(stage, *stage.at(-0.26, depth=14.0))


def hillside(stage: Stage, progress: int) -> None:
    """From the valley, looking up at the quarry."""
    rng = stage.rng
    hills(stage, rng=rng, high=0.18)
    heights = _outline(rng)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    _back(stage, heights=heights)
    cut = share(progress, 12, 45)
    for level in range(_LEVELS - 1, -1, -1):
        rank = level / _LEVELS
        soil = min(1.0, max(0.0, share(progress, 40, 72) * 1.7 - rank * 0.7))
        green = min(1.0, max(0.0, share(progress, 62, 98) * 1.6 - rank * 0.6))
        shaped = 0.15 + 0.85 * min(1.0, max(0.0, cut * 2 - (1 - rank)))
        local = random.Random(f"{level} {heights[3]}")  # noqa: S311 - the same rock in every picture
        _band(stage, level=level, heights=heights, rng=local, state=soil + green, cut=shaped)
    _foot(stage, progress=progress, rng=detail)
    if progress > 74:
        for k in range(int(18 * share(progress, 74, 96))):
            plants.tree(
                stage,
                -34 + (k * 13.7) % 68,
                78 - (k * 5.3) % 26,
                high=4.0 + k % 3,
                shape=("pine", "round")[k % 2],
                variant=k,
            )
    green_tone = turf(stage.light)
    plants.tufts(
        stage,
        rng=detail,
        span=(-16, 16),
        depth=(4, 26),
        count=260 if progress > 60 else 120,
        colour=green_tone,
    )
    plants.tree(stage, *stage.at(-0.46, depth=19.0), high=9.5, variant=0)
    plants.tree(stage, *stage.at(0.46, depth=24.0), high=8.0, shape="pine", variant=1)
