"""Every column of every published table, edited by SQL, is found and the item or the row is named."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3

import pytest
from sqlalchemy import JSON, Boolean, Integer, inspect, text
from sqlalchemy.exc import IntegrityError

from portal.columns import UtcDateTime
from portal.record.cosigning import CosigningKey, cosigned
from portal.record.notes import Note
from portal.record.policy import Policy, Witness
from portal.record.tables import (
    Cosignature,
    Entry,
    Head,
    LogKey,
    Opening,
    PublicMedia,
    Shelved,
    SignedCheckpoint,
    Touched,
    WitnessState,
)
from portal.record.verify import verify
from portal.record.verify_signed import signed_faults
from portal.record.witnessing import keep_line, named, note_state
from portal.worker import sign
from portal.workflows.sign_record import Watch
from tests.record.test_verify import FILES, open_public, written  # noqa: F401 - a fixture

AT = dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC)
WITNESS = CosigningKey("witness.example", bytes(range(32)))
POLICY = Policy(witnesses=(Witness(name="w", key=WITNESS.public),), quorum="w")

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
    Cosignature: ("checkpoint = 1", ("under checkpoint 1:", "under checkpoint 9:")),
    WitnessState: ("size = 5", (f"the witness {named(WITNESS.public)}",)),
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
    """Five entries of three items, signed, and signed by a witness."""
    sign(portal, Watch())
    with portal.database.writing() as session:
        keep(session, WITNESS)
    return written


def keep(session, witness: CosigningKey, *, at: dt.datetime = AT) -> None:
    """The witness signs the only checkpoint."""
    row = session.get_one(SignedCheckpoint, 1)
    text = Note.parse(row.note.encode()).text
    found = cosigned(text, [witness.cosign(text, at=at)], witness.public)
    assert found is not None
    keep_line(session, row.id, found)
    note_state(session, witness.public, size=row.size, trouble="", now=row.at)


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


def faults(portal, policy: Policy | None = POLICY) -> list[str]:
    with portal.database.reading() as session:
        found = verify(session, open_public=open_public)
        told = signed_faults(session, roots=found.roots, read=portal.tiles.read, policy=policy)
        return found.wrong + list(told)


def test_the_moment_is_compared_to_the_second(portal, small):
    with portal.database.reading() as session:
        assert session.get_one(SignedCheckpoint, 1).at == dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def test_a_line_that_another_key_made_is_named(portal, small):
    forger = CosigningKey("witness.example", bytes(32))
    text = Note.parse(note_of(portal).encode()).text
    forged = forger.cosign(text, at=AT)
    line = type(forged)(name=forged.name, id=WITNESS.public.id, signature=forged.signature).line
    edit(small, f"UPDATE record_cosignature SET line = '{line}'")
    assert faults(portal) == [
        f"the line of the witness {named(WITNESS.public)} under checkpoint 1: it does not hold"
    ]


def test_a_witness_that_is_asked_no_more_leaves_no_fault(portal, small):
    assert faults(portal, None) == []
    edit(small, "UPDATE record_cosignature SET at = '2020-01-01 00:00:00'")
    assert [fault for fault in faults(portal, None) if "another time than its column says" in fault]


def test_a_state_without_a_row_is_named(portal, small):
    edit(small, "DELETE FROM record_witness")
    assert faults(portal) == [f"the witness {named(WITNESS.public)} has signed, but nothing is known of it"]


def note_of(portal) -> str:
    with portal.database.reading() as session:
        return session.get_one(SignedCheckpoint, 1).note
