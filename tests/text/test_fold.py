"""Folding: the ways the same words are written become one form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text.characters import PHRASES, VARIANTS
from portal.text.fold import folded, folded_with_offsets

ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from("城东 新区·\n\t　臺裏計畫答覆，。S２k+ ﬁé㎡①⻔\u200b\u0301\ufe0f\ud800"),
        st.characters(),
    )
)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("臺灣", "台湾"),
        ("Ｓ２１０省道", "s210省道"),
        ("裏程囯道", "里程国道"),
        ("看著", "看着"),
        ("計畫", "计划"),
        ("答覆", "答复"),
        ("覆蓋", "覆盖"),
        ("城\u200b东\ufeff", "城东"),
        ("城东\n新区", "城东新区"),
        ("S210 省道", "s210省道"),
        ("完成 50 米", "完成50米"),
        ("阿卜杜·热合曼", "阿卜杜热合曼"),
        ("PM  10", "pm 10"),
        ("K15＋200～K16", "k15+200~k16"),
        ("100㎡", "100m2"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("⻔⻋⼟", "门车土"),
        ("  城东  ", "城东"),
        ("完成， 下一步", "完成,下一步"),
    ],
)
def test_writings_of_the_same_words_fold_to_one_form(written: str, form: str) -> None:
    assert folded(written) == form


@settings(deadline=None)
@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@settings(deadline=None)
@given(ANY_TEXT)
def test_folding_with_offsets_is_folding_and_every_character_knows_its_place(text: str) -> None:
    form, offsets = folded_with_offsets(text)
    assert form == folded(text)
    assert len(offsets) == len(form)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_folded_text_can_always_be_encoded(text: str) -> None:
    assert isinstance(folded(text).encode(), bytes)


def test_the_tables_of_variants_keep_their_promises() -> None:
    assert all(len(before) == len(after) == 1 for before, after in VARIANTS.items())
    assert all(len(word) == len(usual) for word, usual in PHRASES.items())
    assert not any(after in VARIANTS for after in VARIANTS.values())
    assert all(unicodedata.name(character) for character in VARIANTS)
