"""Videos of the record as the page macros expect them."""

from __future__ import annotations

from typing import Any

from portal.record.shelf import Shown
from portal.web import films
from portal.web.filters import shortday
from portal.web.language import _
from portal.web.public.links import zh
from portal.web.windows import photo_url


def poster_of(report: Shown, video: dict[str, Any]) -> dict[str, Any]:
    """The picture that stands for a video, as a photo that says how long it is."""
    shown = {
        "renditions": video["renditions"],
        "alt": video["description"] or report.document["title"],
        "caption": zh(video["description"]),
        "tone": video["tone"],
        "film": films.length_mark(video["film"]["milliseconds"]),
    }
    return shown | _dated(video)


def films_of(report: Shown) -> list[dict[str, Any]]:
    """All videos of a report, to be played."""
    return [
        films.shown(
            video["film"],
            source=photo_url(video["film"]["name"]),
            poster=poster_of(report, video),
            description=zh(video["description"]),
            **_dated(video),
        )
        for video in report.document.get("videos", ())
    ]


def _dated(video: dict[str, Any]) -> dict[str, Any]:
    if "taken_on" in video:
        return {"taken_on": video["taken_on"]}
    return {"place": _("%(day)s上传", day=shortday(video["received_on"]))}
