"""Old notes come in: an administrator brings in a whole archive, some hundred notes in each transaction.

Everything was checked before the first of them (`domain/archive_rows.py`, `workflows/archive_photos.py`). Each note is
a report that is born published, says where it comes from, and is on the record in the transaction that makes it. Its
key is taken in the same transaction, so none comes twice, however often the file is brought in.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.disclosure import report_shown
from portal.domain import audit
from portal.domain.archive_rows import Note
from portal.domain.archives import MAX_SOURCE, Archive, ArchiveNote, note_key
from portal.domain.counter import next_numbers
from portal.domain.errors import Invalid, Problem, Stale, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.likeness import keep_prints
from portal.domain.organisation import Person, Unit
from portal.domain.permissions import AdminAct, permit_admin
from portal.domain.photo_claims import facts_of
from portal.domain.plan import Milestone, Project
from portal.domain.progress import Photo, Report
from portal.domain.wording import clean
from portal.queries.archives import last_of
from portal.record.many import publish_new
from portal.rules.clock import end_of, month_of
from portal.rules.numbers import report_number
from portal.rules.provenance import Graded, grade
from portal.workflows.draft_photos import Developed, embedded_day


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be brought in. name: of the archive, as citizens will see it; anew: go on although the file is
    not the one that was begun with."""

    name: str
    file_name: str
    file_sha256: str
    rows: int
    anew: bool = False


def begin(session: Session, *, asked: Asked, actor: Person, now: dt.datetime) -> Archive:
    """Begin to bring an archive in, or go on with it. Raises `NotPermitted`, `Invalid`, and `WrongState` with
    `archive_changed` when it was begun with another file."""
    permit_admin(actor, AdminAct.IMPORT_ARCHIVE)
    name = clean(asked.name, limit=MAX_SOURCE + 1).replace("\n", " ")
    if not name or len(name) > MAX_SOURCE:
        raise Invalid([Problem("source", "too_long" if name else "missing", {"most": MAX_SOURCE})])
    last = last_of(session, name=name)
    if last is not None and last.ended_at is None:
        if last.file_sha256 == asked.file_sha256:
            return last
        if not asked.anew:
            raise WrongState("archive_changed", begun=last.begun_at, file=last.file_name)
        last.ended_at = now
    archive = Archive(
        name=name,
        office=office_of(actor),
        file_name=clean(asked.file_name, limit=200),
        file_sha256=asked.file_sha256,
        rows=asked.rows,
        begun_at=now,
        by=actor,
    )
    session.add(archive)
    facts = {"name": name, "file": asked.file_sha256, "rows": asked.rows}
    audit.note(session, actor=actor, act="begin_import", subject=archive, now=now, **facts)
    return archive


def office_of(actor: Person) -> str:
    """Who brings it in, as citizens see it: an office, no name."""
    place = actor.body or actor.unit
    return actor.title or (place.name if place is not None else "系统管理员")


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A note with the number that it will have, and its photos as they will be."""

    note: Note
    number: str
    pictures: Sequence[tuple[Developed, str]]  # with the salt of each seal


def foretold(session: Session, notes: Sequence[Note]) -> list[str]:
    """The numbers that these notes will have when nobody comes first: the next of the year of each day."""
    years = {note.day.year for note in notes}
    next_of = {year: next_numbers(session, name=f"report/{year}", count=0) for year in years}
    numbers = []
    for note in notes:
        numbers.append(report_number(note.day.year, next_of[note.day.year]))
        next_of[note.day.year] += 1
    return numbers


def bring_in(
    session: Session, *, archive: Archive, numbered: Sequence[Numbered], actor: Person, now: dt.datetime
) -> list[str]:
    """Publish some notes; their numbers. Raises `Stale` with `numbers_taken` when somebody else has published in one of
    their years since they were `foretold`: signatures in photos name them."""
    permit_admin(actor, AdminAct.IMPORT_ARCHIVE)
    _take_numbers(session, numbered)
    named = _named(session, numbered)
    reports = [_report(each, archive, actor, named, now) for each in numbered]
    session.add_all(reports)
    session.flush()
    session.execute(
        insert(ArchiveNote), [_row(*pair, archive) for pair in zip(reports, numbered, strict=True)]
    )
    for each in numbered:
        for developed, _salt in each.pictures:
            if developed.prints is not None:
                keep_prints(session, original_sha256=developed.sha256, prints=developed.prints, now=now)
    shown = [report_shown(report, decided_by=None, graded=_graded(report)) for report in reports]
    publish_new(session, shown, at=now)
    told = {
        "name": archive.name,
        "notes": len(reports),
        "first": numbered[0].number,
        "last": numbered[-1].number,
    }
    audit.note(session, actor=actor, act="import_notes", subject=archive, now=now, **told)
    return [each.number for each in numbered]


def end(session: Session, *, archive: Archive, actor: Person, notes: int, now: dt.datetime) -> None:
    """Everything is in."""
    permit_admin(actor, AdminAct.IMPORT_ARCHIVE)
    if archive.ended_at is None:
        archive.ended_at = now
        audit.note(
            session, actor=actor, act="end_import", subject=archive, now=now, name=archive.name, notes=notes
        )


def _take_numbers(session: Session, numbered: Sequence[Numbered]) -> None:
    """The numbers of these notes, for good."""
    for year, count in Tally(each.note.day.year for each in numbered).items():
        first = next_numbers(session, name=f"report/{year}", count=count)
        mine = [each.number for each in numbered if each.note.day.year == year]
        if mine != [report_number(year, first + place) for place in range(count)]:
            raise Stale("numbers_taken")


@dataclass(frozen=True)
class _Named:
    """What notes name, read once for all of them."""

    projects: Mapping[int, Project]
    units: Mapping[int, Unit]
    milestones: Mapping[int, Milestone]


def _named(session: Session, numbered: Sequence[Numbered]) -> _Named:
    notes = [each.note for each in numbered]
    projects = select(Project).where(Project.id.in_({note.project_id for note in notes}))
    units = select(Unit).where(Unit.id.in_({note.unit_id for note in notes}))
    milestones = select(Milestone).where(Milestone.id.in_({note.milestone_id or 0 for note in notes}))
    return _Named(
        {row.id: row for row in session.scalars(projects)},
        {row.id: row for row in session.scalars(units)},
        {row.id: row for row in session.scalars(milestones)},
    )


def _report(each: Numbered, archive: Archive, actor: Person, named: _Named, now: dt.datetime) -> Report:
    note = each.note
    began = end_of(note.day - dt.timedelta(days=1))  # the first moment of its day
    photos = zip(note.pictures, each.pictures, strict=True)
    return Report(
        number=each.number,
        project=named.projects[note.project_id],
        unit=named.units[note.unit_id],
        milestone=named.milestones[note.milestone_id] if note.milestone_id else None,
        author=actor,
        state=ReportState.PUBLISHED,
        month=month_of(note.day),
        physical_percent=note.percent,
        done=note.done,
        problems=note.problems,
        next_step=note.next_step,
        created_at=now,
        submitted_at=began,
        published_at=now,
        source=archive,
        source_number=note.number,
        all_photos=[
            _photo(place, picture.caption, picture.taken_on, developed, salt, actor, now)
            for place, (picture, (developed, salt)) in enumerate(photos, start=1)
        ],
        all_videos=[],
    )


def _photo(
    place: int,
    caption: str,
    taken_on: dt.date | None,
    developed: Developed,
    salt: str,
    actor: Person,
    now: dt.datetime,
) -> Photo:
    return Photo(
        position=place,
        caption=caption,
        taken_on=taken_on or embedded_day(developed.embedded, now),
        file_name=clean(developed.file_name, limit=200),
        original_sha256=developed.sha256,
        original_format=developed.format,
        original_bytes=developed.bytes,
        width=developed.width,
        height=developed.height,
        tone=developed.tone,
        renditions=developed.renditions,
        embedded=developed.embedded,
        seal_salt=salt,
        received_at=now,
        received_by_id=actor.id,
        view=None,
        recipe=developed.recipe,
        redactions=[],
    )


def _row(report: Report, each: Numbered, archive: Archive) -> dict[str, object]:
    return {
        "key": note_key(archive.name, each.note.number),
        "archive_id": archive.id,
        "report_id": report.id,
        "place": each.note.place,
        "said": each.note.said,
    }


def _graded(report: Report) -> dict[int, Graded]:
    return {photo.id: grade(facts_of(photo, None, report.project)) for photo in report.photos}


def new_salt() -> str:
    """Of a photo's seal."""
    return secrets.token_hex(32)
