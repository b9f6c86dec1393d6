"""The page of the archive shows what the engine answers: the same items, in the same order, as many."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from portal.ports import Query
from portal.record.names import names_of
from portal.record.shelf import Shelf
from portal.rules.clock import day_of
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict

PAGE = 10
SAMPLE = [
    "封顶", "主體封頂", "砌筑", "挡墙", "桥", "的", "Ｓ210", "省道210", "S210 挡墙", "K3+200", "k3 + 200", "1.2亿元", "大于1000万元", "500万以下",
    "100-300万元", "11月", "2026年11月", "今年", "最近三个月", "去年", "第四季度", "“主体封顶”", "封顶 -砌筑", "封顶 NOT 挡墙", "挡墙 OR 砌筑", "挡墙 或 沥青",
    "unit:水务局", "单位：水务局", "单位： 水务局 沥青", "year:2026", "年份：二〇二六年", "kind:进展", "东岸", "dongan", "dong'an 封顶", "dongang", "冬岸街道",
    "东岸街道办事处", "水雾局", "东岸的封顶", "屋面防水", "没有写过的词", "", "，。", "-封顶", "unit:没有", "沥清 沥青",
]  # fmt: skip


@pytest.fixture
def written(district: SmallDistrict) -> None:
    """Twelve notes, more than a page holds."""
    said = [
        "主体封顶，砌筑完成三层。",
        "S210沿线挡墙完成，投资1.2亿元。",
        "省道210 K3+200处沥青摊铺，完成投资200万元。",
    ]
    for number in range(12):
        place = number % 2
        district.published(
            code=district.projects[place], login=("reporter", "stranger")[place], done=said[number % 3]
        )


@pytest.mark.usefixtures("written")
def test_a_page_of_the_archive_is_the_answer_of_the_engine(visitor: Browser, portal: Portal) -> None:
    with portal.database.reading() as session:
        known = names_of(Shelf(session))
    today = int(day_of(portal.now()).strftime("%Y%m%d"))
    found = 0
    for text in SAMPLE:
        sort = "relevance" if text else "newest"
        for page in (1, 2):
            asked = Query(text=text, sort=sort, page=page, size=PAGE, names=known, today=today)
            answer = portal.search.search(asked)
            html = visitor.get(f"/archive?q={quote(text)}&page={page}").get_data(as_text=True)
            assert _hits(html) == [f"/{item.replace('/', 's/', 1)}" for item in answer.items], text
            found += len(answer.items)
        told = visitor.get(f"/archive.json?q={quote(text)}").get_json()
        assert told["total"] == answer.total, text
    assert found > 100


def _hits(html: str) -> list[str]:
    """The addresses of the results, in order; without those that are offered when there are none."""
    whole, _, _ = html.partition('class="nearest"')
    return re.findall(r'<li class="result[^>]*>.*?<a href="(/(?:reports|projects)/[^"?]+)"', whole, re.DOTALL)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("prefix", "said"),
    [("", "按今天算，查了：2026年8月24日到2026年11月24日"), ("/en", "24 August 2026 to 24 November 2026")],
)
def test_a_span_is_said_as_people_write_days(visitor: Browser, prefix: str, said: str) -> None:
    page = visitor.get(f"{prefix}/archive?q={quote('最近三个月 挡墙')}").get_data(as_text=True)
    assert said in re.sub(r"<[^>]+>", "", page)
