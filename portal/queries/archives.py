"""What rows of an old archive may name, and what of an archive is in already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.domain.archive_rows import Directory, KnownProject, Note
from portal.domain.archives import Archive, ArchiveNote, ArchivePhoto
from portal.domain.lifecycle import MatterState
from portal.domain.organisation import Unit
from portal.domain.plan import Project
from portal.rules.clock import day_of
from portal.text.fold import folded


def directory(session: Session) -> Directory:
    """Every project that is public, and every unit."""
    wanted = (
        select(Project)
        .where(Project.state != MatterState.DRAFT)
        .options(
            joinedload(Project.plan),
            selectinload(Project.milestones),
            selectinload(Project.responsibilities),
        )
    )
    projects: dict[str, list[KnownProject]] = {}
    for project in session.scalars(wanted):
        known = _known(project)
        for name in {folded(project.code), folded(project.name)}:
            projects.setdefault(name, []).append(known)
    units = session.execute(select(Unit.id, Unit.code, Unit.name)).all()
    return Directory(projects, {folded(name): row.id for row in units for name in (row.code, row.name)})


def _known(project: Project) -> KnownProject:
    milestones = {folded(each.name): each.id for each in project.milestones}
    return KnownProject(
        id=project.id,
        code=project.code,
        name=project.name,
        year=project.plan.year,
        start_on=project.start_on,
        units=[(day_of(link.since), link.unit_id) for link in project.responsibilities],
        milestones=milestones | {str(each.ordinal): each.id for each in project.milestones},
    )


def last_of(session: Session, *, name: str) -> Archive | None:
    """The last time that something was brought in under this name."""
    return session.scalars(select(Archive).where(Archive.name == name).order_by(Archive.id.desc())).first()


def notes_in(session: Session, *, keys: Sequence[str]) -> dict[str, str]:
    """Of these notes those that are in, each with what its row said."""
    rows = session.execute(select(ArchiveNote.key, ArchiveNote.said).where(ArchiveNote.key.in_(keys)))
    return {row.key: row.said for row in rows}


def is_developed(session: Session, *, sha256: str) -> bool:
    """Whether a photo has been developed and waits for its note."""
    return session.scalar(select(ArchivePhoto.id).where(ArchivePhoto.sha256 == sha256)) is not None


def names_of(session: Session, *, notes: Sequence[Note]) -> dict[str, tuple[str, str]]:
    """For each note, by its number, the code of its project and the name of its unit."""
    codes = select(Project.id, Project.code).where(Project.id.in_({note.project_id for note in notes}))
    units = select(Unit.id, Unit.name).where(Unit.id.in_({note.unit_id for note in notes}))
    code, unit = dict(session.execute(codes).all()), dict(session.execute(units).all())
    return {note.number: (code[note.project_id], unit[note.unit_id]) for note in notes}
