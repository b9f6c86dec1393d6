"""Whoosh and OpenSearch answer alike: the same items in the same order, totals, counts and marks.

PORTAL_TEST_NOTES and PORTAL_TEST_QUERIES set how much is compared; 10000 notes take about two minutes.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.adapters.opensearch_tokens import spelt
from portal.adapters.search_ranking import gain
from portal.adapters.whoosh_search import WhooshIndex
from portal.ports import Answer, Indexed, Query, SearchIndex
from portal.text.fold import folded
from portal.text.names import Name, Names
from portal.text.terms import contains
from tests.ports.opensearch_server import index_name, opensearch

NOTES = int(os.environ.get("PORTAL_TEST_NOTES", "1500"))
QUERIES = int(os.environ.get("PORTAL_TEST_QUERIES", "240"))
SEED = 20261124
GROUPS = [("人社局", "人力资源和社会保障局"), ("住建局", "住房和城乡建设局")]

PLACES = [
    "城东新区",
    "城西",
    "长堤路",
    "清河大桥",
    "S210省道",
    "老城区",
    "东风水库",
    "第3标段",
    "K15+200",
    "三里镇",
    "阿卜杜·热合曼村",
    "青山脚下",
]
THINGS = [
    "道路拓宽",
    "桥梁维护",
    "管網改造",
    "绿化",
    "学校扩建",
    "河道清淤",
    "挡墙接缝修补工程",
    "污水处理厂",
    "PM2.5监测",
    "路灯",
    "橋樑加固",
    "停车场",
]
STATES = [
    "进展顺利",
    "已完成验收",
    "进度滞后",
    "正在整改",
    "因降雨停工",
    "资金已到位",
    "群众反映较好",
    "尚未开工",
    "答覆群眾",
    "按計畫推进",
]
BODIES = ["区住建局", "人社局", "人力资源和社会保障局", "水利局", "住房和城乡建设局", "督查室"]
DAYS = [
    "2025年11月8日",
    "2025-11-8",
    "二〇二五年十一月",
    "11月8日",
    "2024.03.15",
    "20240601",
    "2023年度",
    "2025年12月",
    "今年3月",
]
AMOUNTS = [
    "1,200万元",
    "35%",
    "2.5公里",
    "10座",
    "210米",
    "第5期",
    "30",
    "2024",
    "５０％",
    "a区",
    "B2栋",
    "pm10",
]
WRITTEN_ANOTHER_WAY = [
    "chengxi",
    "qinghe桥",
    "城 西",
    "cheng xi",
    "城息",
    "长提路",
    "1200万元",
    "S-210",
    "省道210",
    "k15 + 200",
    "2024年3月到6月",
    "2023..2024",
    "2025年四季度",
    "12,000,000元",
    "大于1000万",
    "100-5000万元",
    "不超过3000万元",
    "最近三年",
    "第三季度",
    "chenxi",
    "城西-绿化",
    "城西或长堤路",
    "OR 绿化",
    "NOT 绿化",
    "AND 路灯",
]
NAMES = Names([Name(text, "project") for text in (*PLACES, *BODIES)], groups=GROUPS)
POINTS = "，。、；：（）《》—— \n"


def notes(count: int, chance: random.Random) -> Iterator[Indexed]:
    """Notes as units write them, from few words, so that many rank alike."""
    for number in range(count):
        parts = [
            chance.choice(chance.choice((PLACES, THINGS, THINGS, STATES, BODIES, DAYS, AMOUNTS)))
            + chance.choice(POINTS) * chance.randrange(2)
            for _ in range(chance.randrange(2, 30))
        ]
        yield Indexed(
            item=f"note-{number}",
            seq=number * 2 + 1,
            title=chance.choice(PLACES) + chance.choice(THINGS),
            body="".join(parts),
            dated=20200101 + 10000 * chance.randrange(6) + 100 * chance.randrange(12) + chance.randrange(28),
            facets={
                "kind": chance.choice(("report", "project")),
                "unit": chance.choice(("", "住建局", "水利局", "水利局二处", "教育局")),
                "town": chance.choice(("", "三里镇", "城东街道")),
                "category": chance.choice(("交通", "水利", "教育", "环境")),
                "year": str(chance.randrange(2020, 2026)),
            },
            places=chance.choice(PLACES),
        )


def word(chance: random.Random, said: Indexed) -> str:
    """Something to look for, in one of the ways people do; half of them stand in this note."""
    text = chance.choice((said.title, said.body))
    start = chance.randrange(max(len(text), 1))
    cut = text[start : start + chance.randrange(1, 9)]
    known = chance.choice(PLACES + THINGS + STATES + BODIES)
    stands = [
        known for known in PLACES + THINGS + STATES + BODIES + AMOUNTS if known in said.title + said.body
    ]
    if chance.random() < 0.5:
        return chance.choice((*stands, cut, f'"{cut}"'))
    return chance.choice(
        (
            known,
            known,
            cut,
            f'"{cut}"',
            chance.choice(known),  # one character
            chance.choice(DAYS),
            chance.choice(AMOUNTS),
            str(chance.randrange(300)),
            f"-{chance.choice(THINGS)}",
            f"-{chance.choice(DAYS)}",
            f"“{chance.choice(STATES)}”",
            f"{chance.choice(PLACES)}{chance.choice(THINGS)}{chance.choice(STATES)}",  # stands nowhere, mostly
            f"{chance.choice(DAYS)}{chance.choice(BODIES)}",
            chance.choice(
                ("unit:水利", "unit:水利局", "-town:三里镇", "年份：2024", "kind:report", "类别:无")
            ),
            chance.choice(WRITTEN_ANOTHER_WAY),
            chance.choice(WRITTEN_ANOTHER_WAY),
            chance.choice(("没有的词", "城西水库大坝加固", "zzz", ".", "+", "，", "@2025")),
        )
    )


def query(chance: random.Random, corpus: list[Indexed]) -> Query:
    filters: list[tuple[str, str]] = []
    for _ in range(chance.choice((0, 0, 0, 0, 1, 2))):
        some = chance.choice(corpus).facets
        facet = chance.choice(sorted(some))
        filters.append((facet, chance.choice((some[facet], some[facet], "没有的"))))
    said = chance.choice(corpus)
    days = sorted(chance.choice(corpus).dated for _ in range(2))
    size = chance.choice((1, 10, 20, 20, 200))
    return Query(
        text=" ".join(word(chance, said) for _ in range(chance.choice((0, 1, 1, 2, 2, 3)))),
        filters=tuple(filters),
        dated_from=chance.choice((None, None, None, days[0])),
        dated_to=chance.choice((None, None, None, days[1])),
        after=chance.choice((None, None, None, said.seq)),
        until=chance.choice((None, None, None, said.seq + NOTES)),
        sort=chance.choice(("relevance", "relevance", "relevance", "newest", "oldest", "entered")),
        page=chance.choice((1, 1, 1, 2, 3, 40)),
        size=size,
        names=NAMES,
        today=chance.choice((None, 20251130)),
    )


def whole(answer: Answer) -> tuple[object, ...]:
    """All of an answer, the order of its counts too."""
    facets = [(facet, list(counts.items())) for facet, counts in answer.facets.items()]
    months = list(answer.months.items())
    return answer.items, answer.total, facets, months, answer.marks, answer.understood


@pytest.mark.slow
def test_both_engines_give_the_same_answers(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    corpus = list(notes(NOTES, chance))
    gone = [note.item for note in chance.sample(corpus, NOTES // 20)]
    with index_name() as name:
        engines: tuple[SearchIndex, ...] = (
            WhooshIndex(tmp_path / "search"),
            opensearch(name),
        )
        for engine in engines:
            for start in range(0, NOTES, 2500):
                engine.apply(put=corpus[start : start + 2500], drop=[], position=start)
            engine.apply(put=corpus[: NOTES // 10], drop=gone, position=2 * NOTES)
        asked = [query(chance, corpus) for _ in range(QUERIES)]
        answers = [[whole(engine.search(each)) for each in asked] for engine in engines]
    differing = [(q, one, other) for q, one, other in zip(asked, *answers, strict=True) if one != other]
    assert differing == []
    several = sum(1 for items, *_ in answers[0] if isinstance(items, tuple) and len(items) > 1)
    assert several > QUERIES / 3, "too few of the queries had an order to compare"


SIGNS = st.text("城东路的 ,.+-·\n〇3٣5aＢßé_@裏。10２½", max_size=25)


@given(
    text=SIGNS, phrase=SIGNS.map(lambda text: text[:4]), cut=st.tuples(st.integers(0, 24), st.integers(1, 6))
)
@example(text="2.10米", phrase="10", cut=(0, 1))
@example(text="5٣", phrase="٣", cut=(1, 1))
@example(text="1.2.5", phrase=".5", cut=(3, 2))
def test_a_phrase_query_over_the_spelling_is_the_literal_check(
    text: str, phrase: str, cut: tuple[int, int]
) -> None:
    body = folded(text)
    for needle in (folded(phrase), body[cut[0] : cut[0] + cut[1]]):
        if needle:
            in_order = f" {spelt(needle)} " in f" {spelt(body)} "
            assert in_order == contains(body, needle), (needle, body)


def test_a_run_too_long_for_an_analyser_is_one_short_token() -> None:
    assert all(len(token) <= 100 for token in spelt("a" * 5000 + "1" * 5000 + "城").split())
    assert spelt("a" * 5000) != spelt("a" * 5001)


def test_ranks_of_the_longest_query_are_counted_exactly() -> None:
    assert 350 * gain(10**9, 1) < 2**24
