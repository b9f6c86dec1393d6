"""Two ways of saying where something is: WGS-84, which everything here is kept in, and GCJ-02 火星坐标, which maps
published in China are drawn in and which lies some hundred metres beside it.

Source: the transformation that EvilTransform (googollee/eviltransform, MIT) and Leaflet.ChineseTmsProviders
publish, with the ellipsoid of Krasovsky 1940. There is no official text; this is what maps of 高德 and 腾讯 agree
with to a metre or two. 天地图 is drawn in CGCS2000, which differs from WGS-84 by centimetres: its tiles need no
conversion. Outside of China there is no offset; the customary rectangle stands for the border, as it does in every
published implementation.
"""

from __future__ import annotations

from enum import StrEnum
from math import cos, pi, sin, sqrt

LonLat = tuple[float, float]

KRASOVSKY = 6378245.0  # semi-major axis in metres
SQUARED_ECCENTRICITY = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
MIDDLE_LON, MIDDLE_LAT = 105.0, 35.0
ROUNDS = 12  # each makes the error a thousand times smaller or so


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"


def in_china(lon: float, lat: float) -> bool:
    """Whether a place lies in the rectangle where GCJ-02 differs."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def to_gcj02(lon: float, lat: float) -> LonLat:
    """A WGS-84 place as maps drawn in GCJ-02 show it."""
    if not in_china(lon, lat):
        return lon, lat
    x, y = lon - MIDDLE_LON, lat - MIDDLE_LAT
    slant = 1 - SQUARED_ECCENTRICITY * sin(lat * pi / 180) ** 2
    meridian = KRASOVSKY * (1 - SQUARED_ECCENTRICITY) / (slant * sqrt(slant))
    parallel = KRASOVSKY / sqrt(slant) * cos(lat * pi / 180)
    return lon + _eastward(x, y) * 180 / (parallel * pi), lat + _northward(x, y) * 180 / (meridian * pi)


def to_wgs84(lon: float, lat: float) -> LonLat:
    """The place that a GCJ-02 map shows there, to less than a millimetre: what is left is taken off again."""
    if not in_china(lon, lat):
        return lon, lat
    guess = lon, lat
    for _ in range(ROUNDS):
        shown = to_gcj02(*guess)
        guess = guess[0] + lon - shown[0], guess[1] + lat - shown[1]
    return guess


def _waves(value: float, *terms: tuple[float, float]) -> float:
    """Sines of one value, each with its height and its length."""
    return sum(height * sin(value * pi * frequency) for height, frequency in terms) * 2 / 3


def _eastward(x: float, y: float) -> float:
    metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    metres += _waves(x, (20, 6), (20, 2))
    metres += _waves(x, (20, 1), (40, 1 / 3))
    return metres + _waves(x, (150, 1 / 12), (300, 1 / 30))


def _northward(x: float, y: float) -> float:
    metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    metres += _waves(x, (20, 6), (20, 2))
    metres += _waves(y, (20, 1), (40, 1 / 3))
    return metres + _waves(y, (160, 1 / 12), (320, 1 / 30))
