"""The tree as files: C2SP tlog-tiles of height 8, and bundles of entries beside them.

A tile holds up to 256 hashes of one level, where level L stands 8·L above the leaves. What a tile holds
depends on the entries and on its address alone, so tiles can be written again at any time and never differ.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

HEIGHT = 8
WIDTH = 1 << HEIGHT  # hashes in a full tile
HASH = 32  # bytes
LONGEST = 0xFFFF  # bytes of an entry
HIGHEST = 63  # level

_PATH = re.compile(
    r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII
)  # leading groups of zeros are refused below, so that every tile has one address


class Malformed(ValueError):
    """These bytes or this address are not what the standard lays out."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """The address of a tile, or of a bundle of entries where `level` is None. width: hashes or entries in
    it; below 256 it is partial."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def full(self) -> bool:
        return self.width == WIDTH

    @property
    def whole(self) -> Tile:
        """The full tile in this place."""
        return Tile(level=self.level, index=self.index)

    @property
    def path(self) -> str:
        """`tile/<L>/<N>[.p/<W>]`, the index in groups of three digits."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level is None else self.level
        return f"tile/{level}/{'/'.join(groups)}" + ("" if self.full else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> Self:
        """Raises `Malformed` for everything but the one way in which an address is written."""
        found = _PATH.fullmatch(path)
        if found is None or len(path) > 100:
            raise Malformed(f"not the address of a tile: {path[:100]!r}")
        level, groups, last, width = found.groups()
        tile = cls(
            level=None if level == "entries" else int(level),
            index=int(groups.replace("x", "").replace("/", "") + last),
            width=int(width or WIDTH),
        )
        if tile.path != path or (tile.level or 0) > HIGHEST or tile.width > WIDTH:
            raise Malformed(f"not the address of a tile: {path!r}")
        return tile


def tiles_of(size: int, *, after: int = 0, bundles: bool = True) -> Iterator[Tile]:
    """Every tile of a tree of this size that a tree of size `after` does not have, lower levels first."""
    if bundles:
        yield from _row(None, size, after)
    level = 0
    while (count := size >> HEIGHT * level) > 0:
        yield from _row(level, count, after >> HEIGHT * level)
        level += 1


def _row(level: int | None, count: int, before: int) -> Iterator[Tile]:
    if count == before:
        return
    for index in range(before // WIDTH, count // WIDTH):
        yield Tile(level=level, index=index)
    if count % WIDTH:
        yield Tile(level=level, index=count // WIDTH, width=count % WIDTH)


def tile_in(size: int, *, level: int | None, index: int) -> Tile:
    """The tile in this place of a tree of this size. Raises `Malformed` when the tree does not reach it."""
    there = (size >> HEIGHT * (level or 0)) - index * WIDTH
    if there <= 0:
        raise Malformed(f"a tree of {size} entries has no tile {index} at level {level}")
    return Tile(level=level, index=index, width=min(WIDTH, there))


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle: every entry after its length, two bytes, big end first. Raises `Malformed`."""
    bundle = bytearray()
    for entry in entries:
        if len(entry) > LONGEST:
            raise Malformed(f"an entry of {len(entry)} bytes does not fit into a bundle")
        bundle += struct.pack(">H", len(entry)) + entry
    return bytes(bundle)


def unpack(bundle: bytes, *, width: int) -> list[bytes]:
    """The entries of a bundle. Raises `Malformed` when there are not exactly `width`."""
    entries, at = [], 0
    while at < len(bundle):
        start = at + 2
        if start > len(bundle):
            raise Malformed("a bundle ends within a length")
        at = start + int.from_bytes(bundle[at:start], "big")
        if at > len(bundle):
            raise Malformed("a bundle ends within an entry")
        entries.append(bundle[start:at])
    if len(entries) != width:
        raise Malformed(f"a bundle of {len(entries)} entries where {width} should be")
    return entries


def hashes_in(tile: bytes, *, width: int) -> list[bytes]:
    """The hashes of a tile. Raises `Malformed` when there are not exactly `width`."""
    if len(tile) != width * HASH:
        raise Malformed(f"a tile of {len(tile)} bytes where {width * HASH} should be")
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def join(hashes: Sequence[bytes]) -> bytes:
    """A tile of these hashes."""
    return b"".join(hashes)
