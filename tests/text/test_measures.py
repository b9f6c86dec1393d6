"""Roads, stakes, amounts and spans of time in any writing."""

from __future__ import annotations

import pytest

from portal.text.fold import folded, folded_with_offsets
from portal.text.measures import found_in
from portal.text.spans import spans_in

SAME = [
    ("@s210", ["S210", "s-210", "Ｓ２１０", "省道210", "省道S210", "210省道", "S210省道"]),
    ("@g307", ["G307", "国道307", "國道307"]),
    ("@k15200", ["K15+200", "k15＋200", "K15 + 200", "k15+200"]),
    ("@k15200~k16000", ["K15+200~K16+000", "K15+200～K16+000", "K15+200—K16+000", "K15+200至k16+000", "K15+200-16+000"]),
    ("@¥120000000", ["1.2亿元", "12,000万元", "12000万元", "１２，０００萬元", "120000000元", "一亿二千万元", "1.2亿", "1亿2000万元"]),
    ("@¥3200000", ["320万元", "三百二十万元", "3200000元"]),
]  # fmt: skip


@pytest.mark.parametrize(("term", "writings"), SAME, ids=[term for term, _ in SAME])
def test_one_measure_has_one_term_however_it_is_written(term: str, writings: list[str]) -> None:
    for written in writings:
        assert [found.terms[0] for found in found_in(folded(written))] == [term], written


@pytest.mark.parametrize("text", ["3万人", "第210号", "2.5公里", "S210a", "一元", "万元", "15+20", "元"])
def test_what_is_no_measure_has_no_term(text: str) -> None:
    assert found_in(folded(text)) == []


SPANS = [
    ("2025年11月到12月", 20251101, 20251231),
    ("2025年11月至2026年2月", 20251101, 20260228),
    ("2025-11..2026-02", 20251101, 20260228),
    ("2025.11—2025.12", 20251101, 20251231),
    ("二〇二五年十一月至十二月", 20251101, 20251231),
    ("2023至2025年", 20230101, 20251231),
    ("2023-2025", 20230101, 20251231),
    ("2025年上半年", 20250101, 20250630),
    ("2025年第四季度", 20251001, 20251231),
    ("2025年11月8日到12日", 20251108, 20251112),
    ("2025年12月到11月", 20251101, 20251201),
    ("2025年11月以来", 20251101, 99991231),
    ("2025年11月以前", 0, 20251031),
]


@pytest.mark.parametrize(("text", "first", "last"), SPANS, ids=[text for text, *_ in SPANS])
def test_a_span_of_time_has_its_days(text: str, first: int, last: int) -> None:
    assert [(span.first, span.last) for span in spans_in(folded(text))] == [(first, last)]


@pytest.mark.parametrize(
    "text", ["2025年11月", "2025-11-08", "11月8日", "K15+200~K16+000", "2.10-3.5", "20251108"]
)
def test_a_date_alone_is_no_span(text: str) -> None:
    assert list(spans_in(folded(text))) == []


@pytest.mark.parametrize(
    "text", ["1,200万元", "1, 200", "1,2345", "12,345,678", "K1 + 2", "1 ,234", "1,234,56"]
)
def test_folding_the_commas_of_numbers_is_done_once_and_keeps_offsets(text: str) -> None:
    once, offsets = folded_with_offsets(text)
    assert (folded(text), folded(once)) == (once, once)
    assert len(offsets) == len(once)
    assert [text[place] for place in offsets] == list(once.upper() if "K" in text else once)
