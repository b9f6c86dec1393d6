"""The archive search on OpenSearch (tested with 3.5.0 and 2.19.4 and their script language); answers as Whoosh does.

Names: an alias `NAME-FORMAT` is what is searched; behind it stands one index `NAME-FORMAT-<random>`, which is
written to through an alias of its own, so that nothing is ever written to an index that has been replaced
or that OpenSearch would make up. A rebuild fills another index and moves the searched alias in one step.

Nothing written can be found before the index is refreshed, and that happens with the document of the
position, last of all; a batch that was cut off is applied again from the position that was seen before it.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from portal.adapters.opensearch_evaluate import ITEMS, WINDOW, answer
from portal.adapters.opensearch_http import Absent, Json, OpenSearchHttp, line
from portal.adapters.opensearch_tokens import spelt, spelt_terms
from portal.adapters.search_ranking import PLACE_WEIGHT, SATURATION, TITLE_WEIGHT
from portal.adapters.search_words import check
from portal.ports import FACETS, Answer, Indexed, Query, SearchIndex, SearchUnavailable
from portal.text.fold import folded
from portal.text.limits import sums_of

FORMAT = 3  # raise it when terms, folding or ranks change: another format is another index
POSITION = "position"  # the document that keeps it; the items' begin with "i"
BATCH = 500  # items sent at once, about 2 MB
LONGEST_KEY = 500  # bytes; OpenSearch takes 512
OWN = "-own"  # ends the alias that an index is written through
RANK = f"double n = doc.freq; double gain = query.boost; return Math.rint(gain * n / (n + {SATURATION}));"
SCHEME = "opensearch+"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")
FACET_MARK = "\x1f"  # never in a facet, in no engine


def _definition(*, replicas: int) -> Json:
    ready: Json = {"type": "text", "analyzer": "whitespace", "norms": False}
    number: Json = {"type": "long"}
    return {
        "settings": {
            "number_of_shards": 1,  # what a refresh shows is one state
            "number_of_replicas": replicas,
            "refresh_interval": -1,
            "max_result_window": WINDOW,
            "translog.durability": "request",
            "similarity": {"rank": {"type": "scripted", "script": {"source": RANK}}},
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"enabled": False},
            "properties": {
                "item": {"type": "keyword"},
                "terms": {**ready, "index_options": "freqs", "similarity": "rank"},
                "said": {**ready, "index_options": "positions", "similarity": "boolean"},
                **dict.fromkeys(("dated", "seq", "sums", POSITION), number),
                **{facet: {"type": "keyword"} for facet in FACETS},
            },
        },
    }


def _document(item: Indexed) -> Json:
    """What is stored of an item. Raises `ValueError` for one that cannot be."""
    if not 0 <= item.seq < 2**32 or not 0 <= item.dated < 2**31:
        raise ValueError(f"seq {item.seq} or date {item.dated} of {item.item} is out of range")
    if len(item.item.encode()) > LONGEST_KEY:
        raise ValueError(f"the key {item.item} is out of range: longer than {LONGEST_KEY} bytes")
    title, body = folded(item.title), folded(item.body)
    return {
        "item": item.item,
        "terms": spelt_terms((title, TITLE_WEIGHT), (folded(item.places), PLACE_WEIGHT - 1), (body, 1)),
        "said": spelt(f"{title}\n{body}"),
        "dated": item.dated,
        "seq": item.seq,
        "sums": sums_of(f"{title}\n{body}"),
        **{facet: item.facets.get(facet, "").replace(FACET_MARK, " ") for facet in FACETS},
    }


def _key(item: str) -> str:
    return f"i{item}"


class _Told(threading.local):
    """The position this thread last asked for or applied."""

    position = -1


class OpenSearchIndex:
    """`portal.ports.SearchIndex` on an OpenSearch server. Safe to share by threads and to open in many processes."""

    def __init__(
        self,
        http: OpenSearchHttp,
        name: str,
        *,
        replicas: int = 0,
        only: str | None = None,
    ) -> None:
        """name: what the names of indexes begin with. replicas: further copies of what is stored, on other
        nodes. only: stay with this one index,
        whatever is searched."""
        self._http, self._name, self._replicas = http, name, replicas
        self._only, self._searched = only, f"{name}-{FORMAT}"
        self._told = _Told()

    @classmethod
    def at(cls, address: str) -> OpenSearchIndex:
        """The index of an address `opensearch+http[s]://[USER:PASSWORD@]HOST:PORT/NAME[?replicas=N]`.

        Raises `ValueError` with a sentence for an address that is not of this form. Connects to nothing.
        """
        parts = urlsplit(address.removeprefix(SCHEME))
        options = dict(parse_qsl(parts.query))
        name, replicas = parts.path.strip("/"), options.pop("replicas", "0")
        if parts.scheme not in ("http", "https") or not parts.hostname or options or not replicas.isdecimal():
            raise ValueError(
                f"the search address has to be {SCHEME}http://HOST:9200/NAME, perhaps ?replicas=1"
            )
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"the name of the search index, {name!r}, may hold a-z, 0-9 and - and begins with a-z"
            )
        return cls(OpenSearchHttp(urlunsplit((*parts[:2], "", "", ""))), name, replicas=int(replicas))

    def position(self) -> int:
        """See the port. A missing index, or one of another format, is -1."""
        self._told.position = self._stands_at()
        return self._told.position

    def count(self) -> int:
        """See the port; 0 when there is no index."""
        try:
            asked = {"size": 0, "track_total_hits": True, "query": ITEMS}
            return int(self._ask(asked)["hits"]["total"]["value"])
        except Absent:
            return 0

    def search(self, query: Query) -> Answer:
        """See the port. Raises `SearchUnavailable` when there is no index, and `ValueError` for a sort or a
        facet that there is not."""
        check(query)
        return answer(self._ask, query)

    def apply(self, *, put: Iterable[Indexed], drop: Iterable[str], position: int) -> None:
        """See the port. An item that is both put and dropped is dropped; one that would replace a newer
        entry of the same item is left out, so that a follower that was overtaken does no harm.

        When the index stands before the position we last told, what lies between is missing from the batch:
        nothing is applied, and `SearchUnavailable` sends the caller back to `position()`.
        """
        documents = {item.item: (item.seq, _document(item)) for item in put}
        dropped = set(drop)
        lines = [pair for key, pair in documents.items() if key not in dropped]
        index, told = self._written(), self._told.position
        if self._stands_at() < told:
            self._told.position = -1
            raise SearchUnavailable("the search index went back; it has to be followed again from there")
        for start in range(0, len(lines), BATCH):
            self._http.bulk(index, _puts(lines[start : start + BATCH]))
        if dropped:
            self._http.bulk(index, [line({"delete": {"_id": _key(key)}}) for key in sorted(dropped)])
        at = {POSITION: position}
        self._http.write("PUT", (index, "_doc", POSITION), at, require_alias="true", refresh="true")
        self._told.position = position

    def reset(self) -> None:
        """See the port."""
        if self._only:
            with suppress(Absent):
                self._http.write("DELETE", (self._only,))
            self._create(self._only)
        else:
            self._show(self._create())
        self._told.position = -1

    @contextmanager
    def rebuilding(self) -> Iterator[SearchIndex]:
        """See the port. What a rebuild that was killed has left behind is removed first."""
        for name in self._indexes() - self._behind():
            self._remove(name)
        made = self._create()
        try:
            yield OpenSearchIndex(self._http, self._name, replicas=self._replicas, only=made)
            self._show(made)
        except BaseException:
            with suppress(SearchUnavailable):
                self._remove(made)
            raise
        self._told.position = -1

    def _ask(self, body: Json) -> Json:
        index = f"{self._only}{OWN}" if self._only else self._searched
        return self._http.ask("POST", (index, "_search"), body, allow_partial_search_results="false")

    def _stands_at(self) -> int:
        """The position that searches see. Two indexes behind one alias are none: the next batch heals it."""
        asked = {"query": {"ids": {"values": [POSITION]}}, "docvalue_fields": [POSITION]}
        try:
            hits = self._ask(asked)["hits"]["hits"]
        except Absent:
            return -1
        return int(hits[0]["fields"][POSITION][0]) if len(hits) == 1 else -1

    def _written(self) -> str:
        """The alias to write through; an empty index is made and shown where there is none."""
        if self._only:
            return f"{self._only}{OWN}"
        behind = self._behind()
        if len(behind) != 1:
            made = self._create()
            self._show(made)
            behind = {made}
        return f"{behind.pop()}{OWN}"

    def _behind(self) -> set[str]:
        """The indexes that the searched alias stands for; one, when all is well."""
        try:
            return set(self._http.write("GET", ("_alias", self._searched)))
        except Absent:
            return set()

    def _indexes(self) -> set[str]:
        """Every index of this name and format, searched or not."""
        return set(self._http.write("GET", (f"{self._searched}-*", "_alias")))

    def _create(self, name: str | None = None) -> str:
        """An empty index that nobody searches yet; its name."""
        name = name or f"{self._searched}-{secrets.token_hex(6)}"
        definition = {**_definition(replicas=self._replicas), "aliases": {f"{name}{OWN}": {}}}
        self._http.write("PUT", (name,), definition)
        return name

    def _show(self, name: str) -> None:
        """Let the searched alias stand for this index, and remove the ones it stood for: in one step."""
        others: list[dict[str, Any]] = [{"remove_index": {"index": each}} for each in self._behind() - {name}]
        actions = [*others, {"add": {"index": name, "alias": self._searched}}]
        self._http.write("POST", ("_aliases",), {"actions": actions})

    def _remove(self, name: str) -> None:
        with suppress(Absent):
            self._http.write("DELETE", (name,))


def _puts(documents: Iterable[tuple[int, Json]]) -> Iterator[bytes]:
    for seq, document in documents:
        yield line({"index": {"_id": _key(document["item"]), "version": seq, "version_type": "external_gte"}})
        yield line(document)
