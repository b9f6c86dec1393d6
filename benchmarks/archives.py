"""What bringing an old archive in costs: `python -m benchmarks.archives [NOTES]`, 10,000 by default, without photos.

The demonstration's plans stand; a CSV of generated notes is brought in with `portal import`'s own functions, beside a
bare durable insert of the same bytes, one transaction each. Then the followers take the notes in. Memory is the peak
of the process; a transaction's time is what other writers wait.
"""

from __future__ import annotations

import csv
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.fresh import fresh_portal
from benchmarks.notes import BUILT_AT, NOW, endless_notes
from portal.cli.import_checking import check
from portal.cli.import_writing import write_notes
from portal.database import Database
from portal.demo.build import build_district
from portal.domain.archive_columns import COLUMNS
from portal.ports import Space
from portal.record.document import canonical
from portal.record.signing import SigningKeys
from portal.wiring import Portal
from portal.workflows.follow_record import follow_into_search
from portal.workflows.sign_record import Watch, follow_into_tiles

FLOOR = 1000  # bare inserts


def main(notes: int = 10_000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, _portal(Path(folder)) as (portal, keys):
        file = Path(folder) / "old.csv"
        _write(file, notes)
        floor = _floor(Path(folder))
        longest = _Longest(portal.database)
        checking, cpu = time.perf_counter(), time.process_time()
        with check(portal, file, source="旧简报", login="admin", photos=None, keep=True) as checked:
            assert not checked.problems, checked.problems[:3]
            checked_cpu, wall = time.process_time() - cpu, time.perf_counter()
            print(f"{notes:,} notes, {file.stat().st_size >> 20} MB: checked in {wall - checking:.1f} s")
            cpu = time.process_time()
            write_notes(portal, checked, anew=False, tell=lambda _done, _total: None)
        wrote, written = time.process_time() - cpu, time.perf_counter() - wall
        ours = (checked_cpu + wrote) * 1000 / notes
        print(f"checking {checked_cpu * 1000 / notes:.2f} ms CPU a note, writing {wrote * 1000 / notes:.2f}")
        print(f"bare durable insert {floor:.2f} ms CPU; ratio {ours / floor:.1f}")
        print(f"written in {written:.0f} s, {notes / written:.0f} a second")
        print(f"longest transaction {longest.seconds:.2f} s; peak memory {_peak():.0f} MB")
        _follow(portal, keys, notes)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Longest:
    """The longest that a writing transaction was open."""

    def __init__(self, database: Database) -> None:
        self.seconds, self._inner = 0.0, database.writing
        database.writing = self._timed  # type: ignore[method-assign]

    @contextmanager
    def _timed(self) -> Iterator[Any]:
        with self._inner() as session:
            session.connection()  # the transaction begins here
            begun = time.perf_counter()
            yield session
        self.seconds = max(self.seconds, time.perf_counter() - begun)


@contextmanager
def _portal(folder: Path) -> Iterator[tuple[Portal, SigningKeys]]:
    """With the demonstration's district, before anything was reported."""
    with fresh_portal(folder, at=NOW) as (portal, keys):
        build_district(portal, password="x", progress=lambda _done, _total: None, reports=False)
        yield portal, keys


def _write(file: Path, notes: int) -> None:
    """Of the projects in turn, on days that are over."""
    made, today = endless_notes(random.Random(7)), BUILT_AT.date()
    with file.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text)
        lines.writerow([column.name for column in COLUMNS][:9])
        for number in range(notes):
            note = next(made)
            day = min(note["dated"], today.isoformat())
            told = [note["done"], note.get("problems", ""), note.get("next_step", "")]
            lines.writerow([number, note["project"]["code"], day, "", note["physical_percent"], "", *told])


def _floor(folder: Path) -> float:
    """CPU milliseconds of a bare durable insert of the same bytes."""
    bare = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE bare (seq INTEGER PRIMARY KEY, leaf TEXT, salt TEXT, document TEXT)",
    ):
        bare.execute(statement)
    made = endless_notes(random.Random(8))
    documents = [canonical(next(made)).decode() for _ in range(FLOOR)]
    cpu = time.process_time()
    for document in documents:
        bare.execute("BEGIN IMMEDIATE")
        bare.execute(
            "INSERT INTO bare (leaf, salt, document) VALUES (?, ?, ?)", ("x" * 230, "y" * 64, document)
        )
        bare.execute("COMMIT")
    spent = time.process_time() - cpu
    bare.close()
    return spent * 1000 / FLOOR


def _follow(portal: Portal, keys: SigningKeys, notes: int) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    with portal.database.reading() as session:
        follow_into_tiles(
            session, tiles=portal.tiles, keys=keys, watch=Watch(), now=NOW,
            open_public=lambda name: portal.media.open(Space.PUBLIC, name),
        )  # fmt: skip
    print(f"tiles: {(time.process_time() - cpu) * 1000 / notes:.2f} ms CPU a note")
    cpu = time.process_time()
    with portal.database.reading() as session:
        follow_into_search(session, index=portal.search)
    spent = (time.process_time() - cpu) * 1000 / notes
    print(f"archive's index: {spent:.2f} ms CPU a note; both {time.perf_counter() - wall:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
