"""Proving, monitoring, comparing, new keys and recovery, from a terminal."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

import verify
from portal.record.notes import Note
from portal.record.signing import open_checkpoint
from portal.web.app import create_app
from portal.worker import run_once
from tests.buckets import needs_folder
from tests.record.test_verify import damage
from tests.signed_record import EDITS, given, publish, shorten, why_frozen


@pytest.fixture
def signed(portal, run, clock):
    """A record of 300 entries whose keys `portal init` has made."""
    assert run("init").code == 0
    publish(portal, 300)
    run_once(portal)
    return portal


@pytest.fixture
def address(portal) -> Iterator[str]:
    """The portal, served."""
    server = make_server("127.0.0.1", 0, create_app(portal), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/record"
    server.shutdown()
    thread.join()
    server.server_close()


def test_init_makes_keys_that_only_their_owner_can_read_and_keeps_them(signed, run, settings):
    mode = settings.signing_key.stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    before = settings.signing_key.read_text()
    assert run("init").code == 0
    assert settings.signing_key.read_text() == before
    assert given(signed, signed.signing_key.read()).origin == "127.0.0.1:8000/record"


def test_init_refuses_keys_that_the_record_does_not_know(signed, run, settings):
    settings.signing_key.unlink()
    assert run("init").code == 0  # perhaps another account keeps it
    assert not settings.signing_key.exists()


def test_a_proof_from_the_terminal_holds_for_verify_py(signed, run, tmp_path, capsys):
    file = tmp_path / "17.tlog-proof"
    assert run("record", "prove", "17", "--to", str(file)).code == 0
    key = signed.signing_key.read().public[0].line
    assert verify.main(["proof", str(file), "--key", key]) == 0
    assert "entry 300 is not signed" in run("record", "prove", "300").err


def test_the_site_is_monitored_by_us_and_by_verify_py(signed, run, address, tmp_path, clock, capsys):
    seen = tmp_path / "seen"
    assert run("record", "monitor", address, "--last", str(seen)).code == 0
    old = seen.read_bytes()
    publish(signed, 5, first=300)
    clock.forward(minutes=1)
    run_once(signed)
    said = run("record", "monitor", address, "--last", str(seen))
    assert (said.code, "305 entries agree" in said.out) == (0, True)
    (tmp_path / "old").write_bytes(old)
    said = run("record", "diff", str(tmp_path / "old"), address)
    assert "5 entries were added; nothing before them was changed" in said.out
    assert said.out.count("\n+ ") + said.out.startswith("+ ") == 5
    key = ["--key", signed.signing_key.read().public[0].line]
    assert verify.main(["log", address, *key]) == 0
    words = ["between", str(tmp_path / "old"), f"{address}/checkpoint", "--log", address, *key]
    assert verify.main(words) == 0


@needs_folder
def test_a_mirror_is_monitored_and_a_fork_is_told(signed, run, settings, tmp_path):
    folder = settings.folder(settings.media_url) / "record"
    seen = tmp_path / "seen"
    assert run("record", "monitor", str(folder), "--last", str(seen)).code == 0
    keys = signed.signing_key.read()
    told = open_checkpoint(Note.parse(seen.read_bytes()), keys.public)
    forged = type(told)(origin=told.origin, size=told.size, root=bytes(32))
    seen.write_text(str(keys.sign_checkpoint(forged, at=signed.now())))
    said = run("record", "monitor", str(folder), "--last", str(seen))
    assert said.code == 1
    assert "DOES NOT HOLD" in said.err


def test_new_keys_are_stated_by_the_old_ones_and_sign_from_then_on(signed, run, clock, settings):
    before = signed.signing_key.read()
    said = run("record", "rotate-key")
    assert said.code == 0
    new = signed.signing_key.read()
    assert new != before
    assert all(key.line in said.out for key in new.public)
    assert stat.S_IMODE(settings.signing_key.stat().st_mode) == 0o600
    publish(signed, 1, first=300)
    clock.forward(minutes=1)
    run_once(signed)
    assert given(signed, new).size == 301
    assert why_frozen(signed) is None
    assert run("record", "verify").out.endswith("everything agrees\n")


def test_a_rotation_that_was_cut_off_is_finished_by_the_next_one(signed, run, settings):
    from portal.cli.proofs import SigningKeys, owner_database, replace_keys

    before, new = signed.signing_key.read(), SigningKeys.make("127.0.0.1:8000/record")
    signed.signing_key.next.keep(new)
    owner = owner_database(settings)
    with owner.writing() as session:
        replace_keys(session, new, before=before, now=signed.now())
    owner.close()
    assert run("record", "rotate-key").code == 0
    assert signed.signing_key.read() == new


def test_a_frozen_record_is_named_by_the_doctor_and_recovered_from_the_terminal(
    signed, run, owner, settings, clock
):
    assert "the record is signed by" in run("doctor", development_clock="2026-11-24").out
    shorten(owner, to=250)
    damage(owner, "DELETE FROM record_checkpoint")
    publish(signed, 3, first=700)
    run_once(signed)
    said = run("doctor", development_clock="2026-11-24")
    assert said.code == 1
    assert "the record is frozen since" in said.out
    assert "record recover" in said.out
    clock.forward(minutes=1)
    signed.leases.release()
    said = run("record", "recover")
    assert said.code == 0, said.err
    assert "50 entries put back; 50 of them without their document" in said.out
    kept = list(Path(settings.instance).glob("removed-*.jsonl"))
    assert len(kept) == 1
    assert len(kept[0].read_text().splitlines()) == 3
    assert "the record is frozen" not in run("doctor", development_clock="2026-11-24").out


def test_an_edited_entry_is_named_by_verify(signed, run, owner):
    damage(owner, EDITS["leaf"])
    said = run("record", "verify")
    assert said.code == 1
    assert "entry 77" in said.out


def test_lost_tiles_are_written_again(signed, run):
    signed.tiles.remove("tile/entries/000")
    assert run("record", "verify").code == 1
    assert "300 signed entries" in run("record", "rebuild", "tiles").out
    assert run("record", "verify").code == 0
