"""The whole file is looked at before the first note is written: every row, every photo, and what was in before."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from portal.adapters.table_files import Table, open_table
from portal.cli.import_alone import stay_alone, wait_alone
from portal.cli.import_photos import Album
from portal.cli.terminal import Mishap, bar
from portal.domain.archive_columns import heading
from portal.domain.archive_rows import Directory, Note, note_of
from portal.domain.archives import note_key
from portal.domain.errors import NotPermitted, Problem
from portal.domain.organisation import Person
from portal.domain.permissions import AdminAct, permit_admin
from portal.queries.archives import directory, last_of, notes_in
from portal.queries.people import person_with_login
from portal.rules.clock import day_of
from portal.wiring import Portal

TOGETHER = 500  # rows that are compared in one look
MOST_PROBLEMS = 100_000  # after which a file is not worth reading on


@dataclass
class Checked:
    """A file that was looked at: its own copy, so that it cannot change any more."""

    name: str
    source: str
    sha256: str
    table: Table
    actor: Person
    directory: Directory
    album: Album
    portal: Portal
    rows: int = 0
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    @property
    def pictures(self) -> int:
        return len(self.album.places)

    def notes(self) -> Iterator[Note]:
        """Its notes, photos by their content; only after everything was found to be right."""
        today = day_of(self.portal.now())
        for row in self.table.rows(heading):
            note, _problems = note_of(row, self.directory, today=today)
            if note is not None:
                yield note.seen(self.album.sha256)


@contextmanager
def check(
    portal: Portal, file: Path, *, source: str, login: str, photos: Path | None, keep: bool
) -> Iterator[Checked]:
    """Everything that can be known before writing. Raises `TableUnreadable`, and `Mishap` for who may not."""
    with tempfile.TemporaryDirectory(dir=portal.settings.instance, prefix="import-") as folder:
        copy = Path(folder) / f"table{file.suffix.lower()}"
        shutil.copyfile(file, copy)
        with copy.open("rb") as data:
            sha256 = hashlib.file_digest(data, "sha256").hexdigest()
        with portal.database.reading() as session:
            actor = _administrator(person_with_login(session, login), login)
            known = directory(session)
        album = Album(portal=portal, folder=photos, actor=actor, keep=keep)
        checked = Checked(
            name=file.name,
            source=source,
            sha256=sha256,
            table=open_table(copy),
            actor=actor,
            directory=known,
            album=album,
            portal=portal,
        )
        _look_at_rows(checked)
        try:
            if not checked.problems:
                _look_further(checked)
            yield checked
        finally:
            portal.leases.release()


def _administrator(person: Person | None, login: str) -> Person:
    if person is None:
        raise Mishap(f"nobody has the login {login!r}; `python -m portal user list` shows all")
    try:
        permit_admin(person, AdminAct.IMPORT_ARCHIVE)
    except NotPermitted as refused:
        raise Mishap(f"{login} is no administrator, or may no longer sign in") from refused
    return person


def _look_at_rows(checked: Checked) -> None:
    """Every row on its own, and whether its number is its own."""
    today = day_of(checked.portal.now())
    places: dict[str, int] = {}
    for row in checked.table.rows(heading):
        checked.rows += 1
        note, problems = note_of(row, checked.directory, today=today)
        number = row.cells.get("number", "")
        if number in places:
            problems = [*problems, Problem("number", "number_twice", {"other": places[number]})]
        elif number:
            places[number] = row.place
        checked.problems += [(row.place, problem) for problem in problems]
        if len(checked.problems) > MOST_PROBLEMS:
            return
        for picture in note.pictures if note is not None else ():
            checked.album.name(picture.file, place=row.place)


def _look_further(checked: Checked) -> None:
    """At photos, and at what is in; while another import runs, this one waits. A trial is in nobody's way."""
    portal, album = checked.portal, checked.album
    if album.keep:
        wait_alone(portal)
    if album.places:
        with bar("developing photos") as tell:

            def developed(done: int, total: int) -> None:
                if album.keep:
                    stay_alone(portal)
                tell(done, total)

            checked.problems += album.develop(developed)
    if not checked.problems:
        _look_at_what_is_in(checked)


def _look_at_what_is_in(checked: Checked) -> None:
    """Rows of this archive that are in already say what they said."""
    with checked.portal.database.reading() as session:
        if last_of(session, name=checked.source) is None:
            return
        every = checked.notes()
        while notes := list(islice(every, TOGETHER)):
            if checked.album.keep:
                stay_alone(checked.portal)
            keys = {note_key(checked.source, note.number): note for note in notes}
            for key, said in notes_in(session, keys=list(keys)).items():
                if keys[key].said != said:
                    checked.problems.append((keys[key].place, Problem("number", "row_changed")))
