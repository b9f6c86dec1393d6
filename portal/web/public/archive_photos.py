"""A result as its photos, each under the note that it belongs to."""

from __future__ import annotations

from typing import Any

from portal.record.shelf import Shown
from portal.text.highlight import highlight
from portal.web.public.evidence import photo_of
from portal.web.public.links import item_href, pieces_zh, zh

MOST_PHOTOS = 6  # of one note; the rest is on its own page


def pictures_of(shown: Shown, *, marks: tuple[str, ...]) -> dict[str, Any]:
    """A found note with the published photos on it."""
    document = shown.document
    photos = document.get("photos", ())
    return {
        "title": pieces_zh(highlight(document["title"], marks)),
        "href": item_href(shown.item),
        "month": document.get("month", ""),
        "day": document["dated"],
        "unit": zh(document["unit"]["name"]),
        "seq": shown.seq,
        "photos": [photo_of(shown, photo) for photo in photos[:MOST_PHOTOS]],
        "left": max(0, len(photos) - MOST_PHOTOS),
    }
