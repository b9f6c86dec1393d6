"""Rectangles on a picture, as parts of its width and height, so that they fit the picture at any size."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = 1000  # the width or height of every picture
MOST_BOXES = 60  # on one picture


@dataclass(frozen=True, kw_only=True, order=True)
class Box:
    """A rectangle in thousandths of a picture that stands upright, from its left and its top.

    Raises `ValueError` when it is empty or sticks out.
    """

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        for start, length in ((self.left, self.width), (self.top, self.height)):
            if start < 0 or length < 1 or start + length > WHOLE:
                raise ValueError("a box lies within its picture and is not empty")

    def within(self, other: Box) -> bool:
        """Whether everything that this covers, the other covers too."""
        return (
            other.left <= self.left
            and other.top <= self.top
            and self.left + self.width <= other.left + other.width
            and self.top + self.height <= other.top + other.height
        )
