"""What OpenSearch alone has to stand: indexes that vanish or double behind our back, writers that die or lag."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.adapters.opensearch_index import FORMAT, OpenSearchIndex
from portal.ports import Query, SearchUnavailable
from tests.ports.opensearch_server import index_name, opensearch, server
from tests.ports.test_search_index import fill, found, note
from tests.services import needs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def name() -> Iterator[str]:
    with index_name() as name:
        yield name


@pytest.fixture
def index(name: str) -> OpenSearchIndex:
    return opensearch(name)


def indexes(name: str) -> list[str]:
    return sorted(server().ask("GET", (f"{name}-*", "_alias")))


def test_an_index_that_was_deleted_stands_at_minus_one_and_heals_by_applying_anew(
    index: OpenSearchIndex, name: str
) -> None:
    reader = opensearch(name)
    fill(index, note(1, body="道路"), position=5)
    server().write("DELETE", indexes(name)[:1])
    with pytest.raises(SearchUnavailable):
        reader.search(Query(text="道路"))
    with pytest.raises(SearchUnavailable):
        fill(index, note(2), position=6)
    assert (index.position(), index.count()) == (-1, 0)
    fill(index, note(1, body="道路"), note(2), position=6)
    assert (found(reader, "道路"), reader.position(), reader.count()) == ({"n1"}, 6, 2)


def test_two_indexes_behind_the_alias_are_none_and_the_next_batch_makes_it_one(
    index: OpenSearchIndex, name: str
) -> None:
    fill(index, note(1), position=5)
    other = opensearch(name)
    made = other._create()
    server().write(
        "POST", ("_aliases",), {"actions": [{"add": {"index": made, "alias": f"{name}-{FORMAT}"}}]}
    )
    server().write("PUT", (made, "_doc", "position"), {"position": 9}, refresh="true")
    assert other.position() == -1
    fill(other, note(1), note(2), position=5)
    assert (len(indexes(name)), other.position(), other.count()) == (1, 5, 2)


def test_a_follower_that_was_overtaken_puts_nothing_older_in_place_of_newer(name: str) -> None:
    slow, quick = opensearch(name), opensearch(name)
    fill(quick, note(1, body="初稿"), position=1)
    fill(quick, note(2, body="道路"), position=2)
    newer = note(9, body="定稿")
    fill(quick, type(newer)(**{**vars(newer), "item": "n1"}), drop=["n2"], position=9)
    fill(slow, note(1, body="初稿"), note(2, body="道路"), position=2)
    assert found(quick, "初稿") == set()
    assert found(quick, "定稿") == {"n1"}
    assert quick.position() == 2, "what came after is applied once more, and alters nothing"


def test_what_a_killed_rebuild_has_left_behind_goes_with_the_next(index: OpenSearchIndex, name: str) -> None:
    fill(index, note(1), position=1)
    left = index._create()
    with index.rebuilding() as fresh:
        assert left not in indexes(name)
        fill(fresh, note(1), position=1)
    assert len(indexes(name)) == 1


CHILD = """
    import sys
    from portal.adapters.opensearch_index import OpenSearchIndex
    from portal.ports import Indexed
    first, last, position = map(int, sys.argv[2:])
    items = [
        Indexed(item=f"n{n}", seq=n, title=f"第{n}号道路", body="道路改造，" * 40, dated=20250101, facets={})
        for n in range(first, last)
    ]
    index = OpenSearchIndex.at(sys.argv[1])
    index.position()
    print("ready", flush=True)
    index.apply(put=items, drop=[], position=position)
"""


@pytest.mark.slow
def test_a_batch_of_a_killed_follower_is_whole_or_absent(index: OpenSearchIndex, name: str) -> None:
    size = 700
    address = f"{needs('PORTAL_TEST_OPENSEARCH')}/{name}"
    fill(index, position=0)
    for turn in range(1, 5):
        arguments = [address, str(turn * size), str((turn + 1) * size), str(turn)]
        command = [sys.executable, "-c", textwrap.dedent(CHILD), *arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            threading.Event().wait(turn * 0.1)
            child.send_signal(signal.SIGKILL)
        assert (index.position(), index.count()) in ((turn - 1, (turn - 1) * size), (turn, turn * size))
        fill(index, *(note(turn * size + n, title="道路") for n in range(size)), position=turn)
        assert (index.position(), index.count()) == (turn, turn * size)
        assert index.search(Query(text="道路")).total == turn * size
