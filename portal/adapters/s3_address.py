"""Where a bucket is and with which keys: the address of the settings, taken apart."""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from boto3.session import Session
from botocore.config import Config

FORM = "s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=REGION&sealed=BUCKET&browsers=https://HOST"
_OPTIONS = {"endpoint", "region", "sealed", "browsers"}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*")


@dataclass(frozen=True, kw_only=True)
class S3Keys:
    """An access key and its secret."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class S3Limits:
    """How long to wait, in seconds, and how often to try a request in all. A reply that is waited for
    longer than `reply` counts as lost."""

    connect: float = 3.0
    reply: float = 10.0
    tries: int = 2


@dataclass(frozen=True, kw_only=True)
class S3Address:
    """bucket: of everything but originals, and of those too unless `sealed` names another one; prefix: "" or
    something that ends in a slash; endpoint: "" for the one of the region; browsers: the endpoint as browsers
    reach it, for signed addresses, "" where they do not."""

    bucket: str
    sealed: str
    prefix: str
    endpoint: str
    region: str
    browsers: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises `ValueError`, in words, for an address that is not of this form."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
        sealed = options.get("sealed", parts.netloc)
        if unknown := sorted(set(options) - _OPTIONS):
            raise ValueError(f"{url!r}: unknown option {', '.join(unknown)}; use {FORM}")
        if parts.scheme != "s3" or not all(_BUCKET.fullmatch(each) for each in (parts.netloc, sealed)):
            raise ValueError(f"{url!r} does not name a bucket; use {FORM}")
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"{url!r}: a prefix is letters, digits, dots, dashes and slashes")
        endpoint, browsers = options.get("endpoint", ""), options.get("browsers", "")
        for each in filter(None, (endpoint, browsers)):
            if urlsplit(each).scheme not in ("http", "https") or not urlsplit(each).hostname:
                raise ValueError(f"{url!r}: an endpoint is http://HOST or https://HOST")
        if browsers and not _ORIGIN.fullmatch(browsers):
            raise ValueError(f"{url!r}: browsers= is http://HOST:PORT or https://HOST, without a path")
        return cls(
            bucket=parts.netloc,
            sealed=sealed,
            prefix=prefix,
            endpoint=endpoint,
            region=options.get("region", "us-east-1"),
            browsers=browsers,
        )

    def signer(self, keys: S3Keys) -> Any | None:
        """A client that signs addresses for browsers and asks for nothing; None where browsers reach no bucket."""
        if not self.browsers:
            return None
        return dataclasses.replace(self, endpoint=self.browsers).client(keys, S3Limits())

    def client(self, keys: S3Keys, limits: S3Limits) -> Any:
        """A client of the store. It opens no connection yet and may be shared by threads."""
        config = Config(
            signature_version="s3v4",
            connect_timeout=limits.connect,
            read_timeout=limits.reply,
            retries={"total_max_attempts": limits.tries, "mode": "standard"},
            max_pool_connections=32,
            s3={"addressing_style": "path" if self.endpoint else "auto"},
            # Newer checksums are not known to every store that speaks S3; we send Content-MD5 ourselves.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return _session().client(
            "s3",
            endpoint_url=self.endpoint or None,
            region_name=self.region,
            aws_access_key_id=keys.key,
            aws_secret_access_key=keys.secret,
            config=config,
        )


@functools.cache
def _session() -> Session:
    return Session()  # reads a megabyte of descriptions of the service, once
