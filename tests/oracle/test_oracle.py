"""What implementations in Go, of which nobody here wrote a line, say of our logs and of our witnesses: golang.org/x/mod
and github.com/transparency-dev/formats, built from the module proxy."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.record.checkpoint import Checkpoint
from portal.record.cosigning import CosigningKey, with_lines
from portal.record.notes import ED25519, Note, PublicKey, Signature
from portal.witness.memory import Memory
from portal.witness.protocol import add_checkpoint
from tests.record.log_files import AT, LogFiles, keys_of, leaves

HERE = Path(__file__).parent
GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
ENTRIES = int(os.environ.get("PORTAL_TEST_ORACLE", "5000"))  # 100,000 in the complete run
BUILD_SECONDS = 300


@pytest.fixture(scope="session")
def oracle(tmp_path_factory) -> Path:
    """The built program. Skips where there is no Go, or no way to the module proxy."""
    if GO is None:
        pytest.skip("there is no Go here, so nobody else's implementation looks at our log")
    built = tmp_path_factory.mktemp("oracle") / "oracle"
    done = subprocess.run(
        [GO, "build", "-o", str(built), "."],
        cwd=HERE, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS,
    )  # fmt: skip
    if done.returncode and ("dial tcp" in done.stderr or "lookup" in done.stderr):
        pytest.skip(f"the Go module proxy cannot be reached: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return built


def ask(oracle: Path, folder: Path, log: LogFiles, *, old: LogFiles | None = None) -> str:
    for path, data in log.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    earlier = folder / "old"
    if old is not None:
        earlier.write_bytes(old["checkpoint"])
    words = [str(oracle), str(folder), log.keys_.public[0].line, str(earlier) if old is not None else ""]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


@pytest.mark.slow
def test_go_accepts_a_log_its_signatures_and_its_proofs(oracle, tmp_path):
    shown = leaves(ENTRIES)
    log, old = LogFiles(shown), LogFiles(shown[: ENTRIES * 7 // 10])
    proofs = len(range(0, ENTRIES, 97)) + ((ENTRIES - 1) % 97 != 0)
    assert (
        ask(oracle, tmp_path, log, old=old)
        == f"{ENTRIES} entries, {proofs} proofs, consistent with {old.size}"
    )


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 513])
def test_go_accepts_logs_at_the_edges_of_tiles(oracle, tmp_path, size):
    shown = leaves(size)
    assert ask(oracle, tmp_path, LogFiles(shown), old=LogFiles(shown[: max(1, size - 1)])).startswith(
        f"{size} entries"
    )


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1", "checkpoint"])
def test_go_refuses_what_we_refuse(oracle, tmp_path, path):
    log = LogFiles(leaves(300))
    log[path] = log[path][:20] + bytes([log[path][20] ^ 1]) + log[path][21:]
    assert "REFUSED" in ask(oracle, tmp_path, log)


def test_go_refuses_a_forked_history(oracle, tmp_path):
    log = LogFiles(leaves(300))
    assert "REFUSED" in ask(oracle, tmp_path, log, old=LogFiles([b"another", *leaves(200)[1:]]))


@pytest.fixture
def cosigned(tmp_path) -> tuple[Note, CosigningKey]:
    """A checkpoint as our witness has signed it, and the witness's key."""
    memory, log = Memory(tmp_path / "witness"), LogFiles(leaves(300))
    key, logs = memory.found("witness.example/w"), {log.keys_.name: log.keys_.public}
    answer = add_checkpoint(f"old 0\n\n{log.note}".encode(), memory=memory, key=key, logs=logs, now=AT)
    assert answer.status == 200, answer.body
    return with_lines(log.note, Note.parse(f"-\n\n{answer.body}".encode()).signatures), key


def says_of_witness(oracle: Path, folder: Path, note: Note, key: CosigningKey) -> str:
    """That module takes a witness's key as a plain Ed25519 one."""
    plain = PublicKey(name=key.name, kind=ED25519, public=key.public.public)
    (folder / "note").write_text(str(note), encoding="utf-8")
    words = [str(oracle), "cosigned", str(folder / "note"), keys_of().public[0].line, plain.line]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def test_a_go_verifier_of_cosignatures_accepts_what_our_witness_signed(oracle, tmp_path, cosigned):
    assert (
        says_of_witness(oracle, tmp_path, *cosigned)
        == "cosigned by witness.example/w at 2026-11-24T04:00:00Z"
    )


@pytest.mark.parametrize("forged", ["time", "signature", "checkpoint", "key", "nobody"])
def test_a_go_verifier_of_cosignatures_refuses_what_is_forged(oracle, tmp_path, cosigned, forged):
    note, key = cosigned
    *ours, line = note.signatures
    if forged in ("time", "signature"):
        place = 7 if forged == "time" else 40
        flipped = bytearray(line.signature)
        flipped[place] ^= 1
        note = Note(text=note.text, signatures=(*ours, dataclasses.replace(line, signature=bytes(flipped))))
    elif forged == "checkpoint":  # the log signed both, the witness one of them
        other = Checkpoint.parse(note.text.replace("\n300\n", "\n301\n"))
        note = with_lines(keys_of().sign_checkpoint(other, at=AT), [line])
    elif forged == "key":  # another key under the name and the id of the witness
        stolen = CosigningKey.make(key.name).cosign(note.text, at=AT)
        signed = Signature(name=key.name, id=line.id, signature=stolen.signature)
        note = Note(text=note.text, signatures=(*ours, signed))
    else:
        note = Note(text=note.text, signatures=tuple(ours))
    assert says_of_witness(oracle, tmp_path, note, key).startswith("REFUSED")
