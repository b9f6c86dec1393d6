"""What a unit has sent before, so that its phones need not send it again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.progress import Photo, Report


def sent_before(session: Session, *, report: Report, sha256: str) -> Photo | None:
    """A photo with this original in this report, or else in another one of the same unit. What other units have sent
    is asked for by nobody: the question is the same whether they have or not."""
    found = session.scalars(
        select(Photo)
        .join(Report, Photo.report_id == Report.id)
        .where(Report.unit_id == report.unit_id, Photo.original_sha256 == sha256)
        .order_by((Photo.report_id == report.id).desc(), Photo.removed_at.is_not(None), Photo.id)
        .limit(1)
    )
    return found.first()
