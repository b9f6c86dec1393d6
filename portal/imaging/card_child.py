"""Draws one share card: words in as JSON, a PNG out. Runs in a process of its own and imports nothing of the portal."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, EDGE = 1200, 630, 72
PAPER, INK, SECOND, LINE, SUN = "#faf7f0", "#211d17", "#504839", "#ddd4c2", "#f3b52e"
LAMPS = {"red": "#a51d17", "yellow": "#b86e00", "green": "#22663a", "blue": "#1d57a6", "none": "#6a604f"}
TITLE_LINES = 3


def picture(words: dict[str, Any]) -> bytes:
    """The card as PNG bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)

    def font(size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(words["font"], size)

    _masthead(draw, words, font)
    _title(draw, words["title"], font)
    _standing(draw, words, font)
    draw.text((EDGE, HEIGHT - 76), words["note"], font=font(30), fill=SECOND)
    done = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(done, "PNG", optimize=True)
    return done.getvalue()


def _masthead(draw: Any, words: dict[str, Any], font: Any) -> None:
    """The nameplate: half a sun on the double rule of letterpress."""
    draw.pieslice((EDGE, 48, EDGE + 88, 136), 180, 360, fill=SUN)
    draw.text((EDGE + 108, 42), words["site"], font=font(44), fill=INK)
    along = EDGE + 108 + draw.textlength(words["site"], font=font(44))
    draw.text((along + 24, 56), words["district"], font=font(30), fill=SECOND)
    draw.rectangle((EDGE, 104, WIDTH - EDGE, 110), fill=INK)
    draw.rectangle((EDGE, 114, WIDTH - EDGE, 115), fill=INK)


def _title(draw: Any, title: str, font: Any) -> None:
    """As large as three lines allow."""
    for size in (76, 64, 54, 46):
        lines = _broken(draw, title, font(size), WIDTH - 2 * EDGE)
        if len(lines) <= TITLE_LINES:
            break
    if len(lines) > TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1], lines[TITLE_LINES - 1][:-1] + "…"]
    for place, line in enumerate(lines):
        draw.text((EDGE, 152 + place * round(size * 1.3)), line, font=font(size), fill=INK)


def _broken(draw: Any, text: str, font: Any, width: int) -> list[str]:
    """Lines of this width; a Latin word stays whole, a Chinese sentence breaks anywhere."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and draw.textlength(line + piece, font=font) > width:
            lines.append(line)
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for letter in text:
        latin = letter.isascii() and letter != " "
        if pieces and latin and pieces[-1][-1].isascii() and len(pieces[-1]) < 24:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _standing(draw: Any, words: dict[str, Any], font: Any) -> None:
    """The lamp by shape and word, and how far the work is against the plan."""
    colour, x, y = LAMPS.get(words["lamp"], LAMPS["none"]), EDGE, 422
    if words["lamp"]:
        _shape(draw, words["lamp"], (x, y, x + 48, y + 48), colour)
        x += 64
    draw.text((x, y - 4), words["lamp_word"], font=font(42), fill=colour)
    if words["actual"] is None:
        return
    said = f"{words['actual']}%"
    draw.text((WIDTH - EDGE - draw.textlength(said, font=font(64)), y - 22), said, font=font(64), fill=INK)
    left, right, top = EDGE, WIDTH - EDGE, 500
    draw.rectangle((left, top, right, top + 14), fill=LINE)
    draw.rectangle((left, top, left + (right - left) * words["actual"] // 100, top + 14), fill=INK)
    if words["planned"] is not None:
        at = left + (right - left) * words["planned"] // 100
        draw.rectangle((at - 2, top - 14, at + 2, top + 24), fill=INK)
        draw.ellipse((at - 11, top - 34, at + 11, top - 12), fill=SUN)


def _shape(draw: Any, lamp: str, box: tuple[int, int, int, int], colour: str) -> None:
    left, top, right, bottom = box
    if lamp == "red":
        draw.rectangle((left + 4, top + 4, right - 4, bottom - 4), fill=colour)
    elif lamp == "yellow":
        draw.polygon([((left + right) // 2, top), (right, bottom - 2), (left, bottom - 2)], fill=colour)
    elif lamp == "green":
        draw.ellipse((left + 2, top + 2, right - 2, bottom - 2), fill=colour)
    else:
        draw.ellipse((left + 2, top + 2, right - 2, bottom - 2), outline=colour, width=5)
        if lamp == "blue":
            points = [(left + 13, top + 25), (left + 21, top + 33), (left + 36, top + 16)]
            draw.line(points, fill=colour, width=6, joint="curve")


if __name__ == "__main__":
    sys.stdout.buffer.write(picture(json.load(sys.stdin)))
