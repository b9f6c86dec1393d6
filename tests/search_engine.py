"""The search engine this run of the tests is on: Whoosh, or OpenSearch with PORTAL_TEST_SEARCH=opensearch."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import Settings
from portal.adapters.opensearch_index import SCHEME
from tests.ports.opensearch_server import index_name, remove_indexes
from tests.services import needs
from tests.size import chosen


def on_opensearch() -> bool:
    return chosen("SEARCH") == "opensearch"


needs_whoosh = pytest.mark.skipif(
    on_opensearch(), reason="concerns Whoosh alone; runs without PORTAL_TEST_SEARCH"
)


@contextmanager
def search_address(folder: Path) -> Iterator[str]:
    """The address of an index of one's own; on Whoosh it lies in this folder."""
    if not on_opensearch():
        yield f"whoosh:{folder / 'index'}"
        return
    with index_name() as name:
        yield f"{needs('PORTAL_TEST_OPENSEARCH')}/{name}"


def lose_index(settings: Settings) -> None:
    """Take the index away behind the portal's back."""
    if settings.search_url.startswith(SCHEME):
        remove_indexes(settings.search_url.rpartition("/")[2])
    else:
        shutil.rmtree(settings.folder(settings.search_url))
