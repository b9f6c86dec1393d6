"""A question to the archive, from addresses and back."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ports import FACETS, Asked

NAMES = st.sampled_from(["q", "from", "to", "sort", "page", "email", *FACETS])
VALUES = st.one_of(
    st.text(max_size=50), st.dates().map(str), st.sampled_from(["", "001", "report", "2026-13-01"])
)


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=30))
def test_what_is_kept_is_the_same_question(pairs: list[tuple[str, str]]) -> None:
    asked = Asked.of(pairs)
    assert Asked.kept(asked.keep()) == asked
    assert Asked.of(asked.pairs) == asked
    json.loads(asked.keep())


def test_order_and_repetition_of_values_play_no_part() -> None:
    one = Asked.of([("unit", "030"), ("unit", "001"), ("unit", "030"), ("q", " 桥 "), ("from", "2026-01-02")])
    other = Asked.of([("q", "桥"), ("unit", "001"), ("unit", "030"), ("from", "2026-01-02"), ("to", "x")])
    assert one == other
    assert one.keep() == other.keep()
    assert one.address == "?q=%E6%A1%A5&unit=001&unit=030&from=2026-01-02"


def test_it_asks_the_index_for_any_of_the_values_within_days_and_entries() -> None:
    asked = Asked(text="桥", chosen={"unit": ("001", "030")}, last=dt.date(2026, 3, 4))
    query = asked.query(sort="entered", after=5, until=9, size=3)
    assert query.filters == (("unit", "001"), ("unit", "030"))
    assert (query.dated_from, query.dated_to) == (None, 20260304)
    assert (query.after, query.until, query.sort, query.size) == (5, 9, "entered", 3)
