"""The map: the drawing, its twin, the GeoJSON; what the policy allows."""

from __future__ import annotations

import json
import re

import pytest

from config import Settings
from portal.rules.datum import to_gcj02
from portal.web.app import create_app
from tests.browsing import Browser

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
PLACE = [118.123456, 36.654321]


def features(reader: Browser, path: str = "/map.geojson") -> dict[str, dict]:
    answer = reader.get(path)
    assert answer.mimetype == "application/geo+json"
    whole = json.loads(answer.get_data(as_text=True))
    assert whole["type"] == "FeatureCollection"
    return {each["id"]: each for each in whole["features"] if each["properties"]["kind"] == "project"}


def page(reader: Browser, path: str = "/map") -> str:
    answer = reader.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_drawing_and_the_list_say_the_same(visitor, district):
    shown = page(visitor)
    listed = re.findall(r'href="(/projects/2026-\d+)"', shown[shown.index('id="list"') :])
    assert sorted(listed) == [f"/projects/{code}" for code in district.projects]
    assert re.search(r'<text class="count"[^>]*>2</text>', shown)
    assert "2 个项目和工作事项" in shown


def test_no_markup_of_html_ends_the_drawing(visitor, district):
    """A name marked as Chinese is a span; within a drawing it would put all that follows outside."""
    shown = page(visitor, "/en/map")
    assert district.projects
    drawn = shown[shown.index("map-still") :]
    assert "<text" in (inside := drawn[: drawn.index("</svg>")])
    assert "<span" not in inside


def test_a_lamp_narrows_both(visitor, district):
    district.published(physical_percent="100")
    red, all_of_them = features(visitor, "/map.geojson?lamp=red"), features(visitor)
    assert set(red) < set(all_of_them) == set(district.projects)
    assert "1 个项目和工作事项" in page(visitor, "/map?lamp=red")
    assert "2 个项目和工作事项" in page(visitor, "/map?lamp=purple")


def test_geojson_is_wgs84_lon_first_and_says_where_more_is(visitor, district):
    found = features(visitor)[district.projects[0]]
    assert found["geometry"] == {"type": "Point", "coordinates": PLACE}
    assert "gcj02" not in found
    assert found["properties"]["url"] == f"http://localhost/projects/{district.projects[0]}"
    assert found["properties"]["lamp"] in ("red", "yellow", "green")


def test_it_is_validated_and_of_a_past_day(visitor, district, clock):
    tag = visitor.get("/map.geojson").headers["ETag"]
    assert visitor.get("/map.geojson", headers={"If-None-Match": tag}).status_code == 304
    day = clock().date().isoformat()
    clock.forward(days=2)
    district.published(physical_percent="40")
    assert visitor.get("/map.geojson", headers={"If-None-Match": tag}).status_code == 200
    code = district.projects[0]
    past = features(visitor, f"/map.geojson?as_of={day}")[code]["properties"]
    assert (past["physical_percent"], features(visitor)[code]["properties"]["physical_percent"]) == (0, 40)


def test_without_tiles_nobody_else_is_named(visitor, district):
    policy = visitor.get("/map").headers["Content-Security-Policy"]
    assert policy == visitor.get("/projects").headers["Content-Security-Policy"]
    assert "data-tiles" not in page(visitor)


class TestWithTiles:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        changed = {"map_tiles": TILES, "map_datum": "gcj02", "map_tiles_credit": "某图 <审图号>"}
        return Settings(**settings.model_dump() | changed, _env_file=None)

    def test_the_map_alone_may_show_pictures_of_exactly_that_host(self, portal, district):
        reader = Browser(create_app(portal))
        for _ in range(2):  # rendered, and from what is kept
            policy = reader.get("/map").headers["Content-Security-Policy"]
            assert re.search(r"img-src ([^;]*)", policy)[1] == "'self' https://tiles.example.org"
        tag = reader.get("/map").headers["ETag"]
        kept = create_app(portal)
        again = Browser(kept).get("/map", headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert "tiles.example.org" in again.headers["Content-Security-Policy"]
        assert "tiles.example.org" not in reader.get("/projects").headers["Content-Security-Policy"]
        shown = page(reader)
        assert "底图来自 tiles.example.org" in shown
        assert 'data-credit="某图 &lt;审图号&gt;"' in shown

    def test_each_feature_says_where_it_lies_on_such_a_map_and_stays_what_it_is(self, portal, district):
        found = features(Browser(create_app(portal)))[district.projects[0]]
        assert found["geometry"]["coordinates"] == PLACE
        assert found["gcj02"]["coordinates"] == pytest.approx(to_gcj02(*PLACE), abs=1e-6)


@pytest.mark.parametrize(
    "wrong",
    ["https://tiles.example.org/", "tiles/{z}/{x}/{y}", "https://a b/{z}/{x}/{y}", "https://x;/{z}{x}{y}"],
)
def test_an_address_of_no_tiles_stops_the_start(wrong):
    with pytest.raises(ValueError, match="PORTAL_MAP_TILES"):
        Settings(_env_file=None, map_tiles=wrong)
