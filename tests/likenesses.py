"""Pictures that differ as photographs differ, and reports that show them, without a darkroom: it is not what is tried."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Any

import numpy as np
from PIL import Image

from portal.domain.progress import Report
from portal.imaging.likeness import SIDE, prints_of
from portal.ports import Space
from portal.wiring import Portal
from portal.workflows import compare_photos
from portal.workflows.draft_photos import Developed, add_photo
from portal.workflows.submit_report import submit_report
from tests.small_district import SmallDistrict


def drawn(number: int) -> Image.Image:
    """A soft pattern with things in it, another one for every number."""
    rng = np.random.default_rng(number)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize(
        (320, 240), Image.Resampling.BICUBIC
    )
    for _ in range(8):
        x, y = (int(value) for value in rng.integers(0, 200, 2))
        w, h = (int(value) for value in rng.integers(20, 110, 2))
        coarse.paste(tuple(int(value) for value in rng.integers(0, 256, 3)), (x, y, x + w, y + h))
    return coarse


def plane_of(picture: Image.Image) -> bytes:
    return picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()


def arrived(portal: Portal, picture: Image.Image, *, embedded: dict[str, Any] | None = None) -> Developed:
    """The picture as it stands after the darkroom, with one rendition."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=90)
    content = data.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    portal.media.put(Space.STAGED, f"{sha256}.jpg", content)
    small = {
        "edge": 240,
        "format": "jpeg",
        "name": f"{sha256}.jpg",
        "width": 320,
        "height": 240,
        "bytes": len(content),
    }
    return Developed(
        sha256=sha256,
        bytes=len(content),
        format="JPEG",
        width=picture.width,
        height=picture.height,
        tone="808080",
        renditions=[small],
        embedded=embedded or {},
        prints=prints_of(plane_of(picture)),
    )


def submitted_with(district: SmallDistrict, *pictures: Image.Image, **how: Any) -> int:
    """A submitted report that shows these pictures; its id."""
    portal = district.portal
    report_id = district.draft(**how)
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        for picture in pictures:
            add_photo(
                session,
                report=report,
                arrived=arrived(portal, picture),
                actor=report.author,
                now=portal.now(),
            )
        session.flush()
        for photo in report.photos:
            photo.caption = "正面"
        submit_report(session, report=report, actor=report.author, key=None, now=portal.now())
    portal.now.forward(minutes=1)  # type: ignore[attr-defined]
    return report_id


def compared(portal: Portal, report_id: int, *, now: dt.datetime | None = None) -> None:
    """What the worker does about a submission."""
    with portal.database.reading() as session:
        compare_photos.refresh(session, index=portal.likenesses)
        found = compare_photos.look(session, report_id=report_id, index=portal.likenesses)
    with portal.database.writing() as session:
        compare_photos.keep(session, found=found, now=now or portal.now())
