"""Every column of every published table, edited by SQL, is found and the item or the row is named."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3

import pytest
from sqlalchemy import JSON, Boolean, Integer, inspect, text
from sqlalchemy.exc import IntegrityError

from portal.columns import UtcDateTime
from portal.record.tables import (
    Entry,
    Head,
    LogKey,
    Opening,
    PublicMedia,
    Shelved,
    SignedCheckpoint,
    Touched,
)
from portal.record.verify import verify
from portal.record.verify_signed import signed_faults
from portal.worker import sign
from portal.workflows.sign_record import Watch
from tests.record.test_verify import FILES, open_public, written  # noqa: F401 - a fixture

# Which row of each table is edited, and what a fault about it names.
ROWS = {
    Entry: ("seq = 3", ("entry 3", "entry 4", "number 3")),
    Opening: ("seq = 0", ("entry 0", "project/2026-001")),
    Shelved: ("seq = 4", ("entry 4", "report/2026-000002", "row 9")),
    PublicMedia: ("seq = 3", (*FILES, "hidden")),
    Touched: ("scope = 'project/2026-001'", ("project/2026-001",)),
    Head: ("id = 1", ("head",)),
    SignedCheckpoint: ("id = 1", ("checkpoint 1",)),
    LogKey: ("id = 1", ("keys 1", "public key", "keys 9")),
}
COLUMNS = [
    pytest.param(table, column.key, id=f"{table.__tablename__}.{column.key}")
    for table in ROWS
    for column in inspect(table).columns
    if (table, column.key) != (Head, "id")  # the one row is found by it; another id is no record at all
]


def other(column) -> str:
    """Another value of a column's type, in SQL that both databases know."""
    name = f'"{column.key}"'
    if isinstance(column.type, Boolean):
        return f"NOT {name}"
    if isinstance(column.type, Integer):
        return "9"
    if isinstance(column.type, UtcDateTime):
        return "'2020-01-01 00:00:00'"
    if isinstance(column.type, JSON):
        return "'[]'"
    if column.key == "act":
        return "'redacted'"
    if column.key == "dated":
        return "'2020-01-01'"
    if column.key == "name":
        return "'hidden.jpg'"
    return f"'x' || substr({name}, 2)"


@pytest.fixture
def small(portal, written, keys):  # noqa: F811
    """Five entries of three items, signed."""
    sign(portal, Watch())
    return written


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_an_edit_is_found_and_named(portal, small, table, column):
    assert faults(portal) == []
    row, named = ROWS[table]
    change = other(inspect(table).columns[column])
    edit(small, f'UPDATE {table.__tablename__} SET "{column}" = {change} WHERE {row}')
    found = faults(portal)
    assert [fault for fault in found if any(name in fault for name in named)], found


def edit(database, statement: str) -> None:
    """Change one row as somebody with the database's password would: triggers and references off first."""
    if database.path is not None:
        with contextlib.closing(sqlite3.connect(database.path, isolation_level=None)) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            assert connection.execute(statement).rowcount == 1
        return
    try:
        with database.writing() as session:
            for table in ROWS:
                session.execute(text(f"ALTER TABLE {table.__tablename__} DISABLE TRIGGER USER"))
            assert session.connection().exec_driver_sql(statement).rowcount == 1
    except IntegrityError as reason:
        pytest.skip(f"PostgreSQL refuses it even to the owner: {reason.orig}")


def faults(portal) -> list[str]:
    with portal.database.reading() as session:
        found = verify(session, open_public=open_public)
        return found.wrong + list(signed_faults(session, roots=found.roots, read=portal.tiles.read))


def test_the_moment_is_compared_to_the_second(portal, small):
    with portal.database.reading() as session:
        assert session.get_one(SignedCheckpoint, 1).at == dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
