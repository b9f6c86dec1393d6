"""What people type, and what they should find: the words of the gold set, by what is difficult about them.

What a query holds for is counted over what each note is known to say, without any of the engine's code.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.search.corpus import SHORT, UNITS, Note

Holds = Callable[[Note], bool]


def say(*words: str) -> Holds:
    """All of these words stand in it."""
    return lambda note: all(word in note.plain for word in words)


def none_of(holds: Holds, *words: str) -> Holds:
    return lambda note: holds(note) and not any(word in note.plain for word in words)


def of_unit(code: str) -> Holds:
    """It speaks of a unit by any of its names."""
    forms = (UNITS[code], UNITS[code][1:], SHORT.get(code, UNITS[code]))
    return lambda note: any(form in note.plain for form in forms)


def on(year: int = 0, month: int = 0, day: int = 0) -> Holds:
    return lambda note: all(
        not asked or asked == is_ for asked, is_ in zip((year, month, day), note.day, strict=True)
    )


def on_or(*years: int) -> Holds:
    return lambda note: note.day[0] in years


def between(first: tuple[int, int, int], last: tuple[int, int, int]) -> Holds:
    return lambda note: first <= note.day <= last


def road(letter: str, number: int) -> Holds:
    return lambda note: note.road == (letter, number)


def stake(metres: int) -> Holds:
    return lambda note: metres == note.stake or metres in (note.stretch or ())


def worth(wan: int) -> Holds:
    return lambda note: note.wan == wan


def costs(low: float, high: float = float("inf")) -> Holds:
    """In 万元, both included."""
    return lambda note: low <= note.wan <= high


def either(*any_of: Holds) -> Holds:
    return lambda note: any(holds(note) for holds in any_of)


def quarter(number: int, *years: int) -> Holds:
    return lambda note: (note.day[1] + 2) // 3 == number and (not years or note.day[0] in years)


def both(*all_of: Holds) -> Holds:
    return lambda note: all(holds(note) for holds in all_of)


def nothing(_note: Note) -> bool:
    return False


def before(year: int, month: int, day: int = 1) -> Holds:
    return lambda note: note.day < (year, month, day)


def since(year: int, month: int = 1, day: int = 1) -> Holds:
    return lambda note: note.day >= (year, month, day)


def unit(code: str) -> Holds:
    """It is filed under a unit."""
    return lambda note: note.unit == code


def town(code: str) -> Holds:
    return lambda note: note.town == code


def km(number: int) -> Holds:
    """It names a stake of this kilometre."""
    return lambda note: any(
        metres // 1000 == number
        for metres in (*([note.stake] if note.stake is not None else []), *(note.stretch or ()))
    )


S210, G307 = road("S", 210), road("G", 307)
NOVEMBER = on(2025, 11)
GOLD: dict[str, list[tuple[str, Holds]]] = {
    "words": [("道路拓宽", say("道路拓宽")), ("管网", say("管网")), ("沥青", say("沥青")), ("污水处理厂", say("污水处理厂"))],
    "two words": [("城东 绿化", say("城东", "绿化")), ("白杨，验收", say("白杨", "验收")), ("桥梁、拆迁", say("桥梁", "拆迁")),
                  ("临江　小学 封顶", say("临江", "小学", "封顶"))],
    "traditional": [("道路拓寬", say("道路拓宽")), ("長堤 綠化", say("长堤", "绿化")), ("橋樑維修", say("桥梁维修")),
                    ("雨汙分流", say("雨污分流")), ("衛生院搬遷", say("卫生院搬迁"))],
    "width and case": [("Ｓ２１０", S210), ("ｋ5＋200", stake(5200)), ("s210", S210), ("１２００万元", worth(1200)), ("Ｇ307", road("G", 307))],
    "spaces inside": [("城 东", say("城东")), ("管 网 改 造", say("管网改造")), ("城 东街道", say("城东街道")), ("白 杨 镇", say("白杨镇")),
                      ("S 210", S210), ("2025 年 11 月", NOVEMBER)],
    "dates": [("2025年11月", NOVEMBER), ("2025-11", NOVEMBER), ("二〇二五年十一月", NOVEMBER), ("二零二五年十一月", NOVEMBER),
              ("2025.11", NOVEMBER), ("2024年3月8日", on(2024, 3, 8)), ("2024-03-08", on(2024, 3, 8)), ("20240308", on(2024, 3, 8)),
              ("11月", on(0, 11)), ("2023年", on(2023)), ("2024", on(2024)), ("2025/11", NOVEMBER), ("3月8号", on(0, 3, 8))],
    "spans": [("2025年11月到12月", between((2025, 11, 1), (2025, 12, 31))), ("2024-11..2025-02", between((2024, 11, 1), (2025, 2, 28))),
              ("2023年至2024年", between((2023, 1, 1), (2024, 12, 31))), ("2023-2024年", between((2023, 1, 1), (2024, 12, 31))),
              ("2025年上半年", between((2025, 1, 1), (2025, 6, 30))), ("2025年三季度", between((2025, 7, 1), (2025, 9, 30))),
              ("2024年3月5日到20日", between((2024, 3, 5), (2024, 3, 20))), ("2024年3月 — 2024年5月", between((2024, 3, 1), (2024, 5, 31))),
              ("二〇二四年三月至五月 城东", both(between((2024, 3, 1), (2024, 5, 31)), say("城东")))],
    "roads": [("S210", S210), ("S-210", S210), ("省道210", S210), ("s210省道", S210), ("210省道", S210), ("X112县道", road("X", 112)),
              ("国道307", road("G", 307)), ("S231 绿化", both(road("S", 231), say("绿化")))],
    "stakes": [("K5+200", stake(5200)), ("k5 + 200", stake(5200)), ("K12+000", stake(12000)), ("K7+050处", stake(7050)),
               ("K5+200~K6+000", lambda note: note.stretch == (5200, 6000)), ("K5+200至K6+000", lambda note: note.stretch == (5200, 6000)),
               ("K3+100—K3+900", lambda note: note.stretch == (3100, 3900))],
    "amounts": [("1.2亿元", worth(12000)), ("12,000万元", worth(12000)), ("12000万元", worth(12000)), ("1200万", worth(1200)),
                ("1.2亿", worth(12000)), ("3000 万元", worth(3000)), ("三千万元", worth(3000)), ("一亿两千五百万元", worth(12500)),
                ("350000元", worth(35)), ("１２，０００万元", worth(12000))],
    "one character": [("桥", say("桥")), ("堤", say("堤")), ("水", say("水"))],
    "exact": [('"主体封顶"', say("主体封顶")), ("“连续降雨影响”", say("连续降雨影响")), ("「征地拆迁」", say("征地拆迁")), ('"城东公园绿化工程"', say("城东公园绿化工程"))],
    "minus": [("城东 -绿化", none_of(say("城东"), "绿化")), ("道路拓宽 －白杨", none_of(say("道路拓宽"), "白杨")),
              ('河道清淤 -"主体封顶"', none_of(say("河道清淤"), "主体封顶")), ("小学 -2025年", both(say("小学"), lambda note: note.day[0] != 2025))],
    "filters": [("绿化 town:城东", both(say("绿化"), lambda note: note.town == "T01")), ("unit:人社局", lambda note: note.unit == "B01"),
                ("单位：水务局 管网", both(say("管网"), lambda note: note.unit == "B04")), ("year:2024 桥梁", both(say("桥梁"), on(2024))),
                ("镇街：白杨镇", lambda note: note.town == "T02"), ("年份：二〇二三年 停车场", both(say("停车场"), on(2023))),
                ("小学 -unit:教体局", both(say("小学"), lambda note: note.unit != "B05"))],
    "aliases": [("人社局", of_unit("B01")), ("人力资源和社会保障局", of_unit("B01")), ("住建局", of_unit("B02")), ("交通局 桥梁", both(of_unit("B03"), say("桥梁"))),
                ("区卫生健康局", of_unit("B06"))],
    "short names": [("白杨", say("白杨")), ("青石", say("青石")), ("柳巷 拆迁", say("柳巷", "拆迁")), ("水务局", say("水务局"))],
    "pinyin": [("chengdong", say("城东")), ("Chengdong", say("城东")), ("baiyang", say("白杨")), ("cheng dong", say("城东")), ("changdi", say("长堤")),
               ("linjiang lvhua", say("临江", "绿化")), ("qingshizhen", say("青石镇")), ("shuiwuju", say("水务局")), ("chéngdōng", say("城东"))],
    "initials": [("rsj", of_unit("B01")), ("cdjd", lambda note: "城东街道" in note.plain or "长堤街道" in note.plain), ("swj", say("水务局"))],
    "mixed": [("城dong", say("城东")), ("cheng东", say("城东")), ("baiyang 拆迁", say("白杨", "拆迁")), ("chengdong绿化", say("城东", "绿化"))],
    "homophones": [("成东街道", say("城东街道")), ("白羊镇", say("白杨镇")), ("水雾局", say("水务局")), ("常提 绿化", say("长堤", "绿化"))],
    "rare names": [("闻博川", say("闻博川")), ("庹亚楠", say("庹亚楠")), ("阿卜杜·热合曼", say("阿卜杜热合曼")), ("欧阳硯", say("欧阳砚"))],
    "long": [("城东街道的道路拓宽完成主体封顶", say("城东街道", "道路拓宽", "主体封顶")), ("白杨管网改造要求加快推进", say("白杨管网改造", "要求加快推进"))],
    "noise": [("完全没有的词", nothing), ("zzzz", nothing), ("K99+999", nothing), ('"道路城东"', nothing), ("2031年", nothing)],
    "as of today": [("去年", on(2024)), ("上个月", on(2025, 10)), ("本月", on(2025, 11)), ("最近三个月", between((2025, 8, 30), (2025, 11, 30))),
                    ("过去半年", between((2025, 5, 30), (2025, 11, 30))),
                    ("最近一年", between((2024, 11, 30), (2025, 11, 30))), ("最近30天", between((2025, 10, 31), (2025, 11, 30))),
                    ("上周", between((2025, 11, 17), (2025, 11, 23))), ("上季度", quarter(3, 2025)), ("今年以来 桥梁", both(on(2025), say("桥梁"))),
                    ("去年下半年", between((2024, 7, 1), (2024, 12, 31))), ("小学 -去年", both(say("小学"), lambda note: note.day[0] != 2024)),
                    ("年份：去年 停车场", both(on(2024), say("停车场")))],
    "parts of a year": [("第三季度", quarter(3)), ("2024年Q3", quarter(3, 2024)), ("2024Q1", quarter(1, 2024)), ("上半年", lambda note: note.day[1] < 7),
                        ("2024年底", on(2024, 12)), ("2024年年底", on(2024, 12)), ("2024年初", on(2024, 1)), ("24年", on(2024)), ("202403", on(2024, 3)),
                        ("二〇二四", on(2024)), ("2024年3月上旬", between((2024, 3, 1), (2024, 3, 10))), ("2024年2月下旬", between((2024, 2, 21), (2024, 2, 29))),
                        ("国庆期间", lambda note: note.day[1] == 10 and note.day[2] < 8), ("2024年国庆", between((2024, 10, 1), (2024, 10, 7))),
                        ("2024年春节", between((2024, 2, 9), (2024, 2, 16))), ("March 2024", on(2024, 3)), ("8 Mar 2024", on(2024, 3, 8))],
    "spans in short": [("从2023年3月到2024年6月", between((2023, 3, 1), (2024, 6, 30))), ("从2024年3月开始", between((2024, 3, 1), (2025, 12, 31))),
                       ("2024年3月至今", between((2024, 3, 1), (2025, 12, 31))), ("2024年3-5月", between((2024, 3, 1), (2024, 5, 31))),
                       ("2024年3至5月", between((2024, 3, 1), (2024, 5, 31))), ("3-5月", lambda note: 3 <= note.day[1] <= 5), ("2023和2024年", on_or(2023, 2024)),
                       ("2024年的道路", both(on(2024), say("道路")))],
    "limits": [("大于500万", costs(500.01)), ("超过1200万元", costs(1200.01)), ("1200万元以上", costs(1200)), ("≥1200万", costs(1200)), ("小于200万元", costs(0, 199.99)),
               ("不超过200万", costs(0, 200)), ("100-300万元", costs(100, 300)), ("100万元至300万元", costs(100, 300)), ("一亿元以上 桥梁", both(costs(10000), say("桥梁"))),
               ("上亿", costs(10000))],
    "amounts as said": [("一亿二千五百万", worth(12500)), ("一点二亿", worth(12000)), ("三十五万", worth(35)), ("1200w", worth(1200)), ("￥1.2亿", worth(12000)),
                        ("35万块", worth(35))],
    "roads as said": [("省道 210", S210), ("s210 省道", S210), ("二一〇省道", S210), ("省道二一零", S210), ("桩号K5+200", stake(5200)), ("K5+200米", stake(5200)),
                      ("K3+100-900", lambda note: note.stretch == (3100, 3900)), ("G307K5+200", both(road("G", 307), stake(5200)))],
    "and, or, not": [("城东 OR 白杨", either(say("城东"), say("白杨"))), ("城东 或 白杨", either(say("城东"), say("白杨"))), ("城东或白杨", either(say("城东"), say("白杨"))),
                     ("城东 AND 绿化", say("城东", "绿化")), ("城东 NOT 绿化", none_of(say("城东"), "绿化")), ("城东 –绿化", none_of(say("城东"), "绿化")),
                     ("小学 -lvhua", none_of(say("小学"), "绿化"))],
    "signs between": [("城东:绿化", say("城东", "绿化")), ("城东_绿化", say("城东", "绿化")), ("城东-绿化", say("城东", "绿化")), ("«主体封顶»", say("主体封顶")),
                      ("😀城东", say("城东")), ("日期：2024年3月", on(2024, 3)), ("项目：城东公园绿化工程", say("城东公园绿化工程"))],
    "fields as typed": [("unit: 水务局", lambda note: note.unit == "B04"), ("单位 ： 水务局", lambda note: note.unit == "B04"),
                        ("unit:shuiwuju", lambda note: note.unit == "B04"), ("town:白羊镇", lambda note: note.town == "T02"),
                        ("单位：教育局", lambda note: note.unit == "B05"), ("year:2023,2024", on_or(2023, 2024)),
                        ("单位：水务局，年份：2024", both(lambda note: note.unit == "B04", on(2024))),
                        ("单位：水务局；绿化", both(lambda note: note.unit == "B04", say("绿化"))), ("unit:人社局、水务局", lambda note: note.unit in ("B01", "B04"))],
    "wrong nasals": [("chendong", say("城东")), ("cendong", say("城东")), ("baiyan", say("白杨")), ("baiyanzheng", say("白杨镇")), ("lingjiang", say("临江")),
                     ("qinsi", say("青石")), ("bai2yang2", say("白杨"))],
    "left out": [("教育局", of_unit("B05")), ("卫生局", of_unit("B06")), ("住房城乡建设局", of_unit("B02")), ("污水厂", say("污水处理厂")),
                 ("城东办事处", say("城东街道"))],
    "mixed sentence": [("2025年11月 城东 绿化", both(NOVEMBER, say("城东", "绿化"))), ("S210 2024年", both(S210, on(2024))),
                       ("1200万元 桥梁", both(worth(1200), say("桥梁"))), ("人社局 rensheju", of_unit("B01"))],
}  # fmt: skip
