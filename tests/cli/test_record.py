"""Verifying the record and rebuilding what follows it, from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from portal.ports import Query, Space
from portal.record.tables import PublicMedia, Shelved
from portal.record.verify import verify
from tests.buckets import needs_folder
from tests.search_engine import lose_index


@pytest.fixture
def number(district):
    return district.published(photos=1, done="安装护栏 62 米。")


def test_a_record_that_agrees_exits_0_and_tells_its_root(run, number, portal):
    said = run("record", "verify")
    with portal.database.reading() as session:
        root = verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name)).root
    assert said.code == 0
    assert f"root {root}" in said.out
    assert "everything agrees" in said.out


@needs_folder
def test_a_damaged_rendition_and_a_missing_one_are_named_and_exit_1(run, number, portal, tmp_path):
    with portal.database.reading() as session:
        missing, damaged = session.scalars(select(PublicMedia.name).order_by(PublicMedia.name).limit(2))
    portal.media.remove(Space.PUBLIC, missing)
    (tmp_path / "uploads" / "public" / damaged[:2] / damaged).write_bytes(b"other bytes")
    said = run("record", "verify")
    assert said.code == 1
    assert f"wrong: {missing}: the rendition is missing" in said.out
    assert f"wrong: {damaged}: the rendition does not hash to its name" in said.out
    assert "2 faults" in said.err


def test_an_index_that_was_deleted_is_built_again(run, number, portal):
    found = portal.search.search(Query(text="护栏"))
    lose_index(portal.settings)
    said = run("record", "rebuild", "search")
    assert said.code == 0
    assert "3 items can be found" in said.out
    assert portal.search.search(Query(text="护栏")) == found
    assert found.items == (f"report/{number}",)


def test_a_shelf_that_was_emptied_is_built_again_as_it_was(run, number, portal, owner):
    with portal.database.reading() as session:
        before = [
            (row.seq, row.item, row.latest, row.title)
            for row in session.scalars(select(Shelved).order_by(Shelved.seq))
        ]
    with owner.writing() as session:
        session.execute(delete(Shelved))
    assert run("record", "verify").code == 1
    assert run("record", "rebuild", "shelf").code == 0
    with portal.database.reading() as session:
        assert [
            (row.seq, row.item, row.latest, row.title)
            for row in session.scalars(select(Shelved).order_by(Shelved.seq))
        ] == before
    assert run("record", "verify").code == 0


def test_only_followers_can_be_rebuilt(run, number):
    said = run("record", "rebuild", "entries")
    assert said.code == 2
    assert "'search', 'shelf'" in said.err


def test_scrubbing_writes_the_files_anew_and_changes_nothing_else(run, number, portal, owner):
    def root_and_file():
        with portal.database.reading() as session:
            found = verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name))
            assert found.wrong == []
            if portal.database.path:
                wal = Path(f"{portal.database.path}-wal")
                return found.root, wal.stat().st_size if wal.exists() else 0
            return found.root, session.scalar(text("SELECT pg_relation_filenode('record_opening')"))

    before = root_and_file()
    said = run("record", "scrub")
    assert (said.code, said.out) == (0, "nothing deleted is left in the database's files\n")
    after = root_and_file()
    assert after[0] == before[0]
    if portal.database.path is None:
        assert after[1] != before[1], "the table lies in another file now"
    else:
        assert after[1] == 0, "the log of changes is empty"
