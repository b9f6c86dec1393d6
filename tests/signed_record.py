"""A signed record, and what somebody with the database's password may do to it, for tests of those who notice."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from portal.database import Database
from portal.record.checkpoint import Checkpoint
from portal.record.many import publish_new
from portal.record.merkle import grow, root_of
from portal.record.notes import Note
from portal.record.signed import freeze_of
from portal.record.signing import SigningKeys, open_checkpoint
from portal.record.tables import Entry
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.found_keys import found_keys
from tests.record.log_files import keys_of
from tests.record.test_log import shown
from tests.record.test_verify import damage

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def other(column: str) -> str:
    """SQL for another hash than the one in this column, whatever that begins with."""
    return f"""CASE substr("{column}", 1, 2) WHEN 'ff' THEN '00' ELSE 'ff' END || substr("{column}", 3)"""


TABLES = ("record_media", "record_shelf", "record_opening", "record_entry")
EDITS = {
    "act": "UPDATE record_entry SET act = 'redacted' WHERE seq = 77",
    "at": "UPDATE record_entry SET at = '2020-01-01 00:00:00' WHERE seq = 77",
    "item": "UPDATE record_entry SET item = 'report/2026-999999' WHERE seq = 77",
    "kind": "UPDATE record_entry SET kind = 'project' WHERE seq = 77",
    "version": "UPDATE record_entry SET version = 9 WHERE seq = 77",
    "commit": f'UPDATE record_entry SET "commit" = {other("commit")} WHERE seq = 77',
    "prev": "UPDATE record_entry SET prev = 3 WHERE seq = 77",
    "leaf": "UPDATE record_entry SET leaf = replace(leaf, 'report', 'rapport') WHERE seq = 77",
    "hash": f"UPDATE record_entry SET leaf_hash = {other('leaf_hash')} WHERE seq = 77",
}


@pytest.fixture
def signed(portal, keys, clock):
    """A signed record of 300 entries, to which one has been added since."""
    publish(portal, 300)
    run_once(portal)
    publish(portal, 1, first=300)
    clock.forward(minutes=1)
    return portal


@pytest.fixture
def keys(portal: Portal, owner: Database) -> SigningKeys:
    """The log's keys, made as `portal init` makes them."""
    made = keys_of()
    portal.signing_key.keep(made)
    with owner.writing() as session:
        found_keys(session, made, now=AT)
    return made


def publish(portal: Portal, count: int, *, first: int = 0) -> None:
    """So many new notes, beginning with this number."""
    with portal.database.writing() as session:
        notes = [shown(f"report/2026-{number:06d}") for number in range(first, first + count)]
        publish_new(session, notes, at=AT)


def given(portal: Portal, keys: SigningKeys) -> Checkpoint:
    """The checkpoint that readers get."""
    return open_checkpoint(Note.parse(portal.tiles.read("checkpoint")), keys.public)


def why_frozen(portal: Portal) -> str | None:
    with portal.database.reading() as session:
        found = freeze_of(session)
        return None if found is None else found.reason


def shorten(owner: Database, *, to: int) -> None:
    """The tables as they were when the record had so many entries."""
    with owner.reading() as session:
        hashes = session.scalars(select(Entry.leaf_hash).order_by(Entry.seq).limit(to)).all()
    frontier: list[bytes] = []
    for seq, leaf in enumerate(hashes):
        frontier = grow(frontier, seq, bytes.fromhex(leaf))
    words = "[" + ",".join(f'"{h.hex()}"' for h in frontier) + "]"
    damage(
        owner,
        *(f"DELETE FROM {table} WHERE seq >= {to}" for table in TABLES),
        f"UPDATE record_head SET size = {to}, root = '{root_of(frontier).hex()}', frontier = '{words}'",
    )
