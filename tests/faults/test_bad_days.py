"""Days on which something around the portal fails: it says so in words, and nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from portal.adapters.job_table import JobTable
from portal.adapters.lease_table import LeaseTable
from portal.adapters.limit_table import LimitTable
from portal.database import Database, DatabaseBusy
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report, Verb
from portal.ports import Space
from portal.record.verify import verify
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock, needs_sqlite
from tests.locking import held
from tests.search_engine import lose_index
from tests.small_disk import small_disk
from tests.small_district import SmallDistrict, build, picture
from tests.web.supervisor_desk.reviewing import decide
from tests.web.unit_desk.pages import fields_of, send, text

PATIENCE = 0.3  # seconds a test waits for a locked database


def reporter_at(portal: Portal) -> Browser:
    browser = Browser(create_app(portal))
    assert browser.sign_in("reporter").status_code == 303
    return browser


def look(portal: Portal, report_id: int, ask: Callable[[Report], Any]) -> Any:
    with portal.database.reading() as session:
        return ask(session.get_one(Report, report_id))


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """No byte of room on the disk; there is room again at the end."""
    stone = disk / "stone"
    with stone.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        stone.unlink()


@pytest.fixture
def impatient(settings: Settings, clock: Clock) -> Iterator[Portal]:
    """A portal that waits only a moment for a locked database, with the district in it."""
    wired = wire(settings, now=clock)
    wired.database.close()
    database = Database(settings.database_url, busy_seconds=PATIENCE)
    quick = dataclasses.replace(
        wired,
        database=database,
        queue=JobTable(database),
        leases=LeaseTable(database),
        limits=LimitTable(database),
    )
    build(quick, now=clock())
    yield quick
    quick.close()


def test_a_full_photo_disk_refuses_the_photo_in_words_and_keeps_everything_else(settings, clock):
    with small_disk(options="size=4m") as disk:
        portal = wire(settings.model_copy(update={"media_url": f"file:{disk}"}), now=clock)
        report_id = build(portal, now=clock()).draft(photos=1)
        reporter = reporter_at(portal)
        with filled(disk):
            answer = send(reporter, report_id, files=[("现场.jpg", picture(7))], done="做完第二段。")
        assert answer.status_code == 507
        assert "现场.jpg</strong>" in text(answer)
        assert "空间" in text(answer) or "满" in text(answer)
        assert look(portal, report_id, lambda r: (r.done, len(r.photos))) == ("做完第二段。", 1)
        assert send(reporter, report_id, files=[("现场.jpg", picture(7))]).status_code == 303
        names = look(portal, report_id, lambda r: [p.original_sha256 for p in r.photos])
        assert sorted(portal.media.names(Space.SEALED)) == sorted(f"{name}.jpg" for name in names)
        portal.close()


def test_a_full_photo_disk_holds_a_publication_back_until_there_is_room(settings, clock):
    with small_disk(options="size=4m") as disk:
        portal = wire(settings.model_copy(update={"media_url": f"file:{disk}"}), now=clock)
        district = build(portal, now=clock())
        report_id = district.submitted(photos=1)
        with filled(disk):
            district.decide(report_id, Verb.APPROVE)
            state = look(portal, report_id, lambda r: r.state)
        # Publishing links files that are there; a disk that has no room even for that tries again later.
        if state is not ReportState.PUBLISHED:
            clock.forward(minutes=1)
            run_once(portal)
        assert look(portal, report_id, lambda r: r.state) is ReportState.PUBLISHED
        with portal.database.reading() as session:
            found = verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name))
        assert found.wrong == []
        portal.close()


@needs_sqlite
def test_a_full_database_disk_keeps_what_was_typed_and_what_was_acknowledged(settings, clock, tmp_path):
    with small_disk(options="size=6m") as disk:
        shutil.copy(tmp_path / "portal.sqlite", disk / "portal.sqlite")
        portal = wire(
            settings.model_copy(update={"database_url": f"sqlite:///{disk}/portal.sqlite"}), now=clock
        )
        report_id = build(portal, now=clock()).draft(photos=1)
        reporter = reporter_at(portal)
        assert send(reporter, report_id, done="已经收到的一句。").status_code == 303
        fields = fields_of(reporter, report_id)
        with filled(disk):
            answer = send(reporter, report_id, fields=fields, act="submit", done="写" * 1500)
            seen = Browser(create_app(portal)).get("/projects/2026-001")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "写" * 1500 in text(answer)
        assert "盘满了" in text(answer)
        assert seen.status_code == 200  # readers notice nothing
        assert look(portal, report_id, lambda r: (r.done, r.state)) == ("已经收到的一句。", ReportState.DRAFT)
        assert send(reporter, report_id, act="submit", done="写" * 1500).status_code == 303
        assert look(portal, report_id, lambda r: (r.done, r.state)) == ("写" * 1500, ReportState.SUBMITTED)
        portal.close()


def test_a_database_locked_by_another_process_is_answered_503_with_what_was_typed(impatient):
    report_id = SmallDistrict(impatient, projects=["2026-001"]).draft()
    reporter = reporter_at(impatient)
    fields = fields_of(reporter, report_id)
    with held(impatient):
        answer = send(
            reporter, report_id, fields=fields, done="锁着时写的。", files=[("现场.jpg", picture(1))]
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "锁着时写的。</textarea>" in text(answer)
    assert "现场.jpg</strong>" in text(answer)
    again = send(reporter, report_id, fields=fields, done="锁着时写的。", files=[("现场.jpg", picture(1))])
    assert again.status_code == 303
    assert look(impatient, report_id, lambda r: (r.done, len(r.photos))) == ("锁着时写的。", 1)


def test_an_act_on_a_locked_database_is_503_in_our_look_and_readers_notice_nothing(impatient, clock):
    reporter = reporter_at(impatient)
    token = reporter.token("/desk/unit")
    clock.forward(minutes=5)  # the sign-in, too, would like to note that somebody is here
    with held(impatient):
        answer = reporter.post("/desk/unit/projects/2026-001/report", data={"csrf_token": token})
        desk, window = reporter.get("/desk/unit"), Browser(create_app(impatient)).get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "现在打不开" in text(answer)
    assert "已经收到的内容不会丢" in text(answer)
    assert (desk.status_code, window.status_code) == (200, 200)
    assert reporter.post("/desk/unit/projects/2026-001/report", data={"csrf_token": token}).status_code == 303


def test_a_locked_database_holds_up_the_worker_and_loses_no_job(impatient, clock):
    district = SmallDistrict(impatient, projects=["2026-001"])
    report_id = district.submitted()
    run_once(impatient)
    reviewing = Browser(create_app(impatient))
    reviewing.sign_in("supervisor")
    assert decide(reviewing, report_id, "approve").status_code == 303
    clock.forward(seconds=11)
    with held(impatient), pytest.raises(DatabaseBusy):
        run_once(impatient)
    run_once(impatient)
    assert look(impatient, report_id, lambda r: r.state) is ReportState.PUBLISHED


def test_a_stale_form_keeps_both_what_was_typed_and_what_is_saved(portal, district):
    report_id, reporter = district.draft(), reporter_at(portal)
    old = fields_of(reporter, report_id)
    assert send(reporter, report_id, done="先存下的。").status_code == 303
    answer = send(reporter, report_id, fields=old, done="旧页面上写的。")
    assert answer.status_code == 409
    assert "旧页面上写的。</textarea>" in text(answer)
    assert "先存下的。" in text(answer)
    assert look(portal, report_id, lambda r: r.done) == "先存下的。"


def test_a_second_decision_is_refused_with_the_name_of_who_decided_first(portal, district, clock):
    report_id, site = district.submitted(), create_app(portal)
    first, second = Browser(site), Browser(site)
    assert [first.sign_in("supervisor").status_code, second.sign_in("second").status_code] == [303, 303]
    assert decide(first, report_id, "approve").status_code == 303
    answer = decide(second, report_id, "return", passage__done__text="再补一句")
    assert answer.status_code == 409
    assert "沈砚书" in text(answer)
    assert "再补一句" in text(answer)
    clock.forward(seconds=11)
    run_once(portal)
    assert look(portal, report_id, lambda r: (r.state, len(r.decisions))) == (ReportState.PUBLISHED, 1)


def test_an_index_deleted_under_a_running_site_is_said_and_grows_again(portal, district):
    number = district.published(done="栈桥护栏装好了。")
    reader = Browser(create_app(portal))
    assert number in text(reader.get("/archive?q=护栏"))
    lose_index(portal.settings)
    without = reader.get("/archive?q=口袋公园")
    assert without.status_code == 200
    assert "查词的部分现在没有应答" in text(without)
    run_once(portal)
    assert number in text(reader.get("/archive?q=护栏"))
    assert portal.search.position() >= 0


def test_a_lost_rendition_is_not_found_and_the_verification_names_it(portal, district):
    number = district.published(photos=1)
    reader = Browser(create_app(portal))
    media = next(
        part for part in text(reader.get(f"/reports/{number}")).split('"') if part.startswith("/media/")
    )
    name = media.removeprefix("/media/")
    with reader.get(media) as whole:
        assert whole.status_code == 200
    portal.media.remove(Space.PUBLIC, name)
    assert reader.get(media).status_code == 404
    assert reader.get(f"/reports/{number}").status_code == 200
    with portal.database.reading() as session:
        found = verify(session, open_public=lambda each: portal.media.open(Space.PUBLIC, each))
    assert found.wrong == [f"{name}: the rendition is missing"]
