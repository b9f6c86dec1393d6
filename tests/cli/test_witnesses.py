"""`doctor` and `record monitor` say which witnesses have signed."""

from __future__ import annotations

from portal.record.cosigning import CosigningKey, with_lines
from portal.record.notes import Note
from portal.worker import run_once
from tests.signed_record import AT, keys, publish  # noqa: F401


def test_doctor_and_monitor_say_who_signed_and_whether_that_is_enough(run, portal, keys, tmp_path):  # noqa: F811
    publish(portal, 3)
    run_once(portal)
    key, other = CosigningKey.make("a.example"), CosigningKey.make("b.example")
    note = Note.parse(portal.tiles.read("checkpoint"))
    portal.tiles.write("checkpoint", str(with_lines(note, [key.cosign(note.text, at=AT)])).encode())
    folder, policy = tmp_path / "log", tmp_path / "policy"
    for path in portal.tiles.paths():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(portal.tiles.read(path))
    lines = f"witness a {key.public.line}\nwitness b {other.public.line} http://127.0.0.1:1\ngroup g {{}} a b\nquorum g\n"
    policy.write_text(lines.format("any"))
    said = run("record", "monitor", str(folder), "--policy", str(policy))
    assert said.code == 0, said.err
    assert "witnessed by a at 2026-11-24 04:00:00 UTC\nwitnessed by 1 of 2\n" in said.out
    policy.write_text(lines.format("all"))
    said = run("record", "monitor", str(folder), "--policy", str(policy))
    assert (said.code, "signed by 1 of 2 witnesses, too few" in said.err) == (1, True)
    told = run("doctor", witness_policy=str(policy)).out
    assert "0 of 2 witnesses have signed the last checkpoint, which is too few for the policy" in told
    assert "the witness a has no address in the policy" in told
    assert "the witness b has not been asked" in told


def test_a_policy_that_is_none_stops_the_start_with_its_line(run, tmp_path):
    policy = tmp_path / "policy"
    policy.write_text(f"witness a {CosigningKey.make('a').public.line} file:///etc/passwd\nquorum a\n")
    assert "is not the address of a witness" in run("doctor", witness_policy=str(policy)).err
    policy.write_text("quorum b\n")
    assert "line 1: 'b' is not defined above" in run("doctor", witness_policy=str(policy)).err
