"""Contact sheets: pages beside and beneath each other on one picture, small enough to be looked at and large enough
to be read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

TALL, GAP, LABEL = 1480, 12, 20  # pixels of a column, between columns and pages, of the words above a page
GROUND, WORDS = "#777777", "#ffffff"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One way of seeing a page. scale: how much of its size is kept on the sheet; columns: on one sheet."""

    name: str
    width: int
    scale: float
    columns: int
    scheme: str = "light"
    display: str = ""
    english: bool = False


PHONE = {"width": 360, "scale": 1.0, "columns": 4}
TABLET = {"width": 768, "scale": 0.64, "columns": 3}
DESK = {"width": 1280, "scale": 0.6, "columns": 2}
NARROW = {"width": 320, "scale": 1.0, "columns": 4}
MANNERS = {
    "light": {},
    "dark": {"scheme": "dark"},
    "large": {"display": "elder"},
    "english": {"english": True},
}
LOOKS = [
    Look(name=f"{size['width']}-{name}", **size, **manner)
    for size in (PHONE, DESK, TABLET, NARROW)
    for name, manner in MANNERS.items()
]
PAPER = Look(name="paper", width=496, scale=1.0, columns=3)  # A4 at 60 dots an inch


class Sheets:
    """Fills column after column and saves a sheet when it is full."""

    def __init__(self, look: Look, folder: Path) -> None:
        self.look, self.folder, self.number = look, folder, 0
        self.step = round(look.width * look.scale) + GAP
        self.column, self.top, self.sheet = 0, 0, self._blank()

    def add(self, label: str, shot: bytes) -> None:
        """A page: beneath the one before when there is room, in as many columns as it is tall."""
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        if self.look.scale != 1:
            picture = picture.resize([round(side * self.look.scale) for side in picture.size], Image.LANCZOS)
        for top in range(0, picture.height, TALL):
            piece = picture.crop((0, top, picture.width, min(top + TALL, picture.height)))
            self._place(label if not top else f"{label}  +{top}", piece)

    def save(self) -> None:
        """Write what is there."""
        if self.column or self.top:
            self.number += 1
            self.sheet.save(self.folder / f"{self.look.name}-{self.number:02}.png")
            self.column, self.top, self.sheet = 0, 0, self._blank()

    def _place(self, label: str, piece: Image.Image) -> None:
        if self.top and self.top + LABEL + piece.height > TALL + LABEL:
            self.column, self.top = self.column + 1, 0
            if self.column == self.look.columns:
                self.save()
        left = self.column * self.step
        pen, font = ImageDraw.Draw(self.sheet), ImageFont.load_default(13)
        pen.text((left + 2, self.top + 2), label[-self.step // 8 :], fill=WORDS, font=font)
        self.sheet.paste(piece, (left, self.top + LABEL))
        self.top += LABEL + piece.height + GAP

    def _blank(self) -> Image.Image:
        return Image.new("RGB", (self.step * self.look.columns, TALL + LABEL), GROUND)
