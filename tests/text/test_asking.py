"""What a question is about, what a sentence names, what looks alike."""

from __future__ import annotations

import pytest

from portal.text.alike import by_shape, by_sound
from portal.text.asking import about, asks, is_asking, without_asking
from portal.text.english import expressions, in_chinese_words, place_in_pinyin
from portal.text.names import Name, Names
from portal.text.pieces import by_names


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("城东小学什么时候完工", ["城东小学"]),
        ("谁负责污水处理厂", ["污水处理厂"]),
        ("关于城东停车场的情况", ["城东停车场"]),
        ("水务局负责哪些项目", ["水务局"]),
        ("我想查一下城东的停车场", ["城东的停车场"]),
        ("桥什么时候修好", ["桥"]),
        ("待整改", []),  # nothing asks in it, and one character would be all that is left
        ("竣工验收", []),
        ("城东小学", []),  # as it is
        ("when", []),
    ],
)
def test_a_question_is_about_what_remains_without_the_asking(question: str, subject: list[str]) -> None:
    assert about(question) == subject


def test_what_asks_is_known() -> None:
    assert asks("城东小学什么时候完工")
    assert not asks("城东小学竣工验收")
    assert is_asking("最近")
    assert not is_asking("桥")
    assert without_asking("城东小学什么时候完工") == ["城东小学", "完工"]


def test_a_sentence_is_taken_apart_at_names_and_at_words_that_join() -> None:
    names = Names([Name("城东街道", "unit"), Name("城东道路拓宽工程", "project")])
    assert by_names("城东街道的道路拓宽完成主体封顶", names) == ["城东街道", "道路拓宽", "主体封顶"]
    assert by_names("城东道路拓宽工程", names) == ["城东道路拓宽工程"]
    assert by_names("的" * 300, names) == ["的" * 300]  # no sentence is so long


def test_characters_are_alike_by_sound_and_by_look() -> None:
    assert "封" in by_sound("风")
    assert "桥" not in by_sound("风")
    assert "挖" in by_shape("控")


def test_english_words_are_taken_together_where_they_are_one_expression() -> None:
    assert expressions(["sewage", "treatment", "plant", "baiyang"]) == [3, 1]
    assert in_chinese_words("bridges") == ("桥",)
    assert in_chinese_words("zebra") == ()
    assert place_in_pinyin(["baiyang", "town"]) == "baiyangzhen"
    assert place_in_pinyin(["baiyang", "bridge"]) == ""
