"""What the public reads of a project now, and what it would read after an act."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal.disclosure import project_shown
from portal.domain.plan import Project
from portal.web.changes import Document


def document_of(project: Project) -> Document:
    """What the public reads of a project as it stands in this session."""
    return project_shown(project, dated="").document


def said_by(session: Session, act: Callable[[], Project]) -> Document:
    """What the public would read after an act. The act is undone before this returns; what it refuses is
    raised as it would be."""
    savepoint = session.begin_nested()
    try:
        return document_of(act())
    finally:
        savepoint.rollback()
        session.expire_all()
