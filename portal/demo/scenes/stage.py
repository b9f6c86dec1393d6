"""A stage to draw on: a camera with upright verticals, lit surfaces, shadows on the ground, air between.

World: metres, x to the right, y away from the camera, z up. Surfaces are drawn from far to near by the
scene itself. The canvas has twice the width of the picture, so that edges come out smooth.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from portal.demo.scenes.light import Colour, Light, Vector, mix

Point = tuple[float, float, float]
Spot = tuple[float, float]
_NEAR = 0.4
UP: Vector = (0.0, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Where the picture is taken from. yaw in radians (right positive), horizon as a share of the height,
    lens as focal length in picture widths."""

    x: float = 0.0
    y: float = 0.0
    z: float = 2.2
    yaw: float = 0.0
    horizon: float = 0.52
    lens: float = 0.95


@dataclass(kw_only=True)
class Stage:
    """A canvas with a camera and a light. rng fixes the surroundings, so that it is the same for every progress."""

    canvas: Image.Image
    camera: Camera
    light: Light
    rng: random.Random
    clear: float = 900.0  # metres after which the air takes most of the colour
    mirror: float | None = None  # height of a water plane while reflections are drawn
    draw: ImageDraw.ImageDraw = field(init=False)
    glaze: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.draw = ImageDraw.Draw(self.canvas)
        self.glaze = ImageDraw.Draw(self.canvas, "RGBA")
        self._cos, self._sin = math.cos(self.camera.yaw), math.sin(self.camera.yaw)
        self.width, self.height = self.canvas.size
        self._scale = self.camera.lens * self.width
        self.horizon = self.camera.horizon * self.height

    def _eye(self, point: Point) -> Point:
        dx, dy = point[0] - self.camera.x, point[1] - self.camera.y
        z = point[2] if self.mirror is None else 2 * self.mirror - point[2]
        return (dx * self._cos - dy * self._sin, dx * self._sin + dy * self._cos, z - self.camera.z)

    def _flat(self, eye: Point) -> Spot:
        return (
            self.width / 2 + self._scale * eye[0] / eye[1],
            self.horizon - self._scale * eye[2] / eye[1],
        )

    def project(self, points: Iterable[Point]) -> tuple[list[Spot], float]:
        """Canvas spots of a polygon cut at the near plane, and its nearest depth (0 when nothing is left)."""
        eyes = [self._eye(p) for p in points]
        if all(e[1] >= _NEAR for e in eyes):
            return [self._flat(e) for e in eyes], min(e[1] for e in eyes)
        kept: list[Point] = []
        for i, here in enumerate(eyes):
            before = eyes[i - 1]
            if (here[1] >= _NEAR) != (before[1] >= _NEAR):
                t = (_NEAR - before[1]) / (here[1] - before[1])
                kept.append(
                    (before[0] + t * (here[0] - before[0]), _NEAR, before[2] + t * (here[2] - before[2]))
                )
            if here[1] >= _NEAR:
                kept.append(here)
        return [self._flat(e) for e in kept], _NEAR if kept else 0.0

    def spot(self, point: Point) -> tuple[float, float, float]:
        """Canvas place of a point and the pixels that one metre takes there (0 behind the camera)."""
        eye = self._eye(point)
        if eye[1] < _NEAR:
            return 0.0, 0.0, 0.0
        x, y = self._flat(eye)
        return x, y, self._scale / eye[1]

    def at(self, side: float, *, depth: float) -> Spot:
        """The ground place seen at `side` (-0.5 left edge, 0.5 right edge) and `depth` metres away."""
        across = side * depth / self.camera.lens
        return (
            self.camera.x + across * self._cos + depth * self._sin,
            self.camera.y - across * self._sin + depth * self._cos,
        )

    def air(self, colour: Colour, *, depth: float) -> Colour:
        """`colour` as it looks through `depth` metres of air."""
        return mix(colour, self.light.haze, share=1 - math.exp(-depth / self.clear))

    def face(self, points: Sequence[Point], *, colour: Colour, normal: Vector | None = UP) -> None:
        """A filled, lit polygon. normal None: the colour is taken as it is."""
        spots, depth = self.project(points)
        if len(spots) > 2:
            lit = colour if normal is None else self.light.shade(colour, normal=normal)
            self.draw.polygon(spots, fill=self.air(lit, depth=depth))

    def veil(self, points: Sequence[Point], *, colour: Colour, alpha: int) -> None:
        """A translucent polygon: a net, a shadow, glass."""
        spots, _ = self.project(points)
        if len(spots) > 2:
            self.glaze.polygon(spots, fill=(*colour, alpha))

    def ground(self, points: Sequence[Spot], *, colour: Colour, z: float = 0.0) -> None:
        """A flat polygon on the ground."""
        self.face([(x, y, z) for x, y in points], colour=colour)

    def line(self, start: Point, end: Point, *, colour: Colour, thick: float, least: float = 1.2) -> None:
        """A bar `thick` metres wide, never thinner than `least` canvas pixels."""
        spots, depth = self.project((start, end))
        if len(spots) != 2:
            return
        fill = self.air(colour, depth=depth)
        widths = [max(least, thick * self.spot(p)[2]) for p in (start, end)]
        if max(widths) < 1.25 * min(widths):
            self.draw.line(spots, fill=fill, width=round(max(widths)))
            return
        (x0, y0), (x1, y1) = spots  # a bar that runs into the distance tapers
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        u, v = (y1 - y0) / length / 2, (x0 - x1) / length / 2
        w0, w1 = widths
        quad = (
            (x0 + u * w0, y0 + v * w0),
            (x1 + u * w1, y1 + v * w1),
            (x1 - u * w1, y1 - v * w1),
            (x0 - u * w0, y0 - v * w0),
        )
        self.draw.polygon(quad, fill=fill)

    def wall(self, a: Spot, b: Spot, *, low: float, high: float, colour: Colour) -> None:
        """A lit vertical wall from a to b; it faces to the right of the way from b to a (towards the camera)."""
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = math.hypot(dx, dy) or 1.0
        normal = (dy / length, -dx / length, 0.0)
        self.face(((*a, low), (*b, low), (*b, high), (*a, high)), colour=colour, normal=normal)

    def box(self, x: Spot, y: Spot, z: Spot, *, colour: Colour, top: Colour | None = None) -> None:
        """A block between two values on each axis: the faces that the camera sees."""
        (x0, x1), (y0, y1), (z0, z1) = x, y, z
        if self.camera.x < x0:
            self.wall((x0, y1), (x0, y0), low=z0, high=z1, colour=colour)
        if self.camera.x > x1:
            self.wall((x1, y0), (x1, y1), low=z0, high=z1, colour=colour)
        self.wall((x0, y0), (x1, y0), low=z0, high=z1, colour=colour)
        if self.camera.z > z1 and self.mirror is None:
            self.face(((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)), colour=top or colour)

    def pane(self, x: Spot, y: float, z: Spot, *, colour: Colour, lit: bool = False) -> None:
        """An upright rectangle facing the camera's side of the scene."""
        self.face(
            ((x[0], y, z[0]), (x[1], y, z[0]), (x[1], y, z[1]), (x[0], y, z[1])),
            colour=colour,
            normal=(0, -1, 0) if lit else None,
        )

    def side(self, x: float, y: Spot, z: Spot, *, colour: Colour) -> None:
        """An upright rectangle that runs away from the camera; its colour is taken as it is."""
        self.face(
            ((x, y[0], z[0]), (x, y[1], z[0]), (x, y[1], z[1]), (x, y[0], z[1])), colour=colour, normal=None
        )

    def floor(self, x: Spot, y: Spot, *, colour: Colour) -> None:
        """A level rectangle on the ground."""
        self.ground(((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])), colour=colour)

    def cast(self, x: Spot, y: Spot, *, high: float, z: float = 0.0, alpha: int = 92) -> None:
        """The shadow that a block throws on the ground."""
        sun = self.light.sun
        reach = (high - z) / max(sun[2], 0.3)
        dx, dy = -sun[0] * reach, -sun[1] * reach
        (x0, x1), (y0, y1) = x, y
        outline = ((x0, y0), (x1, y0), (x1 + dx, y0 + dy), (x1 + dx, y1 + dy), (x0 + dx, y1 + dy), (x0, y1))
        self.veil(
            [(*p, z) for p in outline], colour=(28, 34, 48), alpha=int(alpha * self.light.strength / 0.66)
        )
