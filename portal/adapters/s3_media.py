"""The media store in buckets of any service that speaks S3."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import secrets
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from portal.adapters.media_names import digest_in
from portal.adapters.s3_address import S3Address, S3Keys, S3Limits
from portal.adapters.s3_quarantine import S3Quarantine
from portal.adapters.s3_room import Kept, S3Room
from portal.adapters.s3_stream import S3Stream
from portal.ports import MediaMissing, Received, Space, StoreFull, StoreUnavailable

_PART = 8 << 20  # bytes; a larger file goes in parts of this size
_READ = 1 << 18
_YOUNG = 3600.0  # seconds; what is older is written again, so that no sweep takes it for forgotten
_CHECK = "check-"  # how the names of what `check` writes begin


class S3MediaStore:
    """`MediaStore` in S3: `<bucket>/<prefix><space>/<name>`; originals may have a bucket and keys of their own.

    What was written is checked: the store compares the MD5 we send, and the etag of its answer is compared
    with ours, or, where a store makes its etags in another way, everything is read again and hashed.
    """

    def __init__(
        self,
        address: S3Address,
        *,
        keys: S3Keys,
        sealed_keys: S3Keys | None = None,
        limits: S3Limits | None = None,
    ) -> None:
        limits = limits or S3Limits()
        sealed_keys = sealed_keys or keys
        open_client = address.client(keys, limits)
        sealed_client = open_client if sealed_keys == keys else address.client(sealed_keys, limits)
        open_signer, sealed_signer = address.signer(keys), address.signer(sealed_keys)

        def room(space: Space, *, under: str = "") -> S3Room:
            return S3Room(
                sealed_client if space is Space.SEALED else open_client,
                bucket=address.sealed if space is Space.SEALED else address.bucket,
                prefix=f"{address.prefix}{under}{space.value}/",
                signer=sealed_signer if space is Space.SEALED else open_signer,
            )

        self._rooms = {space: room(space) for space in Space}
        self._quarantine = S3Quarantine(
            self._rooms, aside={space: room(space, under="quarantine/") for space in Space}
        )

    def put(self, space: Space, name: str, data: bytes) -> None:
        if hashlib.sha256(data).hexdigest() != digest_in(name):
            raise ValueError(f"these bytes do not hash to {name}")
        room = self._rooms[space]
        expected = Kept(size=len(data), etag=_md5(data))
        etag = room.create(name, data)
        if etag is None:
            if self._is_whole(room, name, expected) and not room.head(name).is_older(_YOUNG):
                return
            etag = room.replace(name, data)
        if etag != expected.etag:
            self._must_be_whole(room, name, expected)

    def take(self, space: Space, name: str, received: Received) -> None:
        room = self._rooms[space]
        if received.sha256 != digest_in(name):
            raise ValueError(f"what was received does not hash to {name}")
        with contextlib.suppress(MediaMissing):
            kept = room.head(name)
            if kept.size == received.size and not kept.is_older(_YOUNG):
                return
        if received.size <= _PART:
            self.put(space, name, received.path.read_bytes())
        else:
            self._take_in_parts(room, name, received)

    def _take_in_parts(self, room: S3Room, name: str, received: Received) -> None:
        """Part by part, so that no more than one is in memory. Nothing of it shows before it is complete."""
        upload, digest, etags = room.begin(name), hashlib.sha256(), list[str]()
        try:
            with received.path.open("rb") as reading:
                while data := reading.read(_PART):
                    digest.update(data)
                    etags.append(room.part(name, upload=upload, number=len(etags) + 1, data=data))
            if digest.hexdigest() != digest_in(name):
                raise ValueError(f"what was received does not hash to {name}")
        except BaseException:
            room.abort(name, upload=upload)
            raise
        joined = _md5(b"".join(bytes.fromhex(etag) for etag in etags if re.fullmatch("[0-9a-f]{32}", etag)))
        expected = Kept(size=received.size, etag=f"{joined}-{len(etags)}")
        try:
            room.complete(name, upload=upload, etags=etags)
        except StoreUnavailable:
            with contextlib.suppress(
                MediaMissing
            ):  # the reply may have been lost, and the second one strange
                if self._is_whole(room, name, expected):
                    return
            room.abort(name, upload=upload)
            raise
        self._must_be_whole(room, name, expected)

    def publish(self, name: str) -> None:
        digest_in(name)
        staged, public = self._rooms[Space.STAGED], self._rooms[Space.PUBLIC]
        with contextlib.suppress(MediaMissing):
            public.head(name)
            return
        expected = staged.head(name)
        public.copy(name, source=staged)
        self._must_be_whole(public, name, expected)

    def open(self, space: Space, name: str) -> BinaryIO:
        digest_in(name)
        return cast(BinaryIO, io.BufferedReader(S3Stream(self._rooms[space], name), _READ))

    def signed(
        self, space: Space, name: str, *, seconds: int, mimetype: str, saved_as: str = ""
    ) -> str | None:
        self.size(space, name)
        return self._rooms[space].signed(name, seconds=seconds, mimetype=mimetype, saved_as=saved_as)

    def size(self, space: Space, name: str) -> int:
        digest_in(name)
        return self._rooms[space].head(name).size

    def remove(self, space: Space, name: str) -> None:
        digest_in(name)
        self._rooms[space].delete(name)
        self._quarantine.destroy(space, name)

    @property
    def quarantine(self) -> S3Quarantine:
        return self._quarantine

    def names(self, space: Space) -> Iterator[str]:
        for name in self._rooms[space].names():
            with contextlib.suppress(ValueError):  # what is not ours, or a check that was cut short
                digest_in(name)
                yield name

    def sweep(self, older_than_seconds: float) -> int:
        """Give up uploads in parts that nobody completed, and remove what a check has left. How many."""
        swept = 0
        for room in self._rooms.values():
            swept += room.abort_older(older_than_seconds) + room.delete_older(_CHECK, older_than_seconds)
        return swept

    def check(self) -> str | None:
        for space in (Space.SEALED, Space.PUBLIC):
            room = self._rooms[space]
            try:
                self._write_and_read_back(room)
            except (StoreUnavailable, StoreFull, MediaMissing) as trouble:
                said = f"刚写下的读不回来：{trouble}" if isinstance(trouble, MediaMissing) else trouble
                return f"{said}。请检查 PORTAL_MEDIA_URL、钥匙和存储服务。"
            if room.keeps_versions():
                return f"存储桶 {room.bucket} 开着版本保留，撤下的照片不会真正销毁。请关掉它。"
        return None

    def settle(self, *, shown: Callable[[str], bool]) -> int:  # noqa: ARG002 - what is here is at home
        return 0

    def close(self) -> None:
        for client in {id(room.client): room.client for room in self._rooms.values()}.values():
            client.close()

    def _write_and_read_back(self, room: S3Room) -> None:
        name, content = _CHECK + secrets.token_hex(8), secrets.token_bytes(64)
        room.create(name, content)
        try:
            body, _size = room.get(name)
            with contextlib.closing(body):
                if room.read(name, body, len(content)) != content:
                    raise StoreUnavailable(f"存储桶 {room.bucket} 读回来的和写进去的不一样")
        finally:
            room.delete(name)

    def _must_be_whole(self, room: S3Room, name: str, expected: Kept) -> None:
        """Raises `StoreUnavailable`, and removes what is wrong, when it is not what was sent."""
        if not self._is_whole(room, name, expected):
            room.delete(name)
            raise StoreUnavailable(f"存储桶 {room.bucket} 存下的和送去的不一样（{name}）")

    def _is_whole(self, room: S3Room, name: str, expected: Kept) -> bool:
        kept = room.head(name)
        if kept.size != expected.size:
            return False
        if kept.etag == expected.etag:
            return True
        digest = hashlib.sha256()
        with io.BufferedReader(S3Stream(room, name), _READ) as stream:
            while data := stream.read(_READ):
                digest.update(data)
        return digest.hexdigest() == digest_in(name)


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
