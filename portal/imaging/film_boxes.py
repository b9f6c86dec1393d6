"""The boxes of MP4 and MOV, walked by ourselves before any decoder is asked.

Only what we know may stand where it stands: a box in a wrong place, one that reaches past the box around it, tables
longer than their box, pictures that lie elsewhere. Nothing is read into memory but the index, and that is bounded.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from portal.imaging.filmed import MOST_MILLISECONDS, Container, FilmRefusal, FilmRefused, Track

MOST_BOXES = 20_000
MOST_INDEX_BYTES = 16 << 20
MOST_CUTS = 64
PICTURE_CODECS = {
    **dict.fromkeys((b"avc1", b"avc3"), "h264"),
    **dict.fromkeys((b"hvc1", b"hev1", b"dvh1", b"dvhe"), "hevc"),
}
_LOCKED = frozenset({b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi", b"sinf"})
_INSIDE: dict[bytes, frozenset[bytes]] = {
    b"moov": frozenset({b"trak", b"mvex"}),
    b"trak": frozenset({b"mdia", b"edts"}),
    b"mdia": frozenset({b"minf"}),
    b"minf": frozenset({b"dinf", b"stbl"}),
    b"dinf": frozenset(),
    b"edts": frozenset(),
    b"stbl": frozenset(),
    b"mvex": frozenset(),
}
_WORDS = frozenset({b"udta", b"meta", b"uuid"})
_PICTURES_NOT_FILMS = frozenset(
    {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"M4A ", b"M4B "}
)
_SINCE_1904 = dt.datetime(1904, 1, 1, tzinfo=dt.UTC)
_SPAN = 1_500  # milliseconds that a cut may reach past what it cuts: the length of a last picture


@dataclass
class _Trak:
    """What is gathered of a track while its boxes go by."""

    kind: str = "other"
    codec: bytes = b""
    width: int = 0
    height: int = 0
    scale: int = 0
    length: int = 0
    frames: int | None = None
    cuts: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def milliseconds(self) -> int | None:
        return self.length * 1000 // self.scale if self.scale and self.length else None


class Boxes:
    """One file. `container()` walks it. Raises `FilmRefused`."""

    def __init__(self, source: BinaryIO, *, size: int) -> None:
        self._source, self._size = source, size
        self._seen = 0
        self._traks: list[_Trak] = []
        self._scale = 0
        self._recorded: dt.datetime | None = None
        self._words = False

    def container(self) -> Container:
        order = []
        major = b""
        index: tuple[int, int] | None = None
        for name, start, end in self._outermost():
            order.append(name)
            if name == b"ftyp":
                major = self._at(start, 4)
            elif name == b"moov":
                if index is not None:
                    raise FilmRefused(FilmRefusal.CORRUPT)
                index = (start, end)
            elif name == b"pssh":
                raise FilmRefused(FilmRefusal.ENCRYPTED)
            self._words |= name in _WORDS
        if major in _PICTURES_NOT_FILMS:
            raise FilmRefused(FilmRefusal.NOT_THIS_KIND)
        if index is None or b"mdat" not in order:
            raise FilmRefused(FilmRefusal.TRUNCATED)
        if index[1] - index[0] > MOST_INDEX_BYTES:
            raise FilmRefused(FilmRefusal.TOO_HEAVY)
        self._walk(self._at(index[0], index[1] - index[0]), b"moov", None)
        return Container(
            format="MOV" if major == b"qt  " else "MP4",
            tracks=tuple(self._told(trak) for trak in self._traks),
            plain=order == [b"ftyp", b"moov", b"mdat"] and not self._words,
            recorded_at=self._recorded.isoformat() if self._recorded else None,
        )

    def _outermost(self) -> Iterator[tuple[bytes, int, int]]:
        at = 0
        while at < self._size:
            head = self._at(at, 16)
            size, name = int.from_bytes(head[:4], "big"), head[4:8]
            known = len(head) >= 8 and all(32 <= each < 127 or each == 0xA9 for each in name)
            if not known:
                raise FilmRefused(FilmRefusal.TRAILING)
            self._count()
            start = at + 8
            if size == 1:
                size, start = int.from_bytes(head[8:16], "big"), at + 16
            if size == 0 and name == b"mdat":
                size = self._size - at  # "until the end", which a camera writes that was switched off
            if size < start - at:
                raise FilmRefused(FilmRefusal.TRAILING if at and size == 0 else FilmRefusal.CORRUPT)
            if at + size > self._size:
                raise FilmRefused(FilmRefusal.TRUNCATED)
            yield name, start, at + size
            at += size

    def _at(self, start: int, count: int) -> bytes:
        self._source.seek(start)
        return self._source.read(count)

    def _count(self) -> None:
        self._seen += 1
        if self._seen > MOST_BOXES:
            raise FilmRefused(FilmRefusal.TOO_HEAVY)

    def _walk(self, body: bytes, parent: bytes, trak: _Trak | None) -> None:
        at = 0
        while at < len(body):
            if len(body) - at == 4 and body[at:] == b"\0\0\0\0":
                return  # QuickTime ends some of its lists with a zero
            size, name = int.from_bytes(body[at : at + 4], "big"), body[at + 4 : at + 8]
            if len(body) - at < 8 or size < 8 or at + size > len(body):
                raise FilmRefused(FilmRefusal.CORRUPT)
            self._count()
            inner = body[at + 8 : at + size]
            at += size
            if name in _INSIDE:
                if name not in _INSIDE[parent]:
                    raise FilmRefused(FilmRefusal.CORRUPT)
                below = trak
                if name == b"trak":
                    below = _Trak()
                    self._traks.append(below)
                self._walk(inner, name, below)
            elif name in _LOCKED or name == b"pssh":
                raise FilmRefused(FilmRefusal.ENCRYPTED)
            else:
                self._leaf(name, inner, trak)

    def _leaf(self, name: bytes, body: bytes, trak: _Trak | None) -> None:
        self._words |= name in _WORDS
        try:
            if name == b"mvhd":
                self._scale, _length, recorded = _timed(body)
                self._recorded = _moment(recorded)
            elif trak is not None and name in _READ:
                _READ[name](self, body, trak)
        except (struct.error, IndexError) as error:
            raise FilmRefused(FilmRefusal.CORRUPT) from error

    def _mdhd(self, body: bytes, trak: _Trak) -> None:
        trak.scale = _timed(body)[0]

    def _hdlr(self, body: bytes, trak: _Trak) -> None:
        trak.kind = {b"vide": "picture", b"soun": "sound"}.get(body[8:12], trak.kind)

    def _dref(self, body: bytes, _trak: _Trak) -> None:
        for entry in _entries(body):
            if not entry[11] & 1:  # not in this very file
                raise FilmRefused(FilmRefusal.ELSEWHERE)

    def _stsd(self, body: bytes, trak: _Trak) -> None:
        for entry in _entries(body):
            codec = entry[4:8]
            if codec in _LOCKED:
                raise FilmRefused(FilmRefusal.ENCRYPTED)
            if trak.codec not in (b"", codec):
                raise FilmRefused(FilmRefusal.NOT_THIS_CODEC)  # it changes how it is written on the way
            trak.codec = codec
            if len(entry) >= 36:
                trak.width, trak.height = struct.unpack(">HH", entry[32:36])

    def _stts(self, body: bytes, trak: _Trak) -> None:
        pairs = _table(body, 8)
        trak.length = sum(count * step for count, step in struct.iter_unpack(">II", pairs))
        trak.frames = sum(count for count, _step in struct.iter_unpack(">II", pairs)) or None

    def _stco(self, body: bytes, _trak: _Trak) -> None:
        self._must_lie_here(struct.iter_unpack(">I", _table(body, 4)))

    def _co64(self, body: bytes, _trak: _Trak) -> None:
        self._must_lie_here(struct.iter_unpack(">Q", _table(body, 8)))

    def _must_lie_here(self, offsets: Iterator[tuple[int, ...]]) -> None:
        if any(offset >= self._size for (offset,) in offsets):
            raise FilmRefused(FilmRefusal.TRUNCATED)

    def _elst(self, body: bytes, trak: _Trak) -> None:
        form, width = (">QqI", 20) if body[0] == 1 else (">IiI", 12)
        trak.cuts = [(a, b, c) for a, b, c in struct.iter_unpack(form, _table(body, width))]

    def _told(self, trak: _Trak) -> Track:
        if trak.kind == "picture" and trak.cuts:
            self._judge_cuts(trak)
        return Track(
            kind=trak.kind,
            codec=PICTURE_CODECS.get(trak.codec, "")
            if trak.kind == "picture"
            else trak.codec.decode("latin-1"),
            width=trak.width,
            height=trak.height,
            milliseconds=trak.milliseconds,
            frames=trak.frames,
        )

    def _judge_cuts(self, trak: _Trak) -> None:
        """Cuts that a telephone makes: in its own speed, and within what was recorded."""
        long, total = trak.milliseconds, 0
        if len(trak.cuts) > MOST_CUTS or not self._scale:
            raise FilmRefused(FilmRefusal.EDITED)
        for length, begin, rate in trak.cuts:
            shown = length * 1000 // self._scale
            total += shown
            if begin == -1:
                continue  # a pause before the pictures begin
            begins = begin * 1000 // trak.scale if trak.scale else -1
            past = long is not None and begins + shown > long + _SPAN
            if begin < 0 or rate != 1 << 16 or begins < 0 or past:
                raise FilmRefused(FilmRefusal.EDITED)
        if total > MOST_MILLISECONDS + _SPAN:
            raise FilmRefused(FilmRefusal.TOO_LONG)


_READ = {
    b"mdhd": Boxes._mdhd,
    b"hdlr": Boxes._hdlr,
    b"dref": Boxes._dref,
    b"stsd": Boxes._stsd,
    b"stts": Boxes._stts,
    b"stco": Boxes._stco,
    b"co64": Boxes._co64,
    b"elst": Boxes._elst,
}


def _timed(body: bytes) -> tuple[int, int, int]:
    """Units a second, length in them, and the second of recording, of a header with times."""
    if body[0] == 1:
        recorded, _changed, scale, length = struct.unpack(">QQIQ", body[4:32])
    else:
        recorded, _changed, scale, length = struct.unpack(">IIII", body[4:20])
    if not scale:
        raise FilmRefused(FilmRefusal.CORRUPT)
    return scale, length, recorded


def _moment(seconds: int) -> dt.datetime | None:
    """Seconds since 1904 when they are a believable claim."""
    try:
        moment = _SINCE_1904 + dt.timedelta(seconds=seconds)
    except OverflowError:
        return None
    return moment if moment.year >= 2000 else None


def _entries(body: bytes) -> Iterator[bytes]:
    """The boxes in a list that begins with its version and how many there are."""
    count, at = struct.unpack(">I", body[4:8])[0], 8
    for _ in range(count):
        size = struct.unpack(">I", body[at : at + 4])[0]
        if size < 12 or at + size > len(body):
            raise FilmRefused(FilmRefusal.CORRUPT)
        yield body[at : at + size]
        at += size


def _table(body: bytes, width: int) -> bytes:
    """The rows of a table that begins with its version and how many there are."""
    count = struct.unpack(">I", body[4:8])[0]
    if 8 + count * width > len(body):
        raise FilmRefused(FilmRefusal.CORRUPT)
    return body[8 : 8 + count * width]
