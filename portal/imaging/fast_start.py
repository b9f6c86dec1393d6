"""An MP4 whose index stands before its pictures, so that a player shows the first frame before the last byte.

The muxer writes the index (`moov`) at the end. Here it is moved to the front and every offset in it moved along.
"""

from __future__ import annotations

from typing import BinaryIO

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_OFFSETS = {b"stco": 4, b"co64": 8}  # bytes of one offset
_WORDS = (b"udta", b"meta")
_CHUNK = 1 << 20


class NotAFilm(ValueError):
    """These are not the boxes that a muxer writes."""


def move_index_forward(source: BinaryIO, target: BinaryIO) -> int:
    """Write the film in `source` to `target` at its position: kind, index, pictures and nothing else. How many
    bytes."""
    boxes = _boxes_of(source)
    index = bytearray(_without_words(_read(source, boxes[b"moov"])))
    kind = _read(source, boxes[b"ftyp"])
    start, size = boxes[b"mdat"]
    _shift(index, by=len(kind) + len(index) - start)
    target.write(kind)
    target.write(index)
    source.seek(start)
    left = size
    while left:
        chunk = source.read(min(_CHUNK, left))
        if not chunk:
            raise NotAFilm("the pictures end too early")
        target.write(chunk)
        left -= len(chunk)
    return len(kind) + len(index) + size


def _boxes_of(source: BinaryIO) -> dict[bytes, tuple[int, int]]:
    end, at, found = source.seek(0, 2), 0, {}
    while at + 8 <= end:
        source.seek(at)
        head = source.read(16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < 8 or at + size > end:
            raise NotAFilm("a box reaches past the end")
        found[name] = (at, size)
        at += size
    if not {b"ftyp", b"moov", b"mdat"} <= set(found):
        raise NotAFilm("a box is missing")
    return found


def _read(source: BinaryIO, where: tuple[int, int]) -> bytes:
    source.seek(where[0])
    return source.read(where[1])


def _without_words(index: bytes) -> bytes:
    """The index without the boxes that say things about a film instead of showing it."""
    kept, at = b"", 8
    while at + 8 <= len(index):
        size = int.from_bytes(index[at : at + 4], "big")
        if size < 8 or at + size > len(index):
            raise NotAFilm("a box reaches past its index")
        if index[at + 4 : at + 8] not in _WORDS:
            kept += index[at : at + size]
        at += size
    return (8 + len(kept)).to_bytes(4, "big") + index[4:8] + kept


def _shift(index: bytearray, *, by: int) -> None:
    """Add to every offset of chunks in this index."""
    at = 0
    while at + 8 <= len(index):
        size, name = int.from_bytes(index[at : at + 4], "big"), bytes(index[at + 4 : at + 8])
        if size < 8 or at + size > len(index):
            raise NotAFilm("a box reaches past its index")
        if name in _CONTAINERS:
            at += 8
            continue
        if name in _OFFSETS:
            width = _OFFSETS[name]
            count = int.from_bytes(index[at + 12 : at + 16], "big")
            if 16 + count * width > size:
                raise NotAFilm("a table is longer than its box")
            for place in range(at + 16, at + 16 + count * width, width):
                moved = int.from_bytes(index[place : place + width], "big") + by
                index[place : place + width] = moved.to_bytes(width, "big")
        at += size
