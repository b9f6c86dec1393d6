"""Days, money and roads said in English."""

from __future__ import annotations

import pytest

from portal.text.said_in_english import in_chinese


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("March 2024", "2024年3月"), ("8 March 2024", "2024年3月8日"), ("2024 March", "2024年3月"), ("13/3/2024", "2024-3-13"),
        ("3/13/2024 桥", "2024-3-13 桥"), ("since 2025-06", "2025-06以来"), ("before 2024", "2024年以前"),
        ("from March 2024 to May 2024", "2024年3月到2024年5月"), ("bridge by 2024", "bridge 截至2024年"),
        ("over 10 million yuan", "超过10000000元"), ("1.2 billion", "1200000000元"), ("provincial road 210", "S210"),
        ("S210 highway", "S210"), ("stake K5+200", "K5+200"), ("Last Year 桥", "去年 桥"),
    ],
)  # fmt: skip
def test_it_is_said_in_chinese(typed: str, read: str) -> None:
    assert in_chinese(typed) == read


@pytest.mark.parametrize(
    "typed", ["3/4/2024", "maybe 2024", "road 210", "a million trees", "S210 roadside", "from here to there"]
)
def test_what_says_no_such_thing_stays(typed: str) -> None:
    assert in_chinese(typed) == typed
