"""What houses look like when they are finished, and how far a step of the work has come."""

from __future__ import annotations

import random
from dataclasses import dataclass

from portal.demo.scenes.light import Colour

GLASS: Colour = (92, 118, 140)


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
