"""A result as its photos, each under the note that it belongs to."""

from __future__ import annotations

from typing import Any

from portal.record.shelf import Shown
from portal.text.highlight import highlight
from portal.web.public.evidence import photo_of
from portal.web.public.links import item_href, pieces_zh, zh

MOST_PHOTOS = 6  # of one note; the rest is on its own page


def pictures_of(shown: Shown, *, marks: tuple[str, ...]) -> list[dict[str, Any]]:
    """The published photos of a found note as the `pictured` macro expects them; the last says how many more."""
    document = shown.document
    photos = document.get("photos", ())
    note = {
        "title": pieces_zh(highlight(document["title"], marks)),
        "href": item_href(shown.item),
        "month": document.get("month", ""),
        "unit": zh(document["unit"]["name"]),
        "seq": shown.seq,
    }
    left, chosen = max(0, len(photos) - MOST_PHOTOS), photos[:MOST_PHOTOS]
    return [
        {**note, "photo": photo_of(shown, photo), "left": left if photo is chosen[-1] else 0}
        for photo in chosen
    ]
