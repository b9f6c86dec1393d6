"""Projects on a map: drawn by us from the borders of towns, with the list by town as its twin. The same as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from portal.record.shelf import Shelf, Shown
from portal.rules.datum import Datum, LonLat, to_gcj02
from portal.rules.geography import Frame, Town
from portal.web.headers import allow_tiles
from portal.web.language import _
from portal.web.public.evidence import lamp_word
from portal.web.public.links import absolute, item_href, to, zh
from portal.web.public.standing import ORDER, Standing, counted, shown_day, standings, worst_first
from portal.web.states import why
from portal.web.windows import portal, window

bp = Blueprint("public_map", __name__)

GEOJSON = "application/geo+json"
COLOURS = (*(lamp.value for lamp in ORDER), "none")


@dataclass(frozen=True)
class Ground:
    """What lies under the projects besides our own drawing. tiles: `https://HOST/{z}/{x}/{y}`, "" for nothing."""

    tiles: str
    credit: str
    datum: Datum


@bp.get("/map")
def map_() -> Response:
    """The district with its projects; `lamp` shows those of one colour."""
    if _ground().tiles:
        allow_tiles()
    return window("kind/project", "kind/report", render=_render)


@bp.get("/map.geojson")
def geojson() -> Response:
    """Borders and projects for programs, in WGS-84. Where tiles are drawn in GCJ-02, each says beside it where it
    lies on those."""
    return window("kind/project", "kind/report", render=_geojson, mimetype=GEOJSON)


def place_of(project: Shown) -> LonLat | None:
    """Where a project is, if its document says so."""
    place = project.document.get("place", {})
    if not {"lon", "lat"} <= place.keys():
        return None
    return float(place["lon"]), float(place["lat"])


def locator(project: Shown) -> dict[str, Any] | None:
    """A small drawing of where in the district a project is."""
    towns, place = portal().towns, place_of(project)
    frame = Frame.around([*_corners(towns), *([place] if place else [])], width=320)
    if place is None or frame is None or not towns:
        return None
    own = project.document["town"]["code"]
    lands = [{"d": path, "own": code == own} for code, path in _outlines(frame, towns)]
    return {"frame": frame, "lands": lands, "spot": frame.point(place)}


@lru_cache(maxsize=8)  # nearly every project lies within the same frame
def _outlines(frame: Frame, towns: tuple[Town, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((town.code, frame.path(town.rings)) for town in towns)


def _render(shelf: Shelf) -> str:
    everything = standings(shelf)
    shown = _asked(everything)
    counts = counted(everything)
    colour = _colour()
    filters = [(_("全部"), len(everything), to("/map"), not colour)]
    filters += [
        (lamp_word(each), counts[each], to("/map", lamp=each), each == colour)
        for each in COLOURS
        if counts[each] or each == colour
    ]
    towns = _by_town(shown)
    return render_template(
        "public/map.html",
        total=len(shown),
        placeless=sum(place_of(each.project) is None for each in shown),
        filters=filters,
        towns=towns,
        drawing=_drawing(towns, shown),
        ground=_ground(),
        features=to("/map.geojson", lamp=colour),
        words={each: lamp_word(each) for each in COLOURS},
        on=shown_day(shelf),
    )


def _ground() -> Ground:
    ground: Ground = current_app.extensions["ground"]
    return ground


def _colour() -> str:
    asked = request.args.get("lamp", "")
    return asked if asked in COLOURS else ""


def _asked(everything: list[Standing]) -> list[Standing]:
    colour = _colour()
    return [each for each in everything if not colour or each.colour == colour]


def _by_town(shown: list[Standing]) -> list[dict[str, Any]]:
    """The list: towns in the order of their codes, in each what is worst first."""
    towns: dict[str, list[Standing]] = {}
    for each in shown:
        towns.setdefault(each.project.document["town"]["code"], []).append(each)
    return [_town(code, worst_first(towns[code])) for code in sorted(towns)]


def _town(code: str, found: list[Standing]) -> dict[str, Any]:
    counts = counted(found)
    return {
        "code": code,
        "name": zh(found[0].project.document["town"]["name"]),
        "places": [place for each in found if (place := place_of(each.project))],
        "worst": next(colour for colour in COLOURS if counts[colour]),
        "counts": [(colour, counts[colour]) for colour in COLOURS if counts[colour]],
        "total": len(found),
        "projects": [_line(each) for each in found],
    }


def _line(each: Standing) -> dict[str, Any]:
    document = each.project.document
    return {
        "title": zh(document["title"]),
        "href": item_href(each.project.item),
        "colour": each.colour,
        "actual": each.verdict.actual if each.verdict else None,
        "place": zh(document.get("place", {}).get("name", "")),
    }


def _corners(towns: tuple[Town, ...]) -> Iterator[LonLat]:
    for town in towns:
        for ring in town.rings:
            yield from ring


def _drawing(towns: list[dict[str, Any]], shown: list[Standing]) -> dict[str, Any] | None:
    """The map without script: every town once, with its worst lamp and how many projects it has."""
    known = {town.code: town for town in portal().towns}
    places = [place for each in shown if (place := place_of(each.project))]
    frame = Frame.around([*_corners(portal().towns), *places])
    if frame is None:
        return None
    listed = {town["code"] for town in towns}
    return {
        "frame": frame,
        "lands": [
            {"d": path, "code": code if code in listed else ""}
            for code, path in _outlines(frame, tuple(known.values()))
        ],
        "quiet": [
            {"name": town.name, "at": frame.point(town.middle)}
            for town in known.values()
            if town.code not in listed
        ],
        "spots": [
            {"town": town, "at": frame.point(middle)}
            for town in towns
            if (middle := _middle(town, known.get(town["code"])))
        ],
    }


def _middle(town: dict[str, Any], border: Town | None) -> LonLat | None:
    """Where a town's mark stands: within its border, or else amid its projects."""
    if border is not None:
        return border.middle
    places = town["places"]
    if not places:
        return None
    return sum(lon for lon, _ in places) / len(places), sum(lat for _, lat in places) / len(places)


def _geojson(shelf: Shelf) -> str:
    shifted = _ground().datum is Datum.GCJ02
    features = [_border(town, shifted) for town in portal().towns]
    features += [_feature(each, shifted) for each in _asked(standings(shelf))]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _border(town: Town, shifted: bool) -> dict[str, Any]:
    rings = [[list(place) for place in ring] for ring in town.rings]
    feature = {
        "type": "Feature",
        "properties": {"kind": "town", "code": town.code, "name": town.name},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
    }
    if shifted:
        moved = [[[_shown_at(place) for place in ring]] for ring in town.rings]
        feature["gcj02"] = {"type": "MultiPolygon", "coordinates": moved}
    return feature


def _feature(each: Standing, shifted: bool) -> dict[str, Any]:
    """A project; one that has no place is there without a geometry, as RFC 7946 allows."""
    document, place = each.project.document, place_of(each.project)
    properties: dict[str, Any] = {
        "kind": "project",
        "code": each.code,
        "title": document["title"],
        "town": document["town"],
        "place": document.get("place", {}).get("name", ""),
        "due_on": document["due_on"],
        "lamp": each.colour,
        "lamp_word": lamp_word(each.colour),
        "url": absolute(item_href(each.project.item)),
        "seq": each.project.seq if each.report is None else max(each.project.seq, each.report.seq),
    }
    if each.verdict is not None:
        properties |= {
            "physical_percent": each.verdict.actual,
            "scheduled_percent": each.verdict.planned,
            "why": str(why(each.verdict)),
        }
    geometry = None if place is None else {"type": "Point", "coordinates": list(place)}
    feature = {"type": "Feature", "id": each.code, "properties": properties, "geometry": geometry}
    if shifted and place is not None:
        feature["gcj02"] = {"type": "Point", "coordinates": _shown_at(place)}
    return feature


def _shown_at(place: LonLat) -> list[float]:
    return [round(degrees, 6) for degrees in to_gcj02(*place)]
