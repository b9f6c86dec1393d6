"""From a file to the entries that show it: whether the record has published exactly these bytes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.record.shelf import Shelf, Shown
from portal.record.tables import PublicMedia
from portal.rules.clock import end_of

ENDINGS = ("jpg", "avif", "webp", "png")


@dataclass(frozen=True, kw_only=True)
class Found:
    """name: the rendition; entries: those that show it, newest first; destroyed_by: what the entry shows that
    destroyed it, when none shows it any more."""

    name: str = ""
    entries: tuple[Shown, ...] = ()
    destroyed_by: Shown | None = None


def find_photo(shelf: Shelf, digest: str) -> Found | None:
    """What the record knows of a file by its SHA-256, as of the shelf's day; None for what it never showed,
    published or not."""
    names = [f"{digest}.{ending}" for ending in ENDINGS]
    rows = shelf.session.execute(
        select(PublicMedia.name, PublicMedia.seq).where(PublicMedia.name.in_(names))
    ).all()
    shown = shelf.each_at(row.seq for row in rows).values()
    until = None if shelf.as_of is None else end_of(shelf.as_of)
    entries = [each for each in shown if until is None or each.at < until]
    if entries:
        newest_first = tuple(sorted(entries, key=lambda each: -each.seq))
        return Found(name=rows[0].name, entries=newest_first)
    if rows:  # not yet on that day
        return None
    took = next(filter(None, map(shelf.what_took, names)), None)
    return None if took is None else Found(destroyed_by=took)


def place_in(shown: Shown, name: str) -> int:
    """The place of the photo, from 1, that has this rendition in what an entry shows."""
    photos = shown.document.get("photos", ())
    return next(n for n, photo in enumerate(photos, 1) if any(r["name"] == name for r in photo["renditions"]))
