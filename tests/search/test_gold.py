"""The gold set: what citizens of a county type, and what they should find.

The truth is counted by hand over what each note is known to say, without any of the engine's code.
PORTAL_TEST_GOLD sets how many notes there are (600 unless told).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.adapters.whoosh_search import WhooshIndex
from portal.ports import Query, SearchIndex
from tests.ports.opensearch_server import index_name, opensearch
from tests.search.corpus import Note, names, notes
from tests.search.gold import GOLD as FIRST
from tests.search.gold_strangers import STRANGERS
from tests.search.gold_typed import TYPED
from tests.search.gold_unseen import UNSEEN

GOLD = {**FIRST, **TYPED, **UNSEEN, **STRANGERS}
NOTES = int(os.environ.get("PORTAL_TEST_GOLD", "600"))


@pytest.fixture(scope="module")
def corpus() -> list[Note]:
    return notes(NOTES)


@pytest.fixture(scope="module", params=["whoosh", "opensearch"])
def index(
    request: pytest.FixtureRequest, corpus: list[Note], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchIndex]:
    with ExitStack() as stack:
        made: SearchIndex = (
            WhooshIndex(Path(tmp_path_factory.mktemp("gold")) / "search")
            if request.param == "whoosh"
            else opensearch(stack.enter_context(index_name()))
        )
        made.reset()
        for start in range(0, len(corpus), 1000):
            batch = [note.indexed(start + place) for place, note in enumerate(corpus[start : start + 1000])]
            made.apply(put=batch, drop=[], position=start)
        yield made


def test_the_gold_set_is_as_large_as_it_claims() -> None:
    assert len(GOLD) >= 12
    assert sum(map(len, GOLD.values())) >= 80
    assert len({query for asked in GOLD.values() for query, _ in asked}) == sum(map(len, GOLD.values()))


def test_people_find_what_they_mean(index: SearchIndex, corpus: list[Note]) -> None:
    known, report, rates = names(), [], {}
    for category, asked in GOLD.items():
        rated = []
        for query, holds in asked:
            truth = {note.key for note in corpus if holds(note)}
            found = set(index.search(Query(text=query, size=len(corpus), names=known, today=20251130)).items)
            recall = len(found & truth) / len(truth) if truth else 1.0
            precision = len(found & truth) / len(found) if found else 1.0
            rated.append((recall, precision))
            if (recall, precision) != (1.0, 1.0):
                report.append(
                    f"{category}: {query!r} found {len(found)} of {len(truth)}: {recall:.3f} {precision:.3f}"
                )
        rates[category] = [sum(column) / len(rated) for column in zip(*rated, strict=True)]
    told = "\n".join(report)
    recall, precision = (sum(rate[side] for rate in rates.values()) / len(rates) for side in (0, 1))
    told = f"recall {recall:.4f}, precision {precision:.4f}\n{told}"
    assert min(min(rate) for rate in rates.values()) >= 0.95, told
    assert recall >= 0.99, told
    assert precision >= 0.98, told


def test_every_query_of_the_gold_set_is_about_something(corpus: list[Note]) -> None:
    empty = [
        query
        for category, asked in GOLD.items()
        if category != "noise"
        for query, holds in asked
        if not any(map(holds, corpus)) and not re.search(r"[Kk]\d", query)
    ]
    assert len(empty) < 10, empty
