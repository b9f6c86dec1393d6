"""A fourth batch of what people type, written down before the search was tried with it: what was not understood then,
and some of what was."""

from __future__ import annotations

from tests.search.corpus import Note
from tests.search.gold import (
    Holds,
    before,
    between,
    both,
    costs,
    either,
    none_of,
    of_unit,
    on,
    quarter,
    road,
    say,
    since,
    stake,
    town,
    unit,
    worth,
)  # fmt: skip


def without(holds: Holds, not_this: Holds) -> Holds:
    return lambda note: holds(note) and not not_this(note)


def every(_note: Note) -> bool:
    return True


S210, G307, X112 = road("S", 210), road("G", 307), road("X", 112)
UNSEEN: dict[str, list[tuple[str, Holds]]] = {
    "sums in talk": [
        ("投资额在1000万以上的项目", costs(1000)), ("1000万元（含）以上", costs(1000)), ("200万元（不含）以下", costs(0, 199)),
        ("桥梁投资超过1000万", both(say("桥梁"), costs(1001))), ("投资额:3000万元", worth(3000)), ("人民币3000万元", worth(3000)),
        ("3000万元整", worth(3000)), ("1000万+", costs(1000)), ("1.2个亿", worth(12000)), ("一个亿以上", costs(10000)),
        ("累计完成投资3000万元", worth(3000)), ("投资规模1亿元以上", costs(10000)), ("投资总额超过5000万元", costs(5001)),
        ("大于100万且小于500万", costs(101, 499)), ("100万以上500万以下", costs(100, 500)), ("≧3000万", costs(3000)),
        ("最低1000万", costs(1000)), ("unit:水务局 1000万元以下", both(unit("B04"), costs(0, 1000))),
    ],
    "days in talk": [
        ("2024年3月和4月", between((2024, 3, 1), (2024, 4, 30))), ("2024年3月或6月", either(on(2024, 3), on(2024, 6))),
        ("2024年3月间", on(2024, 3)), ("2024年内", on(2024)), ("早于2024年", before(2024, 1)), ("不晚于2023年6月", before(2023, 7)),
        ("2023年5月1至10日", between((2023, 5, 1), (2023, 5, 10))), ("2024.5.1-5.20", between((2024, 5, 1), (2024, 5, 20))),
        ("桥梁维修2024", both(say("桥梁维修"), on(2024))), ("2024桥梁维修", both(say("桥梁维修"), on(2024))),
        ("上上个月", on(2025, 9)), ("三个月内", between((2025, 8, 30), (2025, 11, 30))),
        ("一年内的桥梁", both(say("桥梁"), between((2024, 11, 30), (2025, 11, 30)))), ("上年", on(2024)), ("当月", on(2025, 11)),
        ("9月以来", since(2025, 9)), ("去年四季度 桥梁", both(say("桥梁"), quarter(4, 2024))),
    ],
    "days, sums and roads in English": [
        ("2024 March", on(2024, 3)), ("13/3/2024", on(2024, 3, 13)), ("since 2025-06", since(2025, 6)), ("before 2024", before(2024, 1)),
        ("from 2024-03 to 2024-05", between((2024, 3, 1), (2024, 5, 31))), ("between 2023 and 2024", between((2023, 1, 1), (2024, 12, 31))),
        ("May 1, 2024 to May 20, 2024", between((2024, 5, 1), (2024, 5, 20))), ("12 million yuan", worth(1200)),
        ("over 100 million yuan", costs(10001)), ("what happened in 2024", on(2024)), ("S210 road", S210), ("provincial road 210", S210),
        ("national highway G307", G307), ("Changdi bridge 2024", both(say("长堤", "桥梁"), on(2024))),
    ],
    "names nearly right": [
        ("人力资源与社会保障局", of_unit("B01")), ("教育和体育菊", of_unit("B05")), ("交通运输菊", of_unit("B03")), ("交通运书局", of_unit("B03")),
        ("unit:renshe", unit("B01")), ("unit:卫建局", unit("B06")), ("白样镇 桥梁", both(say("白杨镇"), say("桥梁"))),
    ],
    "words that join": [
        ("桥梁 和 沥青", say("桥梁", "沥青")), ("桥梁 跟 沥青", say("桥梁", "沥青")), ("桥梁 的 沥青", say("桥梁", "沥青")),
        ("白杨 以及 桥梁", say("白杨", "桥梁")),
    ],
    "as it stands and no more": [
        ("城东街道的老旧小区改造完成雨污分流", say("城东街道的老旧小区改造完成雨污分流")), ("长堤街道的桥梁维修完成外墙粉刷", say("长堤街道的桥梁维修完成外墙粉刷")),
        ("临江防洪堤加固工程 - 阳光督查", say("临江防洪堤加固工程")), ("临江防洪堤加固工程_阳光督查", say("临江防洪堤加固工程")),
    ],
    "quotes, or and minus": [
        ("‘桥梁维修’ -‘沥青摊铺’", none_of(say("桥梁维修"), "沥青摊铺")), ("‘工程白杨’", say("工程白杨")), ("'施工征地'", say("施工征地")),
        ("unit:'人社局'", unit("B01")), ("﹁桥梁维修﹂", say("桥梁维修")), ("桥梁 ＯＲ 公园", either(say("桥梁"), say("公园"))),
        ("桥梁 -(沥青 OR 拆迁)", none_of(say("桥梁"), "沥青", "拆迁")), ("桥梁，不要白杨的", none_of(say("桥梁"), "白杨")),
        ("桥梁 without 沥青", none_of(say("桥梁"), "沥青")), ("桥梁 except 白杨", none_of(say("桥梁"), "白杨")),
        ("town:青石镇 或 town:白杨镇", either(town("T05"), town("T02"))), ("2023年3月或2024年3月", either(on(2023, 3), on(2024, 3))),
        ("-town:城东街道,白杨镇 桥梁", without(say("桥梁"), either(town("T01"), town("T02")))),
    ],
    "two features": [
        ("清淤 -“沥青摊铺” year:2024", both(none_of(say("清淤"), "沥青摊铺"), on(2024))), ("rsj year:2023", both(of_unit("B01"), on(2023))),
        ("县道112沿线 公园", both(X112, say("公园"))), ("省道S231 K26+200处", both(road("S", 231), stake(26200))), ("S210公路", S210),
        ("河道清淤 -单位:人社局", without(say("河道清淤"), unit("B01"))), ("停车场 排除 2025年", without(say("停车场"), on(2025))),
        ("kind:进展报送", every), ("2024年上半年 清淤 -白杨", both(none_of(say("清淤"), "白杨"), between((2024, 1, 1), (2024, 6, 30)))),
        ("祝明河去过哪里", say("祝明河")),
    ],
}  # fmt: skip
