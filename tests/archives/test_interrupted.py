"""Imports that are cut off, meet each other, or find no room: what is in stays in, and the same command goes on."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import time
from pathlib import Path

from sqlalchemy import func, select

from portal.adapters.lease_table import LeaseTable
from portal.cli import import_alone
from portal.database import Database
from portal.domain.archives import ArchiveNote
from portal.domain.progress import Report
from portal.record.tables import Entry
from tests.archives.bringing import SOURCE, rows, table
from tests.faults.running import Process, command, running
from tests.small_disk import small_disk

MANY = 1500
WAIT = 120  # seconds, on a busy machine
ASKED = ("--source", SOURCE, "--as", "admin")


def many(folder: Path, project: str) -> Path:
    """Notes of the same days again and again."""
    return table(folder / "old.csv", [[f"简报-{n}", *rows(project, 100)[n % 100][1:]] for n in range(MANY)])


def counts(database: Database) -> tuple[int, int, int]:
    """Notes, keys of them, and entries of reports."""
    with database.reading() as session:
        notes = session.scalars(select(func.count()).where(Report.source_id.is_not(None))).one()
        keys = session.scalars(select(func.count()).select_from(ArchiveNote)).one()
        return notes, keys, session.scalars(select(func.count()).where(Entry.kind == "report")).one()


def test_an_import_that_is_killed_goes_on_and_every_note_is_there_once(portal, district, settings, tmp_path):
    file = many(tmp_path, district.projects[0])
    importing = Process(settings, "import", str(file), *ASKED, said=tmp_path / "said")
    deadline = time.monotonic() + WAIT
    with running(importing):
        while not counts(portal.database)[0]:
            assert not importing.ended, (tmp_path / "said").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        importing.kill()
    notes, keys, entries = counts(portal.database)
    assert 0 < notes < MANY, "it was not cut off in the middle: the test proved nothing"
    assert notes == keys == entries
    again = command(settings, "import", str(file), *ASKED)
    assert again.returncode == 0, again.stderr
    assert f"{MANY - notes} notes were brought in as '{SOURCE}', {notes} were there already" in again.stdout
    assert counts(portal.database) == (MANY, MANY, MANY)
    with portal.database.reading() as session:
        numbers = session.scalars(select(Report.number).order_by(Report.number)).all()
    assert numbers == [f"2026-{place:06d}" for place in range(1, MANY + 1)]
    verified = command(settings, "record", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_two_imports_at_once_are_one_after_the_other(portal, district, run, tmp_path, monkeypatch):
    monkeypatch.setattr(import_alone, "PATIENCE", 0)
    other = LeaseTable(portal.database, holder="another machine")
    assert other.hold(import_alone.LEASE, now=dt.datetime.now(dt.UTC))
    file = table(tmp_path / "old.csv", rows(district.projects[0], 2))
    refused = run("import", str(file), *ASKED)
    assert refused.code == 1
    assert "another import is running; wait for it" in refused.err
    other.release()
    assert run("import", str(file), *ASKED).code == 0
    assert counts(portal.database) == (2, 2, 2)


def test_a_full_disk_keeps_what_is_in_and_the_rest_comes_when_there_is_room(
    portal, district, settings, run, tmp_path
):
    if portal.database.path is None:
        return  # there, the disk is the server's
    file = many(tmp_path, district.projects[0])
    with portal.database.writing() as session:
        session.execute(select(1))
    with small_disk(options="size=6m") as disk:
        portal.database.close()
        for part in Path(portal.database.path).parent.glob(Path(portal.database.path).name + "*"):
            shutil.copy(part, disk)
        url = f"sqlite:///{disk / Path(portal.database.path).name}"
        stopped = run("import", str(file), *ASKED, database_url=url)
        assert stopped.code == 1
        assert "What is in stays in" in stopped.err
        on_disk = Database(url)
        notes, keys, entries = counts(on_disk)
        assert notes == keys == entries < MANY
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        gone_on = run("import", str(file), *ASKED, database_url=url)
        assert gone_on.code == 0, gone_on.err
        assert counts(on_disk) == (MANY, MANY, MANY)
        on_disk.close()
        assert run("record", "verify", database_url=url).code == 0
