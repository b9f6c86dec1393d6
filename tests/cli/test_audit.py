"""The audit from a terminal: checked, and taken away for an auditor who trusts none of it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

import verify
from portal.domain.audit import AuditEntry, note
from portal.record.notes import PublicKey
from portal.worker import run_once
from portal.workflows.seal_audit import take_in
from portal.workflows.sign_record import Watch
from tests.record.test_verify import damage

ACTS = 300  # a full tile and a partial one


@pytest.fixture
def sealed(portal, run, clock):
    """An audit of two days, sealed and signed."""
    assert run("init").code == 0
    watch = Watch()
    for count in (ACTS, 5):
        with portal.database.writing() as session:
            for number in range(count):
                note(session, actor=None, act="sign_in_failed", subject=None, now=clock(), tries=number)
        run_once(portal, watch)
        clock.forward(days=1)
        run_once(portal, watch)
    clock.forward(minutes=1)
    run_once(portal, watch)
    return portal


@pytest.fixture
def folder(sealed, run, tmp_path):
    """What an auditor gets."""
    place = tmp_path / "audit"
    said = run("audit", "export", str(place), "--since", "2026-11-25")
    assert said.code == 0, said.err
    return place


def key_in(folder) -> str:
    return (folder / "keys.txt").read_text().splitlines()[0]


def test_an_untouched_audit_is_said_to_be_so(sealed, run):
    said = run("audit", "verify")
    assert (said.code, said.out.splitlines()[-1]) == (0, "every act is what was sealed")


def test_a_changed_act_is_named(sealed, owner, run):
    damage(owner, "UPDATE audit_entry SET act = 'sign_in' WHERE id = 17")
    said = run("audit", "verify")
    assert said.code == 1
    assert "wrong: act 17 (sign_in) was changed" in said.out


def test_verify_py_holds_the_whole_tree_each_act_and_what_was_added_between_seals(folder, capsys):
    key = key_in(folder)
    assert verify.main(["log", str(folder), "--key", key]) == 0
    acts = sorted((folder / "acts").iterdir())
    assert [each.name for each in acts] == [f"{n}.tlog-proof" for n in range(ACTS, ACTS + 5)]
    for each in acts:
        assert verify.main(["proof", str(each), "--key", key]) == 0
    capsys.readouterr()
    first = str(folder / "seals" / "2026-11-24")
    assert (
        verify.main(["between", first, str(folder / "checkpoint"), "--log", str(folder), "--key", key]) == 0
    )
    assert "5 entries were added; nothing before them was changed" in capsys.readouterr().out


def test_monitor_reads_the_same_folder(folder, run):
    words = [word for line in (folder / "keys.txt").read_text().splitlines() for word in ("--key", line)]
    assert run("record", "monitor", str(folder), *words).code == 0


def test_the_key_is_that_of_the_record_under_the_name_of_the_tree(folder, sealed):
    own = PublicKey.parse(key_in(folder))
    record = sealed.signing_key.read().public[0]
    assert (own.name, own.public) == (f"{record.name}/audit", record.public)


def test_each_seal_is_the_one_that_the_public_record_holds(folder, sealed, capsys):
    record = sealed.signing_key.read().public[0].line
    for day in ("2026-11-24", "2026-11-25"):
        proof = folder / "public" / f"{day}.tlog-proof"
        assert verify.main(["proof", str(proof), "--key", record]) == 0
        extra = re.search(r"^extra (\S+)$", proof.read_text(), re.M)
        said = json.loads(json.loads(verify.unbase64(extra.group(1)))["document"])
        three_lines = "".join((folder / "seals" / day).read_text().splitlines(keepends=True)[:3])
        assert said["audit"]["sha256"] == hashlib.sha256(three_lines.encode()).hexdigest()


def test_the_table_of_acts_says_what_was_asked_for_and_no_more(folder):
    rows = list(csv.DictReader((folder / "acts.csv").read_text().splitlines()))
    assert [int(row["seq"]) for row in rows] == list(range(ACTS, ACTS + 5))
    assert {row["act"] for row in rows} == {"sign_in_failed"}
    assert json.loads(rows[3]["detail"]) == {"tries": 3}


def test_of_other_acts_nothing_can_be_read(folder):
    for file in (folder / "tile").rglob("*"):
        if file.is_file():
            assert b"sign_in" not in file.read_bytes(), file


def test_every_command_of_the_readme_is_there(folder):
    told = (folder / "README.txt").read_text()
    assert "seals/2026-11-24" in told
    for name in ("acts.csv", "keys.txt", "verify.py", "checkpoint"):
        assert (folder / name).is_file(), name
    assert (folder / "verify.py").read_bytes() == Path(verify.__file__).read_bytes()


def test_only_its_maker_can_open_the_folder(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_export_is_an_act_itself(folder, sealed):
    with sealed.database.reading() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.act, last.detail) == (
            "export_audit",
            {"since": "2026-11-25", "until": "2026-11-25", "acts": 5},
        )


def test_what_was_changed_before_the_export_is_found_in_the_folder(sealed, owner, run, tmp_path):
    damage(owner, f"UPDATE audit_entry SET act = 'sign_in' WHERE id = {ACTS + 2}")
    place = tmp_path / "audit"
    assert run("audit", "export", str(place), "--since", "2026-11-25").code == 0
    found = [
        verify.main(["proof", str(each), "--key", key_in(place)])
        for each in sorted((place / "acts").iterdir())
    ]
    assert found == [0, 1, 0, 0, 0]


def test_nothing_is_written_over_and_nothing_is_left_half_done(sealed, run, tmp_path):
    (tmp_path / "audit").mkdir()
    said = run("audit", "export", str(tmp_path / "audit"))
    assert (said.code, "name a new folder" in said.err) == (1, True)
    sealed.signing_key.path.unlink()
    said = run("audit", "export", str(tmp_path / "other"))
    assert (said.code, "python -m portal init" in said.err) == (1, True)
    assert not (tmp_path / "other").exists()


def test_before_the_first_midnight_there_is_nothing_to_take_away(portal, run, tmp_path):
    assert run("init").code == 0
    said = run("audit", "export", str(tmp_path / "audit"))
    assert (said.code, "no day is sealed yet" in said.err) == (1, True)


def test_the_doctor_says_whether_days_are_sealed(portal, run, clock):
    assert run("init").code == 0
    assert "the audit" not in run("doctor").out
    with portal.database.writing() as session:
        note(
            session,
            actor=None,
            act="sign_out",
            subject=None,
            now=dt.datetime.now(dt.UTC) - dt.timedelta(days=3),
        )
        take_in(session)
    said = run("doctor")
    assert (said.code, "the audit has no seal since its beginning" in said.out) == (1, True)
    clock.at = dt.datetime.now(dt.UTC)
    run_once(portal)
    said = run("doctor")
    assert "the audit is sealed up to" in said.out
    assert "has no seal" not in said.out
