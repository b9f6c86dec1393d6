"""What a text is found by."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text.fold import folded
from portal.text.terms import atoms, contains, is_one_term, occurrences, required_terms, terms

MIXED = st.text("城东新区路的s2k10.,+ -·é\n")


def test_han_gives_pairs_and_the_last_character() -> None:
    assert terms("城东路") == ["城东", "东路", "路"]
    assert terms("城东,路") == ["城东", "东", "路"]


def test_letters_and_numbers_are_taken_apart() -> None:
    assert terms("s210") == ["s", "210", "@s210"]
    assert terms("2.5公里") == ["2.5", "公里", "里"]
    assert terms("k15+200") == ["k", "15", "200", "@k15200"]


def test_a_term_comes_as_often_as_it_occurs() -> None:
    assert terms("道路,道路").count("道路") == 2


def test_dates_are_terms() -> None:
    assert "@202511" in terms("二〇二五年十一月")


@pytest.mark.parametrize(
    ("text", "phrase", "whether"),
    [
        ("城东道路", "东道", True),
        ("210", "10", False),
        ("2.10", "10", False),
        ("2.10", "2", False),
        ("2.", "2", True),
        ("s210", "210", True),
        ("s210", "s", True),
        ("cs210", "s210", False),
        ("标段3", "标段", True),
        ("道路", "", True),
    ],
)
def test_containing_does_not_cut_numbers_or_runs_of_letters(text: str, phrase: str, whether: bool) -> None:
    assert contains(text, phrase) is whether


@settings(deadline=None)
@given(MIXED, MIXED)
def test_a_text_that_contains_a_phrase_has_its_required_terms(left: str, right: str) -> None:
    text = folded(left + right)
    have = set(terms(text))
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + 5) + 1):
            phrase = text[start:end]
            if contains(text, phrase):
                assert set(required_terms(phrase)) <= have, phrase


@settings(deadline=None)
@given(MIXED, st.text("城东s2.1", min_size=1, max_size=2))
def test_having_the_one_term_of_a_phrase_is_containing_it(text: str, phrase: str) -> None:
    if is_one_term(phrase):
        assert (phrase in terms(folded(text))) is contains(folded(text), phrase)


@settings(deadline=None)
@given(MIXED, MIXED)
def test_containing_is_occurring(text: str, phrase: str) -> None:
    if phrase:
        assert contains(text, phrase) is any(True for _ in occurrences(text, phrase))


def test_a_phrase_is_cut_into_characters_runs_and_numbers() -> None:
    assert atoms("s210省道,2.5公里") == ["s", "210", "省", "道", "2.5", "公", "里"]
