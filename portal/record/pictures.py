"""The photos of one project as the record shows them: in the order in which they were taken, each under a key that
stays the same when its report is corrected or its neighbours are taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.record.shelf import Shelf, Shown
from portal.record.tables import Shelved

MARK = 8  # characters of a photo's seal: enough among the twenty of a report


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo of a standing report. photo: as the report's document has it."""

    report: Shown
    photo: dict[str, Any]

    @property
    def number(self) -> str:
        """Of its report."""
        return str(self.report.document["number"])

    @property
    def seal(self) -> str:
        """The commitment to its original, by which it is the same photo in every version of the report."""
        return str(self.photo["original"])

    @property
    def key(self) -> str:
        """Names it in addresses: report and the beginning of the seal."""
        return f"{self.number}-{self.seal[:MARK]}"

    @property
    def day(self) -> dt.date:
        """The day it was taken, as its unit says, else the day it came."""
        return dt.date.fromisoformat(self.photo.get("taken_on", self.photo["received_on"]))

    @property
    def view(self) -> int | None:
        """The number of the view from which it was taken."""
        filed = self.photo.get("view")
        return int(filed["ordinal"]) if filed else None


def pictures_of(shelf: Shelf, code: str) -> list[Picture]:
    """Every photo that stands published of a project, the oldest first."""
    return pictures_in(shelf.items(Shelved.kind == "report", Shelved.project == code))


def pictures_in(reports: Sequence[Shown]) -> list[Picture]:
    """Every photo of these reports, the oldest first. Withdrawn and sealed ones have none."""
    found = [
        Picture(report=report, photo=photo)
        for report in reports
        for photo in report.document.get("photos", ())
    ]
    return sorted(found, key=lambda each: (each.day, each.report.first_at, each.number))


def reference_of(view: dict[str, Any], pictures: Sequence[Picture]) -> Picture | None:
    """What a picture from this view (of a project's document) should look like: the one that was chosen, while it
    stands, else the first that was taken from here."""
    chosen = view.get("reference", {}).get("original")
    from_here = [each for each in pictures if each.view == view["ordinal"]]
    by_seal = (each for each in pictures if chosen and each.seal == chosen)
    return next(by_seal, from_here[0] if from_here else None)
