"""What a photograph becomes, and the reasons for which one is refused. Plain facts; no decoding here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

FORMATS = ("JPEG", "PNG", "WEBP", "HEIC", "AVIF")
# The version of `renditions.PLAN` and of everything between a file and its renditions. Who changes what comes of the
# same file raises it; `portal media rerender` then brings older photos up (docs/photos.md).
RECIPE = 1
EXTENSIONS = {"jpeg": "jpg", "avif": "avif"}


class Refusal(StrEnum):
    """Why a file was not developed. The words for people are the pages' business."""

    EMPTY = "empty"
    NOT_A_PHOTO = "not_a_photo"
    NOT_THIS_KIND = "not_this_kind"  # a picture or a film, but of none of our formats
    TRUNCATED = "truncated"  # the beginning is right, the end is missing
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    TOO_SMALL = "too_small"  # either side too short, or far too long for its width
    TOO_HEAVY = "too_heavy"  # more time or memory than one photo may have
    CORRUPT = "corrupt"


class PhotoRefused(Exception):
    """This file is not developed, for the reason in `refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class PhotoCrashed(Exception):
    """Whoever worked on this file ended without a verdict, or with one that an honest decoder cannot give. It may
    have been the file's doing, and it may not."""


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One picture made by us: pixels only, upright, sRGB.

    edge: the square, in pixels, that it fits into; format: "jpeg" or "avif"; width, height: pixels.
    """

    edge: int
    format: str
    width: int
    height: int
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def name(self) -> str:
        """The name under which a media store keeps it: `<sha256>.<jpg|avif>`."""
        return f"{self.sha256}.{EXTENSIONS[self.format]}"


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """What the file says of its own origin: claims, never proof. None where it says nothing usable.

    taken_at: local time as the camera wrote it, ISO 8601 without offset; offset: "+08:00";
    latitude, longitude: decimal degrees in WGS-84 with six places.
    """

    taken_at: str | None = None
    offset: str | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None
    latitude: str | None = None
    longitude: str | None = None


@dataclass(frozen=True, kw_only=True)
class Developed:
    """A photo that was accepted.

    format: one of `FORMATS`; width, height: pixels of the original, upright;
    tone: mean colour, "rrggbb"; renditions: largest first; plane: 256 x 256 RGB bytes, the whole picture pressed into
    a square, for fingerprints (`likeness`).
    """

    format: str
    width: int
    height: int
    tone: str
    renditions: tuple[Rendition, ...]
    embedded: Embedded
    plane: bytes = b""
