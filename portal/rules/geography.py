"""The ground that the map is drawn on: the borders of towns, read from GeoJSON, and the way from degrees to a drawing.

Degrees are WGS-84, longitude first, as RFC 7946 has it. A town is known by the code of its unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from portal.rules.datum import LonLat

Ring = tuple[LonLat, ...]
MOST_BYTES = 1_000_000  # borders for orientation, not for surveying; every visitor of the map fetches them
MARGIN = 0.04  # of the drawing, around what is drawn


@dataclass(frozen=True)
class Town:
    """One town's border: its outer rings, closed. What lies in holes is not told apart."""

    code: str
    name: str
    rings: tuple[Ring, ...]

    @property
    def middle(self) -> LonLat:
        """Where its name stands: the middle of its largest ring."""
        ring = max(self.rings, key=len)[:-1]
        return sum(lon for lon, _ in ring) / len(ring), sum(lat for _, lat in ring) / len(ring)


def towns_of(geojson: bytes) -> tuple[Town, ...]:
    """The towns of a FeatureCollection: polygons with `code` and `name`. Raises `ValueError` naming what is wrong."""
    if len(geojson) > MOST_BYTES:
        raise ValueError(f"{len(geojson)} bytes; simplify the borders to {MOST_BYTES} or less")
    whole = json.loads(geojson)
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        raise ValueError("not a GeoJSON FeatureCollection")
    return tuple(_town(feature, place) for place, feature in enumerate(whole.get("features", ()), start=1))


def _town(feature: dict[str, Any], place: int) -> Town:
    try:
        kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        code = str(feature["properties"]["code"])
        parts = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        rings = tuple(tuple((float(lon), float(lat)) for lon, lat, *_ in part[0]) for part in parts)
        name = str(feature["properties"].get("name", code))
    except (KeyError, TypeError, ValueError, IndexError):
        raise ValueError(
            f"feature {place} is no polygon of [lon, lat] with the property `code`, a unit's code"
        ) from None
    if not all(_is_ring(ring) for ring in rings):
        raise ValueError(f"feature {place} ({code}): a ring is open, too short, or not in degrees, lon first")
    return Town(code, name, rings)


def _is_ring(ring: Ring) -> bool:
    degrees = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
    return len(ring) >= 4 and ring[0] == ring[-1] and degrees


@dataclass(frozen=True)
class Frame:
    """A drawing of part of the world, north up, true to shape in its middle latitude."""

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int

    @classmethod
    def around(cls, places: Iterable[LonLat], *, width: int = 1000, least: float = 0.01) -> Frame | None:
        """What holds all these places, with a margin; None for none. least: degrees it measures at least."""
        found = list(places)
        if not found:
            return None
        lons, lats = [lon for lon, _ in found], [lat for _, lat in found]
        across = max(max(lons) - min(lons), least) * (1 + 2 * MARGIN)
        along = max(max(lats) - min(lats), least) * (1 + 2 * MARGIN)
        lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        height = min(width * 2, max(width // 3, round(width * along / (across * cos(radians(lat))))))
        return cls(lon - across / 2, lat - along / 2, lon + across / 2, lat + along / 2, width, height)

    def point(self, place: LonLat) -> tuple[float, float]:
        """Where a place lies in the drawing, from its upper left."""
        x = (place[0] - self.west) / (self.east - self.west) * self.width
        y = (self.north - place[1]) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)

    def path(self, rings: Sequence[Ring]) -> str:
        """Rings as the `d` of an SVG path."""
        drawn = (" ".join(f"{x:g},{y:g}" for x, y in map(self.point, ring[:-1])) for ring in rings)
        return "".join(f"M{ring}z" for ring in drawn)
