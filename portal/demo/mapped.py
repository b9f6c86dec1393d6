"""The fictional district's borders as GeoJSON, as a district's own file would be."""

from __future__ import annotations

import json

from portal.demo.district import TOWNS, polygons


def towns_geojson() -> str:
    """One feature a town, one line a feature. `portal/demo/towns.geojson` holds exactly this."""
    rings = polygons()
    features = (
        {
            "type": "Feature",
            "properties": {"code": town.code, "name": town.name},
            "geometry": {"type": "Polygon", "coordinates": [rings[town.code]]},
        }
        for town in TOWNS
    )
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
