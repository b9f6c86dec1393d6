"""`portal media`, as a person runs it."""

from __future__ import annotations

import os
import time

import pytest
from sqlalchemy import select

from portal.adapters.local_media import LocalMediaStore
from portal.domain.audit import AuditEntry
from portal.domain.media_rounds import VERIFY, MediaRound
from portal.ports import Space
from portal.record.tables import PublicMedia
from tests.buckets import needs_folder
from tests.ports.test_media_store import name_of

pytestmark = needs_folder


@pytest.fixture
def mirror(tmp_path) -> LocalMediaStore:
    return LocalMediaStore(tmp_path / "mirror")


@pytest.fixture
def mirrored(mirror) -> dict[str, str]:
    return {"media_mirror": f"file:{mirror.root}"}


def some(portal, space: Space) -> str:
    return sorted(portal.media.names(space))[0]


def spoil(store: LocalMediaStore, space: Space, name: str) -> None:
    path = store.path(space, name)
    path.unlink()  # the same picture may lie under its other name
    path.write_bytes(b"spoilt")


def test_a_store_in_order_is_said_to_be(run, portal, district):
    district.published(photos=1)
    said = run("media", "verify")
    assert said.code == 0, said.err
    assert "every file that is named is there and is what it should be" in said.out


def test_what_is_missing_and_what_is_changed_is_named_by_report_and_photo(run, portal, district):
    number = district.published(photos=2)
    missing, changed = some(portal, Space.SEALED), some(portal, Space.PUBLIC)
    portal.media.remove(Space.SEALED, missing)
    spoil(portal.media, Space.PUBLIC, changed)
    portal.media.put(Space.STAGED, name_of(b"who?"), b"who?")
    said = run("media", "verify")
    assert said.code == 1
    assert f"report {number}" in said.out
    assert f"original: missing (sealed/{missing})" in said.out
    assert f"changed (public/{changed})" in said.out
    assert f"unknown: staged/{name_of(b'who?')}: nothing names it" in said.out
    assert "2 files are not what they should be" in said.err
    assert portal.media.size(Space.STAGED, name_of(b"who?")) == 4, "nothing is deleted"


def test_a_name_that_the_document_does_not_show_is_said_though_the_file_is_what_it_says(
    run, portal, district
):
    district.published(photos=1)
    slipped = name_of(b"slipped in")
    portal.media.put(Space.PUBLIC, slipped, b"slipped in")
    with portal.database.writing() as session:
        seq = session.scalars(select(PublicMedia.seq)).first()
        session.add(PublicMedia(name=slipped, seq=seq))
    said = run("media", "verify")
    assert said.code == 1
    assert f"the document shows no such file (public/{slipped})" in said.out


def test_it_is_repaired_from_the_second_store_and_what_was_changed_is_kept_aside(
    run, portal, district, mirror, mirrored
):
    district.published(photos=2)
    assert run("media", "mirror", **mirrored).code == 0
    everything = {space: sorted(portal.media.names(space)) for space in Space}
    assert {space: sorted(mirror.names(space)) for space in Space} == everything
    missing, changed = some(portal, Space.SEALED), some(portal, Space.PUBLIC)
    portal.media.remove(Space.SEALED, missing)
    spoil(portal.media, Space.PUBLIC, changed)
    said = run("media", "verify", "--repair", **mirrored)
    assert said.code == 0, said.out + said.err
    assert "2 files were repaired" in said.out
    assert run("media", "verify").code == 0
    assert [(each.space, each.name) for each in portal.media.quarantine.files()] == [(Space.PUBLIC, changed)]
    with portal.database.reading() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.act == "repair_media")).all()
    assert sorted(act.detail["trouble"] for act in acts) == ["changed", "missing"]


def test_a_copy_that_is_changed_too_repairs_nothing(run, portal, district, mirror, mirrored):
    district.published(photos=1)
    run("media", "mirror", **mirrored)
    name = some(portal, Space.SEALED)
    spoil(portal.media, Space.SEALED, name)
    spoil(mirror, Space.SEALED, name)
    said = run("media", "verify", "--repair", **mirrored)
    assert said.code == 1
    assert "the copy in the second store is changed, too" in said.out
    assert list(portal.media.quarantine.files()) == []
    looked = run("media", "verify", "--copies", **mirrored)
    assert looked.code == 1
    assert f"changed (sealed/{name})" in looked.out


def test_a_changed_file_is_not_copied_over_a_good_copy(run, portal, district, mirror, mirrored):
    district.draft(photos=1)
    name = some(portal, Space.SEALED)
    run("media", "mirror", **mirrored)
    spoil(portal.media, Space.SEALED, name)
    assert run("media", "mirror", **mirrored).code == 0
    mirror.remove(Space.SEALED, name)
    said = run("media", "mirror", **mirrored)
    assert said.code == 1
    assert "is changed, so it is not copied" in said.out


def test_cut_off_it_goes_on_where_it_was_and_forgets_no_fault(run, portal, district, clock):
    district.published(photos=1)
    with portal.database.writing() as session:
        session.add(
            MediaRound(
                name=VERIFY,
                position="1/-1",
                found=[
                    {
                        "trouble": "missing",
                        "space": "sealed",
                        "name": "x.jpg",
                        "where": "report 7",
                        "said": "",
                    }
                ],
                started_at=clock(),
                moved_at=clock(),
            )
        )
    settings = {"development_clock": "2026-11-25"}
    said = run("media", "verify", **settings)
    assert "going on where it was cut off" in said.out
    assert "wrong: report 7: missing (sealed/x.jpg)" in said.out
    assert said.code == 1
    assert run("media", "verify", "--anew").code == 0


def test_sweep_lists_restores_and_stops_when_too_much_would_go(run, portal, district):
    district.draft(photos=1)
    lost = name_of(b"x")
    portal.media.put(Space.SEALED, lost, b"x")
    then = time.time() - 30 * 86400
    os.utime(portal.media.path(Space.SEALED, lost), (then, then))
    said = run("media", "sweep")
    assert said.code == 0, said.err
    assert f"1 files set aside: nothing names them\n  sealed/{lost}" in said.out
    assert f"sealed/{lost}" in run("media", "quarantine").out
    assert run("media", "restore", f"sealed/{lost}").out == "back in sealed\n"
    assert run("media", "restore", lost).code == 1
    for number in range(60):
        name = name_of(str(number).encode())
        portal.media.put(Space.SEALED, name, str(number).encode())
        os.utime(portal.media.path(Space.SEALED, name), (then, then))
    braked = run("media", "sweep")
    assert braked.code == 1
    assert "is this the database of these files" in braked.err
    assert len(list(portal.media.names(Space.SEALED))) == 62
    assert run("media", "sweep", "--however-many").code == 0
    assert len(list(portal.media.quarantine.files())) == 60


def test_without_a_second_store_there_is_nothing_to_repair_from(run, portal, district):
    for words in (("media", "mirror"), ("media", "verify", "--repair"), ("media", "verify", "--copies")):
        said = run(*words)
        assert said.code == 1
        assert "set PORTAL_MEDIA_MIRROR" in said.err


def test_a_second_store_that_is_the_first_is_refused(run, settings):
    said = run("media", "mirror", media_mirror=settings.media_url)
    assert said.code == 1
    assert "a second store lies somewhere else" in said.err


def test_the_doctor_says_when_there_is_no_room_and_what_was_found(run, portal, district, mirrored):
    district.draft(photos=1)
    said = run("doctor", media_reserve="999999999", **mirrored)
    assert "no photos are taken in" in said.out
    assert "the second store has not got its copies" in said.out
    portal.media.remove(Space.SEALED, some(portal, Space.SEALED))
    run("media", "verify")
    assert "1 files are not what they should be" in run("doctor").out
