"""A frozen record is put back to what was signed, from rows or bundles, and no number is ever given twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.adapters import schema
from portal.record import log
from portal.record.blocks import Discrepancy
from portal.record.mirror import check_log, must_follow
from portal.record.recover import Recovered
from portal.record.tables import Entry, Opening, SignedCheckpoint
from portal.record.verify import verify
from portal.record.verify_signed import signed_faults
from portal.worker import run_once
from portal.workflows.recover_record import rebuild_tiles, recover_record
from tests.record.test_log import shown
from tests.record.test_verify import damage, open_public
from tests.signed_record import AT, EDITS, given, publish, shorten, why_frozen


def recover(portal, owner) -> Recovered:
    with owner.writing() as session, schema.without_triggers(session):
        return recover_record(
            session, tiles=portal.tiles, now=portal.now(), progress=lambda _done, _total: None
        )


def faults(portal) -> list[str]:
    with portal.database.reading() as session:
        found = verify(session, open_public=open_public)
        return found.wrong + list(signed_faults(session, roots=found.roots, read=portal.tiles.read))


def leaves(portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Entry.leaf).order_by(Entry.seq)))


def goes_on(portal, keys, clock, *, size: int) -> None:
    """The record takes entries again, and signs what extends everything signed before."""
    before = given(portal, keys)
    assert why_frozen(portal) is None
    publish(portal, 1, first=900)
    clock.forward(minutes=1)
    run_once(portal)
    assert why_frozen(portal) is None
    now = given(portal, keys)
    assert now.size == size
    must_follow(portal.tiles.read, now, old=before)
    check_log(portal.tiles.read, now)


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_row_is_put_back(signed, owner, keys, clock, column):
    before = leaves(signed)
    damage(owner, EDITS[column])
    run_once(signed)
    assert why_frozen(signed)
    found = recover(signed, owner)
    assert (found.restored, found.without_document) == ([77], [])
    assert leaves(signed) == before
    assert faults(signed) == []
    goes_on(signed, keys, clock, size=302)


def test_rows_of_a_restored_backup_come_back_from_the_bundles_under_their_numbers(signed, owner, keys, clock):
    before = leaves(signed)[:300]
    shorten(owner, to=250)
    damage(owner, "DELETE FROM record_checkpoint")
    publish(signed, 20, first=500)  # what somebody published before the worker looked
    run_once(signed)
    assert why_frozen(signed)
    found = recover(signed, owner)
    assert leaves(signed) == before
    assert found.restored == list(range(250, 300))
    assert found.without_document == list(range(250, 300))
    assert len(found.removed) == 20
    assert {f"report/2026-{500 + n:06d}" for n in range(20)} == {row["item"] for row in found.removed}
    with signed.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Opening)).one() == 250
        assert session.scalars(select(SignedCheckpoint.size)).all() == [300]
    assert all("document is missing" in fault or "shelf does not show" in fault for fault in faults(signed))
    goes_on(signed, keys, clock, size=301)


def test_an_item_whose_document_was_lost_can_be_published_again(signed, owner, keys, clock):
    shorten(owner, to=299)
    damage(owner, "DELETE FROM record_checkpoint")
    run_once(signed)
    assert recover(signed, owner).without_document == [299]
    with signed.database.writing() as session:
        log.publish(session, shown("report/2026-000299"), at=AT)
    with signed.database.reading() as session:
        entry = session.get_one(Entry, 300)
        assert (entry.item, entry.version, entry.prev) == ("report/2026-000299", 2, 299)
    assert [fault for fault in faults(signed) if "document is missing" not in fault] == []


def test_an_entry_added_since_the_last_signature_stays(signed, owner, keys, clock):
    damage(owner, EDITS["act"])
    run_once(signed)
    recover(signed, owner)
    assert len(leaves(signed)) == 301


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/entries/000", "tile/1/000.p/1", "tile/entries/001.p/44"]
)
def test_a_changed_tile_is_written_again_from_the_rows(signed, owner, keys, clock, path):
    before = signed.tiles.read(path)
    signed.tiles.write(path, before[:-1] + bytes([before[-1] ^ 1]))
    run_once(signed)
    assert why_frozen(signed)
    assert recover(signed, owner).restored == []
    assert signed.tiles.read(path) == before
    goes_on(signed, keys, clock, size=302)


def test_rows_and_bundles_may_be_damaged_in_different_places(signed, owner, keys, clock):
    before = leaves(signed)
    damage(owner, EDITS["item"], EDITS["leaf"])
    bundle = signed.tiles.read("tile/entries/001.p/44")
    signed.tiles.write("tile/entries/001.p/44", bundle[:-1] + bytes([bundle[-1] ^ 1]))
    run_once(signed)
    recover(signed, owner)
    assert leaves(signed) == before
    goes_on(signed, keys, clock, size=302)


def test_when_neither_gives_what_was_signed_nothing_is_changed(signed, owner, keys):
    damage(owner, EDITS["leaf"])
    bundle = signed.tiles.read("tile/entries/000").replace(b"report/2026-000077", b"report/2026-000078")
    signed.tiles.write("tile/entries/000", bundle)
    run_once(signed)
    before = leaves(signed)
    with pytest.raises(Discrepancy, match="together do not give"):
        recover(signed, owner)
    assert leaves(signed) == before
    assert why_frozen(signed)


def test_a_checkpoint_of_somebody_else_is_replaced_by_the_last_one_of_ours(signed, owner, keys, clock):
    ours = signed.tiles.read("checkpoint")
    signed.tiles.write("checkpoint", ours.replace(b"300", b"301"))
    run_once(signed)
    recover(signed, owner)
    assert signed.tiles.read("checkpoint") == ours
    goes_on(signed, keys, clock, size=302)


def test_after_recovery_nothing_can_be_changed_again(signed, owner, keys):
    assert recover(signed, owner).restored == []
    for statement in ("UPDATE record_entry SET version = 1", "DELETE FROM record_checkpoint"):
        with pytest.raises(DBAPIError), owner.writing() as session:
            session.execute(text(statement))


def test_lost_tiles_are_written_again_and_only_from_rows_that_were_signed(signed, owner, keys):
    paths = [path for path in signed.tiles.paths() if path != "checkpoint"]
    before = {path: signed.tiles.read(path) for path in paths}
    for path in paths:
        signed.tiles.remove(path)
    with signed.database.reading() as session:
        assert rebuild_tiles(session, tiles=signed.tiles) == 300
    assert {path: signed.tiles.read(path) for path in paths} == before
    damage(owner, EDITS["leaf"])
    with signed.database.reading() as session, pytest.raises(Discrepancy, match="record recover"):
        rebuild_tiles(session, tiles=signed.tiles)
