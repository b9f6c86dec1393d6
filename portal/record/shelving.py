"""From a document to the columns of its shelf row: the one place that knows which parts lists need.

Every document names itself by `title` and `dated` (ISO day), and, where they apply, by `project.code`,
`unit.code`, `town.code`, `category` and `year`. Photos stand under `photos`, each with its `renditions`; videos
under `videos`, each with its `film` and the `renditions` of one of its pictures.
So the shelf can be thrown away and rebuilt from the openings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

SEALS = (
    "audit",
    "burden",
    "authority",
    "receipts",
)  # kinds that seal what is inside the house, or count it: on the record, in no list of what was published


def columns_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The shelf columns of a document. Raises `KeyError` when it does not say what it is."""
    return {
        "title": document["title"],
        "dated": dt.date.fromisoformat(document["dated"]),
        "project": document.get("project", {}).get("code", ""),
        "unit": document.get("unit", {}).get("code", ""),
        "town": document.get("town", {}).get("code", ""),
        "category": document.get("category", ""),
        "year": document.get("year", 0),
    }


def sealed_columns(by: object) -> dict[str, Any]:
    """The shelf columns of an entry whose opening is destroyed, from the row of the entry that did it."""
    names = ("dated", "project", "unit", "town", "category", "year")
    return {"title": "", **{name: getattr(by, name) for name in names}}


def media_of(document: Mapping[str, Any]) -> list[str]:
    """Names of the public renditions that a document shows, each once."""
    videos = document.get("videos", ())
    shown = [r["name"] for each in (*document.get("photos", ()), *videos) for r in each["renditions"]]
    return list(dict.fromkeys(shown + [video["film"]["name"] for video in videos]))


def scopes_of(columns: Mapping[str, Any]) -> list[str]:
    """What an entry with these columns touches besides its own item and kind."""
    return [f"{scope}/{columns[scope]}" for scope in ("project", "unit", "town") if columns[scope]]
