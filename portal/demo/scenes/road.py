"""A street that is rebuilt: dug up, pipes, gravel, asphalt coming nearer, then kerbs, trees and markings."""

from __future__ import annotations

import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import SOIL, hills
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Stage

ASPHALT: Colour = (84, 84, 86)
GRAVEL: Colour = (178, 170, 154)
_FAR = 260.0
_HALF = 6.5


def _houses(stage: Stage, *, rng: random.Random) -> None:
    """Two rows of street fronts, far to near, with shops on the ground floor."""
    plots = [(side, y) for y in (210, 180, 152, 126, 102, 80, 60, 42) for side in (-1, 1)]
    for side, y in plots:
        wide, high, tone = (
            rng.uniform(17, 22),
            rng.choice((7, 10, 13, 16)),
            rng.choice(((218, 206, 188), (204, 186, 168), (226, 220, 206), (190, 178, 170))),
        )
        x = side * (17.5 + rng.uniform(0, 3))
        inner, outer = (x, x + 14) if side > 0 else (x - 14, x)
        stage.box((inner, outer), (y, y + wide), (0, high), colour=tone)
        face = inner if side > 0 else outer
        for z in range(3, int(high) - 2, 3):
            for k in range(int(wide // 3.2)):
                v = y + 1 + k * 3.2
                stage.side(face, (v, v + 1.7), (z + 1.0, z + 2.4), colour=(88, 102, 116))
        shop = rng.choice(((150, 74, 62), (66, 96, 122), (96, 116, 86), (176, 140, 82)))
        stage.face(
            ((face, y, 2.3), (face, y + wide, 2.3), (face, y + wide, 3.0), (face, y, 3.0)),
            colour=shop,
            normal=(-side, 0, 0),
        )
        stage.side(face, (y + 0.6, y + wide - 0.6), (0, 2.2), colour=(104, 104, 102))


def _strip(stage: Stage, a: float, b: float, near: float, far: float, *, colour: Colour) -> None:
    if far > near:
        stage.floor((a, b), (near, far), colour=colour)


def _trench(stage: Stage, *, rng: random.Random) -> None:
    """An open trench along the left lane with pipes beside it."""
    near, far = 7.0, 40.0
    _strip(stage, -5.2, -2.6, near, far, colour=(96, 74, 58))
    stage.pane((-5.2, -2.6), far, (0, -1.6), colour=(132, 104, 80))
    stage.face(
        ((-2.6, near, 0), (-2.6, far, 0), (-3.0, far, -1.2), (-3.0, near, -1.2)),
        colour=(148, 118, 90),
        normal=None,
    )
    for y in range(38, 8, -5):
        props.disc(stage, -1.6, y, 0.4, radius=0.42, colour=(66, 68, 70))
        props.disc(stage, -1.6, y - 0.02, 0.4, radius=0.30, colour=(36, 36, 38))
        stage.line((-1.6, y, 0.75), (-1.6, y + 4, 0.75), colour=(86, 88, 90), thick=0.5)
    props.heap(stage, -9.5, 24, wide=6, high=1.7, colour=SOIL, rng=rng)
    props.excavator(stage, 2.6, 29, turn=-1, reach=-0.8)


def _surface(stage: Stage, *, progress: int) -> float:
    """The carriageway in layers; answers with the depth to which asphalt has come (far side first)."""
    soil = mix(SOIL, (122, 98, 76), share=0.35)
    _strip(stage, -_HALF, _HALF, 1, _FAR, colour=soil)
    gravel_to = _FAR ** (1 - share(progress, 38, 64)) if progress > 38 else _FAR
    _strip(stage, -_HALF, _HALF, max(1.0, gravel_to), _FAR, colour=GRAVEL)
    if progress > 64:
        asphalt_to = 70 * (1 - share(progress, 64, 84)) + 1
        _strip(stage, -_HALF, _HALF, asphalt_to, _FAR, colour=ASPHALT)
        return asphalt_to
    return _FAR


def _sides(stage: Stage, *, progress: int) -> None:
    paved = _FAR * share(progress, 70, 90)
    for side in (-1, 1):
        a, b = sorted((side * (_HALF + 0.3), side * (_HALF + 5.4)))
        _strip(stage, a, b, 1, _FAR, colour=mix(SOIL, (190, 178, 160), share=0.4))
        if progress > 70:
            _strip(stage, a, b, 1, paved, colour=(196, 186, 174))
            lane = side * (_HALF + 3.6)
            _strip(stage, min(lane, lane + 0.5), max(lane, lane + 0.5), 1, paved, colour=(206, 176, 92))
            for y in (4, 5.4, 7, 9, 11.5, 15, 20, 27, 38):
                stage.line((a, y, 0.01), (b, y, 0.01), colour=(168, 158, 148), thick=0.03)
        if progress > 58:
            x = side * (_HALF + 0.15)
            kerb = 1 + _FAR * share(progress, 58, 72)
            stage.face(
                ((x - 0.16, 1, 0.14), (x + 0.16, 1, 0.14), (x + 0.16, kerb, 0.14), (x - 0.16, kerb, 0.14)),
                colour=(206, 204, 198),
            )


def _markings(stage: Stage, *, progress: int) -> None:
    white = (236, 236, 230)
    if progress < 84:
        return
    for y in range(2, 150, 6):
        _strip(stage, -0.09, 0.09, y, y + 3.4, colour=(232, 190, 74))
    for x in (-_HALF + 0.5, _HALF - 0.65):
        _strip(stage, x, x + 0.14, 1, 200, colour=white)
    if progress > 90:
        for k in range(11):
            x = -_HALF + 0.8 + k * 1.12
            _strip(stage, x, x + 0.55, 13.5, 17.5, colour=white)


def _paving(stage: Stage, *, front: float) -> None:
    """Truck, paver and roller where the asphalt ends."""
    y = max(21.0, front)
    props.truck(stage, 1.8, y + 9, load=(58, 56, 56))
    stage.cast((-3.2, 1.8), (y, y + 2.2), high=2.8)
    stage.box((-3.2, 1.8), (y, y + 2.2), (0.25, 1.3), colour=(226, 150, 44))
    stage.box((-2.6, 1.2), (y + 0.4, y + 2), (1.3, 1.8), colour=(92, 92, 92))
    for u in (-2.2, 0.8):
        stage.line((u, y + 0.4, 1.8), (u, y + 0.4, 2.9), colour=(80, 80, 80), thick=0.1)
    stage.box((-2.5, 1.1), (y + 0.2, y + 2), (2.9, 3.05), colour=(222, 220, 212))
    for k in range(5):
        stage.line(
            (-3.0 + 1.1 * k, y - 0.02, 0.3), (-2.5 + 1.1 * k, y - 0.02, 0.6), colour=(60, 58, 56), thick=0.16
        )
    stage.box((3.6, 5.2), (y - 3.4, y - 1.4), (0.9, 1.6), colour=(214, 172, 58))
    stage.box((3.4, 5.4), (y - 4.2, y - 3.4), (0.02, 1.1), colour=(92, 92, 94))


def _works(stage: Stage, *, progress: int, front: float, rng: random.Random) -> None:
    """What is going on in the carriageway."""
    if progress < 34:
        _trench(stage, rng=rng)
    if progress < 64:
        props.litter(
            stage,
            rng=rng,
            span=(-6, 6),
            depth=(3, 30),
            count=150,
            colour=GRAVEL if progress > 38 else SOIL,
        )
    if 36 <= progress < 64:
        props.heap(stage, 3.4, 30, wide=6, high=1.8, colour=GRAVEL, rng=rng)
        props.excavator(stage, -1.5, 36, turn=1)
    if 64 <= progress < 84:
        _paving(stage, front=front)


def _furnish(stage: Stage, *, progress: int) -> None:
    """Old trees that stay, new trees and lamps, far to near."""
    for i, y in enumerate((150, 118, 92, 72, 56, 43, 33, 25, 18)):
        for side in (-1, 1):
            if progress >= 86 or (i % 3 == 0 and y > 40):
                high = 9.0 if i % 3 == 0 else 5.6
                plants.tree(
                    stage,
                    side * (_HALF + 2.0),
                    y,
                    high=high,
                    shape="round" if i % 3 == 0 else "slim",
                    variant=i + (side > 0),
                )
    if progress > 76:
        for y in (120, 84, 58, 39, 24):
            props.lamp(stage, -_HALF - 1.0, y, high=8.0, arm=2.2)
            props.lamp(stage, _HALF + 1.0, y, high=8.0, arm=-2.2)


def _closure(stage: Stage) -> None:
    """Fence, cones and the board."""
    props.hoarding(stage, (6.9, 46), (7.3, 9.5), rng=random.Random(5), high=1.9, gate=False)  # noqa: S311
    for y in (24, 17, 12.5, 9.6):
        props.cutout(
            stage,
            0.6 + y * 0.05,
            y,
            shape=((-0.22, 0), (0.22, 0), (0.06, 0.75), (-0.06, 0.75)),
            colour=(222, 92, 48),
        )
        props.cutout(
            stage,
            0.6 + y * 0.05,
            y - 0.01,
            shape=((-0.14, 0.3), (0.14, 0.3), (0.1, 0.48), (-0.1, 0.48)),
            colour=(240, 240, 236),
        )
    props.sign(stage, *stage.at(-0.36, depth=14.0))


def _traffic(stage: Stage) -> None:
    """Three cars, far to near."""
    for x, y, colour in ((3.2, 62, (204, 206, 208)), (-3.0, 40, (158, 52, 46)), (3.3, 27, (66, 90, 122))):
        stage.cast((x - 0.9, x + 0.9), (y, y + 4), high=1.3)
        stage.box((x - 0.9, x + 0.9), (y, y + 4.2), (0.3, 0.95), colour=colour)
        stage.box(
            (x - 0.8, x + 0.8),
            (y + 0.7, y + 3.2),
            (0.95, 1.5),
            colour=mix(colour, (50, 60, 70), share=0.5),
        )
        for u in (-0.75, 0.75):
            stage.box((x + u - 0.12, x + u + 0.12), (y - 0.02, y + 0.1), (0.0, 0.5), colour=(40, 40, 40))


def road(stage: Stage, progress: int) -> None:
    """Looking along the street from its middle."""
    rng = stage.rng
    hills(stage, rng=rng, high=0.12)
    _houses(stage, rng=rng)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    front = _surface(stage, progress=progress)
    _sides(stage, progress=progress)
    _markings(stage, progress=progress)
    _works(stage, progress=progress, front=front, rng=detail)
    _furnish(stage, progress=progress)
    if progress < 84:
        _closure(stage)
    elif progress > 93:
        _traffic(stage)
