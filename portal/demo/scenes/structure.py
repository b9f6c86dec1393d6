"""A house that grows: pit, frame floor by floor, walls behind a net, facade, and the yard in front.

Serves the scenes building and school; what differs is kept in a `Style`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from portal.demo.scenes import plants, props
from portal.demo.scenes.backdrop import GRASS, SOIL, hills, town
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.props import BRICK, CONCRETE
from portal.demo.scenes.stage import Spot, Stage

GLASS: Colour = (92, 118, 140)
DARK: Colour = (74, 70, 68)


@dataclass(frozen=True, kw_only=True)
class Style:
    """floors and bays of the front; bay and storey in metres; facade, band and base colours; court: a playground."""

    floors: int
    bays: int
    bay: float
    storey: float
    depth: float
    facade: Colour
    band: Colour
    base: Colour
    court: bool

    @property
    def wide(self) -> float:
        return self.bays * self.bay

    @property
    def high(self) -> float:
        return self.floors * self.storey


def share(progress: int, start: int, end: int) -> float:
    """How much of the step between two percents is done, 0 to 1."""
    return min(1.0, max(0.0, (progress - start) / (end - start)))


def building_style(rng: random.Random) -> Style:
    """A clinic, a cultural centre, an office: four to seven storeys."""
    facade, band = rng.choice(
        (
            ((232, 224, 208), (166, 122, 92)),
            ((222, 226, 228), (96, 124, 148)),
            ((214, 190, 162), (240, 236, 226)),
            ((236, 232, 224), (120, 146, 122)),
        )
    )
    return Style(
        floors=rng.randint(4, 6),
        bays=rng.randint(7, 9),
        bay=4.2,
        storey=3.7,
        depth=15,
        facade=facade,
        band=band,
        base=(150, 142, 134),
        court=False,
    )


def school_style(rng: random.Random) -> Style:
    """A teaching block: long, three to five storeys, red brick or cream, with a court in front."""
    facade, band = rng.choice(
        (
            ((186, 104, 82), (240, 234, 222)),
            ((238, 222, 190), (178, 92, 72)),
            ((226, 230, 228), (206, 142, 60)),
        )
    )
    return Style(
        floors=rng.randint(3, 5),
        bays=rng.randint(10, 12),
        bay=3.7,
        storey=3.6,
        depth=13,
        facade=facade,
        band=band,
        base=(156, 150, 142),
        court=True,
    )


def _pit(stage: Stage, *, style: Style, at: Spot, progress: int, rng: random.Random) -> None:
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
    for bay in range(style.bays + 1):
        if bay / style.bays <= share(progress, 7, 16):
            cx = x + bay * style.bay
            stage.box((cx - 0.4, cx + 0.4), (y + 1, y + 1.8), (-2.4, 0.3), colour=CONCRETE)
            for u in (-0.3, 0.0, 0.3):
                stage.line((cx + u, y + 1, 0.3), (cx + u, y + 1, 1.7), colour=(116, 78, 60), thick=0.05)
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
        stage.face(
            (
                (a, y - 0.02, low + 0.95),
                (b, y - 0.02, low + 0.95),
                (b, y - 0.02, low + 2.85),
                (a, y - 0.02, low + 2.85),
            ),
            colour=tone,
            normal=None,
        )
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


def _closed_floor(stage: Stage, *, style: Style, at: Spot, floor: int, finished: bool, glazed: bool) -> None:
    """One storey with its walls up: raw blocks first, facade later."""
    (x, y), low = at, floor * style.storey
    top, right, back = low + style.storey, at[0] + style.wide, at[1] + style.depth
    wall = (style.base if floor == 0 else style.facade) if finished else mix(BRICK, CONCRETE, share=0.55)
    stage.box((x, right), (y, back), (low, top), colour=wall, top=CONCRETE)
    side = x - 0.02 if stage.camera.x < x else right + 0.02
    for k in range(3):
        v = y + 2.0 + k * (style.depth - 4) / 3
        stage.face(
            ((side, v, low + 1), (side, v + 1.8, low + 1), (side, v + 1.8, low + 2.7), (side, v, low + 2.7)),
            colour=mix(GLASS, (40, 48, 60), share=0.35) if glazed else DARK,
            normal=None,
        )
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


def _entrance(stage: Stage, *, style: Style, at: Spot) -> None:
    middle, y = at[0] + style.wide / 2, at[1]
    for u in (-3.2, 3.2):
        stage.box((middle + u - 0.25, middle + u + 0.25), (y - 3.4, y - 2.9), (0, 3.2), colour=style.base)
    stage.face(
        (
            (middle - 2.6, y - 0.1, 0.2),
            (middle + 2.6, y - 0.1, 0.2),
            (middle + 2.6, y - 0.1, 2.9),
            (middle - 2.6, y - 0.1, 2.9),
        ),
        colour=mix(GLASS, (40, 50, 60), share=0.4),
        normal=None,
    )
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
    track, field = (176, 84, 66), GRASS[stage.light.foliage if stage.light.foliage != "bare" else "full"]
    stage.ground(
        ((x, y - 19), (right, y - 19), (right, y - 7), (x, y - 7)),
        colour=mix((150, 148, 146), track, share=ready),
    )
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


def _yard(stage: Stage, *, style: Style, at: Spot, progress: int, rng: random.Random) -> None:
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
        stage.box(
            (x + style.wide + 4, x + style.wide + 10), (y - 5, y - 2.6), (0.2, 2.7), colour=(206, 212, 214)
        )
        for k in range(3):
            u = x + style.wide + 4.8 + k * 1.8
            stage.wall((u, y - 5.02), (u + 1.0, y - 5.02), low=1.2, high=2.1, colour=(90, 112, 130))


def _greenery(stage: Stage, *, style: Style, at: Spot, progress: int) -> None:
    x, y = at
    if progress < 93:
        return
    for k in range(6):
        px = x + 1.5 + k * (style.wide - 3) / 5
        if abs(px - x - style.wide / 2) > 4.2:
            plants.tree(stage, px, y - 4.0, high=4.2, shape="slim" if k % 2 else "round", variant=k)
    props.car(stage, x - 4.5, y - 5, colour=(206, 208, 210))
    props.car(stage, x + style.wide + 5, y - 5.4, colour=(120, 44, 42))
    props.lamp(stage, x + style.wide * 0.24, y - 6, high=5.2, arm=0.9)
    props.lamp(stage, x + style.wide * 0.8, y - 6, high=5.2, arm=0.9)


def _scene(stage: Stage, *, style: Style, progress: int) -> None:
    rng = stage.rng
    at = (-style.wide / 2 + rng.uniform(-1, 3), 42.0 if style.court else 38.0)
    hills(stage, rng=rng)
    town(stage, rng=rng, span=(-150, 130), y=150)
    plants.treeline(stage, rng=rng, span=(-85, 85), y=78, count=20)
    swing, crane_x = rng.uniform(-0.5, 0.4), at[0] + style.wide * rng.choice((0.22, 0.74))
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    if progress >= 86:
        _yard(stage, style=style, at=at, progress=progress, rng=detail)
    if 12 < progress < 84:
        props.crane(stage, crane_x, at[1] + style.depth + 4, high=style.high + 17, arm=32, swing=swing)
    if progress < 18:
        _pit(stage, style=style, at=at, progress=progress, rng=detail)
    else:
        stage.cast(
            (at[0], at[0] + style.wide),
            (at[1], at[1] + style.depth),
            high=style.high * share(progress, 10, 54),
        )
        _body(stage, style=style, at=at, progress=progress)
    if progress < 86:
        _yard(stage, style=style, at=at, progress=progress, rng=detail)
    _greenery(stage, style=style, at=at, progress=progress)
    if progress < 92:
        props.hoarding(stage, (-26, 21.5), (26, 20.0), rng=random.Random(7), high=2.0)  # noqa: S311
        props.sign(stage, -6.8, 18.0)
    plants.tree(stage, -12.2, 17, high=10, variant=1)


def building(stage: Stage, progress: int) -> None:
    """A public building of four to seven storeys."""
    _scene(stage, style=building_style(stage.rng), progress=progress)


def school(stage: Stage, progress: int) -> None:
    """A teaching block with its court."""
    _scene(stage, style=school_style(stage.rng), progress=progress)
