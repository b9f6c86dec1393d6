"""The address of an OpenSearch index, and what answers there."""

from __future__ import annotations

import socket
import threading

import pytest

from portal.adapters.opensearch_index import OpenSearchIndex
from portal.ports import Query, SearchUnavailable


@pytest.mark.parametrize(
    "address",
    [
        "opensearch+http://127.0.0.1:9200/archive",
        "opensearch+https://us%40er:p%3Aw@search.example/archive-2/?replicas=2",
    ],
)
def test_an_address_connects_to_nothing_by_itself(address: str) -> None:
    OpenSearchIndex.at(address)


@pytest.mark.parametrize(
    "address",
    [
        "opensearch+ftp://127.0.0.1/archive",
        "opensearch+http:///archive",
        "opensearch+http://127.0.0.1:9200/",
        "opensearch+http://127.0.0.1:9200/Archive",
        "opensearch+http://127.0.0.1:9200/a*",
        "opensearch+http://127.0.0.1:9200/a/b",
        "opensearch+http://127.0.0.1:9200/archive?replicas=some",
        "opensearch+http://127.0.0.1:9200/archive?shards=5",
    ],
)
def test_an_address_of_another_form_is_refused_in_words(address: str) -> None:
    with pytest.raises(ValueError, match="search"):
        OpenSearchIndex.at(address)


def test_a_password_is_never_in_what_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        index = OpenSearchIndex.at(f"opensearch+http://me:secret@127.0.0.1:{taken.getsockname()[1]}/archive")
        with pytest.raises(SearchUnavailable) as said:
            index.search(Query(text="道路"))
    assert "secret" not in str(said.value)


def test_something_else_at_the_address_is_unavailable_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>")

        thread = threading.Thread(target=answer)
        thread.start()
        index = OpenSearchIndex.at(f"opensearch+http://127.0.0.1:{server.getsockname()[1]}/archive")
        with pytest.raises(SearchUnavailable, match="not OpenSearch"):
            index.position()
        thread.join()
