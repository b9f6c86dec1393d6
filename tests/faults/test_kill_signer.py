"""kill -9 of whoever writes entries and whoever signs them: dense numbers, and every checkpoint extends the last."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from config import ROOT
from portal.record.signed import freeze_of
from portal.record.tables import Entry, SignedCheckpoint
from portal.record.verify import verify
from portal.record.verify_signed import signed_faults
from portal.worker import run_once
from tests.faults.running import environment
from tests.record.test_verify import open_public
from tests.signed_record import given, keys  # noqa: F401

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "25"))
SEED = int(os.environ.get("PORTAL_TEST_SEED", "20261124"))


@pytest.mark.slow
def test_numbers_are_dense_and_every_checkpoint_extends_the_last_however_often_they_are_killed(
    portal,
    keys,  # noqa: F811
    clock,
    tmp_path: Path,
):
    acknowledged = tmp_path / "acknowledged"
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed", str(KILLS), str(SEED), str(acknowledged)],
        env=environment(portal.settings), cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=120 + 10 * KILLS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout, f"seed {SEED}")  # noqa: T201 - the run is told
    told = dict(line.split() for line in acknowledged.read_text().splitlines())
    with portal.database.reading() as session:
        rows = dict(session.execute(select(Entry.seq, Entry.commit).order_by(Entry.seq)).all())
        assert freeze_of(session) is None
        sizes = list(session.scalars(select(SignedCheckpoint.size).order_by(SignedCheckpoint.id)))
    assert list(rows) == list(range(len(rows)))
    assert {int(seq): commit for seq, commit in told.items()}.items() <= rows.items()
    assert sizes == sorted(sizes)
    assert len(sizes) > 1, "nothing was signed in between: the test proved nothing"
    clock.at = dt.datetime.now(dt.UTC) + dt.timedelta(days=1, seconds=30 * KILLS)  # after the last generation
    run_once(portal)
    assert given(portal, keys).size == len(rows)
    with portal.database.reading() as session:
        found = verify(session, open_public=open_public)
        assert found.wrong + list(signed_faults(session, roots=found.roots, read=portal.tiles.read)) == []
