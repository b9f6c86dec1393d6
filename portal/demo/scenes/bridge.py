"""A bridge across a river: piles, piers, spans set one after another, railings, cars when it is open."""

from __future__ import annotations

import math
import random

from portal.demo.scenes import plants, props, water
from portal.demo.scenes.backdrop import SOIL, hills, town, turf
from portal.demo.scenes.house import share
from portal.demo.scenes.light import Colour, mix
from portal.demo.scenes.props import CONCRETE
from portal.demo.scenes.stage import Stage

_LEVEL = -2.6  # height of the water
_Y, _WIDE = 52.0, 9.0
_HALF = 44.0


def _pier(stage: Stage, *, x: float, grown: float, deck: float, colour: Colour) -> None:
    high = _LEVEL + (deck - 1.9 - _LEVEL) * grown
    for y in (_Y + _WIDE - 2.4, _Y + 1.2):
        stage.box((x - 0.8, x + 0.8), (y, y + 1.4), (_LEVEL - 0.4, high), colour=colour)
        if grown < 1:
            for u in (-0.6, -0.2, 0.2, 0.6):
                stage.line((x + u, y, high), (x + u, y, high + 1.5), colour=(122, 82, 62), thick=0.06)
    stage.box(
        (x - 1.6, x + 1.6),
        (_Y + 0.4, _Y + _WIDE - 0.4),
        (_LEVEL - 0.4, _LEVEL + 0.5),
        colour=mix(colour, (90, 90, 84), share=0.25),
    )
    if grown >= 1:
        stage.box((x - 1.1, x + 1.1), (_Y, _Y + _WIDE), (deck - 2.0, deck - 1.2), colour=colour)


def _span(stage: Stage, *, a: float, b: float, deck: float, colour: Colour) -> None:
    """One girder, deeper over the piers than in the middle."""
    side = mix(colour, (70, 72, 76), share=0.12)
    belly = [(a + (b - a) * k / 10, _Y + 0.8, deck - 1.1 - 0.9 * (2 * k / 10 - 1) ** 2) for k in range(11)]
    stage.face([(a, _Y + 0.8, deck), *belly, (b, _Y + 0.8, deck)], colour=side, normal=(0, -1, 0))
    if stage.mirror is not None:
        return
    stage.box((a, b), (_Y, _Y + _WIDE), (deck - 0.34, deck), colour=colour, top=(120, 118, 116))
    stage.line((a, _Y + 0.78, deck - 0.42), (b, _Y + 0.78, deck - 0.42), colour=(112, 110, 106), thick=0.2)


def _railing(stage: Stage, *, a: float, b: float, deck: float, tone: Colour) -> None:
    for z in (0.55, 1.05):
        stage.line((a, _Y, deck + z), (b, _Y, deck + z), colour=tone, thick=0.09, least=1.6)
    x = a
    while x <= b:
        stage.line((x, _Y, deck), (x, _Y, deck + 1.15), colour=tone, thick=0.12)
        x += 2.0
    stage.wall((a, _Y - 0.02), (b, _Y - 0.02), low=deck, high=deck + 0.22, colour=(214, 212, 206))


def _river(stage: Stage, *, progress: int) -> None:
    green = turf(stage.light)
    bed = ((-_HALF + 2, -20), (_HALF - 2, -20), (_HALF - 4, 130), (-_HALF + 6, 130))
    water.surface(stage, bed, z=_LEVEL)
    slope = green if progress > 90 else mix(green, SOIL, share=0.45)
    for edge, inner in ((-_HALF - 2, -_HALF + 4), (_HALF + 2, _HALF - 5)):
        top = [(edge, y, 0.0) for y in (-20, 20, 70, 130)]
        foot = [(inner, y, _LEVEL) for y in (-20, 20, 70, 130)]
        water.bank(stage, top=top, foot=foot, colour=slope)
    far = [(-_HALF + 5, 128, _LEVEL), (_HALF - 4, 128, _LEVEL), (_HALF + 2, 132, 0.0), (-_HALF, 132, 0.0)]
    stage.face(far, colour=slope)


def _works(stage: Stage, *, progress: int, piers: list[float], deck: float) -> None:
    """The bridge as far as it stands; drawn once upside down for the water and once upright."""
    tone = mix(CONCRETE, (236, 232, 222), share=0.3)
    risen = share(progress, 14, 50) * len(piers)
    for i, x in enumerate(piers):
        if progress < 50 and i > risen and progress > 3:
            stage.box(
                (x - 0.9, x + 0.9), (_Y + 2, _Y + 3.6), (_LEVEL - 0.3, _LEVEL + 1.4), colour=(132, 96, 74)
            )
        _pier(stage, x=x, grown=min(1.0, max(0.0, risen - i)), deck=deck, colour=tone) if risen > i else None
    stops = [-_HALF - 14, *piers, _HALF + 14]
    set_spans = int(share(progress, 50, 75) * (len(stops) - 1) + 0.01)
    for i in range(set_spans):
        _span(stage, a=stops[i], b=stops[i + 1], deck=deck, colour=tone)
    railed = -_HALF - 14 + share(progress, 76, 93) * (2 * _HALF + 28)
    if progress > 76 and stage.mirror is None:
        _railing(stage, a=-_HALF - 14, b=railed, deck=deck, tone=(236, 236, 232))
    for x in (-_HALF - 14, _HALF + 2):
        stage.box(
            (x, x + 12),
            (_Y + 0.4, _Y + _WIDE),
            (_LEVEL, deck - 0.3),
            colour=mix(tone, (130, 126, 118), share=0.3),
        )


def _machines(stage: Stage, *, progress: int, piers: list[float], deck: float, rng: random.Random) -> None:
    if 2 < progress < 26:
        x = piers[int(share(progress, 2, 26) * (len(piers) - 0.01))]
        stage.box((x - 5, x + 5), (_Y - 3, _Y + 3), (_LEVEL, _LEVEL + 0.9), colour=(126, 112, 98))
        props.excavator(stage, x - 2, _Y - 1, z=_LEVEL + 0.9, reach=1.4)
        stage.line((x + 2.6, _Y - 1, _LEVEL + 0.9), (x + 2.6, _Y - 1, 11), colour=(206, 92, 54), thick=0.5)
        stage.line((x + 2.9, _Y - 1, _LEVEL), (x + 2.9, _Y - 1, 10.6), colour=(96, 92, 88), thick=0.2)
    if 40 < progress < 78:
        props.crane(stage, piers[-1] + 9, _Y + 14, high=deck + 19, arm=30, swing=3.4 + rng.uniform(-0.2, 0.2))
    if 26 <= progress < 50:
        props.crane(stage, piers[0] - 6, _Y + 13, high=deck + 16, arm=28, swing=0.3)


def _reflected(stage: Stage, *, progress: int, piers: list[float], deck: float) -> None:
    """The works upside down, and the water's own colour over them."""
    stage.mirror = _LEVEL
    _works(stage, progress=progress, piers=piers, deck=deck)
    stage.mirror = None
    tone = mix(stage.light.zenith, (84, 108, 106), share=0.6)
    edges = ((-_HALF + 3, -20), (_HALF - 4, -20), (_HALF - 4, 130), (-_HALF + 5, 130))
    stage.veil([(x, y, _LEVEL) for x, y in edges], colour=tone, alpha=120)


def _open(stage: Stage, *, progress: int, deck: float) -> None:
    """Lamps, and traffic behind the railing when the bridge is open."""
    if progress >= 95:
        for x, colour in ((-22.0, (188, 60, 52)), (6.0, (226, 228, 230)), (25.0, (58, 84, 120))):
            props.cutout(
                stage,
                x,
                _Y + 3,
                z=deck,
                shape=((-2, 0.3), (2, 0.3), (2.1, 0.9), (1.0, 1.5), (-1.2, 1.5), (-2, 1.0)),
                colour=colour,
            )
        _railing(stage, a=-_HALF - 14, b=_HALF + 14, deck=deck, tone=(236, 236, 232))
    if progress > 86:
        for x in (-36, -20, -4, 12, 28, 44):
            stage.line(
                (x, _Y + 0.2, deck), (x, _Y + 0.2, deck + 6.5), colour=(120, 124, 128), thick=0.14, least=2
            )
            stage.line(
                (x, _Y + 0.2, deck + 6.4),
                (x + 1.5, _Y + 0.2, deck + 6.7),
                colour=(226, 228, 228),
                thick=0.16,
                least=2,
            )


def _near_bank(stage: Stage, *, rng: random.Random) -> None:
    """Grass and reeds between the camera and the water."""
    green = turf(stage.light)
    edge = [stage.at(-0.7 + 1.4 * k / 12, depth=11.5 + 1.6 * math.sin(k * 1.7) + 0.35 * k) for k in range(13)]
    stage.ground([stage.at(0.8, depth=1.0), stage.at(-0.8, depth=1.0), *edge], colour=green)
    for _ in range(420):
        x, y = stage.at(rng.uniform(-0.6, 0.6), depth=rng.uniform(4.5, 14.5))
        px, py, scale = stage.spot((x, y, 0.0))
        tall, lean = rng.uniform(0.15, 0.7) * scale, rng.uniform(-0.12, 0.12) * scale
        tone = mix(green, rng.choice(((226, 214, 150), (46, 70, 40))), share=rng.uniform(0.1, 0.45))
        stage.draw.line((px, py, px + lean, py - tall), fill=tone, width=max(1, int(scale * 0.02)))


def bridge(stage: Stage, progress: int) -> None:
    """Seen from the near bank, upstream."""
    rng = stage.rng
    deck = rng.uniform(3.4, 4.6)
    count = rng.choice((3, 4))
    piers = [-_HALF + 2 * _HALF * (i + 1) / (count + 1) for i in range(count)]
    hills(stage, rng=rng, high=0.16)
    town(stage, rng=rng, span=(-170, 150), y=190, count=12)
    detail = random.Random(rng.random())  # noqa: S311 - spent differently at each progress
    _river(stage, progress=progress)
    places = [(detail.uniform(-90, 90), detail.uniform(134, 150)) for _ in range(26)]
    for i, (x, y) in enumerate(sorted(places, key=lambda p: -p[1])):
        plants.tree(stage, x, y, high=10, shape=("round", "slim", "pine")[i % 3], variant=i)
    _reflected(stage, progress=progress, piers=piers, deck=deck)
    _works(stage, progress=progress, piers=piers, deck=deck)
    water.ripples(stage, span=(-40, 38), depth=(6, 110), z=_LEVEL, rng=detail)
    _open(stage, progress=progress, deck=deck)
    _machines(stage, progress=progress, piers=piers, deck=deck, rng=detail)
    _near_bank(stage, rng=detail)
