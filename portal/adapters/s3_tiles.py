"""The tile store in a bucket, beside the photos that are public."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator

from portal.adapters.s3_address import S3Address, S3Keys, S3Limits
from portal.adapters.s3_room import S3Room
from portal.adapters.s3_stream import S3Stream
from portal.adapters.tile_paths import must_be_path
from portal.ports import MediaMissing, StoreUnavailable, TileMissing

FOLDER = "record/"


class S3TileStore:
    """`TileStore` in S3: `<bucket>/<prefix>record/<path>`. What was written is checked by its MD5, or read again
    where a store makes its etags in another way."""

    def __init__(self, address: S3Address, *, keys: S3Keys, limits: S3Limits | None = None) -> None:
        client = address.client(keys, limits or S3Limits())
        self._room = S3Room(client, bucket=address.bucket, prefix=address.prefix + FOLDER)

    def write(self, path: str, data: bytes) -> None:
        etag = self._room.replace(must_be_path(path), data)
        if etag != hashlib.md5(data, usedforsecurity=False).hexdigest() and self.read(path) != data:
            raise StoreUnavailable(f"存储桶 {self._room.bucket} 存下的和送去的不一样（{path}）")

    def read(self, path: str) -> bytes:
        try:
            with S3Stream(self._room, must_be_path(path)) as stream:
                return stream.readall()
        except MediaMissing as missing:
            raise TileMissing(path) from missing

    def remove(self, path: str) -> None:
        self._room.delete(must_be_path(path))

    def paths(self) -> Iterator[str]:
        for name in self._room.names():
            with contextlib.suppress(ValueError):
                yield must_be_path(name)

    def close(self) -> None:
        self._room.client.close()
