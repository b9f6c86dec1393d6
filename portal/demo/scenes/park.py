"""A pocket park: rubble cleared, paths laid, a pavilion and book hut put up, trees and flowers planted."""

from __future__ import annotations

import math
import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import SOIL, hills, town, turf
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Stage

_WOOD: Colour = (156, 104, 66)
_DEPTHS = (1.0, 2.5, 4, 6, 8, 10.5, 13, 16, 20, 25, 31, 38, 47)


def _middle(y: float, *, bend: float) -> float:
    return 5.0 * math.sin(y / 11 + bend) + 0.05 * y


def _path(stage: Stage, *, bend: float, progress: int) -> None:
    bed, laid = share(progress, 22, 40) * 47, share(progress, 42, 66) * 47
    for k in range(len(_DEPTHS) - 2, -1, -1):
        near, far = _DEPTHS[k], _DEPTHS[k + 1]
        a, b = _middle(near, bend=bend), _middle(far, bend=bend)
        if near >= bed:
            continue
        done = near < laid
        stage.ground(
            ((a - 1.7, near), (b - 1.7, far), (b + 1.7, far), (a + 1.7, near)),
            colour=(206, 196, 180) if done else (170, 160, 146),
        )
        if done:
            for side in (-1.6, 1.6):
                stage.line((a + side, near, 0.03), (b + side, far, 0.03), colour=(150, 138, 124), thick=0.14)
            for c in range(1, 4):
                y = near + (far - near) * c / 4
                x = a + (b - a) * c / 4
                stage.line((x - 1.5, y, 0), (x + 1.5, y, 0), colour=(184, 172, 154), thick=0.03)


def _pavilion(stage: Stage, *, x: float, y: float, ready: float) -> None:
    """Four posts, beams, a pyramid roof with a wide eave."""
    if ready <= 0:
        return
    stage.cast((x - 2.6, x + 2.6), (y - 2, y + 2), high=3.4)
    stage.box((x - 3, x + 3), (y - 2.4, y + 2.4), (0, 0.35), colour=(196, 192, 184))
    tall = 3.0 * min(1.0, ready * 2.2)
    for v in (1.9, -1.9):
        for u in (-2.4, 2.4):
            stage.box(
                (x + u - 0.13, x + u + 0.13), (y + v - 0.13, y + v + 0.13), (0.35, 0.35 + tall), colour=_WOOD
            )
    if ready > 0.5:
        for z in (2.9, 3.25):
            stage.line(
                (x - 2.6, y - 1.95, z),
                (x + 2.6, y - 1.95, z),
                colour=mix(_WOOD, (60, 40, 30), share=0.2),
                thick=0.16,
            )
        stage.box((x - 2.2, x + 2.2), (y - 1.6, y - 1.3), (0.75, 0.85), colour=_WOOD)
    if ready > 0.75:
        top, low = (x, y, 5.0), 3.3
        corners = [(x - 3.5, y - 3, low), (x + 3.5, y - 3, low), (x + 3.5, y + 3, low), (x - 3.5, y + 3, low)]
        tile = (98, 100, 104)
        stage.face((corners[3], corners[0], top), colour=tile, normal=(-0.6, 0, 0.8))
        stage.face((corners[1], corners[2], top), colour=tile, normal=(0.6, 0, 0.8))
        stage.face((corners[0], corners[1], top), colour=tile, normal=(0, -0.55, 0.83))
        for k in range(1, 9):
            u = -3.5 + 7 * k / 9
            stage.line((x + u, y - 3, low), (x + u * 0.08, y - 0.1, 4.95), colour=(78, 80, 86), thick=0.04)
        stage.line(corners[0], corners[1], colour=mix(_WOOD, (40, 30, 24), share=0.3), thick=0.2)


def _book_hut(stage: Stage, *, x: float, y: float) -> None:
    stage.cast((x - 0.5, x + 0.5), (y, y + 0.4), high=1.8)
    stage.box((x - 0.12, x + 0.12), (y + 0.1, y + 0.3), (0, 0.8), colour=mix(_WOOD, (60, 40, 30), share=0.3))
    stage.box((x - 0.55, x + 0.55), (y, y + 0.5), (0.8, 1.75), colour=_WOOD)
    stage.pane((x - 0.42, x + 0.42), y - 0.01, (0.92, 1.62), colour=(64, 72, 76))
    for k in range(9):
        u = -0.36 + k * 0.09
        stage.line(
            (x + u, y - 0.02, 0.95),
            (x + u, y - 0.02, 1.2 + 0.03 * (k % 3)),
            colour=((186, 76, 60), (222, 206, 170), (70, 104, 132), (112, 132, 90))[k % 4],
            thick=0.06,
        )
    stage.face(
        (
            (x - 0.75, y - 0.15, 1.72),
            (x + 0.75, y - 0.15, 1.72),
            (x + 0.5, y + 0.25, 2.1),
            (x - 0.5, y + 0.25, 2.1),
        ),
        colour=(110, 84, 66),
        normal=(0, -0.6, 0.8),
    )


def _bench(stage: Stage, *, x: float, y: float) -> None:
    stage.cast((x - 0.9, x + 0.9), (y, y + 0.5), high=0.6, alpha=70)
    for u in (-0.7, 0.7):
        stage.line((x + u, y, 0), (x + u, y + 0.1, 0.85), colour=(70, 72, 74), thick=0.08)
    for z in (0.45, 0.6, 0.75, 0.88):
        stage.line((x - 0.95, y, z), (x + 0.95, y, z), colour=_WOOD, thick=0.10)


def _flowers(stage: Stage, *, rng: random.Random, bend: float) -> None:
    """Beds along the path."""
    tones = {
        "fresh": ((236, 196, 208), (244, 232, 170)),
        "full": ((214, 84, 92), (240, 214, 226)),
        "turning": ((226, 156, 60), (168, 62, 70)),
        "bare": ((140, 120, 96), (120, 112, 84)),
    }
    for _ in range(420):
        y = 3.5 + 20 * rng.random() ** 1.5
        side = rng.choice((-1, 1))
        x = _middle(y, bend=bend) + side * rng.uniform(1.95, 3.3)
        px, py, scale = stage.spot((x, y, 0.0))
        if scale == 0:
            continue
        tall, r = rng.uniform(0.12, 0.4) * scale, rng.uniform(0.03, 0.06) * scale
        stage.draw.line(
            (px, py, px + r, py - tall),
            fill=mix(turf(stage.light), (40, 70, 30), share=0.4),
            width=max(1, int(0.03 * scale)),
        )
        tone = rng.choice((*tones[stage.light.foliage], mix(turf(stage.light), (40, 70, 30), share=0.25)))
        stage.draw.ellipse((px - r, py - tall - r, px + r, py - tall + r), fill=tone)


def _works(stage: Stage, *, progress: int, rng: random.Random) -> None:
    if progress < 16:
        for _ in range(5):
            props.heap(
                stage,
                rng.uniform(-11, 11),
                rng.uniform(14, 30),
                wide=rng.uniform(3, 6),
                high=rng.uniform(0.9, 1.7),
                colour=mix(SOIL, rng.choice(((160, 110, 92), (190, 186, 178))), share=0.5),
                rng=rng,
            )
        props.truck(stage, 6, 27, load=(150, 120, 104))
    if 8 < progress < 46:
        props.heap(stage, -9, 17, wide=7, high=1.9, colour=SOIL, rng=rng)
        props.excavator(stage, 5.5, 22, turn=-1, reach=-0.6)
    if 34 < progress < 72:
        for k in range(3):
            props.stack(stage, 4.6 + k * 1.6, 10.5 + k * 0.4, colour=(198, 186, 170), high=0.8)
    if progress < 72:
        props.litter(stage, rng=rng, span=(-14, 14), depth=(2.5, 24), count=140, colour=SOIL)
    if progress < 90:
        props.sign(stage, *stage.at(-0.30, depth=9.8))


def _planted(stage: Stage, *, rng: random.Random, progress: int, bend: float) -> None:
    """New trees, far to near, as many as are in the ground."""
    places = sorted(
        ((rng.uniform(-19, 19), rng.uniform(9, 42), rng.uniform(3.4, 6.2)) for _ in range(24)),
        key=lambda p: -p[1],
    )
    kept = share(progress, 64, 92) * len(places)
    for i, (x, y, high) in enumerate(places):
        if (
            (i * 7) % len(places) < kept
            and abs(x - _middle(y, bend=bend)) > 2.6
            and not (-10 < x < 9 and 14 < y < 25)
        ):
            plants.tree(stage, x, y, high=high, shape=("round", "slim", "pine")[i % 3], variant=i)


def park(stage: Stage, progress: int) -> None:
    """From the entrance along the winding path."""
    rng = stage.rng
    bend = rng.uniform(-1.2, 1.2)
    hills(stage, rng=rng, high=0.14)
    town(stage, rng=rng, span=(-120, 120), y=110, count=11)
    plants.treeline(stage, rng=rng, span=(-60, 60), y=54, count=22, high=9)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    green = turf(stage.light)
    _path(stage, bend=bend, progress=progress)
    for x, high, k in ((-17.0, 12.0, 0), (14.5, 11.0, 1)):
        plants.tree(stage, x, 30, high=high, variant=k)
    _pavilion(stage, x=4.6 if bend > 0 else -6.6, y=20, ready=share(progress, 46, 70))
    _works(stage, progress=progress, rng=detail)
    _planted(stage, rng=random.Random(f"{bend}"), progress=progress, bend=bend)  # noqa: S311
    if progress > 70:
        plants.tufts(
            stage,
            rng=detail,
            span=(-12, 12),
            depth=(2.6, 16),
            count=int(360 * share(progress, 70, 90)),
            colour=green,
        )
    if progress > 66:
        for y in (17.0, 10.0):
            _bench(stage, x=_middle(y, bend=bend) - 2.8, y=y)
        for y in (30, 20, 12):
            x = _middle(y, bend=bend) + 2.4
            stage.line((x, y, 0), (x, y, 3.2), colour=(84, 88, 90), thick=0.10, least=2)
            props.disc(stage, x, y, 3.3, radius=0.22, colour=(240, 236, 222))
    if progress > 80:
        _flowers(stage, rng=detail, bend=bend)
    if progress > 76:
        _book_hut(stage, x=_middle(7.5, bend=bend) + 2.6, y=7.5)
    plants.tree(stage, *stage.at(-0.49, depth=9.0), high=7.6, variant=2)
