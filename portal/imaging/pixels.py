"""From a hostile file to clean pixels: upright, sRGB, eight bits, no alpha, in a fresh image.

Runs only in the confined child. Memory stays near that of the decoded picture alone: large pictures
are flattened and reduced in bands, and JPEG is decoded at a half, a quarter or an eighth.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from PIL import Image, PngImagePlugin

from portal.imaging import heic
from portal.imaging.boxes import Still, still_in
from portal.imaging.colour import to_srgb, wide_profile
from portal.imaging.containers import is_cut_short, jpeg_scans, webp_is_animated, webp_size
from portal.imaging.cover import Layers, Rectangle, fill, rectangles
from portal.imaging.developed import PhotoRefused, Refusal
from portal.rules.boxes import Box

MOST_PIXELS = 120_000_000
SHORTEST_SIDE = 32
MOST_ELONGATED = 20
MOST_SCANS = 100  # of a progressive JPEG; cameras write about ten, a work bomb thousands

_EXIF_ORIENTATION = 0x0112
_UPRIGHT_BY = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset(way for orientation, way in _UPRIGHT_BY.items() if orientation >= 5)
_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I")
_BAND_PIXELS = 1_000_000
_MOST_DECODER_BYTES = 800 << 20  # of the 1 GiB that the child may have
_DECODED_BYTES = {"HEIC": 5, "AVIF": 9}  # for a pixel: planes, flat rows, and for AVIF Pillow's own copy
_LARGER_BEFORE_RESIZE = 1.3  # box reduction may come this near to the final size; the rest is bicubic
_ACCEPT_DRAFT_FROM = 0.93  # of the edge: a JPEG decoded at a fraction may be a little smaller than it


@dataclass(frozen=True, kw_only=True)
class Plate:
    """Clean pixels, and the exif block of the file.

    width, height: of the original, upright, while `image` may be smaller.
    """

    image: Image.Image
    width: int
    height: int
    exif: Image.Exif | None


@dataclass(frozen=True, kw_only=True)
class _Raw:
    """Pixels as a decoder gives them. strip: rows from here to there as a picture of their own; layers: how a JPEG
    samples its colours."""

    size: tuple[int, int]
    strip: Callable[[int, int], Image.Image]
    layers: Layers = ()


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What lies beside the pixels. size: of the picture as stored in the file; turn: what makes it upright."""

    size: tuple[int, int]
    profile: bytes | None
    exif: Image.Exif | None
    turn: Image.Transpose | None


def never_inflate_text() -> None:
    """Make Pillow pass over the text chunks of PNG: nobody reads them, and they inflate a thousandfold."""

    def skip(stream: PngImagePlugin.PngStream, _position: int, length: int) -> bytes:
        return stream.fp.read(length) if stream.fp else b""

    for chunk in ("chunk_tEXt", "chunk_zTXt", "chunk_iTXt"):
        setattr(PngImagePlugin.PngStream, chunk, skip)


def fit(size: tuple[int, int], *, edge: int) -> tuple[int, int]:
    """The size with the same shape that fits into a square of this edge; never larger than it was."""
    longest = max(size)
    if longest <= edge:
        return size
    return max(1, round(size[0] * edge / longest)), max(1, round(size[1] * edge / longest))


def clean(source: BinaryIO, *, kind: str, edge: int, boxes: Sequence[Box] = ()) -> Plate:
    """Decode, no larger than needed for a picture of this edge, and cover what lies under the boxes.
    Raises `PhotoRefused`."""
    try:
        raw, facts = _decoded(source, kind=kind, edge=edge)
    except (PhotoRefused, MemoryError):
        raise
    except Exception as error:
        raise PhotoRefused(_reason(error, source=source, kind=kind)) from error
    hidden = rectangles(boxes, size=raw.size, layers=raw.layers, turn=facts.turn)
    fresh = _flattened(raw, edge=edge, hidden=hidden)
    del raw  # most of the memory
    if max(fresh.size) > edge:
        fresh = fresh.resize(fit(fresh.size, edge=edge), Image.Resampling.BICUBIC)
    fresh = to_srgb(fresh, profile=facts.profile)
    if facts.turn is not None:
        fresh = fresh.transpose(facts.turn)
    width, height = facts.size[::-1] if facts.turn in _LYING else facts.size
    return Plate(image=fresh, width=width, height=height, exif=facts.exif)


def _decoded(source: BinaryIO, *, kind: str, edge: int) -> tuple[_Raw, _Facts]:
    still = _still(source, kind=kind) if kind in ("HEIC", "AVIF") else None
    if kind == "HEIC":
        return _from_heic(heic.decoded(source), still)
    image = _opened(source, kind=kind)
    size = image.size
    if kind == "JPEG":
        image.draft(None, fit(size, edge=int(edge * _ACCEPT_DRAFT_FROM)))
    image.load()
    exif = _exif(image)
    profile = image.info.get("icc_profile")
    layers = tuple(getattr(image, "layer", ()))
    return _Raw(size=image.size, strip=lambda top, bottom: _rows(image, top, bottom), layers=layers), _Facts(
        size=size,
        profile=wide_profile(still.primaries) if still and not profile else profile,
        exif=exif,
        turn=_UPRIGHT_BY.get(exif.get(_EXIF_ORIENTATION, 1)) if exif is not None else None,
    )


def _rows(image: Image.Image, top: int, bottom: int) -> Image.Image:
    whole = (top, bottom) == (0, image.height)
    return image if whole else image.crop((0, top, image.width, bottom))


def _still(source: BinaryIO, *, kind: str) -> Still:
    still = still_in(source, kind=kind)
    source.seek(0)
    _judge_size(still.size)
    if still.largest > MOST_PIXELS:
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS)
    _judge_weight(still.size, bytes_per_pixel=_DECODED_BYTES[kind])
    return still


def _from_heic(decoded: heic.Heic, still: Still | None) -> tuple[_Raw, _Facts]:
    _judge_size(decoded.size)
    exif = None
    if decoded.exif:
        exif = Image.Exif()
        with contextlib.suppress(Exception):  # as for every other kind: a broken block says nothing
            exif.load(decoded.exif)
    return _Raw(size=decoded.size, strip=decoded.strip), _Facts(
        size=decoded.size,
        profile=decoded.profile or wide_profile(still.primaries if still else None),
        exif=exif,
        turn=None,
    )


def _opened(source: BinaryIO, *, kind: str) -> Image.Image:
    if kind == "WEBP":
        head = source.read(32)
        source.seek(0)
        if webp_is_animated(head):
            raise PhotoRefused(Refusal.ANIMATED)
        size = webp_size(head)
        if size is not None:
            _judge_size(size)
            _judge_weight(size, bytes_per_pixel=12)  # two canvases of libwebp and the picture itself
    image = Image.open(source, formats=(kind,))
    _judge_size(image.size)
    if kind in ("PNG", "AVIF") and getattr(image, "is_animated", False):
        raise PhotoRefused(Refusal.ANIMATED)
    if image.info.get("progressive"):
        _judge_weight(image.size, bytes_per_pixel=2 * len(image.getbands()))  # every coefficient is kept
        if jpeg_scans(source) > MOST_SCANS:
            raise PhotoRefused(Refusal.TOO_HEAVY)
    return image


def _judge_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS)
    if min(size) < SHORTEST_SIDE or max(size) > MOST_ELONGATED * min(size):
        raise PhotoRefused(Refusal.TOO_SMALL)


def _judge_weight(size: tuple[int, int], *, bytes_per_pixel: int) -> None:
    # Judged beforehand, because decoders that run out of memory report damage.
    if size[0] * size[1] * bytes_per_pixel > _MOST_DECODER_BYTES:
        raise PhotoRefused(Refusal.TOO_HEAVY)


def _reason(error: Exception, *, source: BinaryIO, kind: str) -> Refusal:
    if "truncated" in str(error) or is_cut_short(source, kind=kind):
        return Refusal.TRUNCATED
    return Refusal.TOO_HEAVY if "memory" in str(error).lower() else Refusal.CORRUPT


def _exif(image: Image.Image) -> Image.Exif | None:
    try:
        return image.getexif()
    except Exception:  # the block is a claim written by anybody; a broken one says nothing
        return None


def _flattened(raw: _Raw, *, edge: int, hidden: Sequence[Rectangle]) -> Image.Image:
    """A fresh image in mode RGB, L or CMYK, reduced by a whole factor when far larger than the edge. What is hidden is
    filled before any two pixels are mixed."""
    width, height = raw.size
    factor = max(1, int(max(raw.size) / (edge * _LARGER_BEFORE_RESIZE)))
    step = max(1, _BAND_PIXELS // (width * factor)) * factor
    fresh: Image.Image | None = None
    for top in range(0, height, step):
        band = _plain(raw.strip(top, min(height, top + step)))
        fill(band, hidden, top=top)
        if factor > 1:
            band = band.reduce(factor)
        if fresh is None:
            fresh = Image.new(band.mode, (-(-width // factor), -(-height // factor)))
        fresh.paste(band, (0, top // factor))
    return cast(Image.Image, fresh)


def _plain(band: Image.Image) -> Image.Image:
    if band.mode in _SIXTEEN_BIT:
        return band.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if band.has_transparency_data:
        seen = band.convert("RGBA")
        white = Image.new("RGB", band.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    if band.mode in ("RGB", "L", "CMYK"):
        return band
    return band.convert("L" if band.mode in ("1", "LA") else "RGB")
