"""Marking in the original what was looked for in folded form."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text.fold import folded
from portal.text.highlight import highlight, snippet

WRITTEN = st.text("城东臺路。 ·\n５Ｓ\u200b2年1月é")
MARKS = st.lists(st.text("城东台路5s2", min_size=1, max_size=3), max_size=4).map(tuple)


def marked(original: str, *marks: str) -> list[str]:
    return [piece for piece, whether in highlight(original, marks) if whether]


@pytest.mark.parametrize(
    ("original", "marks", "pieces"),
    [
        ("臺灣Ｓ２１０省道", ("s210省道",), ["Ｓ２１０省道"]),
        ("管网改\n造完成", ("改造",), ["改\n造"]),
        ("城\u200b东区", ("城东",), ["城\u200b东"]),
        ("cafe\u0301 好", ("cafe",), ["cafe\u0301"]),
        ("210与10", ("10",), ["10"]),
        ("道路桥梁", ("道路", "路桥"), ["道路桥"]),
        ("道路桥梁", ("道路", "桥梁"), ["道路桥梁"]),
        ("二〇二五年十一月八日和2025-11", ("@202511",), ["二〇二五年十一月八日", "2025-11"]),
        ("100㎡", ("100m2",), ["100㎡"]),
        ("没有", ("道路",), []),
    ],
)
def test_marks_stand_in_the_original(original: str, marks: tuple[str, ...], pieces: list[str]) -> None:
    assert marked(original, *marks) == pieces


@settings(deadline=None)
@given(WRITTEN, MARKS)
def test_the_pieces_are_the_original_and_alternate(original: str, marks: tuple[str, ...]) -> None:
    pieces = highlight(original, marks)
    assert "".join(piece for piece, _ in pieces) == original
    assert all(piece for piece, _ in pieces)
    assert all(one[1] != other[1] for one, other in itertools.pairwise(pieces))


@settings(deadline=None)
@given(WRITTEN, st.text("城东台路", min_size=1, max_size=2))
def test_a_text_that_contains_the_mark_is_marked(original: str, mark: str) -> None:
    assert bool(marked(original, mark)) is (mark in folded(original))


@settings(deadline=None)
@given(WRITTEN, MARKS, st.integers(4, 20))
def test_a_snippet_is_a_stretch_of_the_original(original: str, marks: tuple[str, ...], width: int) -> None:
    pieces = snippet(original, marks, width)
    inner = [piece for piece in pieces if piece != ("…", False)]
    shown = "".join(piece for piece, _ in inner)
    assert shown in original
    assert len(shown) <= width
    if len(original) <= width:
        assert pieces == highlight(original, marks)


def test_a_snippet_shows_the_place_where_most_of_the_words_meet() -> None:
    text = "道路。" + "其他内容，" * 40 + "城东新区的道路绿化。" + "其他内容，" * 40
    pieces = snippet(text, ("道路", "绿化"), 40)
    assert pieces[0] == pieces[-1] == ("…", False)
    assert ("道路绿化", True) in pieces


def test_a_snippet_without_a_mark_is_the_beginning() -> None:
    assert snippet("甲" * 50, ("道路",), 10) == [("甲" * 10, False), ("…", False)]
