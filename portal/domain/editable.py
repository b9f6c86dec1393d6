"""What of a report may change now, and by that what a form offers."""

from __future__ import annotations

from portal.domain.lifecycle import ReportState
from portal.domain.progress import PASSAGES, Report


def editable_passages(report: Report) -> frozenset[str]:
    """The passages that may change now: all of a draft, the returned ones of a returned report."""
    if report.state is ReportState.DRAFT:
        return frozenset((*PASSAGES, "milestone", "month", "physical_percent", "videos"))
    last = report.last_return
    return frozenset(reason.passage for reason in last.reasons if reason.passage) if last else frozenset()


def editable_photos(report: Report) -> frozenset[int]:
    """Ids of the photos that may change now: all of a draft; of a returned report the returned ones and
    those that have come since."""
    if report.state is ReportState.DRAFT:
        return frozenset(photo.id for photo in report.photos)
    last = report.last_return
    if last is None:
        return frozenset()
    flagged = {reason.photo_id for reason in last.reasons if reason.photo_id}
    return frozenset(
        photo.id
        for photo in report.photos
        if photo.id in flagged
        or (last.took_effect_at is not None and photo.received_at >= last.took_effect_at)
    )
