"""Where else a photo is to be seen, for whoever covers it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Photo, Report


def public_elsewhere(session: Session, photo: Photo) -> Sequence[Report]:
    """Other reports that are public with the same original, each of which has to be covered by itself."""
    number = photo.report.number or ""
    query = (
        select(Report)
        .join(Photo, Photo.report_id == Report.id)
        .where(
            Photo.original_sha256 == photo.original_sha256,
            Photo.removed_at.is_(None),
            Report.state == ReportState.PUBLISHED,
            Report.number != number,
        )
        .distinct()
        .order_by(Report.number)
    )
    return session.scalars(query).all()
