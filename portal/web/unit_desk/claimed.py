"""What a phone sends beside a photo that was taken in the page: the one place where it is read.

A form and a resumable upload both hand in names and texts. Whatever is not believable is nothing: a photo is never
refused for it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from portal.workflows.capture_photo import Claimed

CODE, AT, LON, LAT, ACCURACY = (
    "capture_code", "capture_at", "capture_lon", "capture_lat", "capture_accuracy",
)  # fmt: skip
FIELDS = (CODE, AT, LON, LAT, ACCURACY)
_LONGEST_CODE = 100
_MOST_ACCURACY = 10_000_000  # metres; more than the earth has


def claimed_in(fields: Mapping[str, str]) -> Claimed:
    """What these fields claim; nothing, when there is no code among them."""
    code = fields.get(CODE, "")
    if not code or len(code) > _LONGEST_CODE:
        return Claimed()
    lon, lat = _degrees(fields.get(LON), most=180), _degrees(fields.get(LAT), most=90)
    accuracy = _number(fields.get(ACCURACY))
    placed = lon is not None and lat is not None and accuracy is not None and accuracy >= 0 and (lon or lat)
    return Claimed(
        code=code,
        phone_at=moment(fields.get(AT)),
        lon=f"{lon:.6f}" if placed else None,
        lat=f"{lat:.6f}" if placed else None,
        accuracy=math.ceil(min(accuracy, _MOST_ACCURACY)) if placed and accuracy is not None else None,
    )


def moment(text: str | None) -> dt.datetime | None:
    """A moment that a script gave in milliseconds since 1970."""
    number = _number(text)
    try:
        return None if number is None else dt.datetime.fromtimestamp(number / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _degrees(text: str | None, *, most: int) -> float | None:
    number = _number(text)
    return number if number is not None and abs(number) <= most else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
