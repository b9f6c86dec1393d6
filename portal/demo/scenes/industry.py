"""A steel hall: columns and rafters frame by frame, purlins, roof and wall sheets, doors and a yard."""

from __future__ import annotations

import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import SOIL, hills, town, turf
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.props import CONCRETE
from portal.demo.scenes.stage import Stage

_BAYS, _BAY, _SPAN, _EAVE, _RIDGE = 8, 6.2, 24.0, 9.5, 12.6
_PAINT: Colour = (176, 92, 70)


def _rafter(stage: Stage, *, x: float, y: float) -> None:
    """One frame across the hall: two columns and a pitched beam."""
    middle = y + _SPAN / 2
    for v in (y + _SPAN, y):
        stage.line((x, v, 0), (x, v, _EAVE), colour=_PAINT, thick=0.42, least=2)
    stage.line((x, y + _SPAN, _EAVE), (x, middle, _RIDGE), colour=_PAINT, thick=0.40, least=2)
    stage.line(
        (x, y, _EAVE),
        (x, middle, _RIDGE),
        colour=mix(_PAINT, (255, 220, 200), share=0.12),
        thick=0.40,
        least=2,
    )


def _frames(stage: Stage, *, x: float, y: float, progress: int) -> None:
    up = share(progress, 18, 46) * (_BAYS + 1)
    order = range(_BAYS + 1) if stage.camera.x < x else range(_BAYS, -1, -1)
    far_first = sorted(order, key=lambda k: -abs(x + k * _BAY - stage.camera.x))
    for k in far_first:
        if k < up:
            _rafter(stage, x=x + k * _BAY, y=y)
    length = (min(up, _BAYS + 1) - 1) * _BAY
    if up >= 2 and progress < 80:
        for j in range(1, 6):
            t = j / 6
            z, v = _EAVE + (_RIDGE - _EAVE) * t, y + _SPAN / 2 * t
            stage.line((x, v, z), (x + length, v, z), colour=mix(_PAINT, (60, 40, 36), share=0.2), thick=0.14)
        for z in (2.6, 4.8, 7.0, _EAVE):
            stage.line(
                (x, y, z), (x + length, y, z), colour=mix(_PAINT, (60, 40, 36), share=0.25), thick=0.13
            )


def _gable(stage: Stage, *, x: float, y: float, closed: bool, tint: tuple[Colour, Colour]) -> None:
    """The end wall that the camera sees; the right one only when the whole front is closed."""
    wall, band = tint
    middle = y + _SPAN / 2
    side = x if stage.camera.x < x else x + _BAYS * _BAY
    if side == x or closed:
        normal = (-1.0, 0.0, 0.0) if side == x else (1.0, 0.0, 0.0)
        stage.face(
            (
                (side, y, 0),
                (side, y + _SPAN, 0),
                (side, y + _SPAN, _EAVE),
                (side, middle, _RIDGE),
                (side, y, _EAVE),
            ),
            colour=wall,
            normal=normal,
        )
        stage.face(
            ((side, y + 8, 0), (side, y + 15, 0), (side, y + 15, 5.4), (side, y + 8, 5.4)),
            colour=mix(band, (60, 66, 72), share=0.3),
            normal=normal,
        )


def _skin(stage: Stage, *, x: float, y: float, progress: int, tint: tuple[Colour, Colour]) -> None:
    """Roof sheets from left to right, then wall sheets; ribs and a band of light."""
    roofed, walled = share(progress, 46, 62) * _BAYS, share(progress, 58, 76) * _BAYS
    wall, band = tint
    middle = y + _SPAN / 2
    if walled >= 1:
        _gable(stage, x=x, y=y, closed=walled >= _BAYS, tint=tint)
    for k in range(_BAYS):
        a, b = x + k * _BAY, x + (k + 1) * _BAY
        if k < walled:
            stage.wall((a, y - 0.05), (b, y - 0.05), low=0, high=1.1, colour=(176, 172, 166))
            stage.wall((a, y - 0.05), (b, y - 0.05), low=1.1, high=_EAVE, colour=wall)
            for j in range(12):
                u = a + _BAY * j / 12
                stage.line(
                    (u, y - 0.06, 1.1),
                    (u, y - 0.06, _EAVE),
                    colour=mix(wall, (70, 84, 96), share=0.22),
                    thick=0.05,
                )
            stage.wall((a, y - 0.07), (b, y - 0.07), low=6.6, high=7.9, colour=(196, 214, 222))
            stage.wall((a, y - 0.07), (b, y - 0.07), low=_EAVE - 0.7, high=_EAVE, colour=band)
        if k < roofed:
            stage.face(
                (
                    (a, y - 0.6, _EAVE - 0.1),
                    (b, y - 0.6, _EAVE - 0.1),
                    (b, middle, _RIDGE + 0.1),
                    (a, middle, _RIDGE + 0.1),
                ),
                colour=mix(band, (206, 212, 216), share=0.55),
                normal=(0, -0.25, 0.97),
            )
            stage.line(
                (a, y - 0.6, _EAVE - 0.1), (b, y - 0.6, _EAVE - 0.1), colour=(232, 232, 230), thick=0.18
            )


def _doors(stage: Stage, *, x: float, y: float, progress: int) -> None:
    if progress < 78:
        return
    for k in (1, 4, 6):
        a = x + k * _BAY + 1.0
        stage.pane((a, a + 4.2), y - 0.1, (0, 4.6), colour=(206, 208, 208), lit=True)
        for j in range(1, 9):
            stage.line(
                (a, y - 0.11, j * 0.5), (a + 4.2, y - 0.11, j * 0.5), colour=(168, 172, 174), thick=0.05
            )
        stage.box((a - 0.4, a + 4.6), (y - 1.7, y), (4.9, 5.1), colour=(84, 104, 124))
    for k in (0, 2, 3, 5, 7):
        a = x + k * _BAY + 1.4
        stage.pane(
            (a, a + 3.2), y - 0.1, (2.2, 3.9), colour=mix((76, 96, 112), stage.light.zenith, share=0.3)
        )
        for u in (0, 1.07, 2.13, 3.2):
            stage.line((a + u, y - 0.11, 2.2), (a + u, y - 0.11, 3.9), colour=(232, 234, 234), thick=0.08)


def _base(stage: Stage, *, x: float, y: float, progress: int, rng: random.Random) -> None:
    wide = _BAYS * _BAY
    tone = mix(SOIL, CONCRETE, share=share(progress, 8, 30))
    stage.floor((x - 2, x + wide + 2), (y - 2, y + _SPAN + 2), colour=tone)
    if progress < 46:
        for k in range(_BAYS + 1):
            if k / _BAYS <= share(progress, 5, 17):
                for v in (y + _SPAN, y):
                    stage.box(
                        (x + k * _BAY - 0.6, x + k * _BAY + 0.6),
                        (v - 0.6, v + 0.6),
                        (0, 0.5),
                        colour=CONCRETE,
                    )
    if progress < 16:
        props.heap(stage, x + 8, y + 8, wide=12, high=3, colour=SOIL, rng=rng)
        props.excavator(stage, x + 20, y + 3)
        props.truck(stage, x + 32, y + 2, load=SOIL)


def _yard(stage: Stage, *, x: float, y: float, progress: int, rng: random.Random) -> None:
    wide = _BAYS * _BAY
    if progress > 84:
        stage.ground(
            ((x - 40, y - 0.2), (x + wide + 40, y - 0.2), (x + wide + 50, 2), (x - 50, 2)),
            colour=(158, 156, 152),
        )
        for k in range(12):
            u = x - 10 + k * 6
            stage.line((u, y - 0.2, 0), (u - 2, 4, 0), colour=(138, 136, 132), thick=0.05)
        stage.floor((x - 40, x + wide + 40), (y - 15, y - 18), colour=turf(stage.light))
        stage.line((x - 30, y - 9, 0.01), (x + wide + 30, y - 9, 0.01), colour=(226, 190, 84), thick=0.16)
        return
    props.litter(stage, rng=rng, span=(-30, 30), depth=(5, y - 2), count=130, colour=SOIL)
    if progress > 14:
        for k in range(5):
            stage.line(
                (x + 4, y - 6 - 0.6 * k, 0.4), (x + 15, y - 6 - 0.6 * k, 0.4), colour=_PAINT, thick=0.34
            )
        for k in range(3):
            props.stack(stage, x + 20 + k * 3.4, y - 6, colour=(190, 204, 214), wide=2.8, high=1.0)


def _mobile_crane(stage: Stage, *, at: float, y: float) -> None:
    """A crane on wheels, beside the frame that it sets."""
    stage.box((at + 5, at + 12), (y - 5, y - 3), (0.7, 2.0), colour=(226, 170, 60))
    stage.line((at + 10, y - 4, 2), (at + 2, y + 4, 19), colour=(222, 162, 50), thick=0.5, least=3)
    stage.line((at + 2, y + 4, 19), (at + 2, y + 4, 12), colour=(70, 70, 70), thick=0.06)
    for u in (5.8, 7.6, 9.6, 11.2):
        props.disc(stage, at + u, y - 5.02, 0.55, radius=0.55, colour=(48, 48, 50))


def industrial(stage: Stage, progress: int) -> None:
    """The long front with one gable."""
    rng = stage.rng
    tint: tuple[Colour, Colour] = rng.choice(
        (
            ((224, 228, 230), (64, 106, 150)),
            ((232, 230, 222), (150, 70, 58)),
            ((216, 224, 220), (70, 124, 104)),
        )
    )
    x, y = -_BAYS * _BAY / 2, 44.0
    hills(stage, rng=rng)
    town(stage, rng=rng, span=(-170, 170), y=180, count=10)
    plants.treeline(stage, rng=rng, span=(-95, 95), y=92, count=18)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    if progress > 84:
        _yard(stage, x=x, y=y, progress=progress, rng=detail)
    _base(stage, x=x, y=y, progress=progress, rng=detail)
    if progress > 50:
        stage.cast((x, x + _BAYS * _BAY), (y, y + _SPAN), high=_EAVE)
        inside = share(progress, 46, 62) * _BAYS * _BAY
        stage.pane((x, x + inside), y + _SPAN, (0, _EAVE), colour=(104, 104, 106))
    if progress < 78:
        _frames(stage, x=x, y=y, progress=progress)
    _skin(stage, x=x, y=y, progress=progress, tint=tint)
    _doors(stage, x=x, y=y, progress=progress)
    if 16 < progress < 66:
        _mobile_crane(stage, at=x + share(progress, 18, 60) * _BAYS * _BAY, y=y)
    if progress <= 84:
        _yard(stage, x=x, y=y, progress=progress, rng=detail)
        props.hoarding(stage, (-30, 22), (30, 20.5), rng=random.Random(9), high=2.0)  # noqa: S311
        props.sign(stage, *stage.at(-0.30, depth=17.0))
    else:
        for k, u in enumerate((-6, 6, 18, 30, 42, 54)):
            plants.tree(stage, x + u, y - 16.5, high=4.6, shape=("slim", "round")[k % 2], variant=k)
        props.truck(stage, x + 30, y - 5.5)
        props.lamp(stage, x + 12, y - 12, high=8)
        props.lamp(stage, x + 36, y - 12, high=8)
