"""Verification names every kind of damage; rebuilding the shelf brings back exactly what was there."""

import datetime as dt
import io

import pytest
from sqlalchemy import select, text

from portal.record import log
from portal.record.rebuild import rebuild_shelf
from portal.record.tables import PublicMedia, Shelved, Touched
from portal.record.verify import verify
from tests.record.test_log import shown

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
FILES = {"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.jpg": b"test"}


def open_public(name):
    if name not in FILES:
        raise LookupError(name)
    return io.BytesIO(FILES[name])


@pytest.fixture
def written(portal, owner):
    with portal.database.writing() as session:
        log.publish(session, shown("project/2026-001"), at=AT)
        log.publish(session, shown(photos=list(FILES)), at=AT)
        log.publish(session, shown("report/2026-000002"), at=AT)
        log.publish(session, shown(text="改", photos=list(FILES)), at=AT)
        log.withdraw(session, "report/2026-000002", reason="r", basis="b", role="x", at=AT)
    return owner


def findings(database):
    with database.reading() as session:
        return verify(session, open_public=open_public)


def damage(database, *statements):
    """Change rows as somebody with the database's password would: triggers off first."""
    with database.writing() as session:
        if database.path is not None:
            for (name,) in session.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in (
                "record_entry",
                "record_opening",
                "record_checkpoint",
                "audit_entry",
                "audit_leaf",
                "audit_seal",
                "receipt",
            ):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            session.execute(text(statement))


def test_an_honest_record_has_nothing_wrong(written):
    found = findings(written)
    assert (found.entries, found.documents, found.renditions, found.wrong) == (5, 4, 1, [])


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE record_entry SET act = 'redacted' WHERE seq = 3", "entry 3"),
        ("UPDATE record_entry SET at = '2020-01-01 00:00:00' WHERE seq = 1", "entry 1"),
        ("UPDATE record_entry SET item = 'report/2026-000007' WHERE seq = 2", "entry 2"),
        ("UPDATE record_entry SET version = 9 WHERE seq = 3", "entry 3"),
        ("UPDATE record_entry SET prev = 0 WHERE seq = 3", "entry 3"),
        ("UPDATE record_entry SET leaf = replace(leaf, 'report', 'rapport') WHERE seq = 1", "entry 1"),
        (
            "UPDATE record_entry SET leaf_hash = substr(leaf_hash, 33) || substr(leaf_hash, 1, 32) WHERE seq = 1",
            "entry 1",
        ),
        ("UPDATE record_entry SET \"commit\" = '00' WHERE seq = 0", "entry 0"),
        ("UPDATE record_opening SET document = replace(document, '公园', '公厕') WHERE seq = 0", "entry 0"),
        ("UPDATE record_opening SET salt = substr(salt, 33) || substr(salt, 1, 32) WHERE seq = 1", "entry 1"),
        ("DELETE FROM record_opening WHERE seq = 0", "entry 0"),
        ("UPDATE record_head SET size = 4", "the head says 4"),
        ("UPDATE record_head SET root = 'ff'", "the head's root"),
        ("UPDATE record_shelf SET latest = false WHERE seq = 0", "project/2026-001"),
        ("INSERT INTO record_media VALUES ('hidden.jpg', 2)", "hidden.jpg"),
    ],
)
def test_every_change_behind_its_back_is_named(written, statement, named):
    damage(written, statement)
    assert any(named in fault for fault in findings(written).wrong)


def test_a_deleted_last_entry_is_missed_by_the_head(written):
    damage(
        written,
        "DELETE FROM record_media WHERE seq = 4",
        "DELETE FROM record_shelf WHERE seq = 4",
        "DELETE FROM record_opening WHERE seq = 4",
        "DELETE FROM record_entry WHERE seq = 4",
    )
    assert any("the head says 5 entries, there are 4" in fault for fault in findings(written).wrong)


@pytest.mark.parametrize(("content", "fault"), [(None, "missing"), (b"changed", "does not hash")])
def test_a_missing_or_changed_rendition_is_named(written, monkeypatch, content, fault):
    name = next(iter(FILES))
    monkeypatch.setattr("tests.record.test_verify.FILES", {} if content is None else {name: content})
    assert [w for w in findings(written).wrong if name in w and fault in w]


def rows(session, table):
    columns = [column.name for column in table.__table__.columns]
    return sorted(
        tuple(getattr(row, c) for c in columns if not (c == "title" or c == "dated"))
        for row in session.scalars(select(table))
    )


def test_rebuilding_the_shelf_gives_the_same_shelf(written):
    with written.writing() as session:
        before = {table: rows(session, table) for table in (PublicMedia, Touched)}
        latest = session.execute(
            select(Shelved.item, Shelved.seq, Shelved.title, Shelved.dated)
            .where(Shelved.latest)
            .order_by(Shelved.seq)
        ).all()
        session.expunge_all()
        session.execute(text("UPDATE record_shelf SET title = 'lost', latest = false"))
        assert rebuild_shelf(session) == 5
        assert {table: rows(session, table) for table in (PublicMedia, Touched)} == before
        again = session.execute(
            select(Shelved.item, Shelved.seq, Shelved.title, Shelved.dated)
            .where(Shelved.latest)
            .order_by(Shelved.seq)
        ).all()
        assert again == latest
    assert findings(written).wrong == []
