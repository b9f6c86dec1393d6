"""An old block of flats renewed balcony by balcony: stained render first, insulation, new colour, tidy yard."""

from __future__ import annotations

import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import hills, town
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.stage import Stage

_FLOORS, _BAYS, _BAY, _STOREY, _DEPTH = 6, 8, 4.3, 2.9, 11.0
_OLD: Colour = (178, 170, 156)
_BOARD: Colour = (196, 208, 216)


def _stains(stage: Stage, *, x: float, y: float, rng: random.Random, high: float) -> None:
    for _ in range(34):
        u, z, wide, long = (
            rng.uniform(0, _BAYS * _BAY - 1),
            rng.uniform(1, high),
            rng.uniform(0.2, 1.2),
            rng.uniform(0.6, 3.0),
        )
        stage.veil(
            [
                (x + u, y - 0.01, z),
                (x + u + wide, y - 0.01, z),
                (x + u + wide * 0.8, y - 0.01, max(0, z - long)),
                (x + u + 0.1, y - 0.01, max(0, z - long)),
            ],
            colour=(74, 68, 62),
            alpha=rng.randint(16, 40),
        )


def _window(stage: Stage, *, a: float, b: float, y: float, low: float, new: bool, lit: float) -> None:
    glass = mix((72, 84, 94), stage.light.zenith, share=0.28 * lit + (0.14 if new else 0))
    stage.pane((a, b), y, (low + 0.95, low + 2.4), colour=glass)
    frame = (234, 236, 236) if new else (104, 116, 108)
    for u in (a, (a + b) / 2, b):
        stage.line((u, y - 0.01, low + 0.95), (u, y - 0.01, low + 2.4), colour=frame, thick=0.07)
    stage.line(
        (a, y - 0.01, low + 2.4),
        (b, y - 0.01, low + 2.4),
        colour=mix(frame, (30, 30, 34), share=0.4),
        thick=0.1,
    )
    stage.line((a, y - 0.01, low + 0.93), (b, y - 0.01, low + 0.93), colour=frame, thick=0.09)


def _balcony(
    stage: Stage, *, a: float, b: float, y: float, low: float, colour: Colour, new: bool, odd: int
) -> None:
    stage.box((a, b), (y - 1.2, y), (low - 0.06, low + 0.1), colour=mix(colour, (120, 118, 112), share=0.3))
    stage.wall((a, y - 1.2), (b, y - 1.2), low=low + 0.1, high=low + 1.05, colour=colour)
    side = a if stage.camera.x < a else b
    order = ((side, y), (side, y - 1.2)) if side == a else ((side, y - 1.2), (side, y))
    stage.wall(*order, low=low + 0.1, high=low + 1.05, colour=colour)
    if new or odd % 3:
        tone = mix((88, 104, 116), stage.light.zenith, share=0.25 if new else 0.1)
        stage.pane((a, b), y - 1.2, (low + 1.05, low + 2.55), colour=tone)
        for k in range(5):
            u = a + (b - a) * k / 4
            stage.line(
                (u, y - 1.21, low + 1.05),
                (u, y - 1.21, low + 2.55),
                colour=(232, 234, 234) if new else (120, 116, 108),
                thick=0.07,
            )
    else:
        stage.pane((a, b), y - 0.02, (low + 1.05, low + 2.6), colour=(66, 64, 62))
        stage.line((a, y - 1.2, low + 1.9), (b, y - 1.2, low + 1.9), colour=(150, 146, 140), thick=0.05)
        for k in range(4):
            u = a + 0.4 + k * 0.55
            stage.line(
                (u, y - 1.19, low + 1.3),
                (u, y - 1.19, low + 1.9),
                colour=((182, 92, 86), (214, 210, 200), (88, 110, 150), (190, 170, 110))[(k + odd) % 4],
                thick=0.34,
            )


def _bay(
    stage: Stage, *, x: float, y: float, bay: int, floor: int, state: float, tint: tuple[Colour, Colour]
) -> None:
    """One flat's front. state: 0 old, 1 insulated, 2 finished."""
    a, low = x + bay * _BAY, floor * _STOREY
    facade, accent = tint
    wall = (_OLD, _BOARD, accent if bay in (2, 5) else facade)[int(state)]
    wall = mix(wall, (60, 56, 50), share=0.05 * ((bay * 3 + floor * 5) % 3)) if state < 1 else wall
    stage.wall((a, y), (a + _BAY, y), low=low, high=low + _STOREY, colour=wall)
    new = state >= 1
    if int(state) == 1:
        for k in range(1, 4):
            stage.line(
                (a, y - 0.01, low + k * 0.72),
                (a + _BAY, y - 0.01, low + k * 0.72),
                colour=(160, 172, 182),
                thick=0.03,
            )
    if bay in (2, 5):
        _window(stage, a=a + 1.4, b=a + 2.9, y=y - 0.02, low=low, new=new, lit=floor / _FLOORS)
        return
    _window(stage, a=a + 0.35, b=a + 1.4, y=y - 0.02, low=low, new=new, lit=floor / _FLOORS)
    rail = mix(facade, (255, 255, 255), share=0.35) if state >= 2 else mix(_OLD, (120, 108, 96), share=0.35)
    _balcony(stage, a=a + 1.65, b=a + 4.05, y=y, low=low, colour=rail, new=new, odd=bay + floor)
    if not new and (bay + floor) % 2:
        stage.box((a + 0.5, a + 1.3), (y - 0.5, y), (low + 0.2, low + 0.75), colour=(206, 204, 196))


def _block(stage: Stage, *, x: float, y: float, progress: int, tint: tuple[Colour, Colour]) -> None:
    high, right = _FLOORS * _STOREY, x + _BAYS * _BAY
    insulated, finished = share(progress, 22, 66), share(progress, 52, 88)
    gable = tint[0] if finished > 0.5 else _BOARD if insulated > 0.4 else _OLD
    if stage.camera.x < x:
        stage.wall((x, y + _DEPTH), (x, y), low=0, high=high, colour=gable)
    if stage.camera.x > right:
        stage.wall((right, y), (right, y + _DEPTH), low=0, high=high, colour=gable)
    for floor in range(_FLOORS):
        for bay in range(_BAYS):
            order = (bay + (_FLOORS - 1 - floor) / _FLOORS) / _BAYS  # bay by bay, each from the top down
            state = 2.0 if order < finished else 1.0 if order < insulated else 0.0
            _bay(stage, x=x, y=y, bay=bay, floor=floor, state=state, tint=tint)
    if insulated < 0.98:
        shown = random.Random(11)  # noqa: S311 - the same stains in every picture
        if insulated < 0.05:
            _stains(stage, x=x, y=y, rng=shown, high=high)
    for bay in (2, 5):
        a = x + bay * _BAY + 1.1
        stage.box(
            (a - 0.3, a + 2.3),
            (y - 1.4, y),
            (2.5, 2.75),
            colour=tint[1] if progress > 80 else (128, 122, 114),
        )
        stage.pane((a, a + 2), y - 0.03, (0, 2.3), colour=(86, 62, 50) if progress > 84 else (74, 84, 80))
    stage.box(
        (x - 0.4, right + 0.4),
        (y - 0.4, y + 0.2),
        (high, high + 0.6),
        colour=mix(tint[0], (255, 255, 255), share=0.2) if finished > 0.1 else _OLD,
    )


def _baskets(stage: Stage, *, x: float, y: float, progress: int) -> None:
    """Hanging baskets at the bays where work is going on."""
    high = _FLOORS * _STOREY
    for start, end, shift in ((22, 66, 0.0), (52, 88, 0.03)):
        if not start < progress < end:
            continue
        at = share(progress, start, end) + shift
        bay = min(_BAYS - 1, int(at * _BAYS))
        z = max(0.6, high - 1.5 - (at * _BAYS - bay) * high * 0.9)
        a = x + bay * _BAY
        for u in (0.3, 3.9):
            stage.line((a + u, y - 1.6, z), (a + u, y - 1.6, high + 1), colour=(90, 90, 92), thick=0.05)
            stage.line(
                (a + u, y + 0.6, high + 1), (a + u, y - 1.7, high + 1), colour=(190, 92, 60), thick=0.14
            )
        stage.box((a + 0.2, a + 4.0), (y - 2.0, y - 1.3), (z, z + 0.15), colour=(206, 120, 56))
        for k in range(6):
            stage.line(
                (a + 0.2 + k * 0.76, y - 2, z),
                (a + 0.2 + k * 0.76, y - 2, z + 1.1),
                colour=(214, 128, 60),
                thick=0.06,
            )
        stage.line((a + 0.2, y - 2, z + 1.1), (a + 4.0, y - 2, z + 1.1), colour=(214, 128, 60), thick=0.08)


def _yard(stage: Stage, *, x: float, y: float, progress: int, rng: random.Random) -> None:
    right, dug = x + _BAYS * _BAY, share(progress, 6, 20)
    new = progress > 88
    stage.ground(
        ((x - 30, y - 12.5), (right + 30, y - 12.5), (right + 34, 2), (x - 34, 2)),
        colour=(92, 92, 94) if new else (166, 160, 150),
    )
    stage.floor((x - 2, right + 2), (y - 4, y - 0.1), colour=(118, 138, 80) if new else (150, 140, 118))
    stage.face(
        (
            (x - 2, y - 4.1, 0.14),
            (right + 2, y - 4.1, 0.14),
            (right + 2, y - 3.8, 0.14),
            (x - 2, y - 3.8, 0.14),
        ),
        colour=(206, 204, 198),
    )
    if 0 < dug < 1 or 8 < progress < 40:
        stage.floor((x - 3, right + 4), (y - 7.2, y - 6), colour=(104, 84, 66))
        props.heap(stage, x + 9, y - 8.2, wide=6, high=1.0, colour=(156, 132, 104), rng=rng)
        for k in range(5):
            stage.line(
                (x + 20, y - 8.6 - 0.2 * k, 0.2),
                (x + 26, y - 8.6 - 0.2 * k, 0.2),
                colour=(222, 226, 226),
                thick=0.2,
            )
    if 16 < progress < 84:
        for k in range(4):
            props.stack(stage, right - 9 + k * 1.9, y - 7.5, colour=_BOARD, high=1.3, wide=1.5)
    if new:
        for k in range(8):
            u = x + 1 + k * 4.4
            stage.line((u, y - 9.6, 0.01), (u, y - 4.6, 0.01), colour=(236, 236, 232), thick=0.12)


def renovation(stage: Stage, progress: int) -> None:
    """Six storeys, eight bays, seen across the yard."""
    rng = stage.rng
    tint: tuple[Colour, Colour] = rng.choice(
        (
            ((232, 206, 166), (176, 98, 74)),
            ((226, 214, 196), (128, 148, 138)),
            ((238, 226, 200), (198, 142, 84)),
            ((220, 206, 196), (150, 92, 86)),
        )
    )
    x, y = -_BAYS * _BAY / 2 + rng.uniform(-1, 1), 40.0
    hills(stage, rng=rng, high=0.08)
    town(stage, rng=rng, span=(-130, 130), y=120, count=12)
    plants.treeline(stage, rng=rng, span=(-70, 70), y=66, count=14, high=11)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    _yard(stage, x=x, y=y, progress=progress, rng=detail)
    stage.cast((x, x + _BAYS * _BAY), (y, y + _DEPTH), high=_FLOORS * _STOREY, alpha=70)
    _block(stage, x=x, y=y, progress=progress, tint=tint)
    _baskets(stage, x=x, y=y, progress=progress)
    for i, u in enumerate((3.0, 13.0, 24.0, 32.0)):
        plants.tree(
            stage, x + u, y - 2.4, high=5.5 + (i % 3) * 1.6, shape=("round", "slim")[i % 2], variant=i
        )
    colours = ((196, 198, 200), (64, 76, 96), (150, 48, 44), (222, 222, 218))
    for k, colour in enumerate(colours):
        if progress > 90 or (k < 2 and progress < 10):
            props.car(stage, x + 4.0 + k * 8.6, y - 7.2, colour=colour)
    if progress > 90:
        for u in (8.0, 27.0):
            props.lamp(stage, x + u, y - 4.6, high=4.2, arm=0.7)
    elif progress > 3:
        props.sign(stage, *stage.at(0.33, depth=15.0))
    plants.tree(stage, *stage.at(-0.47, depth=19.0), high=9.5, variant=1)
