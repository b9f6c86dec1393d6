"""A photo arrives: it is judged in the dark, the original is sealed, our renditions are kept.

Done before the transaction that names it, so that the database never names what is not there. A photo
that no row names in the end is found by the sweep, not by readers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from portal.domain.progress import SEALED_AS
from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import Rendition
from portal.imaging.likeness import prints_of
from portal.ports import MediaStore, Received, Space
from portal.workflows.draft_photos import Developed


def receive_photo(*, received: Received, file_name: str, darkroom: Darkroom, media: MediaStore) -> Developed:
    """Develop a spooled file and keep everything of it. Raises `PhotoRefused`, `PhotoCrashed` and `StoreFull`."""
    developed = darkroom.develop(received.path)
    media.take(Space.SEALED, f"{received.sha256}.{SEALED_AS[developed.format]}", received)
    renditions = stage(developed.renditions, media)
    claims = {k: v for k, v in dataclasses.asdict(developed.embedded).items() if v is not None}
    return Developed(
        sha256=received.sha256,
        bytes=received.size,
        format=developed.format,
        width=developed.width,
        height=developed.height,
        tone=developed.tone,
        renditions=renditions,
        embedded=claims,
        file_name=file_name,
        prints=prints_of(developed.plane),
    )


def stage(renditions: Sequence[Rendition], media: MediaStore) -> list[dict[str, Any]]:
    """Keep our renditions where nobody but desks sees them; what a photo's row says of them."""
    for rendition in renditions:
        media.put(Space.STAGED, rendition.name, rendition.data)
    return [
        {
            "edge": rendition.edge,
            "format": rendition.format,
            "name": rendition.name,
            "width": rendition.width,
            "height": rendition.height,
            "bytes": len(rendition.data),
        }
        for rendition in renditions
    ]
