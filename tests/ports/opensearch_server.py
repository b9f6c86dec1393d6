"""The OpenSearch server of this run: an index of one's own, removed afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from portal.adapters.opensearch_http import OpenSearchHttp
from portal.adapters.opensearch_index import OpenSearchIndex
from tests.services import needs

SCHEME = "opensearch+"


def server() -> OpenSearchHttp:
    """The server, or the test is skipped with words."""
    return OpenSearchHttp(needs("PORTAL_TEST_OPENSEARCH").removeprefix(SCHEME))


@contextmanager
def index_name() -> Iterator[str]:
    """A name nobody else uses; what was made under it is removed at the end."""
    server()
    name = f"test-{secrets.token_hex(6)}"
    try:
        yield name
    finally:
        remove_indexes(name)


def remove_indexes(name: str) -> None:
    """Remove whatever there is under a name."""
    http = server()
    left = ",".join(http.write("GET", (f"{name}-*", "_alias")))
    if left:
        http.write("DELETE", (left,))


def opensearch(name: str) -> OpenSearchIndex:
    return OpenSearchIndex(server(), name)
