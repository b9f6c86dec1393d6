"""Values for the front stand until somebody commits, and no longer."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from portal.database.glances import MOST, Glances

COUNT = "SELECT COUNT(*) FROM note WHERE name IN ({})"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "notes.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE note (name TEXT)")
        made.commit()
    return file


def test_every_commit_is_seen_at_once(file: Path) -> None:
    glances = Glances(str(file))
    with contextlib.closing(sqlite3.connect(file)) as writing:
        for times in range(1, 5):
            writing.execute("INSERT INTO note VALUES ('a')")
            assert glances.value(COUNT, ("a",)) == times - 1, "not committed yet"
            writing.commit()
            assert [glances.value(COUNT, asked) for asked in (("a",), ("a", "b"), ("b",), ("a",))] == [
                times, times, 0, times,
            ]  # fmt: skip


def test_a_value_is_asked_for_once_between_commits(file: Path) -> None:
    glances, statements = Glances(str(file)), []
    glances.value(COUNT, ("a",))
    glances._own.connection.set_trace_callback(statements.append)
    for _ in range(3):
        glances.value(COUNT, ("a",))
    assert [said.split()[0] for said in statements] == ["PRAGMA"] * 3
    glances._own.connection.close()


def test_what_is_remembered_is_bounded(file: Path) -> None:
    glances = Glances(str(file))
    for number in range(MOST + 5):
        glances.value(COUNT, (str(number),))
    assert len(glances._own.told) <= MOST
    glances._own.connection.close()
