"""Around a house that is being built: the pit, materials and mud, later court, lawn and entrance."""

from __future__ import annotations

import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import GRASS, SOIL, turf
from portal.demo.scenes.house import GLASS, Style, share
from portal.demo.scenes.light import mix
from portal.demo.scenes.props import BRICK, CONCRETE
from portal.demo.scenes.stage import Spot, Stage


def _feet(stage: Stage, *, style: Style, at: Spot, ready: float) -> None:
    """The first columns with their bars, from the left."""
    x, y = at
    for bay in range(style.bays + 1):
        if bay / style.bays <= ready:
            cx = x + bay * style.bay
            stage.box((cx - 0.4, cx + 0.4), (y + 1, y + 1.8), (-2.4, 0.3), colour=CONCRETE)
            for u in (-0.3, 0.0, 0.3):
                stage.line((cx + u, y + 1, 0.3), (cx + u, y + 1, 1.7), colour=(116, 78, 60), thick=0.05)


def pit(stage: Stage, *, style: Style, at: Spot, progress: int, rng: random.Random) -> None:
    """Excavation, column feet, soil beside it."""
    x, y = at
    edge = mix(SOIL, (96, 72, 54), share=0.45)
    ring = (
        (x - 3, y - 4),
        (x + style.wide + 3, y - 4),
        (x + style.wide + 1, y + style.depth),
        (x - 1, y + style.depth),
    )
    stage.ground(ring, colour=edge)
    far = y + style.depth
    stage.face(
        ((x - 1, far, 0), (x + style.wide + 1, far, 0), (x + style.wide, far - 2, -2.4), (x, far - 2, -2.4)),
        colour=mix(SOIL, (120, 92, 66), share=0.3),
        normal=(0, -0.8, 0.5),
    )
    stage.face(
        ((x, far - 2, -2.4), (x + style.wide, far - 2, -2.4), (x + style.wide, y, -2.4), (x, y, -2.4)),
        colour=mix(SOIL, CONCRETE, share=share(progress, 6, 12)),
    )
    _feet(stage, style=style, at=at, ready=share(progress, 7, 16))
    stage.ground(
        ((x - 4, y - 6), (x + style.wide + 4, y - 6), (x + style.wide + 3, y - 2.2), (x - 3, y - 2.2)),
        colour=SOIL,
    )
    props.heap(
        stage,
        x + style.wide + 5,
        y + 2,
        wide=11,
        high=3.4,
        colour=mix(SOIL, (120, 84, 56), share=0.3),
        rng=rng,
    )
    if progress < 13:
        props.excavator(stage, x + style.wide * 0.55, y - 3, turn=-1, reach=-0.9)
        props.truck(stage, x + style.wide * 0.9, y - 4.5, load=SOIL)


def _entrance(stage: Stage, *, style: Style, at: Spot) -> None:
    middle, y = at[0] + style.wide / 2, at[1]
    for u in (-3.2, 3.2):
        stage.box((middle + u - 0.25, middle + u + 0.25), (y - 3.4, y - 2.9), (0, 3.2), colour=style.base)
    stage.pane((middle - 2.6, middle + 2.6), y - 0.1, (0.2, 2.9), colour=mix(GLASS, (40, 50, 60), share=0.4))
    for u in (-1.3, 0.0, 1.3):
        stage.line(
            (middle + u, y - 0.12, 0.2), (middle + u, y - 0.12, 2.9), colour=(220, 222, 222), thick=0.08
        )
    stage.box((middle - 3.8, middle + 3.8), (y - 3.8, y), (3.2, 3.8), colour=style.band)
    for k in range(3):
        stage.box(
            (middle - 4, middle + 4),
            (y - 4.6 + 0.4 * k, y - 3.8),
            (0.12 * k, 0.12 * k + 0.12),
            colour=(198, 194, 186),
        )


def _court(stage: Stage, *, at: Spot, style: Style, ready: float) -> None:
    """The playground of a school: running track, field, a pair of baskets."""
    x, y, right = at[0] - 6, at[1], at[0] + style.wide + 8
    track, field = (176, 84, 66), GRASS["full"]
    stage.floor((x, right), (y - 19, y - 7), colour=mix((150, 148, 146), track, share=ready))
    for k in range(5):
        d = y - 18.4 + k * 0.9
        stage.line((x, d, 0.01), (right, d, 0.01), colour=(236, 232, 226), thick=0.06)
    stage.ground(
        ((x + 4, y - 13.6), (right - 4, y - 13.6), (right - 5, y - 8), (x + 5, y - 8)),
        colour=mix((140, 136, 126), field, share=ready),
    )
    for px in (x + 8, right - 8):
        stage.line((px, y - 10, 0), (px, y - 10, 3.0), colour=(70, 74, 80), thick=0.14)
        props.cutout(
            stage,
            px,
            y - 10.1,
            shape=((-0.9, 2.7), (0.9, 2.7), (0.9, 3.8), (-0.9, 3.8)),
            colour=(232, 234, 234),
        )
        props.cutout(
            stage,
            px,
            y - 10.2,
            shape=((-0.35, 2.85), (0.35, 2.85), (0.35, 3.3), (-0.35, 3.3)),
            colour=(196, 84, 60),
        )


def yard(stage: Stage, *, style: Style, at: Spot, progress: int, rng: random.Random) -> None:
    """What lies between camera and house: mud and materials, later paving and trees."""
    x, y = at
    paved = share(progress, 86, 96)
    if progress >= 86:
        stage.ground(
            (
                (x - 30, y - 24),
                (x + style.wide + 30, y - 24),
                (x + style.wide + 16, y - 0.3),
                (x - 14, y - 0.3),
            ),
            colour=mix((172, 156, 136), (188, 184, 178), share=paved),
        )
        for k in range(9):
            d = y - 2 - k * k * 0.26
            stage.line((x - 16, d, 0), (x + style.wide + 18, d, 0), colour=(168, 164, 158), thick=0.04)
        if style.court:
            _court(stage, at=at, style=style, ready=paved)
        _entrance(stage, style=style, at=at)
        return
    props.litter(stage, rng=rng, span=(x - 12, x + style.wide + 12), depth=(4, y - 2), count=130, colour=SOIL)
    stage.ground(
        (
            (x - 20, y - 9),
            (x + style.wide + 20, y - 10.4),
            (x + style.wide + 20, y - 12.6),
            (x - 20, y - 11.2),
        ),
        colour=mix(SOIL, (120, 98, 78), share=0.35),
    )
    if progress > 14:
        _materials(stage, style=style, at=at, rng=rng)


def _materials(stage: Stage, *, style: Style, at: Spot, rng: random.Random) -> None:
    """Blocks, bars, sand and the site hut."""
    x, y = at
    for k in range(4):
        props.stack(
            stage,
            x + 2 + k * 2.1,
            y - 6.2,
            colour=mix(BRICK, (206, 204, 198), share=0.15 if k < 2 else 0.8),
            high=0.9 + 0.2 * (k % 2),
        )
    for k in range(7):
        stage.line(
            (x + 14, y - 6.5 + 0.12 * k, 0.15),
            (x + 25, y - 6.3 + 0.12 * k, 0.15),
            colour=(120, 84, 66),
            thick=0.09,
        )
    props.heap(stage, x + style.wide - 1, y - 6, wide=5.0, high=1.5, colour=(206, 188, 154), rng=rng)
    stage.box((x + style.wide + 4, x + style.wide + 10), (y - 5, y - 2.6), (0.2, 2.7), colour=(206, 212, 214))
    for k in range(3):
        u = x + style.wide + 4.8 + k * 1.8
        stage.wall((u, y - 5.02), (u + 1.0, y - 5.02), low=1.2, high=2.1, colour=(90, 112, 130))


def greenery(stage: Stage, *, style: Style, at: Spot, progress: int) -> None:
    x, y = at
    if progress < 93:
        return
    middle = x + style.wide / 2
    for a, b in ((x - 1, middle - 5), (middle + 5, x + style.wide + 1)):
        stage.floor((a, b), (y - 5, y - 0.8), colour=turf(stage.light))
        stage.box((a, b), (y - 5.2, y - 4.8), (0, 0.16), colour=(206, 204, 198))
        hedge = mix(turf(stage.light), (46, 84, 44), share=0.55)
        stage.box((a + 0.4, b - 0.4), (y - 2.4, y - 1.7), (0, 0.7), colour=hedge)
    for k in range(6):
        px = x + 1.5 + k * (style.wide - 3) / 5
        if abs(px - x - style.wide / 2) > 4.2:
            plants.tree(stage, px, y - 4.0, high=4.2, shape="slim" if k % 2 else "round", variant=k)
    props.car(stage, x - 4.5, y - 5, colour=(206, 208, 210))
    props.car(stage, x + style.wide + 5, y - 5.4, colour=(120, 44, 42))
    props.lamp(stage, x + style.wide * 0.24, y - 6, high=5.2, arm=0.9)
    props.lamp(stage, x + style.wide * 0.8, y - 6, high=5.2, arm=0.9)
