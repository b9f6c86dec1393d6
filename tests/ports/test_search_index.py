"""The contract of `portal.ports.SearchIndex`, run against every engine there is."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.adapters.whoosh_folder import IndexFolder
from portal.adapters.whoosh_search import WhooshIndex
from portal.ports import FACETS, Answer, Indexed, Query, SearchIndex, SearchUnavailable
from portal.text.fold import folded
from portal.text.highlight import highlight
from portal.text.names import Name, Names
from portal.text.parse import FACET_WORDS
from portal.text.terms import contains
from tests.ports.opensearch_server import index_name, opensearch

ROOT = Path(__file__).parents[2]
NAMES = Names(
    [
        Name("城东街道", "unit", "unit/T01"),
        Name("区水务局", "unit", "unit/B01"),
        Name("长堤路管网改造", "project"),
    ],
    groups=[("人社局", "人力资源和社会保障局")],
    labels={"unit": {"B09": "人力资源和社会保障局", "B01": "区水务局"}},
)


@pytest.fixture(params=["opensearch", "whoosh"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], SearchIndex]]:
    """Opens the same index again and again, as several processes would."""
    if request.param == "whoosh":
        yield lambda: WhooshIndex(tmp_path / "search")
        return
    with index_name() as name:
        yield lambda: opensearch(name)


@pytest.fixture
def index(make: Callable[[], SearchIndex]) -> SearchIndex:
    return make()


def note(
    number: int, title: str = "进展", body: str = "", *, dated: int = 20250101, **facets: str
) -> Indexed:
    return Indexed(item=f"n{number}", seq=number, title=title, body=body, dated=dated, facets=facets)


def fill(index: SearchIndex, *items: Indexed, drop: Sequence[str] = (), position: int = 100) -> None:
    index.apply(put=items, drop=drop, position=position)


def found(index: SearchIndex, text: str, **more: object) -> set[str]:
    return set(index.search(Query(text=text, size=1000, names=NAMES, **more)).items)  # type: ignore[arg-type]


# --- words -----------------------------------------------------------------------------------------

WRITINGS = [
    ("道路拓宽工程", ["道路拓宽", "道路拓寬", "路拓", "宽", "　道路拓宽　"]),
    ("臺灣路橋樑維護，後續裏程", ["台湾路", "桥梁维护", "臺灣路橋", "后续里程"]),
    ("Ｓ２１０省道改线", ["S210", "s210省道", "Ｓ２１０省道", "210", "S210 省道", "省道改线"]),
    ("S210 省道养护", ["S210省道", "210省道养护"]),
    ("路基K15+200至K16段", ["K15+200", "k15＋200", "K15", "路基k15", "200至"]),
    ("监测PM10与PM2.5均达标", ["PM10", "pm2.5", "PM", "ＰＭ10", "2.5均"]),
    ("管网改\n造完成", ["改造", "管网改造完成"]),
    ("城东\u200b新区", ["城东新区", "东新"]),
    ("城 东 新 区", ["城东新区"]),
    ("第3标段", ["第3标段", "第3", "3标", "标段", "第"]),
    ("⻔窗安装⻋站", ["门窗", "车站"]),
    ("阿卜杜·热合曼负责", ["阿卜杜热合曼", "阿卜杜•热合曼"]),
    ("答覆群眾", ["答复群众"]),
    ("造价１，２００萬元", ["1,200万元"]),
    ("《督查专报》第5期", ["《督查专报》", "督查专报", "5"]),
]


@pytest.mark.parametrize(("text", "queries"), WRITINGS, ids=[text for text, _ in WRITINGS])
def test_a_text_is_found_however_its_words_are_written(
    index: SearchIndex, text: str, queries: list[str]
) -> None:
    fill(index, note(1, body=text), note(2, body="与此无关的一篇"), note(3, title=text))
    for query in queries:
        assert found(index, query) == {"n1", "n3"}, query


DATED = [
    "2025年11月8日",
    "2025-11-8",
    "2025.11.08",
    "2025/11/08",
    "20251108",
    "二〇二五年十一月八日",
    "二○二五年11月8号",
]


@pytest.mark.parametrize("written", DATED)
def test_a_date_is_found_in_any_writing(index: SearchIndex, written: str) -> None:
    fill(index, note(1, body=f"于{written}开工"), note(2, body="于2025年10月8日、2024年11月8日开工"))
    for query in [
        *DATED,
        "2025年11月",
        "2025-11",
        "二〇二五年十一月",
        "2025年11月 开工",
        "2025 年 11 月 8 日",
    ]:
        assert found(index, query) == {"n1"}, query
    assert found(index, "11月8日") == {"n1", "n2"}
    assert found(index, "2025") == found(index, "二〇二五年") == {"n1", "n2"}
    assert found(index, "2024年") == {"n2"}
    assert found(index, "2025年12月") == set()


def test_the_mark_of_a_date_marks_it_in_the_writing_of_the_original(index: SearchIndex) -> None:
    fill(index, note(1, body="二〇二五年十一月，开工"))
    answer = index.search(Query(text="2025-11"))
    assert highlight("二〇二五年十一月，开工", answer.marks) == [
        ("二〇二五年十一月", True),
        ("，开工", False),
    ]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("10", "第210号"),
        ("10", "2.10米"),
        ("5公里", "2.5公里"),
        ("s21", "S210省道"),
        ("桥路", "路桥"),
        ("标3", "第3标"),
    ],
)
def test_a_number_or_run_of_letters_is_not_found_inside_a_longer_one(
    index: SearchIndex, query: str, text: str
) -> None:
    fill(index, note(1, body=text))
    assert found(index, query) == set()


def test_title_and_body_are_not_read_across(index: SearchIndex) -> None:
    fill(index, note(1, title="城东", body="道路"))
    assert found(index, "东道") == set()
    assert found(index, "城东 道路") == {"n1"}


def test_words_are_all_required_and_a_minus_excludes(index: SearchIndex) -> None:
    fill(index, note(1, body="道路绿化"), note(2, body="道路"), note(3, body="绿化"))
    assert found(index, "道路 绿化") == {"n1"}
    assert found(index, "道路、绿化") == {"n1"}
    assert found(index, "道路 -绿化") == {"n2"}
    assert found(index, "-道路") == {"n3"}
    assert found(index, '-"道路绿化"') == {"n2", "n3"}


def test_quotes_ask_for_exactly_this(index: SearchIndex) -> None:
    fill(index, note(1, body="二〇二五年验收"), note(2, body="2025年验收"), note(3, body="验收2025年"))
    assert found(index, '"2025年验收"') == {"n2"}
    assert found(index, "“2025年验收”") == {"n2"}
    assert found(index, "2025年验收") == {"n1", "n2", "n3"}


def test_a_long_phrase_that_stands_nowhere_is_cut_into_pieces_that_stand_together(index: SearchIndex) -> None:
    fill(
        index,
        note(1, body="城东新区的道路改造，进展顺利"),
        note(2, body="城东新区绿化"),
        note(3, body="道路改造进展缓慢"),
    )
    assert found(index, "城东新区道路改造进展") == {"n1"}
    assert found(index, '"城东新区道路改造进展"') == set()
    assert found(index, "城西水库大坝加固") == set()


def test_another_name_of_a_unit_finds_it(index: SearchIndex) -> None:
    fill(index, note(1, body="人社局检查"), note(2, body="人力资源和社会保障局检查"), note(3, body="检查"))
    assert found(index, "人社局") == found(index, "人力资源和社会保障局") == {"n1", "n2"}
    assert found(index, "人社局检查") == {"n1", "n2"}


MEANT = [
    ("城东路面", ["chengdong", "Cheng Dong", "城dong", "成东", "城 东"]),
    ("区水务局巡查", ["shuiwuju", "swj", "清河区水务局", "水雾局", "区水务局怎么样"]),
    ("S210沿线", ["S-210", "S 210", "省道210", "s210线"]),
    ("K15+200～K16+000段", ["k15 + 200至k16 + 000", "K15+200", "K16＋000"]),
    ("投资１２，０００萬元", ["1.2亿元", "12000万元", "一亿二千万元", "1.2亿", "投资120000000元"]),
    ("二〇二五年十一月八日开工", ["2025年11月到12月", "2025-10..2026-02", "2025年下半年", "2025年四季度", "2025年11月5日至10日", "2025年10月以来"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "queries"), MEANT, ids=[text for text, _ in MEANT])
def test_what_is_meant_is_found_however_it_is_typed(
    index: SearchIndex, text: str, queries: list[str]
) -> None:
    fill(index, note(1, body=text, dated=20200101), note(2, body="程度不同的局部养护210米", dated=20200102))
    for query in queries:
        assert found(index, query) == {"n1"}, query


def test_what_was_not_taken_literally_is_told(index: SearchIndex) -> None:
    fill(index, note(1, body="城东的人力资源和社会保障局"))
    told = index.search(Query(text="chengdong 人社局", names=NAMES)).understood
    assert [(each.word, each.forms, each.how) for each in told] == [
        ("chengdong", ("城东",), "spoken"),
        ("人社局", ("人力资源和社会保障局",), "alias"),
    ]
    assert index.search(Query(text='"人社局"', names=NAMES)).total == 0


def test_a_span_finds_what_is_dated_in_it(index: SearchIndex) -> None:
    fill(index, note(1, dated=20251130), note(2, dated=20260101), note(3, body="2025年12月"))
    assert found(index, "2025年11月到12月") == {"n1", "n3"}
    assert found(index, "-2025年11月到12月") == {"n2"}
    assert found(index, "2026年以来") == {"n2"}


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', '""', "-", "unit:", "：", "\u200b", "+", "·", "，。", "\x00", "\ud800", "(*)", "a" * 5000],
)
def test_nonsense_is_answered_and_never_an_error(index: SearchIndex, text: str) -> None:
    fill(index, note(1, body="道路 \ud800\x00 a"))
    assert index.search(Query(text=text)).total in (0, 1)


def test_marks_are_what_was_looked_for_without_what_was_excluded(index: SearchIndex) -> None:
    fill(index, note(1, body="S210省道，橋樑"))
    assert index.search(Query(text="Ｓ210 桥梁 -隧道")).marks == ("s210", "@s210", "桥梁")


# --- filters and counts ----------------------------------------------------------------------------

WORDS = ["道路", "桥梁", "绿化", "学校", "管网", "河道", "验收", "开工", "S210", "整改"]


def corpus(size: int, seed: int) -> list[Indexed]:
    chance = random.Random(seed)
    return [
        note(
            number,
            title=chance.choice(WORDS),
            body="，".join(chance.choices(WORDS, k=4)),
            dated=20240101 + 100 * chance.randrange(4) + chance.randrange(20),
            kind=chance.choice(["report", "project"]),
            unit=f"单位{chance.randrange(6)}",
            town=chance.choice(["", "东镇", "西镇"]),
            category=chance.choice(["交通", "水利", "教育"]),
            year=chance.choice(["2023", "2024", "2025"]),
        )
        for number in range(1, size + 1)
    ]


def holds(item: Indexed, query: Query, *, beside: str = "") -> bool:
    """The contract read aloud, for queries of plain words; `beside` names a facet whose filter is ignored,
    or "days"."""
    words = folded(query.text.replace(" ", "\n")).split() if query.text else []
    said = [folded(item.title), folded(item.body)]
    asked: dict[str, set[str]] = {}
    for facet, value in query.filters:
        asked.setdefault(facet, set()).add(value)
    asked.pop(beside, None)
    return (
        all(any(contains(text, word) for text in said) for word in words)
        and all(item.facets.get(facet, "") in values for facet, values in asked.items())
        and (query.after is None or item.seq > query.after)
        and (query.until is None or item.seq <= query.until)
        and (beside == "days" or query.dated_from is None or item.dated >= query.dated_from)
        and (beside == "days" or query.dated_to is None or item.dated <= query.dated_to)
    )


def counted(items: Iterable[Indexed], query: Query) -> dict[str, dict[str, int]]:
    everything = list(items)
    return {
        facet: dict(
            Counter(
                value
                for item in everything
                if holds(item, query, beside=facet) and (value := item.facets.get(facet, ""))
            )
        )
        for facet in FACETS
    }


def months(items: Iterable[Indexed], query: Query) -> list[tuple[int, int]]:
    """How many there are of each month, in order, whatever days are asked for."""
    return sorted(Counter(item.dated // 100 for item in items if holds(item, query, beside="days")).items())


QUERIES = [
    Query(),
    Query(text="道路"),
    Query(text="S210"),
    Query(text="桥梁", filters=(("year", "2024"),)),
    Query(text="桥梁", filters=(("year", "2024"), ("year", "2025"), ("unit", "单位3"))),
    Query(filters=(("town", "东镇"), ("category", "水利"), ("kind", "report"))),
    Query(text="绿化", dated_from=20240105, dated_to=20240110),
    Query(text="绿化", dated_from=20240203, filters=(("unit", "单位3"), ("unit", "单位4"))),
    Query(text="道路", after=120),
    Query(text="道路", after=50, until=220),
    Query(after=290, dated_to=20240301, sort="entered"),
    Query(text="绿化", filters=(("unit", "没有的单位"),)),
    Query(text="不存在的词语", filters=(("year", "2024"),)),
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_hits_total_and_facet_counts_equal_a_count_by_hand(index: SearchIndex, query: Query) -> None:
    items = corpus(300, seed=1)
    fill(index, *items[:200])
    fill(index, *items[200:], *items[50:80], drop=["n7", "n8"])
    left = [item for item in items if item.item not in {"n7", "n8"}]
    answer = index.search(Query(**{**vars(query), "size": 1000}))
    assert set(answer.items) == {item.item for item in left if holds(item, query)}
    assert answer.total == len(answer.items)
    assert answer.facets == counted(left, query)
    assert list(answer.months.items()) == months(left, query)


def test_a_typed_filter_is_a_filter(index: SearchIndex) -> None:
    items = corpus(100, seed=2)
    fill(index, *items)
    by_link = index.search(Query(text="道路", filters=(("unit", "单位3"),)))
    assert index.search(Query(text="道路 unit:单位3")) == by_link
    assert index.search(Query(text="道路 單位：单位3")) == by_link
    without = index.search(Query(text="道路 -unit:单位3"))
    assert "单位3" not in without.facets["unit"]
    assert without.total + by_link.total == index.search(Query(text="道路")).total


def test_a_typed_filter_does_not_remember_values_that_are_gone(index: SearchIndex) -> None:
    fill(index, note(1, unit="水利"), note(2, unit="水利局"), note(3))
    assert found(index, "unit:水利") == {"n1"}
    fill(index, drop=["n1"])
    assert found(index, "unit:水利") == {"n2"}


def test_an_unknown_facet_or_sort_is_a_mistake_of_the_caller(index: SearchIndex) -> None:
    fill(index, note(1))
    with pytest.raises(ValueError, match="facet"):
        index.search(Query(filters=(("colour", "red"),)))
    with pytest.raises(ValueError, match="sort"):
        index.search(Query(sort="random"))


def test_every_facet_can_be_typed() -> None:
    assert set(FACET_WORDS.values()) == set(FACETS)


# --- order and pages -------------------------------------------------------------------------------


def test_a_word_in_the_title_weighs_more_than_in_the_body(index: SearchIndex) -> None:
    fill(index, note(1, title="桥梁", body="竣工"), note(2, title="竣工", body="桥梁"), note(3))
    assert index.search(Query(text="桥梁")).items == ("n1", "n2")


def test_a_word_in_the_names_of_places_weighs_more_than_in_the_rest(index: SearchIndex) -> None:
    place = Indexed(
        item="n1", seq=1, title="进展", body="桥梁，城东", dated=20250101, facets={}, places="城东"
    )
    fill(index, place, note(2, body="城东，城东，桥梁"), note(3))
    assert index.search(Query(text="城东")).items == ("n1", "n2")


def test_words_side_by_side_come_before_words_apart(index: SearchIndex) -> None:
    fill(index, note(1, body="城东道路，绿化"), note(2, body="城东绿化，道路"), note(3))
    assert index.search(Query(text="城东 道路")).items == ("n1", "n2")
    assert index.search(Query(text="城东 绿化")).items == ("n2", "n1")


def test_of_what_is_equally_relevant_the_fresh_comes_first_and_never_before_a_title(
    index: SearchIndex,
) -> None:
    fill(
        index,
        note(1, body="桥梁", dated=20251001),
        note(2, body="桥梁", dated=20231001),
        note(3, body="桥梁", dated=20190101),
        note(4, title="桥梁", dated=20180101),
        *(note(n, body="道路") for n in range(10, 20)),
    )
    assert index.search(Query(text="桥梁", today=20251130)).items == ("n4", "n1", "n2", "n3")


def test_a_rare_word_weighs_more_than_a_common_one(index: SearchIndex) -> None:
    common = [note(number, body="道路") for number in range(10, 30)]
    fill(index, note(1, body="道路，道路，道路，涵洞"), note(2, body="道路，涵洞，涵洞，涵洞"), *common)
    assert index.search(Query(text="道路 涵洞")).items == ("n2", "n1")


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "entered"])
def test_ties_are_broken_by_the_newer_entry(index: SearchIndex, sort: str) -> None:
    fill(index, note(2, body="道路"), note(3, body="道路"))
    fill(index, note(1, body="道路"), note(4, body="道路"))
    for text in ("道路", ""):
        assert index.search(Query(text=text, sort=sort)).items == ("n4", "n3", "n2", "n1")


def test_sorting_by_date_goes_both_ways(index: SearchIndex) -> None:
    fill(index, note(1, dated=20250301), note(2, dated=20250101), note(3, dated=20250301))
    assert index.search(Query(sort="newest")).items == ("n3", "n1", "n2")
    assert index.search(Query(sort="oldest")).items == ("n2", "n3", "n1")
    assert index.search(Query(sort="entered")).items == ("n3", "n2", "n1")


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "entered"])
def test_pages_together_are_the_whole_each_item_once(index: SearchIndex, sort: str) -> None:
    fill(index, *corpus(137, seed=3))
    whole = index.search(Query(text="道路", sort=sort, size=1000))
    pages: list[str] = []
    for page in range(1, 30):
        answer = index.search(Query(text="道路", sort=sort, page=page, size=7))
        assert answer.total == whole.total
        assert answer.facets == whole.facets
        pages.extend(answer.items)
    assert tuple(pages) == whole.items


def test_a_page_past_the_end_is_empty_with_the_total(index: SearchIndex) -> None:
    fill(index, note(1), note(2))
    answer = index.search(Query(page=10**12))
    assert (answer.items, answer.total) == ((), 2)


# --- applying --------------------------------------------------------------------------------------


def test_an_index_that_was_never_written_stands_at_minus_one(index: SearchIndex) -> None:
    assert (index.position(), index.count()) == (-1, 0)


def test_putting_again_replaces_and_dropping_forgets(index: SearchIndex) -> None:
    fill(index, note(1, body="初稿"), note(2, body="道路"), position=5)
    fill(index, note(1, body="定稿", unit="甲"), drop=["n2", "无此项"], position=9)
    assert found(index, "初稿") == found(index, "道路") == set()
    assert found(index, "定稿") == {"n1"}
    assert index.search(Query()).facets["unit"] == {"甲": 1}
    assert (index.position(), index.count()) == (9, 1)


def test_the_last_of_the_same_item_in_one_batch_counts(index: SearchIndex) -> None:
    fill(index, note(1, body="初稿"), note(1, body="定稿"))
    assert (index.count(), found(index, "初稿"), found(index, "定稿")) == (1, set(), {"n1"})


def test_applying_the_same_again_alters_nothing(index: SearchIndex) -> None:
    items = corpus(40, seed=4)
    answers: list[list[Answer]] = []
    for _ in range(3):
        fill(index, *items, drop=["n3"], position=77)
        answers.append([index.search(query) for query in QUERIES])
        assert (index.position(), index.count()) == (77, 39)
    assert answers[0] == answers[1] == answers[2]


def test_a_batch_of_nothing_moves_the_position(index: SearchIndex) -> None:
    fill(index, note(1), position=1)
    fill(index, position=8)
    assert (index.position(), index.count()) == (8, 1)


def test_an_item_that_cannot_be_kept_leaves_the_index_as_it_was(index: SearchIndex) -> None:
    fill(index, note(1), position=1)
    with pytest.raises(ValueError, match="out of range"):
        fill(index, note(2), note(-3), position=8)
    assert (index.position(), index.count()) == (1, 1)


def test_reset_forgets_everything(make: Callable[[], SearchIndex]) -> None:
    index, reader = make(), make()
    fill(index, note(1, body="道路"))
    assert found(reader, "道路") == {"n1"}
    index.reset()
    for each in (index, reader):
        assert (each.position(), each.count()) == (-1, 0)
        assert each.search(Query(text="道路")).total == 0
    fill(index, note(2, body="道路"), position=3)
    assert found(reader, "道路") == {"n2"}


def test_a_second_index_takes_the_place_of_the_first_in_one_step(make: Callable[[], SearchIndex]) -> None:
    index, reader = make(), make()
    fill(index, note(1, body="道路"), note(2, body="桥梁"), position=5)
    with index.rebuilding() as fresh:
        assert (fresh.position(), fresh.count()) == (-1, 0)
        fill(fresh, note(1, body="人社局"), position=3)
        fill(fresh, note(3, body="道路"), drop=["n1"], position=4)
        fill(fresh, note(4, body="人社局"), position=6)
        fill(index, note(9, body="道路"), position=9)
        assert (found(reader, "道路"), reader.position()) == ({"n1", "n9"}, 9)
        assert found(fresh, "人力资源和社会保障局") == {"n4"}
    for each in (index, reader, make()):
        assert (found(each, "道路"), found(each, "桥梁"), each.position()) == ({"n3"}, set(), 6)
    fill(index, note(5, body="道路"), position=7)
    assert (found(reader, "道路"), reader.count()) == ({"n3", "n5"}, 3)


def test_a_second_index_that_comes_to_nothing_changes_nothing(make: Callable[[], SearchIndex]) -> None:
    index = make()
    fill(index, note(1, body="道路"), position=5)
    for _ in range(2):
        with pytest.raises(RuntimeError), index.rebuilding() as fresh:
            fill(fresh, note(2, body="道路"), position=6)
            raise RuntimeError
    assert (found(index, "道路"), index.position()) == ({"n1"}, 5)


def test_a_second_index_serves_where_there_was_none(make: Callable[[], SearchIndex]) -> None:
    index = make()
    with index.rebuilding() as fresh:
        fill(fresh, note(1, body="道路"), position=5)
    assert (found(index, "道路"), index.position()) == ({"n1"}, 5)


def test_a_follower_that_was_at_work_while_the_index_was_replaced_is_sent_back(
    make: Callable[[], SearchIndex],
) -> None:
    follower, other = make(), make()
    fill(follower, note(1), position=5)
    with other.rebuilding() as fresh:
        fill(fresh, note(1), position=3)
    with pytest.raises(SearchUnavailable):
        fill(follower, note(9), position=9)
    assert (follower.position(), follower.count()) == (3, 1)
    fill(follower, note(4), note(9), position=9)
    assert (follower.position(), follower.count()) == (9, 3)


def test_many_small_batches_stay_one_index(index: SearchIndex) -> None:
    items = corpus(60, seed=5)
    for position, item in enumerate(items):
        fill(index, item, drop=[f"n{position - 5}"], position=position)
    left = items[-6:]
    assert set(index.search(Query(size=100)).items) == {item.item for item in left}
    assert index.search(Query()).facets == counted(left, Query())


def test_single_notes_leave_what_is_large_alone_and_stay_few_files(tmp_path: Path) -> None:
    index, folder = WhooshIndex(tmp_path / "search"), tmp_path / "search"
    fill(index, *(note(n, body=f"第 {n} 号路面") for n in range(1, 701)), position=700)
    large = max(folder.glob("*.seg"), key=lambda path: path.stat().st_size)
    for n in range(701, 801):
        fill(index, note(n, body="路面补记"), position=n)
        if n % 25 == 0:
            assert index.count() == n
            assert len(found(index, "补记")) == n - 700
    assert large.exists()
    assert len(list(folder.glob("*.seg"))) <= 12


# --- what is taken out is in no file ----------------------------------------------------------------


def test_what_is_taken_out_and_every_earlier_version_of_it_is_in_no_file(tmp_path: Path) -> None:
    def holds_it() -> bool:
        return any("鸀鹮".encode() in path.read_bytes() for path in (tmp_path / "search").iterdir())

    index = WhooshIndex(tmp_path / "search")
    position = 0
    for size in (400, 90, 20, 5):  # segments that are too large to be merged with what comes after
        others = [note(position + n, body=f"铺管 {n} 米，回填压实。") for n in range(2, size)]
        position += size
        fill(index, note(1, body=f"鸀鹮第 {position} 版"), *others, position=position)
    fill(index, note(1, body="不再说了"), position=position + 1)
    assert holds_it(), "earlier versions are only marked as deleted"
    fill(index, drop=["n1"], position=position + 2)
    assert not holds_it()
    assert index.count() == 400 + 90 + 20 + 5 - 8
    fill(index, drop=["n1"], position=position + 3)  # once more changes nothing


# --- a folder that vanishes or is damaged -----------------------------------------------------------


def damage_by_deleting(folder: Path) -> None:
    shutil.rmtree(folder)


def damage_by_emptying(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def damage_by_cutting_short(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size // 2)


def damage_by_rubbish(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"\x80rubbish" * 400)


def damage_by_losing_a_segment(folder: Path) -> None:
    for path in folder.glob("*.seg"):
        path.unlink()


DAMAGES = [
    damage_by_deleting,
    damage_by_emptying,
    damage_by_cutting_short,
    damage_by_rubbish,
    damage_by_losing_a_segment,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_stands_at_minus_one_and_heals_by_applying_anew(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    index, reader = WhooshIndex(tmp_path / "search"), WhooshIndex(tmp_path / "search")
    fill(index, note(1, body="道路"), note(2), position=5)
    assert found(reader, "道路") == {"n1"}
    damage(tmp_path / "search")
    assert (index.position(), index.count()) == (-1, 0)
    with pytest.raises(SearchUnavailable):
        reader.search(Query(text="道路"))
    fill(index, note(1, body="道路"), position=2)
    assert found(index, "道路") == found(reader, "道路") == {"n1"}
    assert reader.position() == 2


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_batch_is_refused_when_what_came_before_it_has_vanished_unnoticed(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    index = WhooshIndex(tmp_path / "search")
    fill(index, note(1), position=5)
    damage(tmp_path / "search")
    with pytest.raises(SearchUnavailable):
        fill(index, note(2), position=6)
    assert index.position() == -1
    fill(index, note(1), note(2), position=6)
    assert (index.position(), index.count()) == (6, 2)


def test_an_index_of_an_older_format_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(WhooshIndex(tmp_path / "search"), note(1), position=5)
    monkeypatch.setattr("portal.adapters.whoosh_folder.FORMAT", 10**6)
    assert WhooshIndex(tmp_path / "search").position() == -1


def test_emptying_the_folder_touches_no_foreign_file(tmp_path: Path) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "other.txt").write_text("mine")
    WhooshIndex(tmp_path / "search").reset()
    assert (tmp_path / "search" / "other.txt").read_text() == "mine"


def test_a_writer_that_waits_in_vain_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.adapters.whoosh_folder.LOCK_TIMEOUT", 0.2)
    index = WhooshIndex(tmp_path / "search")
    with IndexFolder(tmp_path / "search").writing(), pytest.raises(SearchUnavailable, match="another writer"):
        fill(WhooshIndex(tmp_path / "search"), note(1))
    fill(index, note(1))
    assert index.count() == 1


def test_it_can_be_compiled_where_warnings_are_errors(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-X", f"pycache_prefix={tmp_path / 'cache'}", "-c"]
    arguments = [textwrap.dedent(CHILD), str(tmp_path / "search"), "1", "3", "5"]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert WhooshIndex(tmp_path / "search").count() == 2


# --- many at once ----------------------------------------------------------------------------------

CHILD = """
    import pathlib, sys
    from portal.adapters.whoosh_search import WhooshIndex
    from portal.ports import Indexed
    first, last, position = map(int, sys.argv[2:])
    items = [
        Indexed(item=f"n{n}", seq=n, title=f"第{n}号道路", body="道路改造，" * 40, dated=20250101, facets={})
        for n in range(first, last)
    ]
    index = WhooshIndex(pathlib.Path(sys.argv[1]))
    print("ready", flush=True)
    index.apply(put=items, drop=[], position=position)
"""


def apply_elsewhere(folder: Path, first: int, last: int, position: int) -> subprocess.Popen[str]:
    arguments = [str(folder), str(first), str(last), str(position)]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_reader_sees_what_another_process_has_committed(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "search")
    fill(index, note(1, body="道路"), position=1)
    assert found(index, "道路") == {"n1"}
    with apply_elsewhere(tmp_path / "search", 10, 12, position=2) as child:
        assert child.wait() == 0
    assert found(index, "道路") == {"n1", "n10", "n11"}
    assert index.position() == 2


def test_two_writers_take_turns(tmp_path: Path) -> None:
    with (
        apply_elsewhere(tmp_path / "search", 0, 50, position=1) as one,
        apply_elsewhere(tmp_path / "search", 50, 100, position=1) as other,
    ):
        assert (one.wait(), other.wait()) == (0, 0)
    assert WhooshIndex(tmp_path / "search").count() == 100


def test_a_batch_killed_half_way_is_whole_or_absent(tmp_path: Path) -> None:
    folder, size = tmp_path / "search", 150
    index = WhooshIndex(folder)
    fill(index, position=0)
    for turn in range(1, 7):
        with apply_elsewhere(folder, turn * size, (turn + 1) * size, position=turn) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            threading.Event().wait(turn * 0.05)
            child.send_signal(signal.SIGKILL)
        before = index.count()
        assert before % size == 0
        assert found(index, "道路") == set(index.search(Query(size=10_000)).items)
        fill(index, *(note(turn * size + n, title="道路") for n in range(size)), position=turn)
        assert (index.position(), index.count()) == (turn, turn * size)


def test_eight_threads_get_right_answers_while_one_writes(tmp_path: Path) -> None:
    items = corpus(200, seed=6)
    index = WhooshIndex(tmp_path / "search")
    fill(index, *items)
    wanted = {query: index.search(query) for query in QUERIES}
    wrong: list[object] = []

    def ask() -> None:
        try:
            for _ in range(10):
                wrong.extend(query for query, answer in wanted.items() if index.search(query) != answer)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for position in range(10):
        fill(index, *items[position * 5 : position * 5 + 5], position=position)
    for thread in threads:
        thread.join()
    assert wrong == []


# --- the one law -----------------------------------------------------------------------------------

ALPHABET = "城东新区道路桥梁〇的 ,.+-·\n3５aＢé臺裏樑。，10２"
TEXTS = st.lists(st.text(ALPHABET, max_size=25), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(texts=TEXTS, data=st.data())
def test_a_phrase_finds_exactly_the_texts_that_contain_it_folded(
    texts: list[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder) / "search")
        fill(index, *(note(number, title="", body=text) for number, text in enumerate(texts)))
        source = data.draw(st.sampled_from(texts))
        start = data.draw(st.integers(0, len(source)))
        for phrase in (
            source[start : start + data.draw(st.integers(1, 6))],
            data.draw(st.text(ALPHABET, max_size=3)),
        ):
            needle = folded(phrase).strip(" ·")
            by_hand = {f"n{n}" for n, text in enumerate(texts) if contains(folded(text), needle)}
            assert found(index, f'"{phrase}"') == by_hand, phrase


# --- what was meant --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "forms", "how"),
    [
        ("主体风顶", ("主体封顶",), "mended"),  # a wrong character
        ("主主体封顶", ("主体封顶",), "mended"),  # written double
        ("fengding", ("封顶",), "spoken"),  # pinyin of a word that is no name
        ("school", ("小学",), "english"),
        ("国庆", ("10月1日~10月7日",), "about"),
        ("小学什么时候修好", ("小学",), "about"),
    ],
)
def test_a_word_that_is_nowhere_is_taken_for_what_was_meant(
    index: SearchIndex, typed: str, forms: tuple[str, ...], how: str
) -> None:
    fill(index, note(1, "小学扩建", "10月3日主体封顶"), note(2, "桥梁"))
    answer = index.search(Query(text=typed, names=NAMES))
    assert answer.items == ("n1",)
    assert [(each.forms, each.how) for each in answer.understood] == [(forms, how)]


def test_what_stands_as_typed_is_not_taken_for_anything_else(index: SearchIndex) -> None:
    fill(index, note(1, "主体封顶"), note(2, "主体风顶"))
    assert found(index, "主体风顶") == {"n2"}


def test_a_short_word_is_not_mended_unasked_but_offered(index: SearchIndex) -> None:
    fill(index, note(1, "沥青摊铺"))
    answer = index.search(Query(text="沥清", names=NAMES))
    assert answer.total == 0
    assert [each.forms for each in answer.nearest] == [("沥青",)]


def test_what_must_not_be_in_it_may_be_said_in_words(index: SearchIndex) -> None:
    fill(index, note(1, "道路绿化"), note(2, "道路"), note(3, "道路不含绿化"))
    assert found(index, "道路 不含绿化") == {"n3"}  # it stands so somewhere
    assert found(index, "道路 不包括绿化") == {"n2"}
    assert found(index, "道路 除了绿化") == {"n2"}


def test_a_sentence_that_stands_somewhere_finds_that_alone_and_one_that_stands_nowhere_what_says_the_same(
    index: SearchIndex,
) -> None:
    said = "城东街道的道路拓宽完成主体封顶"
    notes = [
        note(1, "城东街道", "道路拓宽。主体封顶"),
        note(3, "城东街道", "道路拓宽"),
        note(4, "别处", "道路拓宽，主体封顶"),
    ]
    fill(index, *notes)
    assert index.search(Query(text=said, names=NAMES)).items == ("n1",)
    fill(index, note(2, "进展", said))
    assert index.search(Query(text=said, names=NAMES)).items == ("n2",)
