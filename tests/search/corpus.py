"""Notes of a county that does not exist, of which it is known what they say however it is written."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import opencc

from portal.ports import Indexed
from portal.text.names import Name, Names

UNITS = {
    "B01": "区人力资源和社会保障局", "B02": "区住房和城乡建设局", "B03": "区交通运输局", "B04": "区水务局",
    "B05": "区教育和体育局", "B06": "区卫生健康局", "T01": "城东街道", "T02": "白杨镇", "T03": "长堤街道",
    "T04": "临江街道", "T05": "青石镇", "T06": "柳巷街道",
}  # fmt: skip
TOWNS = [code for code in UNITS if code[0] == "T"]
SHORT = {"B01": "人社局", "B02": "住建局", "B03": "交通局", "B05": "教体局", "B06": "卫健局"}
SUBJECTS = [
    "道路拓宽", "管网改造", "河道清淤", "小学扩建", "污水处理厂", "水库除险加固", "农贸市场", "卫生院搬迁", "桥梁维修", "公园绿化",
    "停车场", "老旧小区改造", "福利中心", "防洪堤加固",
]  # fmt: skip
WORKS = [
    "路基填筑", "基础开挖", "主体封顶", "桩基施工", "沥青摊铺", "外墙粉刷", "竣工验收", "征地拆迁", "钢筋绑扎", "边坡支护",
    "消防检测", "电梯调试", "雨污分流", "路灯安装",
]  # fmt: skip
TROUBLES = ["连续降雨影响土方外运", "电力杆线迁改未完成", "砂石供应紧张", "劳务人员不足", "设计变更批复较慢"]
PEOPLE = ["闻博川", "祝明河", "褚一苇", "阿卜杜热合曼", "欧阳砚", "庹亚楠"]
ROADS = [("S", 210), ("S", 231), ("G", 307), ("X", 112), ("Y", 308)]
SAID = {"S": "省道", "G": "国道", "X": "县道", "Y": "乡道"}
DIGITS = "〇一二三四五六七八九"
TRADITIONAL = opencc.OpenCC("s2t")


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a note says, and the text that says it in one of the ways people write."""

    key: str
    title: str
    plain: str  # title and body in simplified characters, half width, without the facts below
    body: str
    day: tuple[int, int, int]
    road: tuple[str, int] | None
    stake: int | None
    stretch: tuple[int, int] | None
    wan: int
    unit: str
    town: str

    def indexed(self, seq: int) -> Indexed:
        year, month, day = self.day
        return Indexed(
            item=self.key, seq=seq, title=self.title, body=self.body, dated=year * 10000 + month * 100 + day,
            places=f"{UNITS[self.town]} {UNITS[self.unit]}",
            facets={"kind": "report", "unit": self.unit, "town": self.town, "category": "交通", "year": str(year)},
        )  # fmt: skip


def notes(count: int, *, seed: int = 20261129) -> list[Note]:
    chance = random.Random(seed)
    return [_note(number, chance) for number in range(count)]


def names() -> Names:
    """The names there are, as the record would give them."""
    projects = [
        f"{UNITS[town].removesuffix('街道').removesuffix('镇')}{subject}工程"
        for town in TOWNS
        for subject in SUBJECTS
    ]
    return Names(
        [
            *(Name(name, "unit", f"unit/{code}") for code, name in UNITS.items()),
            *(Name(title, "project") for title in projects),
        ],
        groups=[(short, UNITS[code], UNITS[code][1:]) for code, short in SHORT.items()],
        labels={"unit": UNITS, "town": UNITS},
    )


def _note(number: int, chance: random.Random) -> Note:
    unit, town = chance.choice(list(UNITS)), chance.choice(TOWNS)
    place, subject = UNITS[town].removesuffix("街道").removesuffix("镇"), chance.choice(SUBJECTS)
    day = (chance.choice((2023, 2024, 2025)), chance.randint(1, 12), chance.randint(1, 28))
    road = chance.choice([None, None, *ROADS])
    stake = chance.choice([None, chance.randrange(30) * 1000 + chance.choice((0, 50, 200, 420))])
    start = chance.randrange(12) * 1000 + chance.choice((100, 200))
    stretch = (start, start + 800) if chance.random() < 0.2 else None
    wan = chance.choice((120, 1200, 3000, 12000, 12500, 35, 200))
    called = SHORT[unit] if unit in SHORT and chance.random() < 0.5 else UNITS[unit]
    parts = [
        f"{called}组织{chance.choice(WORKS)}、{chance.choice(WORKS)}",
        f"{place}{subject}进展顺利"
        if chance.random() < 0.5
        else f"{UNITS[town]}的{subject}完成{chance.choice(WORKS)}",
        chance.choice(TROUBLES),
        f"督查员{chance.choice(PEOPLE)}到场查看" if chance.random() < 0.2 else "要求加快推进",
    ]
    title = f"{place}{subject}工程"
    plain = title + "\n" + "。".join(parts)
    facts = [f"{_day(day, chance)}核查", f"完成投资{_money(wan, chance)}"]
    facts += [f"{_road(road, chance)}沿线"] if road else []
    facts += [f"{_stake(stake, chance)}处"] if stake is not None else []
    facts += (
        [f"{_stake(stretch[0], chance)}{chance.choice('~～至—')}{_stake(stretch[1], chance)}段"]
        if stretch
        else []
    )
    chance.shuffle(facts)
    body = "。".join([*parts, *facts]) + "。"
    title, body = _written(title, chance), _written(body, chance)
    return Note(
        key=f"note-{number}", title=title, plain=plain, body=body, day=day, road=road, stake=stake, stretch=stretch,
        wan=wan, unit=unit, town=town,
    )  # fmt: skip


def _day(day: tuple[int, int, int], chance: random.Random) -> str:
    y, m, d = day
    chinese = f"{''.join(DIGITS[int(c)] for c in str(y))}年{_small(m)}月{_small(d)}日"
    return chance.choice(
        (
            f"{y}年{m}月{d}日",
            f"{y}-{m:02d}-{d:02d}",
            f"{y}.{m}.{d}",
            f"{y}/{m}/{d}",
            chinese,
            f"{y}年{m}月{d}号",
        )
    )


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def _money(wan: int, chance: random.Random) -> str:
    ways = [f"{wan}万元", f"{wan:,}万元", f"{wan * 10000}元", f"{wan} 万元"]
    ways += [f"{wan / 10000:g}亿元"] if wan >= 10000 else []
    return chance.choice(ways)


def _road(road: tuple[str, int], chance: random.Random) -> str:
    letter, number = road
    return chance.choice(
        (
            f"{letter}{number}",
            f"{letter}-{number}",
            f"{SAID[letter]}{number}",
            f"{letter}{number}{SAID[letter]}",
        )
    )


def _stake(metres: int, chance: random.Random) -> str:
    kilometre, metre = divmod(metres, 1000)
    return chance.choice(
        (f"K{kilometre}+{metre:03d}", f"k{kilometre}+{metre:03d}", f"K{kilometre} + {metre:03d}")
    )


def _written(text: str, chance: random.Random) -> str:
    """In traditional characters, in full width, or broken over lines, as some do."""
    way = chance.random()
    if way < 0.2:
        return str(TRADITIONAL.convert(text))
    if way < 0.3:
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    if way < 0.4:
        return "".join(_broken(text, chance))
    return text


def _broken(text: str, chance: random.Random) -> Iterator[str]:
    for character in text:
        yield character
        if unicodedata.category(character) == "Lo" and chance.random() < 0.05:
            yield chance.choice(("\n", "\u200b", " "))
