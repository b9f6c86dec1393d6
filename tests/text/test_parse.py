"""How a search may be written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text.fold import folded
from portal.text.parse import MAX_CLAUSES, Asks, Clause, parse


def word(text: str, minus: bool = False) -> Clause:
    return Clause(Asks.WORD, text, minus)


def exact(text: str, minus: bool = False) -> Clause:
    return Clause(Asks.EXACT, text, minus)


def facet(name: str, text: str, minus: bool = False) -> Clause:
    return Clause(Asks.FACET, text, minus, name)


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("", []),
        ("城东 道路", [word("城东"), word("道路")]),
        ("城东　道路", [word("城东"), word("道路")]),
        ("道路、桥梁，涵洞", [word("道路"), word("桥梁"), word("涵洞")]),
        ("1,200万元", [word("1200万元")]),
        ('"三通一平" 验收', [exact("三通一平"), word("验收")]),
        ("“三通 一平”", [exact("三通一平")]),
        ("「三通一平」", [exact("三通一平")]),
        ("道路 -绿化", [word("道路"), word("绿化", minus=True)]),
        ("道路 －绿化", [word("道路"), word("绿化", minus=True)]),
        ('-"三通一平"', [exact("三通一平", minus=True)]),
        ("PM2.5-10", [word("pm2.5-10")]),
        ("2025-11-8", [word("2025-11-8")]),
        ("2025 年 11 月", [word("2025年11月")]),
        ("unit:城东街道", [facet("unit", "城东街道")]),
        ("單位：城東街道", [facet("unit", "城东街道")]),
        ('Town:"A B"', [facet("town", "a b")]),
        ("-年份:2024", [facet("year", "2024", minus=True)]),
        ("kind:report category:水利", [facet("kind", "report"), facet("category", "水利")]),
        ("时间:2025", [word("2025")]),
        ("比例:2025", [word("比例:2025")]),
        ("12:30", [word("12:30")]),
        ("《督查专报》", [word("督查专报")]),
        ('未完的"引号', [word("未完的"), word("引号")]),
        ('- -- "" unit: ！？', [word("unit")]),
        ("道路 道路", [word("道路")]),
        ("道路|桥梁", [word("道路"), Clause(Asks.WORD, "桥梁", instead=True)]),
        ("1、城东公园绿化工程", [word("城东公园绿化工程")]),
        ("（二）城东公园", [word("城东公园")]),
        ("2024 3 8", [word("2024-3-8")]),
        ("2023、2025年", [word("2023年"), Clause(Asks.WORD, "2025年", instead=True)]),
        ("桩号：K5+200", [word("k5+200")]),
        ("<b>道路</b>&nbsp;桥梁", [word("道路"), word("桥梁")]),
        ("#道路 @桥梁", [word("道路"), word("桥梁")]),
        ("道路 不含绿化", [word("道路"), Clause(Asks.WORD, "绿化", minus=True, said="不含绿化")]),
        ("道路 不含 绿化", [word("道路"), word("绿化", minus=True)]),
        ("排除险情", [word("排除险情")]),
        ("所属乡镇：白杨镇", [facet("town", "白杨镇")]),
        ("乡镇（街道）：白杨镇", [facet("town", "白杨镇")]),
        ("年份：2024年3月", [word("2024年3月")]),
        ("道路 OR", [word("道路")]),
    ],
)
def test_a_query_is_read_as_it_was_meant(typed: str, clauses: list[Clause]) -> None:
    assert list(parse(typed)) == clauses


@settings(deadline=None)
@given(st.text(st.one_of(st.sampled_from('"“”-－:：unit单位 　'), st.characters())))
def test_whatever_is_typed_becomes_few_folded_conditions(typed: str) -> None:
    clauses = parse(typed)
    assert len(clauses) <= MAX_CLAUSES
    for clause in clauses:
        assert folded(clause.text) == clause.text


def test_of_two_groups_in_brackets_one_is_enough() -> None:
    """(a and b) or (c and d) is (a or c) and (a or d) and (b or c) and (b or d)."""
    clauses = parse("(城东 桥梁) OR (白杨 停车场) 2024年")
    assert [clause.text for clause in clauses] == [
        "2024年", "城东", "白杨", "城东", "停车场", "桥梁", "白杨", "桥梁", "停车场",
    ]  # fmt: skip
    assert [clause.instead for clause in clauses] == [False, *[False, True] * 4]


def test_an_endless_query_is_cut() -> None:
    assert len(parse(" ".join(f"词{number}" for number in range(1000)))) == MAX_CLAUSES
