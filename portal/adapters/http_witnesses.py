"""Asking witnesses over HTTP, with limits of time and size, following nothing."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import urllib3

from portal.ports import Replied, WitnessSilent

LARGEST = 64 * 1024  # bytes of an answer; 32 lines of ML-DSA-44 would be more, one witness has some
_PART = 4096  # bytes


def must_be_address(url: str) -> None:
    """Raises `ValueError` unless this may stand as a witness's address; "" is one that nobody asks."""
    parts = urlsplit(url)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if url and not (parts.scheme in ("http", "https") and parts.hostname and plain):
        raise ValueError(f"{url!r} is not the address of a witness, such as https://witness.example.org")


class HttpWitnesses:
    """`Witnesses` by urllib3: no redirects, no second tries, no proxies from the environment."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=4, retries=False)

    def add_checkpoint(self, address: str, body: bytes, *, within: float) -> Replied:
        until = time.monotonic() + within
        try:
            reply = self._pool.request(
                "POST",
                f"{address.rstrip('/')}/add-checkpoint",
                body=body,
                headers={"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"},
                timeout=urllib3.Timeout(total=within),
                redirect=False,
                preload_content=False,
            )
            try:
                data = _whole(reply, until)
            except WitnessSilent:
                reply.close()  # the rest is not waited for
                raise
            reply.release_conn()
        except urllib3.exceptions.TimeoutError as error:
            raise WitnessSilent("does not answer in time") from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise WitnessSilent(f"cannot be reached ({type(error).__name__})") from error
        kind = str(reply.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
        return Replied(status=reply.status, kind=kind, body=data)


def _whole(reply: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """Raises `WitnessSilent` when it is too large, or comes too slowly."""
    data = b""
    while part := reply.read1(_PART, decode_content=False):
        data += part
        if len(data) > LARGEST:
            raise WitnessSilent(f"answers with more than {LARGEST // 1024} kB")
        if time.monotonic() > until:
            raise WitnessSilent("does not answer in time")
    return data
