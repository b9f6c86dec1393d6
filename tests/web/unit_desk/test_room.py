"""Room for what units send: a day has its quota, the disk its reserve; both say so, and both go on by themselves."""

from __future__ import annotations

import dataclasses

import pytest

from config import Settings
from portal.adapters.disk_room import DiskRoom
from portal.adapters.spool import Spool
from portal.ports import Short, StoreFull
from portal.web.app import create_app
from portal.wiring import wire
from tests.browsing import Browser
from tests.small_district import SmallDistrict, build, picture
from tests.web.unit_desk.pages import send, text
from tests.web.unit_desk.test_scripted import upload

MB = 1024 * 1024


class Disk:
    """A disk that is short of room when a test says so."""

    def __init__(self) -> None:
        self.left = 10 * 1024 * MB

    def short(self) -> Short | None:
        return Short(place="照片", free=self.left, reserve=1024 * MB) if self.left < 1024 * MB else None

    def free(self) -> int:
        return self.left


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def small(settings: Settings, clock, disk: Disk):
    """A portal on that disk, whose units may send three files of altogether 1 MB in a day."""
    wired = wire(settings.model_copy(update={"unit_day_files": 3, "unit_day_mb": 1}), now=clock)
    spool = Spool(
        wired.media.root / "spool" if hasattr(wired.media, "root") else settings.instance, room=disk
    )
    portal = dataclasses.replace(wired, room=disk, spool=spool)
    build(portal, now=clock())
    yield portal
    portal.close()


@pytest.fixture
def at_desk(small):
    site = create_app(small)

    def browser(login: str) -> Browser:
        found = Browser(site)
        assert found.sign_in(login).status_code == 303
        return found

    return browser


def draft(small, **how) -> int:
    return SmallDistrict(small, projects=["2026-001", "2026-002"]).draft(**how)


def test_beyond_the_units_day_a_photo_is_refused_with_the_cure_and_when_it_begins_anew(small, at_desk, clock):
    report_id, reporter = draft(small), at_desk("reporter")
    for number in range(3):
        assert upload(reporter, report_id, picture(number)).status_code == 201
    answer = upload(at_desk("head"), report_id, picture(9))
    assert answer.status_code == 429
    assert "本单位今天传了 3 个文件" in answer.json["said"]
    assert "24:00 以后再传" in answer.json["said"]
    other = draft(small, code="2026-002", login="stranger")
    assert upload(at_desk("stranger"), other, picture(9)).status_code == 201, "another unit has its own day"
    clock.forward(hours=13)
    assert upload(at_desk("reporter"), report_id, picture(9)).status_code == 201


def test_the_day_is_counted_in_bytes_too_and_a_restart_forgets_nothing(small, at_desk, clock):
    report_id = draft(small)
    large = picture(1)
    sent = [
        upload(at_desk("reporter"), report_id, large + bytes([n]) * 400_000).status_code for n in range(3)
    ]
    assert sent == [201, 201, 429]
    again = Browser(create_app(small))  # a process that has just begun
    again.sign_in("reporter")
    assert upload(again, report_id, large + b"x" * 400_000).status_code == 429


def test_a_removed_photo_was_received_all_the_same(small, at_desk):
    report_id, reporter = draft(small), at_desk("reporter")
    for number in range(3):
        photo_id = upload(reporter, report_id, picture(number)).json["photo"]
        assert send(reporter, report_id, act=f"remove:{photo_id}").status_code == 303
    assert upload(reporter, report_id, picture(8)).status_code == 429


def test_below_the_reserve_photos_are_refused_and_words_are_kept(small, at_desk, disk):
    report_id, reporter = draft(small, photos=1), at_desk("reporter")
    disk.left, before = 100 * MB, sorted(small.spool._root.glob("*/*"))
    answer = send(reporter, report_id, files=[("现场.jpg", picture(5))], done="写好的一段。")
    assert answer.status_code == 507
    assert "服务器快没有空间了，暂时不收照片" in text(answer)
    assert "写好的一段。</textarea>" in text(answer)
    assert send(reporter, report_id, done="再写一段。").status_code == 303
    scripted = upload(reporter, report_id, picture(5))
    assert scripted.status_code == 507
    assert "腾出空间后会自己恢复" in scripted.json["said"]
    assert send(reporter, report_id, act="submit").status_code == 303, "what was written can be sent"
    assert sorted(small.spool._root.glob("*/*")) == before, "nothing came onto the disk"


def test_below_the_reserve_desks_say_so_windows_do_not_and_it_heals_by_itself(small, at_desk, disk):
    reporter, reader = at_desk("reporter"), Browser(create_app(small))
    assert "服务器快没有空间了" not in text(reporter.get("/desk/unit"))
    disk.left = 100 * MB
    assert "服务器快没有空间了" in text(reporter.get("/desk/unit"))
    assert "服务器快没有空间了" in text(at_desk("supervisor").get("/desk/supervision"))
    assert "没有空间" not in text(reader.get("/"))
    assert (reader.get("/readyz").json["room"], reader.get("/readyz").json["ready"]) == ("short", True)
    disk.left = 5000 * MB
    assert "服务器快没有空间了" not in text(reporter.get("/desk/unit"))
    assert reader.get("/readyz").json["room"] == "ok"
    assert upload(reporter, draft(small), picture(2)).status_code == 201


def test_a_file_that_would_eat_the_reserve_is_given_up_on_its_way(tmp_path, disk):
    arrival = Spool(tmp_path / "spool", room=disk).receive(1 << 40)
    arrival.write(bytes(9 * MB))
    disk.left = 0
    arrival.write(bytes(9 * MB))
    assert arrival.full
    with pytest.raises(StoreFull):
        arrival.finish()
    assert list((tmp_path / "spool").glob("*/*")) == []


def test_the_reserve_is_megabytes_or_a_share_of_the_disk(tmp_path):
    folders = {"照片": tmp_path / "not" / "there" / "yet"}
    assert DiskRoom(folders, reserve="0").short() is None
    assert DiskRoom(folders, reserve="1%").free() > 0
    short = DiskRoom(folders, reserve="999999999").short()
    assert short is not None
    assert short.free < short.reserve == 999999999 * MB
    for wrong in ("", "much", "-1", "95%", "1.5"):
        with pytest.raises(ValueError, match="PORTAL_MEDIA_RESERVE"):
            DiskRoom(folders, reserve=wrong)
