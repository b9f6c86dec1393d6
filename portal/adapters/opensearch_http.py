"""Talking to OpenSearch: JSON over HTTP with limits of time, and one kind of trouble."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

import urllib3

from portal.ports import SearchUnavailable

CONNECT_LIMIT = 2.0  # seconds
ASK_LIMIT = 4.0  # seconds for an answer to a question; a reader waits for it
WRITE_LIMIT = 60.0  # seconds for a batch or a new index; only the follower waits
REST = 5.0  # seconds in which nobody else waits for a server that has just kept somebody waiting in vain
CONNECTIONS = 16  # kept open per process

Json = dict[str, Any]


class Absent(SearchUnavailable):
    """There is no such index or alias (any more)."""


class OpenSearchHttp:
    """One server or load balancer. Safe to share by threads; nothing is connected until something is asked."""

    def __init__(self, address: str) -> None:
        """address: `http://[USER:PASSWORD@]HOST:PORT` or the same with https."""
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        self._base = urlunsplit((parts.scheme, host, "", "", ""))
        self._headers = {"Content-Type": "application/json"}
        if parts.username:
            account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers |= urllib3.make_headers(basic_auth=account)
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)
        self._resting_until = 0.0
        self._lock = threading.Lock()

    def ask(self, method: str, path: Iterable[str], body: Json | None = None, **options: str) -> Json:
        """A question. Raises `Absent` and `SearchUnavailable`; at once while the server is known to hang."""
        if time.monotonic() < self._resting_until:
            raise SearchUnavailable("the search server did not answer a moment ago")
        content = None if body is None else _encoded(body)
        return self._send(method, path, content, options, ASK_LIMIT)

    def write(self, method: str, path: Iterable[str], body: Json | None = None, **options: str) -> Json:
        """A change of an index; waits longer. Raises `Absent`, `SearchUnavailable`, and `ValueError` for
        text that is no Unicode."""
        content = None if body is None else _encoded(body)
        return self._send(method, path, content, options, WRITE_LIMIT)

    def bulk(self, target: str, lines: Iterable[bytes]) -> None:
        """Carry out these lines of the bulk format on an alias that exists already. An older version that
        would replace a newer one is skipped. Raises `Absent` and `SearchUnavailable`."""
        content = b"".join(line + b"\n" for line in lines)
        answer = self._send("POST", (target, "_bulk"), content, {"require_alias": "true"}, WRITE_LIMIT)
        if not answer["errors"]:
            return
        for done in answer["items"]:
            result: Json = next(iter(done.values()))
            if "error" in result and result["status"] != 409:
                raise _trouble(int(result["status"]), result)

    def _send(
        self, method: str, path: Iterable[str], body: bytes | None, options: Mapping[str, str], limit: float
    ) -> Json:
        address = "/".join([self._base, *(quote(part, safe="*,") for part in path)])
        try:
            reply = self._pool.request(
                method,
                f"{address}?{urlencode(options)}" if options else address,
                body=body,
                headers=self._headers,
                timeout=urllib3.Timeout(connect=CONNECT_LIMIT, read=limit),
            )
            answer = json.loads(reply.data)
        except urllib3.exceptions.TimeoutError as error:
            with self._lock:
                self._resting_until = time.monotonic() + REST
            raise SearchUnavailable(f"the search server does not answer in time ({error})") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SearchUnavailable(f"the search server cannot be reached ({error})") from error
        except ValueError as error:
            raise SearchUnavailable(
                "what answers at the search server's address is not OpenSearch"
            ) from error
        if reply.status >= 400:
            raise _trouble(reply.status, answer)
        return dict(answer)


def line(content: Json) -> bytes:
    """One line of the bulk format. Raises `ValueError` for text that is no Unicode."""
    return _encoded(content)


def _encoded(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _trouble(status: int, answer: Any) -> SearchUnavailable:
    error = answer.get("error") if isinstance(answer, dict) else None
    kind, reason = (
        (error.get("type", ""), error.get("reason", "")) if isinstance(error, dict) else ("", error)
    )
    if status == 404:
        return Absent(f"the search index is not there ({reason or kind})")
    return SearchUnavailable(f"the search server refuses ({status} {kind}: {reason})")
