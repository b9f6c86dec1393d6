"""The house's half of receipts: who was given one, whether the log says it yet, and what was decided."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.base import Base
from portal.domain.progress import PASSAGES, Report


class Outcome(StrEnum):
    """withdrawn: taken back by whoever handed it in, or gone with what it belongs to."""

    PUBLISHED = "published"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GivenReceipt(Base):
    """One receipt, of one submission: `report/<id>/<round>` or whatever else can be handed in. Holds no content.

    code: hex, from which the holder's secret follows; entry: the number in the record of what was published;
    logged_in, decided_in: the entries of the record that say so, None while none does.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_waiting", "logged_in", "received_at"),
        Index("ix_receipt_decided", "decided_in", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(30))
    commitment: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[dt.datetime]
    decide_by: Mapped[dt.datetime]
    note: Mapped[str] = mapped_column(Text)
    logged_in: Mapped[int | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(String(20), default=None)
    decided_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    entry: Mapped[int | None] = mapped_column(default=None)
    decided_in: Mapped[int | None] = mapped_column(default=None)


def submission_of(report: Report, round_: int | None = None) -> str:
    """The key of what a unit handed in: a report in one of its rounds, the last unless said otherwise."""
    return f"report/{report.id}/{report.round if round_ is None else round_}"


def receipt_of(session: Session, submission: str) -> GivenReceipt | None:
    return session.scalars(select(GivenReceipt).where(GivenReceipt.submission == submission)).first()


def decided(
    session: Session, submission: str, *, outcome: Outcome, at: dt.datetime, entry: int | None = None
) -> None:
    """Note what became of a submission, for the log to say. The first decision stays; without a receipt nothing
    is noted."""
    given = receipt_of(session, submission)
    if given is not None and given.outcome is None:
        given.outcome, given.decided_at, given.entry = outcome.value, at, entry


def content_of(report: Report) -> dict[str, object]:
    """Exactly what a unit hands in: every word, and the SHA-256 of every original."""
    photos = []
    for photo in report.photos:
        told: dict[str, object] = {"caption": photo.caption, "sha256": photo.original_sha256}
        if photo.taken_on is not None:
            told["taken_on"] = photo.taken_on.isoformat()
        photos.append(told)
    content: dict[str, object] = {
        "kind": "report",
        "month": report.month,
        "photos": photos,
        "project": report.project.code,
        "round": report.round,
        "unit": report.unit.code,
    }
    if report.physical_percent is not None:
        content["physical_percent"] = report.physical_percent
    if report.milestone is not None:
        content["milestone"] = report.milestone.name
    if report.videos:
        content["videos"] = [
            {"description": video.description, "sha256": video.original_sha256}
            | ({"taken_on": video.taken_on.isoformat()} if video.taken_on is not None else {})
            for video in report.videos
        ]
    words = {name: getattr(report, name) for name in PASSAGES} | {"reason": report.correction_reason}
    return content | {name: text for name, text in words.items() if text}
