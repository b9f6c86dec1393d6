"""The container of HEIC and AVIF (ISO/IEC 14496-12 and 23008-12), read by ourselves before any decoder is asked:
how large the picture is, how it is coded, in which colours, and whether the file is whole.

Runs only in the confined child. Nothing here recurses, and every count has an end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from portal.imaging.developed import PhotoRefused, Refusal

CODED = {"HEIC": b"hvc1", "AVIF": b"av01"}
_MOST_BOXES = 2000
_MOST_ITEMS = 1000  # a phone's 48 megapixels are about 200 tiles
_MOST_META_BYTES = 4 << 20
_MOVING = (b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs")


@dataclass(frozen=True, kw_only=True)
class Still:
    """What the container says of its first picture.

    size: as stored, before it is turned; largest: the most pixels that anything in the file claims;
    primaries, transfer: code points of ITU-T H.273 where the container gives them instead of a profile.
    """

    size: tuple[int, int]
    largest: int
    primaries: int | None = None
    transfer: int | None = None


class _Box(NamedTuple):
    name: bytes
    body: bytes


class _Cut(Exception):
    """A field lies behind the end of its box."""


def still_in(source: BinaryIO, *, kind: str) -> Still:
    """The first picture of this file. Raises `PhotoRefused` with `TRUNCATED`, `CORRUPT`, `ANIMATED`,
    or `NOT_THIS_KIND` for a picture that is coded or put together in a way that phones do not use."""
    try:
        meta = _meta(source)
        return _judged(_Meta(meta), kind=kind, end=source.seek(0, os.SEEK_END))
    except _Cut as cut:
        raise PhotoRefused(Refusal.CORRUPT) from cut


def _meta(source: BinaryIO) -> bytes:
    """The body of the first `meta` box. What comes after it does not matter: it says itself where the picture
    lies, and whatever hangs on behind is nobody's."""
    size, at = source.seek(0, os.SEEK_END), 0
    for _ in range(_MOST_BOXES):
        if at == size:
            raise PhotoRefused(Refusal.TRUNCATED)
        source.seek(at)
        name, start, end = _header(source.read(16), at=at, end=size)
        if end > size:
            raise PhotoRefused(Refusal.TRUNCATED)
        source.seek(start)
        if at == 0 and name == b"ftyp" and source.read(4) in _MOVING:
            raise PhotoRefused(Refusal.ANIMATED)
        if name == b"meta":
            if end - start > _MOST_META_BYTES:
                break
            return source.read(end - start)
        at = end
    raise PhotoRefused(Refusal.CORRUPT)


def _header(head: bytes, *, at: int, end: int) -> tuple[bytes, int, int]:
    """Name, start and end of the body of the box that begins here; `end` is that of whatever holds it."""
    if len(head) < 8:
        raise PhotoRefused(Refusal.TRUNCATED)
    length, name, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
    if length == 1:
        if len(head) < 16:
            raise PhotoRefused(Refusal.TRUNCATED)
        length, start = int.from_bytes(head[8:16], "big"), at + 16
    elif length == 0:
        length = end - at
    if at + length < start:
        raise PhotoRefused(Refusal.CORRUPT)
    return name, start, at + length


def _boxes(body: bytes) -> Iterator[_Box]:
    """The boxes that this body consists of, one floor deep."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at == len(body):
            return
        name, start, end = _header(body[at : at + 16], at=at, end=len(body))
        if end > len(body):
            raise _Cut
        yield _Box(name, body[start:end])
        at = end
    raise _Cut


class _Fields:
    """Reads big-endian numbers one after the other."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def take(self, length: int) -> bytes:
        part = self._body[self._at : self._at + length]
        if len(part) < length:
            raise _Cut
        self._at += length
        return part

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def version_and_flags(self) -> tuple[int, int]:
        return self.number(1), self.number(3)

    def times(self, count: int) -> range:
        if count > _MOST_ITEMS:
            raise _Cut
        return range(count)


class _Meta:
    """The tables of a `meta` box: which item is shown, of what kind each is, where it lies, what it is like."""

    def __init__(self, body: bytes) -> None:
        tables: dict[bytes, bytes] = dict(reversed(list(_boxes(body[4:]))))  # the first one counts
        self.primary = _primary(tables.get(b"pitm", b""))
        self.kinds = _kinds(tables.get(b"iinf", b""))
        self.parts = _parts(tables.get(b"iref", b""), of=self.primary)
        self.extents = _extents(tables.get(b"iloc", b""))
        inside: dict[bytes, bytes] = dict(reversed(list(_boxes(tables.get(b"iprp", b"")))))
        self.properties = list(_boxes(inside.get(b"ipco", b"")))
        self.like = _associations(inside.get(b"ipma", b""))

    def of(self, item: int) -> list[_Box]:
        """The properties of this item."""
        return [self.properties[at - 1] for at in self.like.get(item, []) if 0 < at <= len(self.properties)]


def _primary(body: bytes) -> int:
    fields = _Fields(body)
    version, _flags = fields.version_and_flags()
    return fields.number(4 if version else 2)


def _kinds(body: bytes) -> dict[int, bytes]:
    fields, found = _Fields(body), {}
    version, _flags = fields.version_and_flags()
    count = fields.number(4 if version else 2)
    fields.times(count)
    for box in _boxes(body[8 if version else 6 :]):
        entry = _Fields(box.body)
        version, _flags = entry.version_and_flags()
        if box.name != b"infe" or version not in (2, 3):
            raise _Cut
        item = entry.number(4 if version == 3 else 2)
        entry.take(2)
        found[item] = entry.take(4)
    return found


def _parts(body: bytes, *, of: int) -> list[int]:
    """The items that this one is put together from, for a grid its tiles."""
    if not body:
        return []
    found, width = [], 4 if body[0] else 2
    for box in _boxes(body[4:]):
        fields = _Fields(box.body)
        if fields.number(width) == of and box.name == b"dimg":
            found += [fields.number(width) for _ in fields.times(fields.number(2))]
    return found


def _extents(body: bytes) -> dict[int, list[tuple[int, int]]]:
    """Where the content of each item lies in the file; content that lies elsewhere is not listed."""
    fields, found = _Fields(body), {}
    version, _flags = fields.version_and_flags()
    widths = fields.number(2)
    offset, length, base = widths >> 12, widths >> 8 & 15, widths >> 4 & 15
    index = widths & 15 if version else 0
    for _ in fields.times(fields.number(2 if version < 2 else 4)):
        item = fields.number(2 if version < 2 else 4)
        method = fields.number(2) & 15 if version else 0
        fields.take(2)
        start, places = fields.number(base), []
        for _ in fields.times(fields.number(2)):
            fields.take(index)
            places.append((start + fields.number(offset), fields.number(length)))
        if method == 0:
            found[item] = places
    return found


def _associations(body: bytes) -> dict[int, list[int]]:
    if not body:
        return {}
    fields, found = _Fields(body), {}
    version, flags = fields.version_and_flags()
    for _ in fields.times(fields.number(4)):
        item = fields.number(4 if version else 2)
        wide = 2 if flags & 1 else 1
        found[item] = [fields.number(wide) & (0x7FFF if wide == 2 else 0x7F) for _ in range(fields.number(1))]
    return found


def _judged(meta: _Meta, *, kind: str, end: int) -> Still:
    coded, shown = CODED[kind], meta.kinds.get(meta.primary)
    parts = meta.parts if shown == b"grid" else [meta.primary]
    if not parts or any(meta.kinds.get(part) != coded for part in parts):
        raise PhotoRefused(Refusal.NOT_THIS_KIND if shown else Refusal.CORRUPT)
    for part in {*parts, meta.primary}:
        if any(start + length > end for start, length in meta.extents.get(part, [])):
            raise PhotoRefused(Refusal.TRUNCATED)
    claimed = [_size(box.body) for box in meta.properties if box.name == b"ispe"]
    own = [_size(box.body) for box in meta.of(meta.primary) if box.name == b"ispe"]
    if not own:
        raise PhotoRefused(Refusal.CORRUPT)
    primaries, transfer = _colour(meta.of(meta.primary))
    return Still(
        size=own[0],
        largest=max(width * height for width, height in claimed),
        primaries=primaries,
        transfer=transfer,
    )


def _size(body: bytes) -> tuple[int, int]:
    fields = _Fields(body)
    fields.version_and_flags()
    return fields.number(4), fields.number(4)


def _colour(properties: list[_Box]) -> tuple[int | None, int | None]:
    for box in properties:
        if box.name == b"colr" and box.body[:4] == b"nclx":
            fields = _Fields(box.body[4:])
            return fields.number(2), fields.number(2)
    return None, None
