"""The elements of WebM, walked by ourselves before any decoder is asked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from portal.imaging.filmed import Container, FilmRefusal, FilmRefused, Track

MOST_ELEMENTS = 200_000  # a cluster a frame is the most that anybody writes
MOST_HEAD_BYTES = 1 << 20
PICTURE_CODECS = {"V_VP8": "vp8", "V_VP9": "vp9"}

_HEADER, _SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_DOCTYPE = 0x4282
_LEVEL_ONE = {
    _INFO: "info", _TRACKS: "tracks", _CLUSTER: "cluster", 0x114D9B74: "seek", 0x1C53BB6B: "cues",
    0x1254C367: "tags", 0x1043A770: "chapters", 0x1941A469: "attachments", 0xEC: "void", 0xBF: "crc",
}  # fmt: skip
_SCALE, _DURATION = 0x2AD7B1, 0x4489
_ENTRY, _TYPE, _CODEC, _VIDEO, _WIDTH, _HEIGHT, _ENCODINGS = 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA, 0x6D80
_UNKNOWN = -1  # the size of what was recorded without knowing when it would end


class Elements:
    """One file. `container()` walks it. Raises `FilmRefused`."""

    def __init__(self, source: BinaryIO, *, size: int) -> None:
        self._source, self._size = source, size
        self._seen = 0

    def container(self) -> Container:
        name, start, end = self._element(0, self._size)
        if name != _HEADER or end - start > MOST_HEAD_BYTES:
            raise FilmRefused(FilmRefusal.CORRUPT)
        doctype = dict(_children(self._at(start, end))).get(_DOCTYPE, b"").rstrip(b"\0")
        if doctype != b"webm":
            raise FilmRefused(FilmRefusal.NOT_THIS_KIND)
        name, start, segment_end = self._element(end, self._size)
        if name != _SEGMENT:
            raise FilmRefused(FilmRefusal.CORRUPT)
        if segment_end == _UNKNOWN:
            segment_end = self._size
        elif segment_end < self._size:
            raise FilmRefused(FilmRefusal.TRAILING)
        milliseconds, tracks, clusters = None, [], 0
        for kind, begins, ends in self._segment(start, segment_end):
            if kind == "info":
                milliseconds = _milliseconds(self._head(begins, ends))
            elif kind == "tracks":
                tracks += [
                    _track(entry) for each, entry in _children(self._head(begins, ends)) if each == _ENTRY
                ]
            elif kind == "attachments":
                raise FilmRefused(FilmRefusal.TRAILING)
            clusters += kind == "cluster"
        if not clusters:
            raise FilmRefused(FilmRefusal.TRUNCATED)
        return Container(format="WEBM", tracks=tuple(_with_length(track, milliseconds) for track in tracks))

    def _segment(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        at = start
        while at < end:
            name, begins, ends = self._element(at, end)
            if name not in _LEVEL_ONE:
                raise FilmRefused(FilmRefusal.TRAILING if self._seen > 4 else FilmRefusal.CORRUPT)
            if ends == _UNKNOWN:
                if name != _CLUSTER:
                    raise FilmRefused(FilmRefusal.CORRUPT)
                ends = self._end_of_cluster(begins, end)
            yield _LEVEL_ONE[name], begins, ends
            at = ends

    def _end_of_cluster(self, at: int, end: int) -> int:
        """A cluster of unknown size ends where an element begins that stands beside clusters."""
        while at < end:
            name, _begins, ends = self._element(at, end)
            if name in _LEVEL_ONE and name not in (0xEC, 0xBF):
                return at
            if ends == _UNKNOWN:
                raise FilmRefused(FilmRefusal.CORRUPT)
            at = ends
        return at

    def _element(self, at: int, end: int) -> tuple[int, int, int]:
        """Name, and where its content begins and ends."""
        self._seen += 1
        if self._seen > MOST_ELEMENTS:
            raise FilmRefused(FilmRefusal.TOO_HEAVY)
        head = self._at(at, min(at + 12, self._size))
        name, used = _number(head, keep_mark=True)
        size, more = _number(head[used:], keep_mark=False)
        begins = at + used + more
        if size == _UNKNOWN:
            return name, begins, _UNKNOWN
        if begins + size > end:
            raise FilmRefused(FilmRefusal.TRUNCATED)
        return name, begins, begins + size

    def _head(self, start: int, end: int) -> bytes:
        if end - start > MOST_HEAD_BYTES:
            raise FilmRefused(FilmRefusal.TOO_HEAVY)
        return self._at(start, end)

    def _at(self, start: int, end: int) -> bytes:
        self._source.seek(start)
        return self._source.read(end - start)


def _number(head: bytes, *, keep_mark: bool) -> tuple[int, int]:
    """A number of variable length, and how many bytes it takes. Names keep the bit that marks their length."""
    length = 9 - head[0].bit_length() if head and head[0] else 9
    if length > (4 if keep_mark else 8) or len(head) < length:
        raise FilmRefused(FilmRefusal.TRUNCATED if len(head) < 8 else FilmRefusal.CORRUPT)
    value = int.from_bytes(head[:length], "big")
    if keep_mark:
        return value, length
    value &= (1 << 7 * length) - 1
    return (_UNKNOWN if value == (1 << 7 * length) - 1 else value), length


def _children(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        name, used = _number(body[at : at + 4], keep_mark=True)
        size, more = _number(body[at + used : at + used + 8], keep_mark=False)
        begins = at + used + more
        if size == _UNKNOWN or begins + size > len(body):
            raise FilmRefused(FilmRefusal.CORRUPT)
        yield name, body[begins : begins + size]
        at = begins + size


def _milliseconds(info: bytes) -> int | None:
    found = dict(_children(info))
    data = found.get(_DURATION, b"")
    if len(data) not in (4, 8):
        return None
    units = struct.unpack(">f" if len(data) == 4 else ">d", data)[0]
    scale = int.from_bytes(found.get(_SCALE, b"\x0f\x42\x40"), "big")
    try:
        return int(units * scale / 1_000_000)
    except (OverflowError, ValueError):  # not a number, or endless
        raise FilmRefused(FilmRefusal.CORRUPT) from None


def _track(entry: bytes) -> Track:
    found = dict(_children(entry))
    if _ENCODINGS in found:  # encrypted, or squeezed once more in a way that a bomb could use
        raise FilmRefused(FilmRefusal.ENCRYPTED)
    kind = {1: "picture", 2: "sound"}.get(int.from_bytes(found.get(_TYPE, b""), "big"), "other")
    codec = found.get(_CODEC, b"").rstrip(b"\0").decode("latin-1")
    size = dict(_children(found.get(_VIDEO, b"")))
    return Track(
        kind=kind,
        codec=PICTURE_CODECS.get(codec, "") if kind == "picture" else codec,
        width=int.from_bytes(size.get(_WIDTH, b""), "big"),
        height=int.from_bytes(size.get(_HEIGHT, b""), "big"),
    )


def _with_length(track: Track, milliseconds: int | None) -> Track:
    return Track(
        kind=track.kind, codec=track.codec, width=track.width, height=track.height, milliseconds=milliseconds
    )
