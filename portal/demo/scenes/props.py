"""Things that stand about on a site: machines, fences, signs, heaps, lamps, cars."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Spot, Stage

STEEL: Colour = (152, 156, 160)
YELLOW: Colour = (226, 164, 44)
CONCRETE: Colour = (184, 180, 172)
BRICK: Colour = (168, 104, 82)
_FRONT = (0.0, -1.0, 0.0)


def cutout(
    stage: Stage,
    x: float,
    y: float,
    *,
    shape: Sequence[Spot],
    colour: Colour,
    scale: float = 1.0,
    z: float = 0.0,
) -> None:
    """A flat shape facing the camera. `shape` holds (right, up) in metres from the place."""
    stage.face([(x + u * scale, y, z + v * scale) for u, v in shape], colour=colour, normal=_FRONT)


def disc(stage: Stage, x: float, y: float, z: float, *, radius: float, colour: Colour) -> None:
    """A wheel or a lamp: a round thing facing the camera."""
    px, py, scale = stage.spot((x, y, z))
    r = radius * scale
    if r > 0.5:
        depth = stage.camera.lens * stage.width / scale
        stage.draw.ellipse((px - r, py - r, px + r, py + r), fill=stage.air(colour, depth=depth))


def excavator(stage: Stage, x: float, y: float, *, turn: int = 1, reach: float = 0.0, z: float = 0.0) -> None:
    """An excavator seen from the side; turn 1 digs to the right, -1 to the left."""
    s = float(turn)

    def part(shape: Sequence[Spot], colour: Colour) -> None:
        cutout(stage, x, y, shape=[(u * s, v) for u, v in shape], colour=colour, z=z)

    stage.cast((x - 2, x + 2), (y - 0.8, y + 0.8), high=z + 2.6, z=z)
    part(
        ((-2.1, 0.2), (-1.8, 0), (1.8, 0), (2.1, 0.25), (2.1, 0.6), (1.8, 0.85), (-1.8, 0.85), (-2.1, 0.6)),
        (58, 56, 54),
    )
    for u in (-1.6, -0.8, 0.0, 0.8, 1.6):
        disc(stage, x + u, y - 0.05, z + 0.4, radius=0.26, colour=(86, 84, 80))
    part(((-2.2, 0.95), (1.3, 0.95), (1.3, 1.5), (0.6, 1.7), (-2.2, 1.9)), YELLOW)
    part(((-2.2, 0.95), (1.3, 0.95), (1.3, 1.12), (-2.2, 1.12)), (150, 106, 36))
    part(
        ((0.1, 1.6), (1.25, 1.45), (1.25, 2.3), (0.9, 2.95), (0.1, 2.95)),
        mix(YELLOW, (255, 255, 255), share=0.1),
    )
    part(((0.3, 1.9), (1.12, 1.85), (1.12, 2.3), (0.82, 2.8), (0.3, 2.8)), (74, 92, 104))
    a, b, c = (1.2, 1.5), (3.4, 4.3 + reach), (5.6, 2.6 + reach)
    part((a, (b[0], b[1] + 0.1), (b[0] + 0.4, b[1] - 0.2), (1.9, 1.5)), YELLOW)
    part(
        ((b[0] - 0.2, b[1] + 0.1), (b[0] + 0.3, b[1] + 0.1), (c[0] + 0.1, c[1]), (c[0] - 0.3, c[1] - 0.1)),
        mix(YELLOW, (120, 80, 20), share=0.2),
    )
    part(
        ((c[0] - 0.5, c[1] + 0.1), (c[0] + 0.3, c[1]), (c[0] + 0.1, c[1] - 1.0), (c[0] - 0.9, c[1] - 0.9)),
        (104, 96, 88),
    )


def truck(stage: Stage, x: float, y: float, *, load: Colour | None = None) -> None:
    """A tipper seen from the side, heading right."""
    stage.cast((x - 3.6, x + 3.6), (y - 1, y + 1), high=2.6)
    body = (62, 118, 92)
    if load:
        cutout(stage, x, y, shape=((-3.2, 2.3), (-1.6, 3.0), (0.2, 2.9), (1.4, 2.3)), colour=load)
    cutout(stage, x, y, shape=((-3.6, 1.1), (1.6, 1.1), (1.8, 2.4), (-3.6, 2.4)), colour=body)
    for u in (-2.6, -1.5, -0.4, 0.7):
        stage.line(
            (x + u, y - 0.02, 1.15),
            (x + u, y - 0.02, 2.35),
            colour=mix(body, (20, 30, 30), share=0.3),
            thick=0.08,
        )
    cutout(
        stage,
        x,
        y,
        shape=((2.0, 0.8), (3.7, 0.8), (3.7, 1.9), (3.4, 2.9), (2.0, 2.9)),
        colour=(206, 206, 200),
    )
    cutout(stage, x, y, shape=((2.5, 1.9), (3.55, 1.9), (3.3, 2.7), (2.5, 2.7)), colour=(66, 82, 94))
    cutout(stage, x, y, shape=((-3.6, 0.7), (3.7, 0.7), (3.7, 1.1), (-3.6, 1.1)), colour=(62, 60, 60))
    for u in (-2.8, -1.7, 2.7):
        disc(stage, x + u, y - 0.05, 0.5, radius=0.5, colour=(44, 43, 42))
        disc(stage, x + u, y - 0.06, 0.5, radius=0.22, colour=(140, 140, 138))


def car(stage: Stage, x: float, y: float, *, colour: Colour) -> None:
    """A parked or passing car seen from the side."""
    stage.cast((x - 2.1, x + 2.1), (y - 0.8, y + 0.8), high=1.2)
    cutout(
        stage,
        x,
        y,
        shape=(
            (-2.1, 0.3),
            (2.1, 0.3),
            (2.15, 0.75),
            (1.5, 0.92),
            (0.9, 1.42),
            (-1.0, 1.45),
            (-1.7, 0.95),
            (-2.1, 0.85),
        ),
        colour=colour,
    )
    cutout(stage, x, y, shape=((-0.95, 0.95), (-0.1, 0.95), (-0.1, 1.35), (-0.75, 1.35)), colour=(66, 78, 88))
    cutout(stage, x, y, shape=((0.0, 0.95), (1.2, 0.93), (0.8, 1.34), (0.0, 1.35)), colour=(74, 88, 98))
    for u in (-1.3, 1.35):
        disc(stage, x + u, y - 0.05, 0.33, radius=0.34, colour=(40, 40, 42))
        disc(stage, x + u, y - 0.06, 0.33, radius=0.17, colour=(170, 172, 174))


def crane(stage: Stage, x: float, y: float, *, high: float, arm: float, swing: float) -> None:
    """A tower crane. swing: angle of the arm in radians, 0 to the right."""
    colour = (214, 150, 52)
    step = 2.4
    for side in (-0.8, 0.8):
        stage.line((x + side, y, 0), (x + side, y, high), colour=colour, thick=0.24, least=2)
    for i in range(int(high / step)):
        low, left = i * step, -0.8 if i % 2 else 0.8
        stage.line((x + left, y, low), (x - left, y, low + step), colour=colour, thick=0.10)
    cos, sin = math.cos(swing), math.sin(swing)

    def along(distance: float, z: float) -> tuple[float, float, float]:
        return (x + cos * distance, y + sin * distance, z)

    peak = (x, y, high + 5.0)
    stage.line(along(-arm * 0.32, high), along(arm, high), colour=colour, thick=0.24, least=2)
    stage.line(along(0, high + 1.3), along(arm * 0.94, high + 0.9), colour=colour, thick=0.14)
    for k in range(14):
        d = arm * k / 14
        stage.line(along(d, high), along(d + arm / 28, high + 1.2), colour=colour, thick=0.08)
        stage.line(along(d + arm / 28, high + 1.2), along(d + arm / 14, high), colour=colour, thick=0.08)
    stage.line((x, y, high), peak, colour=colour, thick=0.4, least=2)
    stage.line(peak, along(arm * 0.7, high + 1), colour=(96, 92, 88), thick=0.06)
    stage.line(peak, along(-arm * 0.3, high), colour=(96, 92, 88), thick=0.06)
    cx, cy, _ = along(-arm * 0.27, high)
    stage.box((cx - 1.4, cx + 1.4), (cy, cy + 1), (high - 2.2, high + 0.2), colour=(150, 148, 144))
    stage.box((x - 1.0, x + 0.9), (y - 1, y), (high - 2.2, high - 0.1), colour=(222, 222, 216))
    hook = along(arm * 0.62, high)
    stage.line(hook, (hook[0], hook[1], high * 0.72), colour=(70, 70, 70), thick=0.05)


def hoarding(
    stage: Stage, start: Spot, end: Spot, *, rng: random.Random, high: float = 2.2, gate: bool = True
) -> None:
    """The panels around a site with a plinth, and a gap for the gate."""
    tone = rng.choice(((70, 118, 152), (92, 138, 112), (196, 200, 198)))
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    count = max(2, int(length / 2.4))
    open_at = count * 2 // 3 if gate else -9
    for i in range(count):
        if open_at <= i < open_at + 3:
            continue
        a = (start[0] + (end[0] - start[0]) * i / count, start[1] + (end[1] - start[1]) * i / count)
        b = (
            start[0] + (end[0] - start[0]) * (i + 1) / count,
            start[1] + (end[1] - start[1]) * (i + 1) / count,
        )
        shade = mix(tone, (255, 255, 255) if i % 2 else (40, 50, 60), share=0.06)
        stage.wall(a, b, low=0.0, high=high, colour=shade)
        stage.wall(a, b, low=0.0, high=0.3, colour=(176, 172, 164))
        stage.wall(a, b, low=high - 0.1, high=high, colour=(222, 222, 220))
        stage.line((*a, 0), (*a, high), colour=mix(tone, (30, 36, 44), share=0.4), thick=0.05)
    if stage.light.snow:
        stage.line((*start, high), (*end, high), colour=(240, 243, 246), thick=0.12)


def sign(stage: Stage, x: float, y: float) -> None:
    """The board that names the works: a band and lines of writing too small to read."""
    for u in (-0.9, 0.9):
        stage.line((x + u, y, 0), (x + u, y, 2.2), colour=(120, 122, 124), thick=0.08)
    stage.cast((x - 1.2, x + 1.2), (y, y + 0.1), high=2.2, alpha=70)
    cutout(stage, x, y, shape=((-1.2, 0.8), (1.2, 0.8), (1.2, 2.3), (-1.2, 2.3)), colour=(238, 238, 232))
    cutout(
        stage, x, y - 0.01, shape=((-1.2, 1.95), (1.2, 1.95), (1.2, 2.3), (-1.2, 2.3)), colour=(38, 84, 142)
    )
    for row in range(6):
        z = 1.76 - row * 0.15
        stage.line(
            (x - 1.0, y - 0.02, z),
            (x + (0.3, 0.8, 0.6, 0.9, 0.1, 0.7)[row], y - 0.02, z),
            colour=(96, 98, 104),
            thick=0.05,
        )
    for k in range(6):
        u = -0.72 + k * 0.28
        stage.line(
            (x + u, y - 0.02, 2.12), (x + u + 0.17, y - 0.02, 2.12), colour=(240, 240, 240), thick=0.14
        )


def heap(
    stage: Stage, x: float, y: float, *, wide: float, high: float, colour: Colour, rng: random.Random
) -> None:
    """A heap of soil, sand or gravel, lit on the left."""
    ridge = [(-wide / 2, 0.0)]
    ridge += [
        (wide * (t - 0.5), high * math.sin(math.pi * t) ** 0.8 * rng.uniform(0.88, 1.06))
        for t in (0.15, 0.3, 0.45, 0.55, 0.7, 0.85)
    ]
    ridge += [(wide / 2, 0.0), (wide * 0.1, -0.04 * wide), (-wide * 0.25, -0.03 * wide)]
    stage.cast((x - wide * 0.25, x + wide * 0.3), (y, y + wide * 0.2), high=high * 0.8, alpha=70)
    cutout(stage, x, y, shape=ridge, colour=colour)
    dark = ((wide * 0.02, high * 0.98), *ridge[5:8], (wide * 0.1, -0.04 * wide), (wide * 0.06, high * 0.4))
    cutout(stage, x, y - 0.01, shape=dark, colour=mix(colour, (50, 42, 40), share=0.28))
    for _ in range(26):
        u, v = rng.uniform(-0.36, 0.4) * wide, rng.uniform(0.02, 0.5) * high
        disc(
            stage,
            x + u,
            y - 0.02,
            v,
            radius=rng.uniform(0.03, 0.09),
            colour=mix(colour, (40, 36, 34) if u > 0 else (238, 226, 206), share=0.35),
        )


def stack(
    stage: Stage, x: float, y: float, *, colour: Colour, wide: float = 1.3, high: float = 1.0, rows: int = 5
) -> None:
    """A pallet of bricks, blocks or boards."""
    stage.cast((x, x + wide), (y, y + 1), high=high)
    stage.box((x, x + wide), (y, y + 1.0), (0.1, high), colour=colour)
    for i in range(1, rows):
        z = 0.1 + (high - 0.1) * i / rows
        stage.line(
            (x, y - 0.01, z),
            (x + wide, y - 0.01, z),
            colour=mix(colour, (40, 36, 34), share=0.4),
            thick=0.025,
        )
    for k in range(1, 4):
        stage.line(
            (x + wide * k / 4, y - 0.01, 0.1),
            (x + wide * k / 4, y - 0.01, high),
            colour=mix(colour, (40, 36, 34), share=0.3),
            thick=0.02,
        )


def lamp(stage: Stage, x: float, y: float, *, high: float = 7.0, arm: float = 1.4) -> None:
    """A street lamp with its arm along x."""
    stage.line((x, y, 0), (x, y, high), colour=(110, 114, 118), thick=0.14, least=2)
    stage.line((x, y, high), (x + arm, y, high + 0.3), colour=(110, 114, 118), thick=0.10, least=2)
    stage.line(
        (x + arm * 0.6, y, high + 0.22),
        (x + arm * 1.2, y, high + 0.34),
        colour=(226, 228, 226),
        thick=0.2,
        least=2,
    )


def litter(stage: Stage, *, rng: random.Random, span: Spot, depth: Spot, count: int, colour: Colour) -> None:
    """Stones, offcuts and clods scattered on bare ground."""
    for _ in range(count):
        x, y = rng.uniform(*span), depth[0] + (depth[1] - depth[0]) * rng.random() ** 2
        px, py, scale = stage.spot((x, y, 0))
        if scale == 0:
            continue
        r = rng.uniform(0.02, 0.09) * scale
        tone = mix(
            colour, rng.choice(((70, 58, 48), (226, 214, 194), (120, 104, 90))), share=rng.uniform(0.2, 0.6)
        )
        stage.draw.ellipse((px - r * 1.5, py - r * 0.8, px + r * 1.5, py + r * 0.8), fill=tone)
