"""The tiles follower writes what the standard says, signs what extends, and freezes at everything else."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from portal.domain.progress import Verb
from portal.ports import Space
from portal.record import log
from portal.record.checkpoint import Checkpoint
from portal.record.hashing_media import OLD, must_be_as_named
from portal.record.mirror import check_log, must_follow
from portal.record.notes import Note
from portal.record.signed import RecordFrozen
from portal.record.signing import SigningKeys, open_checkpoint
from portal.record.tables import Entry, PublicMedia, SignedCheckpoint
from portal.record.tiles import tiles_of
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.found_keys import KeysDiffer, found_keys, replace_keys
from portal.workflows.sign_record import CHECKPOINT, Watch, is_due
from tests.buckets import needs_folder
from tests.record.log_files import keys_of
from tests.record.test_log import shown
from tests.record.test_verify import damage
from tests.signed_record import AT, EDITS, TABLES, given, publish, shorten, why_frozen


def size_of(portal: Portal) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(func.count()).select_from(Entry)).one()


def test_without_a_key_file_nothing_is_written(portal):
    publish(portal, 3)
    run_once(portal)
    assert list(portal.tiles.paths()) == []


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_readers_get_a_log_that_is_whole(portal, keys, size):
    publish(portal, size)
    run_once(portal)
    checkpoint = given(portal, keys)
    assert (checkpoint.origin, checkpoint.size) == (keys.name, size)
    check_log(portal.tiles.read, checkpoint)
    with portal.database.reading() as session:
        assert checkpoint.root.hex() == log.head(session).root


def test_only_the_tiles_of_the_standard_are_there_and_partial_ones_go_when_they_are_full(portal, keys, clock):
    watch, size = Watch(), 0
    for count in (100, 100, 56, 1, 255, 3):
        publish(portal, count, first=size)
        size += count
        clock.forward(minutes=1)
        run_once(portal, watch)
        check_log(portal.tiles.read, given(portal, keys))
    expected = {tile.path for tile in tiles_of(size)} | {CHECKPOINT}
    assert set(portal.tiles.paths()) - expected == {"tile/1/000.p/1"}  # a tree of 256 had it


def test_tiles_depend_on_the_entries_alone(portal, keys, clock, tmp_path):
    watch = Watch()
    for first in range(0, 520, 130):
        publish(portal, 130, first=first)
        clock.forward(minutes=1)
        run_once(portal, watch)
    once = {tile.path: portal.tiles.read(tile.path) for tile in tiles_of(520)}
    for path in list(portal.tiles.paths()):
        portal.tiles.remove(path)
    run_once(portal)
    assert {tile.path: portal.tiles.read(tile.path) for tile in tiles_of(520)} == once


def test_every_checkpoint_follows_from_the_last(portal, keys, clock):
    watch, last = Watch(), None
    for first in range(0, 300, 25):
        publish(portal, 25, first=first)
        clock.forward(minutes=1)
        run_once(portal, watch)
        now = given(portal, keys)
        if last is not None:
            must_follow(portal.tiles.read, now, old=last)
        last = now


def test_a_new_entry_is_signed_within_a_minute_and_an_old_record_daily(portal, keys, clock):
    watch = Watch()
    publish(portal, 1)
    run_once(portal, watch)
    publish(portal, 1, first=1)
    clock.forward(seconds=1)
    run_once(portal, watch)
    assert given(portal, keys).size == 1  # too soon after the last
    clock.forward(seconds=9)
    run_once(portal, watch)
    assert given(portal, keys).size == 2
    before = portal.tiles.read(CHECKPOINT)
    clock.forward(hours=22)
    run_once(portal, watch)
    assert portal.tiles.read(CHECKPOINT) == before
    clock.forward(hours=1)
    run_once(portal, watch)
    assert portal.tiles.read(CHECKPOINT) != before
    with portal.database.reading() as session:
        assert list(session.scalars(select(SignedCheckpoint.size).order_by(SignedCheckpoint.id))) == [1, 2, 2]
        assert not is_due(session, watch, now=clock())


def test_an_empty_record_is_not_signed(portal, keys):
    run_once(portal)
    assert list(portal.tiles.paths()) == []


def test_a_checkpoint_that_did_not_reach_readers_is_given_out_at_the_next_look(portal, keys):
    publish(portal, 5)
    run_once(portal)
    note = portal.tiles.read(CHECKPOINT)
    portal.tiles.remove(CHECKPOINT)
    run_once(portal)
    assert portal.tiles.read(CHECKPOINT) == note


def test_another_process_that_holds_the_lease_is_left_to_it(portal, keys, clock):
    from portal.adapters.lease_table import LeaseTable

    LeaseTable(portal.database, holder="another").hold("follow/tiles", now=clock())
    publish(portal, 5)
    run_once(portal)
    assert list(portal.tiles.paths()) == []
    clock.forward(seconds=21)
    run_once(portal)
    assert given(portal, keys).size == 5


def test_a_key_that_the_record_does_not_know_signs_nothing(portal, keys):
    portal.signing_key.keep(keys_of("another"))
    publish(portal, 5)
    run_once(portal)
    assert list(portal.tiles.paths()) == []
    assert why_frozen(portal) is None


# --- what does not extend ---------------------------------------------------------------------------


def freezes(portal: Portal, keys: SigningKeys, *, named: str) -> None:
    """Looking again signs nothing, says why, and adds nothing."""
    before = portal.tiles.read(CHECKPOINT)
    run_once(portal)
    run_once(portal)
    assert portal.tiles.read(CHECKPOINT) == before
    assert named in (why_frozen(portal) or "")
    with portal.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(SignedCheckpoint)).one() == 1
    with pytest.raises(RecordFrozen):
        publish(portal, 1, first=900)


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_row_freezes_the_record_and_is_named(signed, owner, keys, column):
    damage(owner, EDITS[column])
    freezes(signed, keys, named="entry 77")


def test_a_row_that_was_edited_with_everything_that_follows_from_it_freezes_the_record(signed, owner, keys):
    from portal.record.merkle import leaf_hash

    with owner.reading() as session:
        leaf = session.get_one(Entry, 77).leaf.replace('"version":1', '"version":2')
    damage(
        owner,
        "UPDATE record_entry SET version = 2, "
        f"leaf = '{leaf}', leaf_hash = '{leaf_hash(leaf.encode()).hex()}' WHERE seq = 77".replace(":", "\\:"),
    )
    freezes(signed, keys, named="entry 77")


def test_a_row_that_was_taken_out_freezes_the_record(signed, owner, keys):
    damage(owner, *(f"DELETE FROM {table} WHERE seq = 77" for table in TABLES))
    freezes(signed, keys, named="entry 77 is missing")


def test_a_shortened_table_freezes_the_record(signed, owner, keys):
    damage(owner, *(f"DELETE FROM {table} WHERE seq >= 299" for table in TABLES))
    freezes(signed, keys, named="entry 299 is missing")


def test_a_shortened_table_with_a_head_that_fits_freezes_the_record(signed, owner, keys):
    shorten(owner, to=250)
    freezes(signed, keys, named="the database has 250 entries, but 300 were signed")


def test_a_restored_older_backup_freezes_the_record(signed, owner, keys):
    shorten(owner, to=250)
    damage(owner, "DELETE FROM record_checkpoint")
    before = signed.tiles.read(CHECKPOINT)
    run_once(signed)
    assert signed.tiles.read(CHECKPOINT) == before
    assert "it is an older one" in (why_frozen(signed) or "")


def test_a_restored_backup_that_has_grown_again_freezes_the_record(signed, owner, keys):
    shorten(owner, to=250)
    damage(owner, "DELETE FROM record_checkpoint")
    publish(signed, 100, first=500)
    run_once(signed)
    assert "entry 256" in (why_frozen(signed) or "") or "entry 250" in (why_frozen(signed) or "")


@pytest.mark.parametrize("column", ["root", "size"])
def test_a_head_that_does_not_fit_freezes_the_record(signed, owner, keys, column):
    damage(owner, f"UPDATE record_head SET {column} = {'301 - 1' if column == 'size' else repr('ff' * 32)}")
    freezes(signed, keys, named="head" if column == "root" else "the head says the root")


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/entries/000", "tile/1/000.p/1", "tile/0/001.p/44", "tile/entries/001.p/44"]
)
def test_a_changed_tile_freezes_the_record(signed, keys, path):
    data = bytearray(signed.tiles.read(path))
    data[-1] ^= 1
    signed.tiles.write(path, bytes(data))
    freezes(signed, keys, named=path if "tile/1" not in path else "tile/1/000.p/1")


def test_a_checkpoint_of_somebody_else_freezes_the_record(signed, keys):
    forged = keys_of("thief").sign_checkpoint(given(signed, keys), at=AT)
    signed.tiles.write(CHECKPOINT, str(forged).encode())
    freezes(signed, keys, named="is not ours")


@pytest.mark.parametrize("column", ["size", "root", "note"])
def test_an_edited_checkpoint_in_the_database_freezes_the_record(signed, owner, keys, column):
    with owner.writing() as session:
        change = {"size": "size + 1", "root": repr("ff" * 32), "note": "replace(note, '300', '301')"}[column]
        session.execute(
            text("DROP TRIGGER IF EXISTS never_update_record_checkpoint")
        ) if owner.path else session.execute(text("ALTER TABLE record_checkpoint DISABLE TRIGGER USER"))
        session.execute(text(f"UPDATE record_checkpoint SET {column} = {change}"))
    freezes(signed, keys, named="in the database")


def test_a_document_that_was_changed_before_it_was_signed_freezes_the_record(signed, owner, keys):
    damage(owner, "UPDATE record_opening SET document = replace(document, '公园', '公厕') WHERE seq = 300")
    freezes(signed, keys, named="entry 300")


def test_while_the_record_is_frozen_jobs_wait_and_nothing_is_lost(portal, keys, district, owner, clock):
    run_once(portal)
    damage(owner, "UPDATE record_entry SET version = 9 WHERE seq = 0")
    run_once(portal)
    assert "entry 0" in (why_frozen(portal) or "")
    report_id = district.submitted()
    before = size_of(portal)
    district.decide(report_id, Verb.APPROVE)
    assert size_of(portal) == before
    assert portal.queue.set_aside() == []
    assert portal.queue.waiting(now=clock())[0] == 1


# --- keys -------------------------------------------------------------------------------------------


def test_new_keys_sign_what_follows_and_the_old_ones_sign_that(portal, keys, owner, clock):
    publish(portal, 3)
    run_once(portal)
    new = keys_of("new")
    with owner.writing() as session:
        replace_keys(session, new, before=keys, now=clock())
    portal.signing_key.keep(new)
    publish(portal, 3, first=3)
    clock.forward(minutes=1)
    run_once(portal)
    assert open_checkpoint(Note.parse(portal.tiles.read(CHECKPOINT)), new.public).size == 6
    assert why_frozen(portal) is None


def test_a_replaced_key_signs_nothing_that_came_later(portal, keys, owner, clock):
    publish(portal, 3)
    run_once(portal)
    with owner.writing() as session:
        replace_keys(session, keys_of("new"), before=keys, now=clock())
    publish(portal, 3, first=3)
    portal.signing_key.keep(keys_of("new"))
    with portal.database.reading() as session:
        head = log.head(session)
    forged = Checkpoint(origin=keys.name, size=head.size, root=bytes.fromhex(head.root))
    portal.tiles.write(CHECKPOINT, str(keys.sign_checkpoint(forged, at=clock())).encode())
    run_once(portal)
    assert "was replaced at 3" in (why_frozen(portal) or "")


def test_keys_are_replaced_only_by_those_who_hold_them(owner, keys, clock):
    with owner.writing() as session:
        with pytest.raises(KeysDiffer):
            replace_keys(session, keys_of("new"), before=keys_of("thief"), now=clock())
        with pytest.raises(KeysDiffer):
            found_keys(session, keys_of("new"), now=clock())
        assert not found_keys(session, keys, now=clock())


@needs_folder
def test_a_rendition_that_was_changed_freezes_the_record(portal, district, keys, clock):
    number = district.published(photos=1)
    watch = Watch()
    run_once(portal, watch)
    assert why_frozen(portal) is None
    with portal.database.reading() as session:
        name, seq = session.execute(select(PublicMedia.name, PublicMedia.seq).limit(1)).one()
    (file,) = (portal.settings.folder(portal.settings.media_url) / Space.PUBLIC).rglob(name)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"\0")
    clock.forward(hours=2)
    run_once(portal, watch)
    assert why_frozen(portal) == f"entry {seq}: the rendition {name} was changed"
    assert number


@needs_folder
def test_a_rendition_that_is_not_there_is_no_change(portal, district, keys, clock):
    district.published(photos=1)
    with portal.database.reading() as session:
        for name in session.scalars(select(PublicMedia.name)):
            portal.media.remove(Space.PUBLIC, name)
    run_once(portal, Watch())
    assert why_frozen(portal) is None
    assert given(portal, keys).size > 0


def test_the_next_renditions_are_hashed_in_the_next_pass(portal):
    asked = []

    def open_public(name):
        asked.append(name)
        raise LookupError(name)

    with portal.database.writing() as session:
        log.publish(session, shown(photos=[f"{n:064x}.jpg" for n in range(250)]), at=AT)
    after, passes = "", []
    with portal.database.reading() as session:
        for _ in range(3):
            after = must_be_as_named(session, first=1, end=1, after=after, open_public=open_public)
            passes.append(len(asked))
    assert passes == [OLD, 2 * OLD, 250]
    assert (after, sorted(asked)) == ("", [f"{n:064x}.jpg" for n in range(250)])
