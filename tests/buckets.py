"""Stores in a real bucket, each under a prefix of its own, for tests. Skips where no S3 service runs."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3

from portal.adapters.following_store import FollowingStore
from portal.adapters.local_media import LocalMediaStore
from portal.adapters.outbox import Outbox
from portal.adapters.s3_address import S3Address, S3Keys, S3Limits
from portal.adapters.s3_media import S3MediaStore
from tests.services import needs
from tests.size import chosen

QUICK = S3Limits(connect=2.0, reply=1.0, tries=2)  # for tests in which the bucket does not answer
REST = 0.2  # seconds


def on_s3() -> bool:
    """Whether this run of the tests keeps its photos in a bucket."""
    return chosen("MEDIA") == "s3"


needs_folder = pytest.mark.skipif(
    on_s3(), reason="concerns the local folder alone; runs without PORTAL_TEST_MEDIA"
)


def photos_in(folder: Path) -> dict[str, str]:
    """The settings of a portal whose photos lie in this folder; on S3 it is the outbox, in front of a bucket."""
    return in_s3(bucket_url(sealed=True), outbox=folder) if on_s3() else {"media_url": f"file:{folder}"}


def bucket_url(*, port: int | None = None, sealed: bool = False, browsers: bool = False) -> str:
    """An address whose prefix nobody else uses. port: of a proxy in front; sealed: originals apart; browsers:
    reached by them directly."""
    url = needs("PORTAL_TEST_S3").replace("?", f"/{secrets.token_hex(6)}?")
    if port is not None:
        url = re.sub(r"(endpoint=http://[^:&]+):\d+", rf"\1:{port}", url)
    if browsers:
        url += f"&browsers={S3Address.parse(url).endpoint}"
    return f"{url}&sealed={needs('PORTAL_TEST_S3_SEALED')}" if sealed else url


def fetch(address: str, method: str = "GET", body: bytes | None = None) -> urllib3.BaseHTTPResponse:
    """What anybody gets there who has nothing but the address."""
    return urllib3.request(method, address, body=body, retries=False, timeout=10.0)


def other_way(url: str, *, port: int) -> str:
    """The same place by way of another port."""
    return re.sub(r"(endpoint=http://[^:&]+):\d+", rf"\1:{port}", url)


def service() -> tuple[str, int]:
    """Host and port of the S3 service."""
    found = urlsplit(S3Address.parse(needs("PORTAL_TEST_S3")).endpoint)
    assert found.hostname
    assert found.port
    return found.hostname, found.port


def keys() -> S3Keys:
    return S3Keys(key=needs("PORTAL_TEST_S3_KEY"), secret=needs("PORTAL_TEST_S3_SECRET"))


def sealed_keys() -> S3Keys:
    return S3Keys(key=needs("PORTAL_TEST_S3_SEALED_KEY"), secret=needs("PORTAL_TEST_S3_SEALED_SECRET"))


def bucket(url: str, *, limits: S3Limits | None = None) -> S3MediaStore:
    """The bucket itself; originals with their own keys where the address says so."""
    apart = sealed_keys() if "sealed=" in url else None
    return S3MediaStore(S3Address.parse(url), keys=keys(), sealed_keys=apart, limits=limits)


def following(folder: Path, url: str, *, limits: S3Limits | None = None) -> FollowingStore:
    """A folder that acknowledges, and the bucket behind it."""
    return FollowingStore(
        LocalMediaStore(folder),
        bucket=bucket(url, limits=limits),
        outbox=Outbox(folder / "outbox"),
        rest=REST,
    )


def in_s3(url: str, *, outbox: Path) -> dict[str, str]:
    """The settings of a portal that keeps its photos there."""
    return {
        "media_url": url,
        "media_outbox": str(outbox),
        "s3_key": keys().key,
        "s3_secret": keys().secret,
        "s3_sealed_key": sealed_keys().key if "sealed=" in url else "",
        "s3_sealed_secret": sealed_keys().secret if "sealed=" in url else "",
    }
