"""The views of a project for desks: what was published from each, and what the next picture should look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.domain.plan import Project, View
from portal.record.pictures import Picture, pictures_of, reference_of
from portal.record.shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class ViewShown:
    """A view with its reference, which is a published photo, and every photo published from there, oldest first."""

    view: View
    reference: Picture | None
    pictures: Sequence[Picture]


def views_of(session: Session, project: Project) -> list[ViewShown]:
    """The views of a project in their order; the record is asked only where there are any."""
    if not project.views:
        return []
    pictures = pictures_of(Shelf(session), project.code)
    return [
        ViewShown(
            view=view,
            reference=reference_of(
                {"ordinal": view.ordinal, "reference": {"original": view.reference_seal}}, pictures
            ),
            pictures=[each for each in pictures if each.view == view.ordinal],
        )
        for view in project.views
    ]


def published_pictures(session: Session, project: Project) -> list[Picture]:
    """Every published photo of a project, the oldest first."""
    return pictures_of(Shelf(session), project.code)
