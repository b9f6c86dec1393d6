"""Batches written down blind, with a stranger's literal truth, before the search was looked at: what was not understood
at first, and some of what was."""

from __future__ import annotations

from tests.search.gold import (
    Holds,
    between,
    both,
    either,
    none_of,
    of_unit,
    on,
    quarter,
    road,
    say,
    stake,
    worth,
)
from tests.search.gold_unseen import without

S210, S231, G307 = road("S", 210), road("S", 231), road("G", 307)


def stretch(first: int, last: int) -> Holds:
    return lambda note: note.stretch == (first, last)


def _of_day(year: int, month: int, day: int, *ways: str) -> list[tuple[str, Holds]]:
    return [(way, on(year, month, day)) for way in ways]


STRANGERS: dict[str, list[tuple[str, Holds]]] = {
    "days by keyboard": [
        *_of_day(2023, 10, 10, "二0二三年十月十日", "二O二三年十月十日", "贰零贰叁年十月十日", "2023年10月10日星期二", "2023-10-10 00:00"),
        *_of_day(2023, 10, 10, "2023-10-10T08:30:00", "2023年10月1O日", "2023年10月10日下午3点", "2023年10月10日（周二）"),
        *_of_day(2023, 10, 10, "Tuesday, October 10, 2023", "2023。10。10", "2023·10·10", "23/10/10", "23.10.10", "2023_10_10"),
        *_of_day(2023, 10, 10, "2023年10月10日 15:20", "2023-10-10 15:20:33"),
        *_of_day(2025, 6, 23, "2025年6月廿三", "23.06.2025", "2025年6月23日起至6月23日止"), ("03-05", on(0, 3, 5)),
        ("元月份", on(0, 1)), ("2023年元月", on(2023, 1)), ("今年元月", on(2025, 1)), ("公元2023年", on(2023)), ("5/2023", on(2023, 5)),
        ("2023年11月1日起至2024年1月15日止", between((2023, 11, 1), (2024, 1, 15))), ("前年五月份", on(2023, 5)), ("Q2 2023", quarter(2, 2023)),
    ],
    "sums by hand": [
        ("壹仟贰佰万元", worth(1200)), ("壹佰贰拾万元", worth(120)), ("壹亿贰仟伍佰万元", worth(12500)), ("叁仟万元", worth(3000)),
        ("贰佰万", worth(200)), ("RMB 120万", worth(120)), ("CNY35万元", worth(35)), ("35 w", worth(35)), ("35万RMB", worth(35)),
        ("35万圆", worth(35)), ("1200万城东", both(worth(1200), say("城东"))), ("3000万白杨", both(worth(3000), say("白杨"))),
        ("叁拾伍万元", worth(35)), ("￥125,000,000", worth(12500)), ("RMB 30 million", worth(3000)),
    ],
    "roads and stakes by hand": [
        ("省道S231线沿线", S231), ("G307线国道", G307), ("S_210", S210), ("桩号23+420", stake(23420)), ("十二公里五十米", stake(12050)),
        ("4+100~4+900", stretch(4100, 4900)), ("桩号：18+000", stake(18000)), ("S231省道 K12+050", both(S231, stake(12050))),
        ("307国道桥梁维修", both(G307, say("桥梁维修"))), ("沿S210", S210), ("S210 -城东", none_of(S210, "城东")),
    ],
    "signs by keyboard": [
        ("″沥青摊铺″", say("沥青摊铺")), ("``主体封顶''", say("主体封顶")), ('\\"征地拆迁\\"', say("征地拆迁")), ("①桩基施工", say("桩基施工")),
        ("㈡外墙粉刷", say("外墙粉刷")), ("⒊电梯调试", say("电梯调试")), ("水库,-青石", none_of(say("水库"), "青石")),
        ("公园，-长堤", none_of(say("公园"), "长堤")), ("水库 ‐青石", none_of(say("水库"), "青石")),
        ("白杨镇-桥梁维修-2024", both(say("白杨镇", "桥梁维修"), on(2024))), ("临江停车场工程_2024年", both(say("临江停车场工程"), on(2024))),
        ("“桥梁”“维修”", say("桥梁", "维修")), ("\u202a公园绿化\u202c", say("公园绿化")), ("小学扩建👍", say("小学扩建")),
        ("小学 -chengdong", none_of(say("小学"), "城东")), ("水库 -水务局", without(say("水库"), of_unit("B04"))),
    ],
    "three and four characters": [
        ("督察员", say("督查员")), ("砂石紧张", say("砂石", "紧张")), ("桩基封顶", say("桩基", "封顶")),
        ("沙石供应紧张", say("砂石供应紧张")), ("电力干线迁改", say("电力杆线迁改")), ("白阳镇", say("白杨镇")), ("停车长", say("停车场")),
    ],
    "days as clocks and lists have them": [
        *_of_day(2024, 12, 10, "二〇二四年十二月一〇日", "2024\\12\\10", "2024--12--10", "2024年12月10日晚", "2024-12-10（二）"),
        *_of_day(2024, 12, 10, "date: 2024-12-10", "2024/12/10日", "二零二四年拾贰月拾日", "时间： 2024年12月10日"),
        ("Aug 23", on(0, 8, 23)), ("August 23rd", on(0, 8, 23)), ("2024上半年度", between((2024, 1, 1), (2024, 6, 30))),
        ("Q3/2024", quarter(3, 2024)), ("third quarter 2024", quarter(3, 2024)), ("first half of 2024", between((2024, 1, 1), (2024, 6, 30))),
        ("March to May 2024", between((2024, 3, 1), (2024, 5, 31))), ("Mar-May 2024", between((2024, 3, 1), (2024, 5, 31))),
        ("2024年3、4、5月", between((2024, 3, 1), (2024, 5, 31))), ("2024年三四月", between((2024, 3, 1), (2024, 4, 30))),
        ("2024年第一、二季度", between((2024, 1, 1), (2024, 6, 30))), ("2023和2024", either(on(2023), on(2024))),
        ("2023、2025", either(on(2023), on(2025))),
    ],
    "sums and roads as they are said": [
        ("壹点贰伍亿元", worth(12500)), ("大概3000万", worth(3000)), ("叁千万", worth(3000)), ("花费3000万元", worth(3000)),
        ("共计3000万元", worth(3000)), ("三十五万块", worth(35)), ("1百20万", worth(120)), ("￥ 2,000,000", worth(200)),
        ("壹亿贰仟万圆整", worth(12000)), ("S210（省道）", S210), ("省道(S210)", S210), ("省道210号", S210), ("210号省道", S210),
        ("Highway G307", G307), ("县道-112", road("X", 112)), ("K29+050位置", stake(29050)), ("起点K6+100", stake(6100)),
    ],
    "more signs": [
        ("+城东 +桥梁", say("城东", "桥梁")), ("城东 -(桥梁|小学)", none_of(say("城东"), "桥梁", "小学")),
        ("“城东”+“桥梁”", say("城东", "桥梁")), ("^公园绿化$", say("公园绿化")), ("公园\u00ad绿化", say("公园绿化")),
        ("[城东][桥梁]", say("城东", "桥梁")), ("城东 AND NOT 桥梁", none_of(say("城东"), "桥梁")), ("⑵公园绿化", say("公园绿化")),
    ],
}  # fmt: skip
