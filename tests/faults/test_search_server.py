"""The search server dies, hangs and comes back: the archive stays open and catches up by itself."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from config import Settings
from portal.adapters.opensearch_index import OpenSearchIndex
from portal.ports import Indexed, Query, SearchUnavailable
from portal.record.followers import last_seq
from portal.wiring import Portal
from portal.worker import run_once
from services import opensearch
from services.machine import end, free_port
from tests.browsing import Browser
from tests.services import needs
from tests.small_district import SmallDistrict

HEALS = 60.0  # seconds
NOTICE = "查词的部分现在没有应答"


class Node:
    """An OpenSearch of this test's own, which it may kill."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program, self._folder, self._port = program, folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"opensearch+http://127.0.0.1:{self._port}/archive"

    def start(self) -> None:
        self._process = opensearch.launch(self._program, self._folder, port=self._port)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        end(self._folder / "pid", like=opensearch.LIKE)
        if self._process is not None:
            self._process.wait()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    needs("PORTAL_TEST_OPENSEARCH")
    programs = sorted(Path(__file__).parents[2].glob(".services/opensearch/program-*/made"))
    if not programs:
        pytest.skip("no OpenSearch that may be killed: install one with `make services`")
    node = Node(programs[-1].parent, tmp_path_factory.mktemp("opensearch"))
    node.start()
    yield node
    node.signal(signal.SIGCONT)
    node.stop()


@pytest.fixture
def settings(settings: Settings, node: Node) -> Settings:
    OpenSearchIndex.at(node.address).reset()
    return settings.model_copy(update={"search_url": node.address})


def caught_up(portal: Portal) -> None:
    """Let the worker look as often as it does; within `HEALS` seconds it has to have caught up."""
    end = time.monotonic() + HEALS
    while time.monotonic() < end:
        run_once(portal)
        try:
            with portal.database.reading() as session:
                if portal.search.position() == last_seq(session):
                    return
        except SearchUnavailable:
            pass
        threading.Event().wait(0.5)
    pytest.fail(f"not caught up within {HEALS:.0f} s")


def archive(visitor: Browser, text: str) -> str:
    page = visitor.get(f"/archive?q={quote(text)}&kind=report")
    assert page.status_code == 200
    return str(page.get_data(as_text=True))


@pytest.mark.slow
def test_a_killed_server_leaves_a_plain_list_and_what_was_published_meanwhile_is_found_after(
    portal: Portal, district: SmallDistrict, visitor: Browser, node: Node
) -> None:
    before = district.published(done="蓝鲸落成。")
    caught_up(portal)
    assert before in archive(visitor, "蓝鲸")
    node.kill()
    try:
        meanwhile = district.published(done="蓝鲸移走。")
        page = archive(visitor, "蓝鲸")
        assert NOTICE in page
        assert before in page
        assert meanwhile in page, "the database knows it already"
        with pytest.raises(SearchUnavailable):
            portal.search.position()
    finally:
        node.start()
    caught_up(portal)
    page = archive(visitor, "蓝鲸")
    assert NOTICE not in page
    assert before in page
    assert meanwhile in page
    with portal.database.reading() as session:
        assert portal.search.position() == last_seq(session)


@pytest.mark.slow
def test_a_server_that_hangs_holds_up_one_reader_and_not_the_next(
    portal: Portal, district: SmallDistrict, visitor: Browser, node: Node
) -> None:
    number = district.published(done="蓝鲸落成。")
    caught_up(portal)
    node.signal(signal.SIGSTOP)
    try:
        assert NOTICE in archive(visitor, "蓝鲸")
        with pytest.raises(SearchUnavailable, match="a moment ago"):
            portal.search.search(Query(text="蓝鲸"))
        page = archive(visitor, "蓝鲸")
        assert NOTICE in page
        assert number in page
    finally:
        node.signal(signal.SIGCONT)
    caught_up(portal)
    assert NOTICE not in archive(visitor, "蓝鲸")


@pytest.mark.slow
def test_a_batch_cut_off_by_the_death_of_the_server_is_whole_after_it_is_applied_again(node: Node) -> None:
    index = OpenSearchIndex.at(node.address)
    index.reset()
    size = 3000
    items = [
        Indexed(item=f"n{n}", seq=n, title=f"第{n}号道路", body="道路改造，" * 40, dated=20250101, facets={})
        for n in range(size)
    ]
    index.apply(put=items[:100], drop=[], position=99)
    killer = threading.Timer(0.4, node.kill)
    killer.start()
    try:
        with pytest.raises(SearchUnavailable):
            index.apply(put=items[100:], drop=["n5"], position=size - 1)
    finally:
        killer.join()
        node.start()
    assert index.position() == 99, "what was not acknowledged is not stood at"
    index.apply(put=items[100:], drop=["n5"], position=size - 1)
    assert (index.position(), index.count()) == (size - 1, size - 1)
    assert index.search(Query(text="道路")).total == size - 1
