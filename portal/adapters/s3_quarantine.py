"""The quarantine of the media store in buckets: `<prefix>quarantine/<space>/<name>`, in the bucket of its space."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

from portal.adapters.media_names import digest_in, is_name
from portal.adapters.s3_room import S3Room
from portal.adapters.s3_stream import S3Stream
from portal.ports import Aside, MediaMissing, Space, StoreUnavailable

_READ = 1 << 18


class S3Quarantine:
    """`Quarantine` of `S3MediaStore`. A bucket cannot delete only what nobody has written again, so between the last
    look and the deletion there is a moment; what was written in it is whole in quarantine, and the next sweep, which
    finds it named, puts it back."""

    def __init__(self, homes: Mapping[Space, S3Room], *, aside: Mapping[Space, S3Room]) -> None:
        self._homes, self._asides = homes, aside

    def candidates(self, space: Space, *, older_than_seconds: float) -> Iterator[str]:
        for name, seconds in self._homes[space].written():
            if seconds > older_than_seconds and is_name(name):
                yield name

    def set_aside(self, space: Space, name: str, *, older_than_seconds: float) -> bool:
        digest_in(name)
        home, aside = self._homes[space], self._asides[space]
        try:
            before = home.head(name)
            if not before.is_older(older_than_seconds):
                return False
            aside.copy(name, source=home)
            if aside.head(name).size != before.size:
                aside.delete(name)
                raise StoreUnavailable(f"存储桶 {home.bucket} 移开的和原来的不一样（{name}）")
            if home.head(name).written != before.written:
                aside.delete(name)
                return False
        except MediaMissing:
            return False
        home.delete(name)
        return True

    def files(self) -> Iterator[Aside]:
        for space, aside in self._asides.items():
            for name, seconds in aside.written():
                if is_name(name):
                    yield Aside(space=space, name=name, seconds=seconds)

    def open(self, space: Space, name: str) -> BinaryIO:
        digest_in(name)
        return cast(BinaryIO, io.BufferedReader(S3Stream(self._asides[space], name), _READ))

    def put_back(self, space: Space, name: str) -> None:
        digest_in(name)
        home, aside = self._homes[space], self._asides[space]
        there = False
        with contextlib.suppress(MediaMissing):
            there = home.head(name).size >= 0
        if not there:
            home.copy(name, source=aside)
        self.destroy(space, name)

    def destroy(self, space: Space, name: str) -> None:
        digest_in(name)
        self._asides[space].delete(name)
