"""The fictional district 清河区: its units, supervision bodies, leaders and a schematic map.

Every figure of the district is here and nowhere else: 29 towns and streets, 93 bureaus, 8 temporary
bodies, 64 supervision bodies with 198 people. All names are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

UnitSort = Literal["town", "bureau", "temporary"]
BodySort = Literal["part_time", "dedicated"]
LonLat = tuple[float, float]

DISTRICT = "清河区"
DISTRICT_ENGLISH = "Qinghe District"
COORDINATING_UNIT = "区委办公室"
COORDINATING_BODY = "区委区政府督查室"

# South to north, and west to east within a row. A river runs through the middle row.
_ROWS: tuple[tuple[str, ...], ...] = (
    ("青石镇 Qingshi", "大湾镇 Dawan", "马渡镇 Madu", "丰乐镇 Fengle", "桃溪镇 Taoxi"),
    (
        "钟鼓街道 Zhonggu",
        "新河街道 Xinhe",
        "三塘镇 Santang",
        "西桥街道 Xiqiao",
        "芦荡镇 Ludang",
        "甘棠镇 Gantang",
    ),
    (
        "上寨镇 Shangzhai",
        "城南街道 Chengnan",
        "长堤街道 Changdi",
        "东岸街道 Dong'an",
        "临江街道 Linjiang",
        "柳巷街道 Liuxiang",
        "沙河镇 Shahe",
    ),
    (
        "下寨镇 Xiazhai",
        "白杨镇 Baiyang",
        "北苑街道 Beiyuan",
        "望楼街道 Wanglou",
        "文庙街道 Wenmiao",
        "石坊街道 Shifang",
    ),
    ("北山镇 Beishan", "竹园镇 Zhuyuan", "云岭镇 Yunling", "梅岭镇 Meiling", "枫林镇 Fenglin"),
)
_SOUTH, _ROW_HEIGHT = 36.4120, 0.0440
_EDGES: tuple[LonLat, ...] = (  # west and east end of each boundary between rows, south to north
    (118.240, 118.470),
    (118.205, 118.505),
    (118.185, 118.530),
    (118.180, 118.525),
    (118.200, 118.500),
    (118.235, 118.460),
)

TOWNS_WITH_BODY = 15
PART_TIME_BUREAUS = 28
DEDICATED_BUREAUS = 13
STAFF = 198


@dataclass(frozen=True, kw_only=True)
class UnitSpec:
    """One unit. body: sort of supervision body it hosts, or None; staff: people in that body.

    lon and lat are WGS-84 degrees. code is `T01`, `B01` or `L01` and never changes.
    """

    code: str
    name: str
    english: str
    kind: UnitSort
    lon: float
    lat: float
    body: BodySort | None
    staff: int

    @property
    def short(self) -> str:
        """The name without 镇 or 街道, as people say it: 白杨."""
        return self.name.removesuffix("街道").removesuffix("镇")

    @property
    def body_name(self) -> str | None:
        """The name of the supervision body that it hosts."""
        if self.body is None:
            return None
        return COORDINATING_BODY if self.name == COORDINATING_UNIT else f"{self.name}督查室"


@dataclass(frozen=True, kw_only=True)
class LeaderSpec:
    """A district leader 区领导 who answers for projects; duties are the categories of the plan."""

    name: str
    title: str
    duties: tuple[str, ...]


LEADERS: tuple[LeaderSpec, ...] = tuple(
    LeaderSpec(name=name, title=title, duties=tuple(duties.split()))
    for name, title, duties in (
        ("闻博川", "区委书记", "产业园区 生态修复"),
        ("陆知秋", "区委副书记、区长", "交通路桥 产业园区"),
        ("程望野", "区委副书记", "便民服务 老旧小区"),
        ("沈砚书", "区委常委、常务副区长", "产业园区 便民服务"),
        ("顾怀青", "区委常委、区委办公室主任", "便民服务"),
        ("祝明河", "区委常委、副区长", "交通路桥"),
        ("宁书远", "副区长", "水利防洪 生态修复"),
        ("褚一苇", "副区长", "学校教育 文化体育"),
        ("方若谷", "副区长", "医疗卫生"),
        ("姚汀兰", "副区长", "公园绿化 老旧小区"),
        ("卫长庚", "区人大常委会副主任", "文化体育 公园绿化"),
        ("简素秋", "区政协副主席", "老旧小区 水利防洪"),
    )
)


def _boundaries(rng: random.Random) -> tuple[list[list[float]], list[dict[float, LonLat]]]:
    """Where each row is cut, and the vertices of each boundary by their share of its length.

    A boundary carries the cuts of the rows on both its sides, so neighbours share every vertex.
    """
    cuts = [
        [0.0, *(round((i + rng.uniform(-0.14, 0.14)) / len(row), 4) for i in range(1, len(row))), 1.0]
        for row in _ROWS
    ]
    boundaries = []
    for k, (west, east) in enumerate(_EDGES):
        shares = sorted({t for row in cuts[max(0, k - 1) : k + 1] for t in row})
        bulge = (k - len(_ROWS) / 2) * 0.010
        boundaries.append(
            {
                t: (
                    round(west + t * (east - west), 5),
                    round(_SOUTH + k * _ROW_HEIGHT + bulge * 4 * t * (1 - t) + rng.uniform(-0.005, 0.005), 5),
                )
                for t in shares
            }
        )
    return cuts, boundaries


def _ring(west: LonLat, east: LonLat, south: list[LonLat], north: list[LonLat]) -> list[LonLat]:
    """One closed ring, anticlockwise as GeoJSON wants it. west and east are the middles of the sides."""
    return [*south, east, *reversed(north), west, south[0]]


def polygons() -> dict[str, list[LonLat]]:
    """Closed rings [(lon, lat), …] by town code. They tile the district: neighbours share their edges."""
    rng = random.Random(29)  # noqa: S311 - a drawing, not a secret
    cuts, boundaries = _boundaries(rng)
    rings: dict[str, list[LonLat]] = {}
    number = 0
    for k, row in enumerate(cuts):
        south, north = boundaries[k], boundaries[k + 1]
        sides = []
        for t in row:
            bend = rng.uniform(-0.005, 0.005)
            lon, lat = (south[t][0] + north[t][0]) / 2 + bend, (south[t][1] + north[t][1]) / 2
            sides.append((round(lon, 5), round(lat, 5)))
        for i, (left, right) in enumerate(pairwise(row)):
            number += 1
            rings[f"T{number:02d}"] = _ring(
                sides[i],
                sides[i + 1],
                [p for t, p in south.items() if left <= t <= right],
                [p for t, p in north.items() if left <= t <= right],
            )
    return rings


def centre(ring: list[LonLat]) -> LonLat:
    """The mean of the vertices of a closed ring, rounded to 5 places (about a metre)."""
    corners = ring[:-1]
    return (
        round(sum(lon for lon, _ in corners) / len(corners), 5),
        round(sum(lat for _, lat in corners) / len(corners), 5),
    )


def _towns() -> tuple[UnitSpec, ...]:
    rings = polygons()
    names = [entry.split(" ") for row in _ROWS for entry in row]
    hosts = {i * len(names) // TOWNS_WITH_BODY for i in range(TOWNS_WITH_BODY)}  # spread over the map
    units = []
    for i, (name, pinyin) in enumerate(names):
        code = f"T{i + 1:02d}"
        lon, lat = centre(rings[code])
        units.append(
            UnitSpec(
                code=code,
                name=name,
                english=f"{pinyin} {'Subdistrict' if name.endswith('街道') else 'Town'}",
                kind="town",
                lon=lon,
                lat=lat,
                body="dedicated" if i in hosts else None,
                staff=4 if i in hosts else 0,
            )
        )
    return tuple(units)


def _offices(
    filename: str, *, kind: UnitSort, prefix: str, around: tuple[UnitSpec, ...], rng: random.Random
) -> tuple[UnitSpec, ...]:
    """Units listed one a line: mark, name, English. Marks: `=` dedicated body, `-` part-time, `.` none."""
    lines = (Path(__file__).with_name(filename)).read_text(encoding="utf-8").splitlines()
    units, part_time = [], 0
    for i, line in enumerate(lines, start=1):
        mark, name, english = line.split(" ", 2)
        body: BodySort | None = {"=": "dedicated", "-": "part_time"}.get(mark)  # type: ignore[assignment]
        part_time += mark == "-"
        staff = {"=": 4, "-": 2 if part_time <= 18 else 1}.get(mark, 0)
        town = rng.choice(around)
        units.append(
            UnitSpec(
                code=f"{prefix}{i:02d}",
                name=name,
                english=english,
                kind=kind,
                lon=round(town.lon + rng.uniform(-0.012, 0.012), 5),
                lat=round(town.lat + rng.uniform(-0.012, 0.012), 5),
                body=body,
                staff=12 if name == COORDINATING_UNIT else staff,
            )
        )
    return tuple(units)


def _units() -> tuple[UnitSpec, ...]:
    towns = _towns()
    streets = tuple(t for t in towns if t.name.endswith("街道"))  # offices stand in the town centre
    rng = random.Random(93)  # noqa: S311 - a drawing, not a secret
    return (
        *towns,
        *_offices("bureaus.txt", kind="bureau", prefix="B", around=streets, rng=rng),
        *_offices("temporary.txt", kind="temporary", prefix="L", around=streets, rng=rng),
    )


UNITS: tuple[UnitSpec, ...] = _units()
TOWNS: tuple[UnitSpec, ...] = tuple(u for u in UNITS if u.kind == "town")
BY_CODE: dict[str, UnitSpec] = {u.code: u for u in UNITS}
BY_NAME: dict[str, UnitSpec] = {u.name: u for u in UNITS}
