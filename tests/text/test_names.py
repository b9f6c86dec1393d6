"""Names as people type them: in pinyin, by initials, by ear, nearly."""

from __future__ import annotations

import pytest

from portal.text.names import Name, Names
from portal.text.parse import parse
from portal.text.rewrite import instead, literally

KNOWN = Names(
    [
        Name("城东街道", "unit", "unit/T01"),
        Name("长堤街道", "unit", "unit/T02"),
        Name("区水务局", "unit", "unit/B01"),
        Name("区人力资源和社会保障局", "unit", "unit/B02"),
        Name("城东公园绿化", "project", "project/1"),
        Name("西岸步道", "project", "project/2"),
        Name("人社局", "alias"),
    ],
    groups=[("人社局", "区人力资源和社会保障局")],
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chengdong", ("城东",)),
        ("chengdongjiedao", ("城东街道",)),
        ("chengdongjied", ("城东街道",)),
        ("changdi", ("长堤",)),
        ("zhangdi", ("长堤",)),
        ("xi'an", ("西岸",)),
        ("lvhua", ("绿化",)),
        ("luhua", ("绿化",)),
        ("城dong", ("城东",)),
        ("cheng东", ("城东",)),
        ("rsj", ("人社局",)),
        ("swj", ("水务局",)),
        ("cdjd", ("城东街道", "长堤街道")),
        ("hello", ()),
        ("s210", ()),
        ("cheng", ()),
    ],
)
def test_letters_mean_the_names_that_are_read_so(typed: str, meant: tuple[str, ...]) -> None:
    assert KNOWN.spoken(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("成东", ("城东",)),
        ("常提街道", ("长堤街道",)),
        ("水雾局", ("水务局",)),
        ("城东", ()),
        ("路灯", ()),
        ("城", ()),
    ],
)
def test_another_writing_of_the_same_sound_is_heard(typed: str, meant: tuple[str, ...]) -> None:
    assert KNOWN.heard(typed) == meant


def test_what_is_nearly_a_name_or_short_for_one_is_near_it() -> None:
    assert "水务局" in KNOWN.near("水力局")
    assert "人力资源和社会保障局" in KNOWN.near("人社保局")
    assert KNOWN.near("桥") == ()


def test_suggestions_begin_so_first_and_come_once() -> None:
    assert [name.text for name in KNOWN.begun("城东")] == ["城东街道", "城东公园绿化"]
    assert [name.text for name in KNOWN.begun("绿化")] == ["城东公园绿化"]
    assert [name.text for name in KNOWN.begun("sw")] == ["区水务局"]
    assert [name.text for name in KNOWN.begun("人社")] == ["人社局"]
    assert KNOWN.begun(" ") == []


def test_units_are_called_by_all_their_names() -> None:
    assert [name.item for name in KNOWN.called("人社局")] == ["unit/B02"]
    assert [name.item for name in KNOWN.called("chengdongjiedao")] == ["unit/T01"]
    assert KNOWN.aliases["城东街道办事处"][1:] == ("城东街道", "城东街道办", "城东办事处")
    assert KNOWN.without_district("清河区水务局") == ("区水务局",)


@pytest.mark.parametrize(
    ("query", "word", "literal"),
    [
        ("人社局 道路", "人社局", '"人社局" 道路'),
        ("人社局检查", "人社局", '"人社局" 检查'),
        ("城 东 道路", "城 东", '"城" "东" 道路'),
        ("橋樑", "桥梁", '"橋樑"'),
        ("道路", "桥梁", "道路"),
    ],
)
def test_a_word_can_be_asked_for_literally(query: str, word: str, literal: str) -> None:
    assert literally(query, word) == literal
    assert parse(literal) is not None


def test_a_word_can_be_replaced_as_typed() -> None:
    assert instead("成東　绿化", "成东", "城东") == "城东 绿化"
