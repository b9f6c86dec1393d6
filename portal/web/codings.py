"""How an answer is compressed on its way: brotli where the reader takes it, else gzip, else not at all.

Brotli at the effort that we use is cheaper than gzip and shorter (docs/performance.md has the figures), so the
first reader of a page never waits longer for it.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli

BROTLI, GZIP, PLAIN = "br", "gzip", ""
SUFFIX = {
    BROTLI: "-br",
    GZIP: "-gz",
    PLAIN: "",
}  # each form of a page is other bytes, so it has a tag of its own
ONCE, OFTEN, FOR_EVER = 0, 1, 2  # how often what is compressed will be sent
_BROTLI_QUALITY = (3, 5, 11)
_GZIP_LEVEL = (3, 6, 9)


@lru_cache(maxsize=256)  # browsers say it in a handful of ways
def coding_of(accept_encoding: str) -> str:
    """What this reader gets: the shortest form that it takes. `br;q=0` says no to brotli."""
    taken = {name for name, weight in map(_weighed, accept_encoding.lower().split(",")) if weight}
    return next((coding for coding in (BROTLI, GZIP) if coding in taken), PLAIN)


def _weighed(coding: str) -> tuple[str, bool]:
    name, _, weight = coding.partition(";")
    return name.strip(), not weight or weight.replace(" ", "").removeprefix("q=").strip("0.") != ""


def packed(body: bytes, coding: str, *, sent: int) -> bytes:
    """The body in this form. sent: how often it will be (`ONCE`, `OFTEN`, `FOR_EVER`)."""
    if coding == BROTLI:
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY[sent]))
    if coding == GZIP:
        return gzip.compress(body, compresslevel=_GZIP_LEVEL[sent], mtime=0)
    return body


def unpacked(form: bytes, coding: str) -> bytes:
    """What `packed` was given."""
    if coding == BROTLI:
        return bytes(brotli.decompress(form))
    return gzip.decompress(form) if coding == GZIP else form
