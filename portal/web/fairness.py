"""How much work one address may ask for: a purse of seconds of our processor, which fills up again by itself.

Only what is made anew costs anything. Pages seen before, pictures and files are free, and a page costs what it cost
us; so a classroom behind one address reads as it likes, and who asks for ever new pages as fast as possible waits for
a moment. Addresses stay in the memory of the process and are written nowhere.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_ADDRESSES = 20_000
FULL_AGAIN = 100  # seconds until an empty purse is full
DOWNLOAD = 0.2  # seconds that a whole download costs besides, for the disk and the way
# Seconds that a refusal asks for, in words and in Retry-After: the first that is enough. Coming back at once would only
# be refused again, and few different waits let the words be kept.
WAITS = (10, 30, 60, 120, 300)
DESKS = frozenset({"desk", "account", "healthz", "readyz"})  # they have doors and limits of their own
TOO_OFTEN = "portal.too_often"  # in the environment of a request: the seconds after which to come again
WHOLE_NETWORK = 64  # bits of an IPv6 address that name a household
OWN = tuple(
    ipaddress.ip_network(name)
    for name in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
)  # fmt: skip


@dataclass
class Purse:
    """What is left, in seconds, and when that was counted."""

    left: float
    at: float


class Purses:
    """A purse for every address that had work done lately. Safe for threads."""

    def __init__(self, *, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        """most: seconds of work in a full purse; 0 means that nobody is limited."""
        self._most, self._clock = most, clock
        self._purses: OrderedDict[str, Purse] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, reader: str) -> int:
        """Whole seconds until this reader may ask for work again; 0 when now."""
        if not reader or not self._most:
            return 0
        with self._lock:
            purse = self._purses.get(reader)
            if purse is None:
                return 0
            missing = -self._filled(purse).left
        return math.ceil(missing * FULL_AGAIN / self._most) if missing >= 0 else 0

    def pay(self, reader: str, seconds: float) -> None:
        """Work was done for this reader. A purse may go below nothing: what a page costs is known afterwards."""
        if not reader or not self._most:
            return
        with self._lock:
            purse = self._purses.setdefault(reader, Purse(self._most, self._clock()))
            self._filled(purse).left -= seconds
            self._purses.move_to_end(reader)
            while len(self._purses) > MOST_ADDRESSES:
                self._purses.popitem(last=False)

    def _filled(self, purse: Purse) -> Purse:
        now = self._clock()
        purse.left = min(self._most, purse.left + (now - purse.at) * self._most / FULL_AGAIN)
        purse.at = now
        return purse


@lru_cache(maxsize=4096)
def reader_of(address: str, *, behind_proxy: bool) -> str:
    """Whose purse an address is; "" for whoever has none.

    A whole /64 of IPv6 is one reader, because every device in it may take as many addresses as it likes. An address of
    our own networks is a reader only where a proxy told us so: else it is the proxy, and everybody stands behind it.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    own = any(found in network for network in OWN if network.version == found.version)
    if found.is_loopback or (own and not behind_proxy):
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, WHOLE_NETWORK), strict=False))


class Fairness:
    """Lets a request through to the application and takes what it cost from its reader's purse.

    A reader whose purse is empty is refused by the application, in words, because it alone knows who is signed in; its
    words are kept for the next such reader, so that refusing is cheap.
    """

    def __init__(self, purses: Purses, *, behind_proxy: bool) -> None:
        self._purses, self._behind_proxy = purses, behind_proxy
        self._words: dict[tuple[str, int], tuple[list[tuple[str, str]], bytes]] = {}

    def answer(
        self, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        reader = reader_of(environ.get("REMOTE_ADDR") or "", behind_proxy=self._behind_proxy)
        if not reader or path[1:].partition("/")[0] in DESKS:
            return app(environ, start_response)
        if seconds := self._purses.wait(reader):
            wait = environ[TOO_OFTEN] = next((wait for wait in WAITS if wait >= seconds), WAITS[-1])
            words = self._words.get((environ.get("portal.language", ""), wait))
            if words is not None and "session=" not in environ.get("HTTP_COOKIE", ""):
                headers, body = words
                start_response("429 Too Many Requests", headers)
                return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
        began = time.thread_time()
        try:
            return app(environ, start_response)
        finally:
            more = DOWNLOAD if path.endswith(".zip") else 0.0
            self._purses.pay(reader, time.thread_time() - began + more)

    def keep_words(self, language: str, wait: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """How a reader of this language is refused who is to wait so many seconds."""
        kept = [header for header in headers if header[0] not in ("Set-Cookie", "Vary")]
        self._words[language, wait] = kept, body
