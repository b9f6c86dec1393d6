"""Reading what a camera wrote beside the pixels: bounded, checked, and only what moderation needs.

Runs only in the confined child.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

from PIL import Image

from portal.imaging.developed import Embedded

_MAKE, _MODEL, _SOFTWARE, _EXIF_BLOCK, _GPS_BLOCK = 0x010F, 0x0110, 0x0131, 0x8769, 0x8825
_TAKEN, _DIGITISED, _TAKEN_OFFSET, _OFFSET = 0x9003, 0x9004, 0x9011, 0x9010
_NORTH_OR_SOUTH, _LATITUDE, _EAST_OR_WEST, _LONGITUDE = 1, 2, 3, 4
_MOST_CHARACTERS = 80
_TIME = re.compile(r"(\d{4})[:\-](\d\d)[:\-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")


def embedded_in(exif: Image.Exif | None) -> Embedded:
    """The claims of this block. A broken or hostile block claims nothing."""
    if exif is None:
        return Embedded()
    details, place = _block(exif, number=_EXIF_BLOCK), _block(exif, number=_GPS_BLOCK)
    latitude = _degrees(place.get(_LATITUDE), sign=place.get(_NORTH_OR_SOUTH), letters="NS", most=90)
    longitude = _degrees(place.get(_LONGITUDE), sign=place.get(_EAST_OR_WEST), letters="EW", most=180)
    both = latitude is not None and longitude is not None
    return Embedded(
        taken_at=_time(details.get(_TAKEN)) or _time(details.get(_DIGITISED)),
        offset=_zone(details.get(_TAKEN_OFFSET)) or _zone(details.get(_OFFSET)),
        make=_words(exif.get(_MAKE)),
        model=_words(exif.get(_MODEL)),
        software=_words(exif.get(_SOFTWARE)),
        latitude=latitude if both else None,
        longitude=longitude if both else None,
    )


def _block(exif: Image.Exif, *, number: int) -> Mapping[int, Any]:
    try:
        return dict(exif.get_ifd(number))
    except Exception:  # written by anybody; whatever the parser stumbles over, it then says nothing
        return {}


def _words(value: Any) -> str | None:
    """A short printable text, or None."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return None
    value = value[: 4 * _MOST_CHARACTERS]
    with contextlib.suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")  # Pillow reads Latin-1; phones write UTF-8
    value = value.split("\0", 1)[0]
    return "".join(letter for letter in value if letter.isprintable()).strip()[:_MOST_CHARACTERS] or None


def _time(value: Any) -> str | None:
    found = _TIME.fullmatch(_words(value) or "")
    if not found:
        return None
    try:
        return dt.datetime(*(int(part) for part in found.groups())).isoformat()  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def _zone(value: Any) -> str | None:
    text = _words(value) or ""
    return text if _ZONE.fullmatch(text) else None


def _degrees(value: Any, *, sign: Any, letters: str, most: int) -> str | None:
    """Degrees, minutes and seconds as a signed decimal with six places, or None."""
    letter = (_words(sign) or "")[:1].upper()
    if not letter or letter not in letters or not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(total) or not 0 <= total <= most or min(degrees, minutes, seconds) < 0:
        return None
    return f"{-total if letter == letters[1] else total:.6f}"
