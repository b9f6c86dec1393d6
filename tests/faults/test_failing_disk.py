"""A disk that fails under the portal: nothing is acknowledged that it did not keep, and it goes on when it is well."""

from __future__ import annotations

import hashlib
import os
import shutil

import pytest

from portal.adapters.local_media import LocalMediaStore
from portal.adapters.spool import Spool
from portal.domain.lifecycle import ReportState
from portal.ports import Space, StoreBroken
from portal.web.app import create_app
from portal.wiring import wire
from tests.browsing import Browser
from tests.conftest import needs_sqlite
from tests.faults.failing_disk import failing_disk
from tests.faults.test_bad_days import look, reporter_at
from tests.ports.test_media_store import name_of
from tests.small_district import build, picture
from tests.web.unit_desk.pages import fields_of, send, text


def test_a_disk_that_did_not_keep_a_photo_is_said_and_the_photo_is_not_acknowledged(settings, clock):
    with failing_disk() as disk:
        portal = wire(settings.model_copy(update={"media_url": f"file:{disk.place}"}), now=clock)
        report_id = build(portal, now=clock()).draft(photos=1)
        reporter = reporter_at(portal)
        with disk.failing():
            answer = send(reporter, report_id, files=[("现场.jpg", picture(7))], done="写好的一段。")
        assert answer.status_code == 422
        assert "服务器的盘出了错，这张没有收下" in text(answer)
        assert look(portal, report_id, lambda r: (r.done, len(r.photos))) == ("写好的一段。", 1)
        assert send(reporter, report_id, files=[("现场.jpg", picture(7))]).status_code == 303
        names = look(portal, report_id, lambda r: [p.original_sha256 for p in r.photos])
        portal.close()
        disk.forget()
        media = LocalMediaStore(disk.place)
        assert sorted(media.names(Space.SEALED)) == sorted(f"{name}.jpg" for name in names)
        for name in names:
            with media.open(Space.SEALED, f"{name}.jpg") as stream:
                assert hashlib.sha256(stream.read()).hexdigest() == name


def test_what_the_disk_did_not_keep_is_never_taken_for_kept_when_it_comes_again():
    """The cache of the machine may still have what the disk has not; a second `fsync` then says that all is well."""
    data = os.urandom(300_000)
    with failing_disk() as disk:
        media = LocalMediaStore(disk.place / "media")
        media.path(Space.SEALED, name_of(data)).parent.mkdir(parents=True)
        (disk.place / "media" / "incoming").mkdir()
        with disk.failing(), pytest.raises(StoreBroken):
            media.put(Space.SEALED, name_of(data), data)
        assert list(media.names(Space.SEALED)) == []
        media.put(Space.SEALED, name_of(data), data)
        disk.forget()
        with media.open(Space.SEALED, name_of(data)) as stream:
            assert stream.read() == data


def test_a_spooled_file_that_the_disk_did_not_keep_is_not_received():
    with failing_disk() as disk:
        spool = Spool(disk.place / "spool")
        arrival = spool.receive(1 << 30)
        arrival.write(os.urandom(300_000))
        with disk.failing(), pytest.raises(StoreBroken):
            arrival.finish()
        arrival.close()
        assert list((disk.place / "spool").glob("*/*")) == []


@needs_sqlite
def test_a_database_whose_disk_fails_answers_503_with_what_was_typed_and_goes_on_afterwards(
    settings, clock, tmp_path
):
    with failing_disk() as disk:
        shutil.copy(tmp_path / "portal.sqlite", disk.place / "portal.sqlite")
        address = f"sqlite:///{disk.place}/portal.sqlite"
        portal = wire(settings.model_copy(update={"database_url": address}), now=clock)
        report_id = build(portal, now=clock()).draft(photos=1)
        reporter = reporter_at(portal)
        fields = fields_of(reporter, report_id)
        with disk.failing():
            answer = send(reporter, report_id, fields=fields, act="submit", done="盘坏的时候写的。")
            seen = Browser(create_app(portal)).get("/projects/2026-001")
        assert answer.status_code == 503
        assert "盘坏的时候写的。" in text(answer)
        assert seen.status_code == 200  # readers notice nothing
        assert look(portal, report_id, lambda r: r.state) is ReportState.DRAFT
        # Linux tells every open file once of what failed, so another connection may hear of it after the cure.
        tries = [
            send(reporter, report_id, act="submit", done="盘坏的时候写的。").status_code for _ in range(4)
        ]
        assert 303 in tries, tries
        portal.close()
        disk.forget()
        again = wire(settings.model_copy(update={"database_url": address}), now=clock)
        told = look(again, report_id, lambda r: (r.done, r.state))
        again.close()
        assert told == ("盘坏的时候写的。", ReportState.SUBMITTED)
