"""kill -9 of web and worker at random moments: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import Settings
from portal.adapters.job_table import JobRow
from portal.domain.crediting import Crediting
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report
from portal.ports import Query, Space
from portal.record.photo_authority import PhotoKey
from portal.record.tables import Entry, PublicMedia
from portal.wiring import Portal, wire
from services.machine import free_port
from tests.buckets import on_s3
from tests.faults.patient import Patient, Sent, approve_what_waits, report_progress
from tests.faults.running import Process, command, running, until_it_answers
from tests.small_district import SmallDistrict, build

CYCLES = int(os.environ.get("PORTAL_TEST_CYCLES", "8"))
SEED = int(os.environ.get("PORTAL_TEST_SEED", "20261124"))
SLOWER = 3 if on_s3() else 1  # a bucket answers later than a folder, so processes live longer
USUAL_START = 4.0  # seconds until a web process answers; where it takes longer, everything has longer to live
ENOUGH_SECONDS = (240 + 20 * CYCLES) * SLOWER  # after which people give up and the test fails


class Killing:
    """Kills and restarts until told to stop; counts how often."""

    def __init__(self, web: Process, worker: Process, *, port: int) -> None:
        self._web, self._worker, self._port = web, worker, port
        self._random = random.Random(SEED)
        self.kills, self.slower = {"web": 0, "worker": 0}, 1.0

    def once(self) -> None:
        """Let them run for a while, then kill one of them and start it again."""
        time.sleep(self._random.uniform(0.1, 4.0 * SLOWER * self.slower))
        if self._random.random() < 0.6:
            self._worker.kill()
            self._worker.start()
            self.kills["worker"] += 1
        else:
            self._web.kill()
            self._web.start()
            self.kills["web"] += 1
            until_it_answers(self._web, port=self._port)


@pytest.fixture
def real(settings: Settings) -> Iterator[tuple[Portal, SmallDistrict]]:
    """A district on the real clock, because processes have no other; and the port for its web process."""
    wired = wire(settings.model_copy(update={"port": free_port()}))
    wired.photo_key.keep(PhotoKey.make("阳光督查", now=dt.datetime.now(dt.UTC)))
    yield wired, build(wired, now=dt.datetime.now(dt.UTC))
    wired.close()


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled_when_processes_are_killed(
    real: tuple[Portal, SmallDistrict], tmp_path: Path
) -> None:
    portal, district = real
    sent = Sent()
    kills, repeated = _cycles(portal, district, sent=sent, logs=tmp_path)
    print(f"{CYCLES} cycles, kills {kills}, {repeated} requests repeated, seed {SEED}")  # noqa: T201 - the run is told
    assert min(kills.values()) > 0, "nothing was killed: the test proved nothing"
    assert len(sent.words) == CYCLES
    _every_report_once(portal, sent)
    _every_photo_once(portal, sent)
    _every_public_file_is_shown(portal)
    _everything_is_found(portal, sent)
    verified = command(portal.settings, "record", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _cycles(portal: Portal, district: SmallDistrict, *, sent: Sent, logs: Path) -> tuple[dict[str, int], int]:
    """Two units report while a supervisor approves and processes are killed. Kills and repeated requests."""
    port, began = portal.settings.port, time.monotonic()
    web = Process(portal.settings, "serve", said=logs / "web.log")
    worker = Process(portal.settings, "work", said=logs / "worker.log")
    killing, browsers = Killing(web, worker, port=port), []
    with running(web, worker), ThreadPoolExecutor(3) as people:
        until_it_answers(web, port=port)
        killing.slower = max(1.0, (time.monotonic() - began) / USUAL_START)
        deadline = time.monotonic() + ENOUGH_SECONDS * killing.slower
        for login in ("reporter", "stranger", "supervisor"):
            browsers.append(Patient(port, deadline=deadline))
            browsers[-1].sign_in(login)
        over = threading.Event()
        at_work = [
            people.submit(_unit, browser, code, range(first, CYCLES, 2), sent)
            for first, (browser, code) in enumerate(zip(browsers, district.projects, strict=False))
        ]
        approving = people.submit(_supervisor, browsers[2], over)
        try:
            _kill_until_published(killing, portal, [*at_work, approving], deadline=deadline)
        finally:
            over.set()
    return killing.kills, sum(browser.repeated for browser in browsers)


def _unit(browser: Patient, code: str, numbers: range, sent: Sent) -> None:
    for number in numbers:
        report_progress(browser, code=code, number=number, sent=sent)


def _supervisor(browser: Patient, over: threading.Event) -> None:
    done: set[str] = set()
    while not over.wait(0.3):
        approve_what_waits(browser, done=done)


def _kill_until_published(
    killing: Killing, portal: Portal, people: list[Future[None]], *, deadline: float
) -> None:
    while _published(portal) < CYCLES or not all(killing.kills.values()):  # on a quick machine, kill on
        for person in people:
            if person.done():
                person.result()  # raises what went wrong
        assert time.monotonic() < deadline, f"{_published(portal)} of {CYCLES} published when time was up"
        killing.once()
    while portal.search.position() < _entries(portal) - 1:
        assert time.monotonic() < deadline, "the archive never caught up"
        time.sleep(0.1)
    while waiting := _jobs_waiting(portal):  # what a killed worker had in hand is free when its lease is over
        assert time.monotonic() < deadline, f"jobs never done: {waiting}"
        time.sleep(0.1)


def _published(portal: Portal) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(func.count()).where(Report.state == ReportState.PUBLISHED)).one()


def _jobs_waiting(portal: Portal) -> list[tuple[str, str]]:
    """Kind and last error of every job that is neither done nor set aside."""
    with portal.database.reading() as session:
        open_ = select(JobRow).where(JobRow.done_at.is_(None), JobRow.set_aside_at.is_(None))
        return [(job.kind, job.error) for job in session.scalars(open_)]


def _entries(portal: Portal) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(func.count()).select_from(Entry)).one()


def _every_report_once(portal: Portal, sent: Sent) -> None:
    with portal.database.reading() as session:
        kept = select(Report).where(Report.state != ReportState.DISCARDED)
        reports = {report.id: report for report in session.scalars(kept)}
        assert {id_: report.done for id_, report in reports.items()} == sent.words
        assert {report.state for report in reports.values()} == {ReportState.PUBLISHED}
        assert {report.round for report in reports.values()} == {1}
        year = next(iter(reports.values())).number[:4]
        expected = [f"{year}-{place:06d}" for place in range(1, CYCLES + 1)]
        assert sorted(report.number for report in reports.values()) == expected
        entries = session.scalars(select(Entry.item).where(Entry.kind == "report").order_by(Entry.item))
        assert list(entries) == [f"report/{number}" for number in expected]
        set_aside = session.scalars(select(JobRow).where(JobRow.set_aside_at.is_not(None)))
        assert [job.error for job in set_aside] == []


def _every_photo_once(portal: Portal, sent: Sent) -> None:
    with portal.database.reading() as session:
        for report_id, photos in sent.photos.items():
            expected = sorted(hashlib.sha256(photo).hexdigest() for photo in photos)
            kept = session.get_one(Report, report_id).all_photos
            assert sorted(photo.original_sha256 for photo in kept) == expected
    for photo in (photo for photos in sent.photos.values() for photo in photos):
        with portal.media.open(Space.SEALED, f"{hashlib.sha256(photo).hexdigest()}.jpg") as original:
            assert original.read() == photo


def _every_public_file_is_shown(portal: Portal) -> None:
    """Signatures differ from try to try; what a worker signed before it was killed is what is shown, or is gone."""
    with portal.database.reading() as session:
        shown = set(session.scalars(select(PublicMedia.name)))
        assert list(session.scalars(select(Crediting))) == []
    assert set(portal.media.names(Space.PUBLIC)) == shown


def _everything_is_found(portal: Portal, sent: Sent) -> None:
    for report_id, words in sent.words.items():
        with portal.database.reading() as session:
            number = session.get_one(Report, report_id).number
        assert portal.search.search(Query(text=words[-8:-1])).items == (f"report/{number}",)
