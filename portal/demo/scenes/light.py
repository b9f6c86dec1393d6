"""Season, hour, weather: everything that colours a scene but does not move it."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

Colour = tuple[int, int, int]
Vector = tuple[float, float, float]


def mix(first: Colour, second: Colour, *, share: float) -> Colour:
    """`first` with `share` (0 to 1) of `second`."""
    a, b = 1 - share, share
    return (
        int(first[0] * a + second[0] * b),
        int(first[1] * a + second[1] * b),
        int(first[2] * a + second[2] * b),
    )


@dataclass(frozen=True, kw_only=True)
class Light:
    """The light of one picture.

    sun: unit vector towards the sun, always from the upper left; strength: share of direct light;
    foliage: `bare`, `fresh`, `full`, `turning`; hour: claimed time of capture.
    """

    sun: Vector
    strength: float
    warm: Colour
    zenith: Colour
    horizon: Colour
    haze: Colour
    cloud: float
    foliage: str
    snow: bool
    hour: dt.time

    def shade(self, colour: Colour, *, normal: Vector) -> Colour:
        """The colour of a matt surface that faces along `normal`."""
        facing = max(0.0, sum(n * s for n, s in zip(normal, self.sun, strict=True)))
        ambient = 0.62 - 0.06 * normal[2] + 0.22 * (0.66 - self.strength)
        level = ambient + self.strength * facing
        cool = 1 - facing * self.strength
        return (
            min(255, int(colour[0] * level * self.warm[0] / 255)),
            min(255, int(colour[1] * level * self.warm[1] / 255)),
            min(255, int(colour[2] * (level + 0.05 * cool) * self.warm[2] / 255)),
        )


_FOLIAGE = (
    "bare",
    "bare",
    "bare",
    "fresh",
    "fresh",
    "full",
    "full",
    "full",
    "full",
    "turning",
    "turning",
    "bare",
)
# sun's height, strength, warmth of light, zenith, horizon
_HOURS = {
    "morning": (0.55, 0.62, (255, 244, 226), (112, 158, 206), (232, 226, 212)),
    "noon": (0.86, 0.66, (255, 252, 245), (104, 152, 204), (206, 221, 232)),
    "dusk": (0.42, 0.60, (255, 228, 196), (126, 146, 186), (246, 214, 176)),
    "overcast": (0.90, 0.26, (240, 243, 246), (176, 184, 192), (212, 216, 218)),
    "hazy": (0.74, 0.42, (250, 244, 232), (156, 178, 198), (220, 220, 212)),
}
_CLOCK = {"morning": (8, 9), "noon": (10, 14), "dusk": (16, 17), "overcast": (9, 15), "hazy": (9, 15)}


def light_of(day: dt.date, *, rng: random.Random) -> Light:
    """The light of a day: foliage follows the month, the weather follows `rng`."""
    kind = rng.choices(("morning", "noon", "dusk", "overcast", "hazy"), weights=(5, 7, 3, 3, 3))[0]
    height, strength, warm, zenith, horizon = _HOURS[kind]
    flat = (1 - height * height) ** 0.5
    snow = day.month in (1, 2, 12) and rng.random() < 0.14
    low, high = _CLOCK[kind]
    return Light(
        sun=(-0.72 * flat, -0.69 * flat, height),
        strength=strength,
        warm=warm,
        zenith=zenith,
        horizon=horizon,
        haze=mix(horizon, zenith, share=0.30),
        cloud={"overcast": 0.85, "hazy": 0.25}.get(kind, rng.uniform(0.15, 0.75)),
        foliage=_FOLIAGE[day.month - 1],
        snow=snow,
        hour=dt.time(rng.randint(low, high), rng.randint(0, 59), rng.randint(0, 59)),
    )
