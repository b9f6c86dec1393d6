"""The ways in which a picture is reused: copies as people, chat programs and screens make them."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

Way = Callable[[Image.Image], Image.Image]


def _crop(share: float) -> Way:
    """This share taken off in each direction, half on each side."""
    return lambda picture: _cut(picture, share / 2, share / 2, 1 - share / 2, 1 - share / 2)


def _cut(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )


def _again(picture: Image.Image, *, quality: int, edge: int = 0) -> Image.Image:
    """Through a JPEG of this quality, made smaller before."""
    picture = picture.convert("RGB")
    if edge:
        picture.thumbnail((edge, edge))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return Image.open(io.BytesIO(data.getvalue()))


def _watermark(picture: Image.Image) -> Image.Image:
    """The box with date and place that camera programs print into a corner, and a line of text across."""
    copy = picture.copy()
    width, height = copy.size
    pen = ImageDraw.Draw(copy)
    pen.rectangle((width * 0.03, height * 0.72, width * 0.42, height * 0.95), fill=(20, 90, 200))
    for line in range(4):
        top = height * (0.75 + line * 0.045)
        pen.rectangle((width * 0.05, top, width * (0.3 + line % 2 * 0.08), top + height * 0.02), fill="white")
    pen.text((width * 0.4, height * 0.5), "SITE 2026", fill="white", font_size=height * 0.06)
    return copy


def _border(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, border=round(0.06 * picture.width), fill="white")


def _screenshot(picture: Image.Image) -> Image.Image:
    """A phone's screen: black bars above and below, a status line, smaller."""
    width, height = 720, 1280
    shown = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.BICUBIC)
    screen = Image.new("RGB", (width, height))
    screen.paste(shown, (0, (height - shown.height) // 2))
    return _again(screen, quality=85)


def _turned(degrees: float) -> Way:
    """As somebody straightens a horizon: turned, and cut to what is left without corners."""
    return lambda picture: _crop(0.06)(picture.rotate(degrees, Image.Resampling.BICUBIC))


WAYS: dict[str, Way] = {
    "as it was": lambda picture: picture,
    "crop 3 %": _crop(0.03),
    "crop 8 %": _crop(0.08),
    "crop 15 %": _crop(0.15),
    "crop 20 %": _crop(0.20),
    "crop 30 %": _crop(0.30),
    "corner cut 12 %": lambda picture: _cut(picture, 0.12, 0.12, 1, 1),
    "corner cut 16 %": lambda picture: _cut(picture, 0, 0, 0.84, 0.84),
    "left strip cut 12 %": lambda picture: _cut(picture, 0.12, 0, 1, 1),
    "lower strip cut 12 %": lambda picture: _cut(picture, 0, 0, 1, 0.88),
    "mirror": ImageOps.mirror,
    "mirror, crop 8 %": lambda picture: _crop(0.08)(ImageOps.mirror(picture)),
    "watermark": _watermark,
    "white border": _border,
    "screenshot": _screenshot,
    "JPEG quality 40": lambda picture: _again(picture, quality=40),
    "chat (1280, quality 60)": lambda picture: _again(picture, quality=60, edge=1280),
    "small (480, quality 70)": lambda picture: _again(picture, quality=70, edge=480),
    "brighter": lambda picture: ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(1.3)).enhance(
        1.15
    ),
    "greyscale": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
    "turned 2 degrees": _turned(2),
    "turned 5 degrees": _turned(5),
    "watermark, mirror, chat": lambda picture: _again(
        ImageOps.mirror(_watermark(picture)), quality=60, edge=1280
    ),
}
