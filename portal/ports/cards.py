"""Share cards: the picture that a chat shows beside a link. Drawn from published words alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card says, in words that are public. lamp: a colour or "none"; percents: None where nothing is due."""

    site: str
    district: str
    title: str
    lamp: str
    lamp_word: str
    actual: int | None
    planned: int | None
    note: str


class Cards(Protocol):
    """Draws cards. Drawing the same card again gives the same bytes, and costs nothing while it is remembered."""

    @property
    def able(self) -> bool:
        """Whether there is a font that has Chinese letters; without one no card is drawn."""
        ...

    def draw(self, card: Card) -> bytes | None:
        """A PNG of 1200 x 630, or None when it could not be drawn now."""
        ...
