"""kill -9 of a worker between signing a photo and publishing it: one signed set, and no file that nobody names."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.domain.crediting import Crediting
from portal.domain.progress import Report, Verb
from portal.ports import Space
from portal.record.photo_authority import PhotoKey
from portal.record.verify import verify
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.moderate_report import decide_report
from tests.conftest import Clock
from tests.faults.running import environment
from tests.small_district import SmallDistrict

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_worker_killed_between_signing_and_publishing_leaves_one_signed_set(
    portal: Portal, district: SmallDistrict, clock: Clock
) -> None:
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    report_id = district.submitted(photos=2)
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        decide_report(
            session,
            report=report,
            verb=Verb.APPROVE,
            reasons=(),
            seen_round=report.round,
            seen_hash=report.content_hash,
            actor=district.person(session, "supervisor"),
            queue=portal.queue,
            now=clock(),
        )
    clock.forward(seconds=11)
    command = [sys.executable, "-m", "tests.faults.killed_crediting", "2", clock().isoformat()]
    killed = subprocess.run(
        command, cwd=ROOT, env=environment(portal.settings), timeout=300, check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with portal.database.reading() as session:
        begun = session.scalars(select(Crediting)).one()
        assert (begun.number, len(begun.names)) == ("2026-000001", 2)
        assert session.get_one(Report, report_id).published_at is None
    clock.forward(minutes=2)  # until its job is free again
    run_once(portal)
    with portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        expected = {r["name"] for photo in report.photos for r in photo.renditions}
        assert report.number == "2026-000001"
        assert session.scalars(select(Crediting)).all() == []
        found = verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name))
    assert found.wrong == []
    for space in (Space.STAGED, Space.PUBLIC):
        assert set(portal.media.names(space)) == expected
