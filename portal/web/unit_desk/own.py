"""The unit's own things. What belongs to another unit is not found, as if it did not exist."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.errors import NoSuchThing
from portal.domain.lifecycle import ReportState
from portal.domain.organisation import Person
from portal.domain.plan import Project
from portal.domain.progress import Report
from portal.domain.uploads import PartialUpload
from portal.web.desk import find

CAN_BE_WRITTEN = (ReportState.DRAFT, ReportState.RETURNED)


def own_report(session: Session, report_id: int, actor: Person) -> Report:
    """A report of the actor's unit. Raises `NoSuchThing`."""
    report = find(session, Report, report_id)
    if report.unit_id != actor.unit_id:
        raise NoSuchThing("no_such_thing")
    return report


def own_upload(session: Session, key: str, actor: Person) -> PartialUpload:
    """An upload that the actor began for a report of the unit. Raises `NoSuchThing`."""
    upload = session.scalars(select(PartialUpload).where(PartialUpload.key == key)).first()
    if upload is None or upload.person_id != actor.id or upload.report.unit_id != actor.unit_id:
        raise NoSuchThing("no_such_thing")
    return upload


def own_project(session: Session, code: str, actor: Person) -> Project:
    """A project that the actor's unit answers for. Raises `NoSuchThing`."""
    project = session.scalars(select(Project).where(Project.code == code)).first()
    if project is None or project.unit.id != actor.unit_id:
        raise NoSuchThing("no_such_thing")
    return project
