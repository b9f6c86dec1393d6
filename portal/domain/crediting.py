"""Photos that are about to be published, between being signed and being on the record.

Two signatures of one photo are never the same bytes. So the names of signed renditions are written down before the
files are, and a worker that dies in between leaves neither a second set nor a file that nobody knows of.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.base import Base
from portal.domain.progress import Decision, Report

SIGNED_FROM = 1024  # pixels of the edge; a smaller rendition is hardly larger than its signature would be


class Crediting(Base):
    """Signed renditions of the photos of a report, while its approval takes effect; afterwards the names that are
    left over for the worker to remove.

    number: the report's, given before it is published, because signatures name it. renditions: all of a photo's, by
    its id. replaced: names that stand nowhere any more.
    """

    __tablename__ = "crediting"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(16))
    renditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    replaced: Mapped[list[Any]] = mapped_column(default=list)

    @property
    def names(self) -> list[str]:
        """Names of all signed renditions."""
        kept = {r["name"] for each in self.renditions.values() for r in each if "credit" in r}
        return sorted(kept)


def is_signed_size(rendition: dict[str, Any]) -> bool:
    """Whether a rendition of this size and format carries a credential once it is public."""
    return bool(rendition["format"] == "jpeg" and rendition["edge"] >= SIGNED_FROM)


def take_up(session: Session, decision: Decision, report: Report) -> str | None:
    """Put signed renditions in the place of the others, when the photos of this decision were signed; the number
    that they name. What they replace is left for the worker to remove."""
    crediting = session.get(Crediting, decision.id, with_for_update=True)
    if crediting is None:
        return None
    before = {r["name"] for photo in report.photos for r in photo.renditions}
    for photo in report.photos:
        photo.renditions = crediting.renditions.get(str(photo.id), photo.renditions)
    after = {r["name"] for photo in report.photos for r in photo.renditions}
    crediting.renditions, crediting.replaced = {}, sorted(before - after)
    return crediting.number
