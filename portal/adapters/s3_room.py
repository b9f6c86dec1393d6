"""One bucket and prefix, opened with one key: the few requests the media store makes, with trouble in our
words."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from portal.ports import MediaMissing, StoreFull, StoreUnavailable

Answer = TypeVar("Answer")
_MISSING = {"NoSuchKey", "NotFound", "404"}
_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"}
_FULL = {"QuotaExceeded", "InsufficientStorage", "507", "XMinioStorageFull"}
_THERE = {"PreconditionFailed", "ConditionalRequestConflict"}
_NOT_CONDITIONAL = {"NotImplemented", "InvalidRequest", "InvalidArgument"}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the store says of an object. etag: without quotes; MD5 of the content with most stores; written: when it
    was written last."""

    size: int
    etag: str
    written: dt.datetime | None = None

    def is_older(self, than_seconds: float) -> bool:
        since = self.written
        return since is not None and since < dt.datetime.now(dt.UTC) - dt.timedelta(seconds=than_seconds)


class S3Room:
    """Objects under one prefix. Every call raises `StoreUnavailable`, in words, when there is no good answer,
    `StoreFull` for a quota that is used up, and `MediaMissing` where that can be."""

    def __init__(self, client: Any, *, bucket: str, prefix: str, signer: Any | None = None) -> None:
        """signer: a client that signs addresses as browsers reach them."""
        self.client, self.bucket, self.prefix, self._signer = client, bucket, prefix, signer
        self._conditional = True

    def create(self, name: str, data: bytes) -> str | None:
        """Write an object unless the name is taken (None then). Its etag; the store has checked the MD5."""
        if self._conditional:
            try:
                return self._put(name, data, IfNoneMatch="*")
            except _Taken:
                return None
            except _Unconditional:
                self._conditional = False  # this store does not know the condition
        return self.replace(name, data)

    def replace(self, name: str, data: bytes) -> str:
        """Write an object, whatever is there. Its etag; the store has checked the MD5."""
        return self._put(name, data)

    def _put(self, name: str, data: bytes, **condition: str) -> str:
        words = {**self._at(name), "Body": data, "ContentMD5": _md5(data), **condition}
        return self._ask(name, lambda: _etag(self.client.put_object(**words)))

    def begin(self, name: str) -> str:
        """Begin an object in parts; the id of the upload."""
        words = self._at(name)
        return self._ask(name, lambda: str(self.client.create_multipart_upload(**words)["UploadId"]))

    def part(self, name: str, *, upload: str, number: int, data: bytes) -> str:
        """One part; its etag."""
        words = {**self._at(name), "UploadId": upload, "PartNumber": number, "ContentMD5": _md5(data)}
        return self._ask(name, lambda: _etag(self.client.upload_part(**words, Body=data)))

    def complete(self, name: str, *, upload: str, etags: Sequence[str]) -> None:
        parts = [{"PartNumber": number, "ETag": f'"{etag}"'} for number, etag in enumerate(etags, start=1)]
        words = {**self._at(name), "UploadId": upload, "MultipartUpload": {"Parts": parts}}
        self._ask(name, lambda: self.client.complete_multipart_upload(**words))

    def abort(self, name: str, *, upload: str) -> None:
        """Give up an upload in parts, as far as that can be done now; `abort_older` does the rest."""
        words = {**self._at(name), "UploadId": upload}
        with contextlib.suppress(StoreUnavailable):
            self._ask(name, lambda: self.client.abort_multipart_upload(**words))

    def abort_older(self, than_seconds: float) -> int:
        """Give up uploads in parts that were begun so long ago. How many."""
        before, aborted = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=than_seconds), 0
        for upload in self._pages("list_multipart_uploads", "Uploads", self.prefix):
            if upload["Initiated"] < before:
                self.abort(upload["Key"].removeprefix(self.prefix), upload=upload["UploadId"])
                aborted += 1
        return aborted

    def head(self, name: str) -> Kept:
        """Raises `MediaMissing`."""

        def asked() -> tuple[Kept, bool]:
            answer = self.client.head_object(**self._at(name))
            last = list(answer["ResponseMetadata"]["HTTPHeaders"])[-1]
            written = answer["LastModified"]
            kept = Kept(size=int(answer["ContentLength"]), etag=_etag(answer), written=written)
            return kept, last == "content-length"

        kept, doubtful = self._ask(name, asked)
        if doubtful and self._ask(name, asked)[0] != kept:  # it may have been cut in its digits
            raise StoreUnavailable(f"存储桶 {self.bucket} 的应答不完整")
        return kept

    def get(self, name: str, *, start: int = 0) -> tuple[Any, int]:
        """The body from this byte on, and how many bytes the whole object has. Raises `MediaMissing`."""

        def asked() -> tuple[Any, int]:
            answer = self.client.get_object(**self._at(name), Range=f"bytes={start}-")
            size = int(answer["ContentRange"].rpartition("/")[2])
            if int(answer["ContentLength"]) != size - start:  # one of the two was cut in its digits
                raise KeyError("ContentRange")
            return answer["Body"], size

        def empty() -> tuple[Any, int]:
            return self.client.get_object(**self._at(name))["Body"], 0

        try:
            return self._ask(name, asked)
        except _NothingThere:
            return self._ask(name, empty)

    def signed(self, name: str, *, seconds: int, mimetype: str, saved_as: str) -> str | None:
        """An address that reads the object for so many seconds; None where nobody signs. Asks for nothing."""
        if self._signer is None:
            return None
        words = {**self._at(name), "ResponseContentType": mimetype, "ResponseCacheControl": "no-store"}
        if saved_as:
            words["ResponseContentDisposition"] = f'attachment; filename="{saved_as}"'
        return str(self._signer.generate_presigned_url("get_object", Params=words, ExpiresIn=seconds))

    def read(self, name: str, body: Any, count: int) -> bytes:
        """At most so many bytes of a body."""
        return self._ask(name, lambda: bytes(body.read(count)))

    def copy(self, name: str, *, source: S3Room) -> None:
        """Copy inside the store. Raises `MediaMissing`."""
        words = {**self._at(name), "CopySource": {"Bucket": source.bucket, "Key": source.prefix + name}}
        self._ask(name, lambda: self.client.copy_object(**words))

    def delete(self, name: str) -> None:
        """Absence is no error."""
        with contextlib.suppress(MediaMissing):
            self._ask(name, lambda: self.client.delete_object(**self._at(name)))

    def names(self) -> Iterator[str]:
        """Every object."""
        for found in self._pages("list_objects_v2", "Contents", self.prefix):
            yield found["Key"].removeprefix(self.prefix)

    def written(self) -> Iterator[tuple[str, float]]:
        """Every object, with how many seconds ago it was written."""
        now = dt.datetime.now(dt.UTC)
        for found in self._pages("list_objects_v2", "Contents", self.prefix):
            yield found["Key"].removeprefix(self.prefix), (now - found["LastModified"]).total_seconds()

    def delete_older(self, starting: str, than_seconds: float) -> int:
        """Delete what was written so long ago under names that start so. How many."""
        before, deleted = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=than_seconds), 0
        for found in self._pages("list_objects_v2", "Contents", self.prefix + starting):
            if found["LastModified"] < before:
                self.delete(found["Key"].removeprefix(self.prefix))
                deleted += 1
        return deleted

    def keeps_versions(self) -> bool:
        """Whether what is deleted stays as an older version. False when the store does not say."""
        try:
            answer = self.client.get_bucket_versioning(Bucket=self.bucket)
        except (ClientError, BotoCoreError):
            return False
        return bool(answer.get("Status") == "Enabled")

    def _at(self, name: str) -> dict[str, Any]:
        return {"Bucket": self.bucket, "Key": self.prefix + name}

    def _pages(self, listing: str, what: str, prefix: str) -> Iterator[dict[str, Any]]:
        """Everything that a listing says, page by page."""
        pages = iter(self.client.get_paginator(listing).paginate(Bucket=self.bucket, Prefix=prefix))

        def turned() -> tuple[bool, list[dict[str, Any]]]:
            page: dict[str, Any] = next(pages, {})
            return page["IsTruncated"], page.get(what, [])

        more = True
        while more:
            more, found = self._ask(prefix, turned)
            yield from found

    def _ask(self, name: str, call: Callable[[], Answer]) -> Answer:
        """The answer to a request. One that lacks a part is asked for once more: cut in its headers, an answer
        reads like a short one that is whole."""
        try:
            try:
                return call()
            except (KeyError, ValueError):
                return call()
        except ClientError as error:
            raise self._refusal(error, name) from error
        except (KeyError, ValueError) as error:
            raise StoreUnavailable(f"存储桶 {self.bucket} 的应答不完整（{error}）") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise StoreUnavailable(f"存储桶 {self.bucket} {_silence(error)}") from error

    def _refusal(self, error: ClientError, name: str) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
        if code in _MISSING:
            return MediaMissing(name)
        if code in _FULL or status == 507:
            return StoreFull(f"存储桶 {self.bucket} 满了（{code}）")
        if code in _THERE:
            return _Taken(name)
        if code == "InvalidRange":
            return _NothingThere(name)
        if code in _NOT_CONDITIONAL:
            return _Unconditional(f"存储桶 {self.bucket} 不会做这件事（{status} {code}）")
        if code in _REFUSED:
            return StoreUnavailable(f"存储桶 {self.bucket} 不接受这把钥匙（{status} {code}）")
        if code == "NoSuchBucket":
            return StoreUnavailable(f"没有 {self.bucket} 这个存储桶")
        return StoreUnavailable(f"存储桶 {self.bucket} 应答 {status} {code}")


class _Taken(StoreUnavailable):
    """The name is taken, or is being taken right now."""


class _NothingThere(StoreUnavailable):
    """The object has no byte at this place."""


class _Unconditional(StoreUnavailable):
    """The store does not know what was asked of it."""


def _silence(error: Exception) -> str:
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return "连不上"
    if isinstance(error, ReadTimeoutError):
        return "没有在时限内应答"
    return f"的应答中断了（{type(error).__name__}）"


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _etag(answer: Any) -> str:
    return str(answer["ETag"]).strip('"')
