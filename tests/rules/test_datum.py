"""WGS-84 and GCJ-02: published pairs, round trips, and nothing outside of China."""

from __future__ import annotations

import random
from math import cos, hypot, radians

import pytest

from portal.rules.datum import in_china, to_gcj02, to_wgs84

# lon, lat in WGS-84 and in GCJ-02, as the tests of EvilTransform (MIT) give them.
PUBLISHED = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
ELSEWHERE = [(-122.4194, 37.7749), (2.3522, 48.8566), (139.6917, 35.6895), (151.2093, -33.8688), (0.0, 0.0)]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    along = (one[1] - other[1]) * 111_320
    return hypot((one[0] - other[0]) * 111_320 * cos(radians(one[1])), along)


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED)
def test_published_pairs_agree_to_a_millimetre(wgs84, gcj02):
    assert metres(to_gcj02(*wgs84), gcj02) < 0.001
    assert metres(to_wgs84(*gcj02), wgs84) < 0.001


def test_there_and_back_is_where_it_was_to_a_millimetre():
    places = random.Random(1)
    for _ in range(2000):
        place = places.uniform(73.7, 135.0), places.uniform(18.2, 53.5)
        assert metres(to_wgs84(*to_gcj02(*place)), place) < 0.001


def test_the_offset_is_some_hundred_metres():
    places = random.Random(2)
    for _ in range(500):
        place = places.uniform(76.0, 130.0), places.uniform(20.0, 50.0)
        assert 50 < metres(to_gcj02(*place), place) < 1200


@pytest.mark.parametrize("place", ELSEWHERE)
def test_outside_of_china_nothing_moves(place):
    assert not in_china(*place)
    assert to_gcj02(*place) == place
    assert to_wgs84(*place) == place
