"""A house that grows: pit, frame floor by floor, walls behind a net, facade, and the yard in front.

Serves the scenes building and school; what differs is kept in a `Style` (house.py).
"""

from __future__ import annotations

import random

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import hills, town
from portal.demo.scenes.house import GLASS, Style, building_style, school_style, share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.props import BRICK, CONCRETE
from portal.demo.scenes.stage import Spot, Stage
from portal.demo.scenes.yard import greenery, pit, yard

DARK: Colour = (74, 70, 68)


def _frame_floor(stage: Stage, *, style: Style, at: Spot, floor: int, fresh: bool) -> None:
    """Slab, dark depth and columns of one open storey."""
    (x, y), low = at, floor * style.storey
    top, right, back = low + style.storey, at[0] + style.wide, at[1] + style.depth
    tone = mix(CONCRETE, (150, 116, 84), share=0.35) if fresh else CONCRETE
    stage.wall(
        (x, y + 3.5), (right, y + 3.5), low=low, high=top, colour=mix(DARK, (120, 112, 104), share=0.25)
    )
    if stage.camera.x < x:
        stage.wall((x, back), (x, y), low=low, high=top, colour=DARK)
    if stage.camera.x > right:
        stage.wall((right, y), (right, back), low=low, high=top, colour=DARK)
    stage.face(
        ((x, y, low), (right, y, low), (right, y + 3.5, low), (x, y + 3.5, low)),
        colour=mix(CONCRETE, DARK, share=0.3),
    )
    for bay in range(style.bays + 1):
        cx = x + bay * style.bay
        stage.wall(
            (cx - 0.2, y + 3.3), (cx + 0.2, y + 3.3), low=low, high=top, colour=mix(tone, DARK, share=0.55)
        )
        stage.box((cx - 0.28, cx + 0.28), (y, y + 0.5), (low, top), colour=tone)
        if fresh and bay < style.bays:
            for k in range(1, 5):
                px = cx + style.bay * k / 5
                stage.line((px, y + 0.4, low), (px, y + 0.4, top), colour=(132, 112, 92), thick=0.07)
    stage.box(
        (x - 0.2, right + 0.2),
        (y - 0.2, back),
        (top - 0.5, top),
        colour=tone,
        top=mix(CONCRETE, (255, 255, 255), share=0.1),
    )


def _windows(stage: Stage, *, style: Style, at: Spot, floor: int, glazed: bool, finished: bool) -> None:
    (x, y), low = at, floor * style.storey
    sky = mix(GLASS, stage.light.zenith, share=0.25 + 0.10 * floor)
    for bay in range(style.bays):
        a, b = x + bay * style.bay + 0.7, x + (bay + 1) * style.bay - 0.7
        inside = sky if glazed else (66, 62, 60)
        tone = mix(inside, (30, 40, 52), share=0.10 * ((bay * 7 + floor * 3) % 4))
        stage.pane((a, b), y - 0.02, (low + 0.95, low + 2.85), colour=tone)
        shadow = mix(style.facade if finished else (150, 140, 130), (30, 30, 40), share=0.55)
        stage.line((a, y - 0.03, low + 2.85), (b, y - 0.03, low + 2.85), colour=shadow, thick=0.16)
        if glazed:
            frame = (228, 230, 230)
            for u in (a, (a + b) / 2, b):
                stage.line((u, y - 0.04, low + 0.95), (u, y - 0.04, low + 2.8), colour=frame, thick=0.07)
            stage.line((a, y - 0.04, low + 2.2), (b, y - 0.04, low + 2.2), colour=frame, thick=0.05)
            stage.line(
                (a - 0.1, y - 0.06, low + 0.92),
                (b + 0.1, y - 0.06, low + 0.92),
                colour=(236, 234, 228),
                thick=0.10,
            )


def _end_windows(stage: Stage, *, style: Style, at: Spot, low: float, glazed: bool) -> None:
    """Three windows of one storey in the end wall that the camera sees."""
    (x, y), right = at, at[0] + style.wide
    side = x - 0.02 if stage.camera.x < x else right + 0.02
    for k in range(3):
        v = y + 2.0 + k * (style.depth - 4) / 3
        stage.side(
            side,
            (v, v + 1.8),
            (low + 1, low + 2.7),
            colour=mix(GLASS, (40, 48, 60), share=0.35) if glazed else DARK,
        )


def _closed_floor(stage: Stage, *, style: Style, at: Spot, floor: int, finished: bool, glazed: bool) -> None:
    """One storey with its walls up: raw blocks first, facade later."""
    (x, y), low = at, floor * style.storey
    top, right, back = low + style.storey, at[0] + style.wide, at[1] + style.depth
    wall = (style.base if floor == 0 else style.facade) if finished else mix(BRICK, CONCRETE, share=0.55)
    stage.box((x, right), (y, back), (low, top), colour=wall, top=CONCRETE)
    if not x <= stage.camera.x <= right:
        _end_windows(stage, style=style, at=at, low=low, glazed=glazed)
    if not finished:
        stage.wall((x, y - 0.01), (right, y - 0.01), low=top - 0.5, high=top, colour=CONCRETE)
        for bay in range(style.bays + 1):
            cx = x + bay * style.bay
            stage.wall((cx - 0.25, y - 0.01), (cx + 0.25, y - 0.01), low=low, high=top, colour=CONCRETE)
    elif floor:
        stage.wall(
            (x - 0.1, y - 0.05), (right + 0.1, y - 0.05), low=low - 0.14, high=low + 0.24, colour=style.band
        )
        for bay in range(0, style.bays + 1, 2):
            cx = x + bay * style.bay
            stage.wall(
                (cx - 0.22, y - 0.05),
                (cx + 0.22, y - 0.05),
                low=low,
                high=top,
                colour=mix(style.facade, style.band, share=0.5),
            )
    _windows(stage, style=style, at=at, floor=floor, glazed=glazed, finished=finished)


def _scaffold(stage: Stage, *, style: Style, at: Spot, low: float, high: float) -> None:
    """Poles, ledgers and a green net in front of the wall between two heights."""
    (x, y), right = at, at[0] + style.wide
    steel = (124, 118, 112)
    for i in range(style.bays * 2 + 1):
        px = x + i * style.bay / 2
        stage.line((px, y - 1.2, max(0.0, low - 1)), (px, y - 1.2, high + 1.2), colour=steel, thick=0.06)
    step = low
    while step <= high + 0.1:
        stage.line((x - 0.4, y - 1.2, step), (right + 0.4, y - 1.2, step), colour=steel, thick=0.06)
        step += 1.85
    net = (66, 132, 92)
    for k in range(style.bays):
        a, b = x + k * style.bay, x + (k + 1) * style.bay
        for z in range(int(low / 1.85), int(high / 1.85) + 1):
            alpha = 96 + (k * 5 + z * 3) % 4 * 16
            top = min(high + 0.8, (z + 1) * 1.85)
            stage.veil(
                ((a, y - 1.25, z * 1.85), (b, y - 1.25, z * 1.85), (b, y - 1.25, top), (a, y - 1.25, top)),
                colour=stage.light.shade(net, normal=(0, -1, 0)),
                alpha=alpha,
            )


def _body(stage: Stage, *, style: Style, at: Spot, progress: int) -> None:
    built = share(progress, 18, 54) * style.floors
    closed = share(progress, 46, 74) * style.floors
    finished = share(progress, 72, 93) * style.floors  # from the top down
    for floor in range(int(built + 0.999)):
        if floor + 1 <= closed:
            done = style.floors - floor <= finished
            _closed_floor(
                stage, style=style, at=at, floor=floor, finished=done, glazed=done or finished > floor + 1
            )
        else:
            _frame_floor(
                stage, style=style, at=at, floor=floor, fresh=floor + 1 > built - 0.4 and progress < 54
            )
    x, y = at
    if progress < 54:
        z = int(built + 0.999) * style.storey
        for bay in range(style.bays + 1):
            for u in (-0.2, 0.2):
                stage.line(
                    (x + bay * style.bay + u, y, z),
                    (x + bay * style.bay + u, y, z + 1.3),
                    colour=(122, 84, 64),
                    thick=0.05,
                )
    if closed >= style.floors:
        stage.box(
            (x - 0.2, x + style.wide + 0.2),
            (y - 0.2, y + 0.3),
            (style.high, style.high + 0.9),
            colour=style.facade if finished else CONCRETE,
        )
    if 24 < progress < 93:
        top = int(built + 0.999) * style.storey if progress < 72 else style.high - finished * style.storey
        if top > 1:
            _scaffold(stage, style=style, at=at, low=0.0, high=top)


def _scene(stage: Stage, *, style: Style, progress: int) -> None:
    rng = stage.rng
    at = (-style.wide / 2 + rng.uniform(-1, 3), 42.0 if style.court else 38.0)
    hills(stage, rng=rng)
    town(stage, rng=rng, span=(-150, 130), y=150)
    plants.treeline(stage, rng=rng, span=(-85, 85), y=78, count=20)
    swing, crane_x = rng.uniform(-0.5, 0.4), at[0] + style.wide * rng.choice((0.22, 0.74))
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    if progress >= 86:
        yard(stage, style=style, at=at, progress=progress, rng=detail)
    if 12 < progress < 84:
        props.crane(stage, crane_x, at[1] + style.depth + 4, high=style.high + 17, arm=32, swing=swing)
    if progress < 18:
        pit(stage, style=style, at=at, progress=progress, rng=detail)
    else:
        stage.cast(
            (at[0], at[0] + style.wide),
            (at[1], at[1] + style.depth),
            high=style.high * share(progress, 10, 54),
        )
        _body(stage, style=style, at=at, progress=progress)
    if progress < 86:
        yard(stage, style=style, at=at, progress=progress, rng=detail)
    greenery(stage, style=style, at=at, progress=progress)
    side = -0.45 if stage.camera.yaw < 0.3 else 0.47
    if progress < 92:
        props.hoarding(stage, (-26, 21.5), (26, 20.0), rng=random.Random(7), high=2.0)  # noqa: S311
        props.sign(stage, *stage.at(0.30, depth=17.0))
    plants.tree(stage, *stage.at(side, depth=17.0), high=10, variant=1)


def building(stage: Stage, progress: int) -> None:
    """A public building of four to seven storeys."""
    _scene(stage, style=building_style(stage.rng), progress=progress)


def school(stage: Stage, progress: int) -> None:
    """A teaching block with its court."""
    _scene(stage, style=school_style(stage.rng), progress=progress)
