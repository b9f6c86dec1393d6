"""The pictures that we make of a photo, and how each is encoded. Runs only in the confined child."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import (
    AvifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from portal.imaging import heic
from portal.imaging.developed import Developed, Rendition
from portal.imaging.embedded import embedded_in
from portal.imaging.pixels import clean, fit, never_inflate_text
from portal.rules.boxes import Box

# Everything that Pillow would import at the first photo: afterwards no file can be opened any more.
_READ_BEFORE_THE_LOCK = (
    AvifImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One size: the edge in pixels, the quality of its JPEG, and whether it is made as AVIF too."""

    edge: int
    jpeg_quality: int
    avif: bool


PLAN = (
    Step(edge=2048, jpeg_quality=80, avif=False),
    Step(edge=1024, jpeg_quality=75, avif=False),
    Step(edge=480, jpeg_quality=75, avif=True),
    Step(edge=240, jpeg_quality=75, avif=True),
)
_AVIF_QUALITY, _AVIF_SPEED = 60, 9
IN_THREADS = ("HEIC",)  # the kinds whose decoder cannot do without a thread
# Grain drawn by us and encoded by libheif, which we ask only to decode.
_HEIC_SAMPLE = Path(__file__).with_name("sample.heic")
PLANE_SIDE = 256


def develop(source: BinaryIO, *, kind: str, boxes: Sequence[Box] = ()) -> Developed:
    """Judge one photo and make its renditions, with what lies under the boxes covered. `kind` is the one of `FORMATS`
    that the first bytes announce. Raises `PhotoRefused` and `MemoryError`."""
    plate = clean(source, kind=kind, edge=PLAN[0].edge, boxes=boxes)
    picture, made = plate.image, []
    for step in _steps(max(plate.width, plate.height)):
        picture = _resized(picture, edge=step.edge)
        made.append(_encoded(picture, edge=step.edge, form="jpeg", quality=step.jpeg_quality))
        if step.avif:
            made.append(_encoded(picture, edge=step.edge, form="avif", quality=_AVIF_QUALITY))
    return Developed(
        format=kind,
        width=plate.width,
        height=plate.height,
        tone=picture.resize((1, 1), Image.Resampling.BOX).tobytes().hex(),
        renditions=tuple(made),
        embedded=embedded_in(plate.exif),
        plane=plate.image.resize((PLANE_SIDE, PLANE_SIDE), Image.Resampling.BOX).convert("RGB").tobytes(),
    )


def _steps(longest: int) -> list[Step]:
    """The steps that differ for a photo of this length: nothing is enlarged, and no size comes twice."""
    smaller = [*(step.edge for step in PLAN[1:]), 0]
    return [step for step, below in zip(PLAN, smaller, strict=True) if longest > below]


def _resized(picture: Image.Image, *, edge: int) -> Image.Image:
    size = fit(picture.size, edge=edge)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.BICUBIC)


def _encoded(picture: Image.Image, *, edge: int, form: str, quality: int) -> Rendition:
    buffer = io.BytesIO()
    if form == "avif":
        picture.save(buffer, "AVIF", quality=quality, speed=_AVIF_SPEED, max_threads=1)
    else:
        picture.save(buffer, "JPEG", quality=quality)
    width, height = picture.size
    return Rendition(edge=edge, format=form, width=width, height=height, data=buffer.getvalue())


def samples() -> dict[str, bytes]:
    """For a trial before the first real photo: a JPEG that passes through the whole plan, and a HEIC."""
    buffer = io.BytesIO()
    Image.effect_noise((2600, 1300), 40).convert("RGB").save(buffer, "JPEG")
    return {"JPEG": buffer.getvalue(), "HEIC": _HEIC_SAMPLE.read_bytes()}


def warm() -> None:
    """Run every reader and writer once, so that nothing has to be loaded under the lock. HEIC is tried under
    it: a process that has had threads must not fork."""
    never_inflate_text()
    heic.prepare()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # `pixels` judges the size itself, and refuses instead of warning
    picture = Image.effect_noise((600, 300), 40).convert("RGB")
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        buffer = io.BytesIO()
        picture.save(buffer, kind)
        buffer.seek(0)
        develop(buffer, kind=kind)
