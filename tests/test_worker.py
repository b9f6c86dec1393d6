"""The worker does what is due, goes on after every stumble, and stops when told."""

from __future__ import annotations

import dataclasses
import os
import shutil
import threading

import pytest

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report, Verb
from portal.ports import Job, Query, Space
from portal.record.followers import last_seq
from portal.worker import SPOOL_KEEPS, handlers, run_once, work
from portal.workflows import moderate_report
from portal.workflows.moderate_report import decide_report
from tests.search_engine import needs_whoosh
from tests.small_district import SmallDistrict


def state_of(district: SmallDistrict, report_id: int) -> ReportState:
    with district.portal.database.reading() as session:
        return session.get_one(Report, report_id).state


def approve(district: SmallDistrict, report_id: int) -> None:
    """The decision alone; neither clock nor worker move."""
    portal = district.portal
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        decide_report(
            session, report=report, verb=Verb.APPROVE, reasons=(), seen_round=report.round,
            seen_hash=report.content_hash, actor=district.person(session, "supervisor"), queue=portal.queue,
            now=portal.now(),
        )  # fmt: skip


def test_a_decision_takes_effect_when_its_undo_time_is_over_and_not_before(portal, district, clock):
    report_id = district.submitted()
    approve(district, report_id)
    clock.forward(seconds=9)
    run_once(portal)
    assert state_of(district, report_id) is ReportState.IN_REVIEW
    clock.forward(seconds=1)
    run_once(portal)
    assert state_of(district, report_id) is ReportState.PUBLISHED


def test_what_takes_effect_can_be_found_in_the_same_look(portal, district, clock):
    approve(district, district.submitted(done="护栏装好了。"))
    clock.forward(seconds=10)
    assert run_once(portal) > 0
    assert portal.search.search(Query(text="护栏")).total == 1
    assert run_once(portal) == 0


def test_a_job_that_runs_again_after_a_crash_changes_nothing(portal, district):
    report_id = district.submitted(photos=1)
    district.decide(report_id, Verb.APPROVE)
    with portal.database.reading() as session:
        before = last_seq(session)
    handlers(portal)[moderate_report.JOB](
        Job(id=1, kind=moderate_report.JOB, payload={"decision": 1}, attempt=2)
    )
    with portal.database.reading() as session:
        assert last_seq(session) == before


def test_media_still_shown_by_another_entry_is_not_destroyed(portal, district):
    district.published(photos=1)
    names = list(portal.media.names(Space.PUBLIC))
    handlers(portal)["destroy_media"](Job(id=1, kind="destroy_media", payload={"names": names}, attempt=1))
    assert sorted(portal.media.names(Space.PUBLIC)) == sorted(names)


@needs_whoosh
def test_an_unavailable_index_does_not_hold_up_decisions(portal, district, clock, tmp_path):
    blocked = tmp_path / "index"
    shutil.rmtree(blocked)
    blocked.write_text("a file where the folder should be")
    report_id = district.submitted()
    approve(district, report_id)
    clock.forward(seconds=10)
    run_once(portal)
    assert state_of(district, report_id) is ReportState.PUBLISHED
    blocked.unlink()
    run_once(portal)
    assert portal.search.count() > 0


class StopAfter(threading.Event):
    """A stop that comes after so many looks, without waiting for anything."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0

    def wait(self, timeout: float | None = None) -> bool:
        return True


def test_the_worker_goes_on_after_a_look_that_failed(portal, district, clock):
    report_id = district.submitted()
    approve(district, report_id)
    looks = []

    def now():
        looks.append(1)
        if len(looks) == 2:  # the first asks when to sweep
            raise RuntimeError("the clock stumbles once")
        return clock()

    clock.forward(seconds=10)
    work(dataclasses.replace(portal, now=now), stop=StopAfter(2))
    assert state_of(district, report_id) is ReportState.PUBLISHED


def test_the_worker_tidies_what_broken_uploads_left(portal, district, tmp_path):
    left = tmp_path / "uploads" / "spool" / "incoming"
    left.mkdir(parents=True, exist_ok=True)
    old, new = left / "old", left / "new"
    for file in (old, new):
        file.write_bytes(b"half a photo")
    stamp = old.stat().st_mtime - SPOOL_KEEPS - 10
    os.utime(old, (stamp, stamp))
    work(portal, stop=StopAfter(1))
    assert (old.exists(), new.exists()) == (False, True)


def test_a_worker_that_is_told_to_stop_before_its_first_look_does_nothing(portal, district, clock):
    report_id = district.submitted()
    approve(district, report_id)
    clock.forward(seconds=10)
    stop = threading.Event()
    stop.set()
    work(portal, stop=stop)
    assert state_of(district, report_id) is ReportState.IN_REVIEW


def test_a_job_nobody_knows_is_set_aside_and_the_others_run(portal, district, clock):
    with portal.database.writing() as session:
        portal.queue.enqueue(session, kind="unheard of", payload={}, not_before=clock())
    report_id = district.submitted()
    approve(district, report_id)
    for _attempt in range(10):
        clock.forward(hours=2)
        run_once(portal)
    assert state_of(district, report_id) is ReportState.PUBLISHED
    assert [(job.kind, "unheard of" in error) for job, error in portal.queue.set_aside()] == [
        ("unheard of", True)
    ]


@pytest.fixture(autouse=True)
def caught_up(portal, district):
    """What the district itself published has been read."""
    run_once(portal)
