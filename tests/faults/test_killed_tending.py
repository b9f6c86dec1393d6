"""kill -9 of whoever looks after files, at each named point: nothing named is lost, nothing doubled, the rest is done."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select

from config import ROOT
from portal.adapters.local_media import LocalMediaStore
from portal.domain.progress import Report, Verb
from portal.ports import Space
from portal.record.tables import Entry
from portal.wiring import wire
from portal.worker import run_once, tend_media
from portal.workflows.moderate_report import decide_report
from tests.buckets import needs_folder
from tests.cli.test_media import spoil
from tests.faults.killed_tending import POINTS, repair
from tests.faults.running import environment
from tests.ports.test_media_store import name_of
from tests.workflows.test_sweep_media import age_everything, in_use, there

pytestmark = [needs_folder, pytest.mark.slow]


@pytest.fixture
def kept(settings, portal, district, tmp_path, clock):
    """A portal with a second store that has every copy; a published report, one that is approved and waits, and two
    files that nothing names."""
    two = wire(settings.model_copy(update={"media_mirror": f"file:{tmp_path / 'mirror'}"}), now=clock)
    district.published(photos=1)
    tend_media(two)
    report_id = district.submitted(photos=2, code=district.projects[1], login="stranger")
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        decide_report(
            session, report=report, verb=Verb.APPROVE, reasons=(), seen_round=report.round,
            seen_hash=report.content_hash, actor=district.person(session, "supervisor"), queue=portal.queue, now=clock(),
        )  # fmt: skip
    for content in (b"nobody", b"names us"):
        portal.media.put(Space.SEALED, name_of(content), content)
    age_everything(portal.media, days=9)
    yield two
    two.close()


@pytest.mark.parametrize("point", POINTS)
def test_after_a_kill_the_next_look_finishes_and_nothing_named_is_lost(kept, clock, point):
    changed = sorted(kept.mirror.names(Space.SEALED))[0]  # of the published report
    if point.startswith("repairing"):
        spoil(kept.media, Space.SEALED, changed)
    clock.forward(days=2)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_tending", point, clock().isoformat()],
        env=environment(kept.settings), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == -9, done.stdout + done.stderr
    assert in_use(kept) - there(kept.media) <= {f"sealed/{changed}"}, "what was acknowledged is there"
    clock.forward(minutes=10)
    run_once(kept)
    repair(kept)
    age_everything(kept.media, days=9)
    tend_media(kept)
    clock.forward(days=2)
    tend_media(kept)
    named = in_use(kept)
    assert there(kept.media) == named
    assert there(LocalMediaStore(kept.mirror.root)) == named
    with kept.database.reading() as session:
        reports = session.scalars(select(func.count()).where(Entry.kind == "report")).one()
    assert reports == 2, "published once each"
    with kept.media.open(Space.SEALED, changed) as stream:
        assert name_of(stream.read()) == changed
