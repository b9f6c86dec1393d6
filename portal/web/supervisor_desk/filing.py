"""Which view a photo under review is filed under, and what a picture from there should look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.domain.progress import Photo
from portal.queries.views import ViewShown
from portal.record.pictures import Picture
from portal.web.language import _
from portal.web.supervisor_desk.showing import report_path


def filing(photo: Photo, views: Sequence[ViewShown]) -> dict[str, Any]:
    """What the review page says of the view of one photo; no choice where the project has no views."""
    own = next((each for each in views if each.view is photo.view), None)
    return {
        "views": [
            (str(each.view.ordinal), each.view.name)
            for each in views
            if each.view.closed_at is None or each is own
        ],
        "view": str(own.view.ordinal) if own is not None else "",
        "reference": published_shown(own.reference)
        if own is not None and own.reference is not None
        else None,
        "file": report_path(photo.report, "photos", str(photo.id), "view"),
    }


def published_shown(picture: Picture) -> dict[str, Any]:
    """A published photo for the macros of `components/photos.html`."""
    return {
        "renditions": picture.photo["renditions"],
        "alt": picture.photo["caption"] or _("没有说明的照片"),
        "tone": picture.photo["tone"],
        "caption": picture.photo["caption"],
        "day": picture.day,
        "key": picture.key,
    }
