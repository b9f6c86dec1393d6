"""A public hall inside: bare concrete, pipes and ceiling grid, floor tiles, counters, lamps, chairs, plants."""

from __future__ import annotations

import random
from dataclasses import replace

from portal.demo.scenes import plants, props
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Point, Spot, Stage

_HALF, _BACK, _HIGH = 6.4, 17.0, 3.5
_BARE: Colour = (168, 162, 154)


def _plane(stage: Stage, points: tuple[Point, ...], colour: Colour, level: float) -> None:
    stage.face(points, colour=mix((40, 38, 36), colour, share=level), normal=None)


def _shell(stage: Stage, *, progress: int, accent: Colour) -> None:
    """Floor, walls and ceiling in depth strips that darken away from the windows on the left."""
    painted, tiled = share(progress, 50, 72), share(progress, 52, 76)
    white: Colour = (236, 232, 224)
    wall, floor = mix(_BARE, white, share=painted), mix((150, 144, 136), (214, 208, 198), share=0.15)
    ceiling = mix((128, 124, 118), (244, 242, 236), share=share(progress, 34, 50))
    cuts = [0.0, 2, 4, 6, 8, 10, 12, 14, _BACK]
    for k in range(len(cuts) - 2, -1, -1):
        a, b = cuts[k], cuts[k + 1]
        fall = 1.0 - 0.022 * k
        done = 1 - k / 8 <= tiled
        _plane(
            stage,
            ((-_HALF, a, 0), (_HALF, a, 0), (_HALF, b, 0), (-_HALF, b, 0)),
            (222, 216, 204) if done else floor,
            0.92 * fall,
        )
        _plane(
            stage,
            ((-_HALF, a, _HIGH), (_HALF, a, _HIGH), (_HALF, b, _HIGH), (-_HALF, b, _HIGH)),
            ceiling,
            0.86 * fall,
        )
        _plane(
            stage, ((-_HALF, a, 0), (-_HALF, b, 0), (-_HALF, b, _HIGH), (-_HALF, a, _HIGH)), wall, 0.80 * fall
        )
        _plane(stage, ((_HALF, a, 0), (_HALF, b, 0), (_HALF, b, _HIGH), (_HALF, a, _HIGH)), wall, 0.96 * fall)
    back = mix(_BARE, accent, share=painted * 0.75)
    _plane(
        stage,
        ((-_HALF, _BACK, 0), (_HALF, _BACK, 0), (_HALF, _BACK, _HIGH), (-_HALF, _BACK, _HIGH)),
        back,
        0.86,
    )


def _tiles(stage: Stage, *, progress: int) -> None:
    laid = share(progress, 52, 76)
    near = _BACK * (1 - laid)
    if laid <= 0:
        return
    for k in range(int(_HALF * 2 / 0.8) + 1):
        x = -_HALF + k * 0.8
        stage.line((x, max(2.0, near), 0), (x, _BACK, 0), colour=(178, 172, 162), thick=0.012, least=1)
    y: float = _BACK
    while y > max(0.8, near):
        stage.line((-_HALF, y, 0), (_HALF, y, 0), colour=(178, 172, 162), thick=0.012, least=1)
        y -= 0.8


def _windows(stage: Stage, *, progress: int) -> None:
    """Three windows on the left with daylight, and its patches on the floor."""
    sky = mix(stage.light.horizon, (255, 255, 255), share=0.35)
    for a in (3.0, 7.4, 11.8):
        b = a + 2.8
        stage.side(-_HALF + 0.02, (a, b), (0.9, 2.9), colour=sky)
        stage.veil(
            [
                (-_HALF + 0.02, a, 0.9),
                (-_HALF + 0.02, b, 0.9),
                (-_HALF + 0.02, b, 1.6),
                (-_HALF + 0.02, a, 1.5),
            ],
            colour=(96, 122, 86),
            alpha=120,
        )
        if progress > 30:
            for v in (a, (a + b) / 2, b):
                stage.line(
                    (-_HALF + 0.03, v, 0.9), (-_HALF + 0.03, v, 2.9), colour=(226, 228, 228), thick=0.08
                )
            for z in (0.9, 2.3, 2.9):
                stage.line((-_HALF + 0.03, a, z), (-_HALF + 0.03, b, z), colour=(226, 228, 228), thick=0.08)
        glow = int(58 * stage.light.strength / 0.66)
        stage.veil(
            [
                (-_HALF + 0.8, a + 0.6, 0.004),
                (-_HALF + 4.6, a + 1.6, 0.004),
                (-_HALF + 4.6, b + 1.6, 0.004),
                (-_HALF + 0.8, b + 0.6, 0.004),
            ],
            colour=(255, 246, 224),
            alpha=glow,
        )


def _ceiling(stage: Stage, *, progress: int) -> None:
    """Ducts and pipes first, then the grid, then panels of light."""
    if progress < 46:
        if progress > 18:
            stage.box((2.2, 3.4), (1.5, _BACK), (_HIGH - 0.75, _HIGH - 0.15), colour=(176, 182, 186))
            for joint in range(2, 17, 2):
                stage.line(
                    (2.2, joint, _HIGH - 0.75), (3.4, joint, _HIGH - 0.75), colour=(128, 134, 138), thick=0.05
                )
            for x, tone in ((-1.2, (186, 66, 54)), (-2.0, (206, 206, 204))):
                stage.box((x - 0.06, x + 0.06), (3.0, _BACK), (_HIGH - 0.36, _HIGH - 0.24), colour=tone)
        return
    grid = (206, 204, 198)
    for k in range(1, 11):
        x = -_HALF + k * _HALF * 2 / 11
        stage.line((x, 0.6, _HIGH), (x, _BACK, _HIGH), colour=grid, thick=0.03, least=1)
    for k in range(1, 14):
        stage.line((-_HALF, k * 1.25, _HIGH), (_HALF, k * 1.25, _HIGH), colour=grid, thick=0.03, least=1)
    if progress > 70:
        _lights(stage, on=progress > 76)


def _lights(stage: Stage, *, on: bool) -> None:
    """Flat lamps between the grid, and their sheen on the floor when they are on."""
    z = _HIGH - 0.01
    for y in (3.0, 6.2, 9.4, 12.6, 15.4):
        for x in (-3.6, 0.0, 3.6):
            a, b = x - 0.6, x + 0.6
            panel = ((a, y, z), (b, y, z), (b, y + 0.9, z), (a, y + 0.9, z))
            stage.face(panel, colour=(255, 253, 244), normal=None)
            if on:
                sheen = ((a, y - 0.3, 0.005), (b, y - 0.3, 0.005), (b, y + 1.2, 0.005), (a, y + 1.2, 0.005))
                stage.veil(sheen, colour=(255, 252, 240), alpha=44)


def _counter(stage: Stage, *, progress: int, accent: Colour) -> None:
    """A row of service windows along the right wall, far to near, with screens and number signs."""
    count = int(share(progress, 72, 90) * 6 + 0.01)
    for k in range(count):
        y = 14.2 - k * 2.0
        stage.box(
            (4.1, 4.8),
            (y, y + 1.9),
            (0, 0.78),
            colour=mix(accent, (236, 230, 220), share=0.62),
            top=(226, 220, 210),
        )
        stage.box((4.0, 4.9), (y, y + 1.9), (0.78, 0.86), colour=(234, 230, 222))
        stage.side(4.0, (y, y + 1.9), (0.2, 0.34), colour=accent)
        stage.veil(
            [(4.3, y + 0.1, 0.86), (4.3, y + 1.8, 0.86), (4.3, y + 1.8, 1.5), (4.3, y + 0.1, 1.5)],
            colour=(206, 226, 232),
            alpha=70,
        )
        stage.side(4.55, (y + 0.7, y + 1.3), (0.95, 1.36), colour=(52, 56, 62))
        stage.side(4.0, (y + 0.3, y + 1.6), (2.3, 2.7), colour=(44, 74, 116))
        stage.line((3.99, y + 0.55, 2.5), (3.99, y + 1.3, 2.5), colour=(238, 240, 242), thick=0.09)


def _furniture(stage: Stage, *, progress: int, accent: Colour) -> None:
    if progress < 86:
        return
    for row, y in enumerate((13.0, 10.6, 8.2)):
        for k in range(4):
            x = -3.9 + k * 1.05
            stage.veil(
                [
                    (x - 0.4, y - 0.1, 0.004),
                    (x + 0.6, y - 0.1, 0.004),
                    (x + 0.8, y + 0.6, 0.004),
                    (x - 0.2, y + 0.6, 0.004),
                ],
                colour=(50, 48, 46),
                alpha=60,
            )
            tone = accent if (k + row) % 4 else mix(accent, (255, 255, 255), share=0.45)
            stage.box((x - 0.38, x + 0.38), (y, y + 0.5), (0.4, 0.5), colour=tone)
            stage.box((x - 0.38, x + 0.38), (y + 0.45, y + 0.52), (0.5, 1.0), colour=tone)
            for u in (-0.32, 0.32):
                stage.line((x + u, y, 0), (x + u, y, 0.42), colour=(120, 122, 124), thick=0.05)
    for x, y in ((-5.7, 15.6), (-5.7, 6.6), (3.0, 16.2)):
        stage.box((x - 0.28, x + 0.28), (y, y + 0.5), (0, 0.5), colour=(222, 218, 210))
        plants.tree(stage, x, y + 0.2, high=1.5, shape="round", variant=int(y), z=0.42)
    stage.box((-1.0, -0.4), (15.6, 16.0), (0, 1.5), colour=(232, 234, 236))
    stage.pane((-0.95, -0.45), 15.58, (0.9, 1.4), colour=(58, 116, 176))


def _board(stage: Stage, *, accent: Colour) -> None:
    """The back wall: door, a long band and a big screen."""
    y = _BACK - 0.02
    props.cutout(
        stage,
        -4.6,
        y,
        shape=((-0.9, 0), (0.9, 0), (0.9, 2.3), (-0.9, 2.3)),
        colour=mix(accent, (70, 60, 54), share=0.4),
    )
    props.cutout(
        stage, 0.4, y, shape=((-1.7, 1.35), (1.7, 1.35), (1.7, 2.75), (-1.7, 2.75)), colour=(36, 44, 56)
    )
    for k in range(6):
        stage.line(
            (-1.0, y - 0.02, 2.55 - k * 0.2),
            (0.4 + 0.3 * ((k * 5) % 4), y - 0.02, 2.55 - k * 0.2),
            colour=(116, 168, 206),
            thick=0.06,
        )


def _ladder(stage: Stage) -> None:
    """A pair of steps left standing."""
    for u in (0.0, 0.9):
        stage.line(
            (-2.9 + u, 8.6, 0), (-2.6 + u * 0.35, 9.1, 2.3), colour=(222, 176, 70), thick=0.07, least=2
        )
    for k in range(1, 7):
        t = k / 7
        stage.line(
            (-2.9 + 0.3 * t, 8.6 + 0.5 * t, 2.3 * t),
            (-2.0 + 0.02 * t - 0.28 * t, 8.6 + 0.5 * t, 2.3 * t),
            colour=(222, 176, 70),
            thick=0.05,
        )


def _works(stage: Stage, *, progress: int, rng: random.Random) -> None:
    if progress < 60:
        props.litter(stage, rng=rng, span=(-5, 5), depth=(4.5, 14), count=90, colour=(170, 162, 150))
    if progress < 24:
        for _ in range(3):
            props.heap(
                stage,
                rng.uniform(-4, 4),
                rng.uniform(7, 13),
                wide=2.4,
                high=0.7,
                colour=(176, 150, 132),
                rng=rng,
            )
    if progress < 88:
        _ladder(stage)
    if 20 < progress < 78:
        for k in range(3):
            props.stack(
                stage,
                3.4 + 0.4 * k,
                11.6 - 1.3 * k,
                colour=((226, 222, 214), (206, 196, 178), (190, 176, 160))[k],
                wide=1.2,
                high=0.55 + 0.12 * k,
            )
    if 24 < progress < 56:
        for k in range(9):
            y = 2 + 1.7 * k
            stage.line((_HALF - 0.03, y, 0), (_HALF - 0.03, y, _HIGH), colour=(186, 190, 194), thick=0.06)


def interior(stage: Stage, progress: int) -> None:
    """Along the hall from its entrance; daylight comes from the left."""
    rng = stage.rng
    accent: Colour = rng.choice(((70, 112, 142), (164, 98, 66), (92, 128, 98), (178, 136, 74)))
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    stage.clear = 400.0
    stage.light = replace(stage.light, strength=0.34, warm=(255, 250, 242), haze=(206, 204, 198))
    _shell(stage, progress=progress, accent=accent)
    _tiles(stage, progress=progress)
    _windows(stage, progress=progress)
    _ceiling(stage, progress=progress)
    columns: tuple[Spot, ...] = ((2.6, 13.0), (2.6, 6.5))
    if progress > 78:
        _board(stage, accent=accent)
    _counter(stage, progress=progress, accent=accent)
    for x, y in columns:
        tone = mix(_BARE, (238, 234, 226), share=share(progress, 50, 72))
        stage.box((x - 0.3, x + 0.3), (y, y + 0.6), (0, _HIGH), colour=tone)
    _works(stage, progress=progress, rng=detail)
    _furniture(stage, progress=progress, accent=accent)
