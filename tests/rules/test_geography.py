"""Borders from GeoJSON, and drawings of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.demo.mapped import towns_geojson
from portal.rules.geography import MOST_BYTES, Frame, towns_of

SQUARE = [[118.0, 36.0], [118.2, 36.0], [118.2, 36.1], [118.0, 36.1], [118.0, 36.0]]


def geojson(*features: dict) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(coordinates: object, kind: str = "Polygon", **properties: str) -> dict:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": "001", **properties}, "geometry": geometry}


def test_polygons_and_several_of_them_are_towns():
    one, two = towns_of(
        geojson(feature([SQUARE], name="东岸街道"), feature([[SQUARE], [SQUARE]], "MultiPolygon"))
    )
    assert (one.code, one.name, len(one.rings), len(two.rings)) == ("001", "东岸街道", 1, 2)
    assert one.middle == pytest.approx((118.1, 36.05))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"[]", "FeatureCollection"),
        (b"{", "Expecting"),
        (geojson({"type": "Feature", "properties": {}, "geometry": None}), "feature 1"),
        (geojson(feature([118, 36], "Point")), "feature 1"),
        (geojson(feature([SQUARE]), feature([SQUARE[:-1]])), "feature 2"),
        (geojson(feature([[[36.0, 118.0], [36.2, 118.0], [36.2, 118.1], [36.0, 118.0]]])), "lon first"),
        (b" " * (MOST_BYTES + 1), "simplify"),
    ],
)
def test_what_is_no_border_is_named(wrong, said):
    with pytest.raises(ValueError, match=said):
        towns_of(wrong)


def test_north_is_up_and_what_is_drawn_lies_within():
    frame = Frame.around([(118.0, 36.0), (118.2, 36.1)])
    assert frame is not None
    left, low = frame.point((118.0, 36.0))
    right, high = frame.point((118.2, 36.1))
    assert 0 < left < right < frame.width
    assert 0 < high < low < frame.height


def test_one_place_has_a_frame_and_none_has_none():
    assert Frame.around([(118.1, 36.0)]) is not None
    assert Frame.around([]) is None


def test_the_demonstrations_file_is_what_its_drawing_gives():
    kept = Path(__file__).parents[2] / "portal" / "demo" / "towns.geojson"
    assert kept.read_text(encoding="utf-8") == towns_geojson()
    assert len(towns_of(kept.read_bytes())) == 29
