"""The client of the card painter: starts a child for each new card, one at a time, and remembers what it drew.

No image library is loaded here. The child gets words on its input and gives a PNG; no file of anybody's is opened.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path

from portal.ports.cards import Card

CHILD = Path(__file__).with_name("card_child.py")
SECONDS = 60  # for one card on a machine that is busy
PATIENCE = 3  # seconds that a request waits for its turn, so that nobody can hold up all of a process
REMEMBERED = 256  # cards, about 30 kB each
# Where Debian's packages fonts-noto-cjk, fonts-wqy-microhei and fonts-wqy-zenhei put theirs, the best first.
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)


class CardPainter:
    """Draws share cards in a process of their own."""

    def __init__(self, font: str = "") -> None:
        """font: a file; "" looks where the system keeps its Chinese fonts."""
        found = [path for path in ((font,) if font else FONTS) if Path(path).is_file()]
        self._font = found[0] if found else ""
        self._drawn: OrderedDict[Card, bytes] = OrderedDict()
        self._lock, self._painting = threading.Lock(), threading.Lock()

    @property
    def able(self) -> bool:
        return bool(self._font)

    def draw(self, card: Card) -> bytes | None:
        if not self.able:
            return None
        if (known := self._remembered(card)) is not None:
            return known
        if not self._painting.acquire(timeout=PATIENCE):
            return None
        try:
            picture = self._remembered(card) or self._paint(card)
        finally:
            self._painting.release()
        if picture is not None:
            with self._lock:
                self._drawn[card] = picture
                while len(self._drawn) > REMEMBERED:
                    self._drawn.popitem(last=False)
        return picture

    def _remembered(self, card: Card) -> bytes | None:
        with self._lock:
            if card in self._drawn:
                self._drawn.move_to_end(card)
            return self._drawn.get(card)

    def _paint(self, card: Card) -> bytes | None:
        words = json.dumps({**asdict(card), "font": self._font}).encode()
        try:
            done = subprocess.run(  # noqa: S603 - our own program, words on its input
                [sys.executable, "-I", str(CHILD)],
                input=words,
                capture_output=True,
                timeout=SECONDS,
                check=True,
                env={},
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout if done.stdout.startswith(b"\x89PNG") else None
