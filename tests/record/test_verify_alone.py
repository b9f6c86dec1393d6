"""verify.py, the one file for citizens: it holds what holds, refuses all else, and knows nothing of the portal."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import verify
from portal.record.blocks import Discrepancy
from portal.record.checkpoint import ProofFile
from portal.record.mirror import check_log
from portal.record.proving import prove
from portal.worker import run_once
from tests.record.log_files import LogFiles, keys_of, leaves
from tests.signed_record import publish

FILE = Path(verify.__file__)
SEED = int(os.environ.get("PORTAL_TEST_SEED", "20261124"))

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def test_it_is_one_short_file_of_the_standard_library_alone():
    source = FILE.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 250
    named = {
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in named} <= {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize("by", [verify.ed25519_by_hand, verify.ed25519])
@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_ed25519_holds_for_the_published_vectors_and_for_nothing_near_them(by, public, message, signature):
    key, said, signed = (bytes.fromhex(each) for each in (public, message, signature))
    assert by(key, said, signed)
    assert not by(key, said + b"x", signed)
    assert not by(key, said, signed[:-1])
    assert not by(key[:-1], said, signed)
    for bit in random.Random(SEED).sample(range(512), 12):
        changed = bytearray(signed)
        changed[bit // 8] ^= 1 << bit % 8
        assert not by(key, said, bytes(changed))
    more = int.from_bytes(signed[32:], "little") + verify.L  # the same number, in another form
    assert not by(key, said, signed[:32] + more.to_bytes(32, "little"))


def test_the_hand_and_the_library_agree():
    rng = random.Random(SEED)
    for _ in range(10):
        key, message = (
            Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)),
            rng.randbytes(rng.randrange(200)),
        )
        public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
        assert verify.ed25519_by_hand(public, message, bytes(signature))
        signature[rng.randrange(64)] ^= 1 << rng.randrange(8)
        for by in (verify.ed25519_by_hand, verify.ed25519):
            assert not by(public, message, bytes(signature))


@pytest.fixture(scope="module")
def mirror(tmp_path_factory) -> tuple[Path, LogFiles]:
    """A log of 600 entries in a folder."""
    folder = tmp_path_factory.mktemp("mirror")
    shown = [
        json.dumps(
            {"act": "published", "at": "2026-11-24T04:00:00Z", "item": f"report/{n}", "seq": n, "version": 1}
        ).encode()
        for n in range(600)
    ]
    log = LogFiles(shown)
    for path, data in log.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    old = LogFiles(shown[:257])
    (folder / "old").write_bytes(old["checkpoint"])
    (folder / "forked").write_bytes(LogFiles([b"other", *shown[1:257]])["checkpoint"])
    return folder, log


def key_lines(keys=None) -> list[str]:
    return [word for key in (keys or keys_of()).public for word in ("--key", key.line)]


def test_a_mirrored_log_holds(mirror, capsys):
    folder, _log = mirror
    assert verify.main(["log", str(folder), *key_lines()]) == 0
    assert "all 600 entries and all tiles agree" in capsys.readouterr().out


def test_a_log_signed_by_another_key_does_not_hold(mirror, capsys):
    folder, _log = mirror
    assert verify.main(["log", str(folder), *key_lines(keys_of("thief"))]) == 1
    assert verify.main(["log", str(folder)]) == 1
    assert "none of the given keys" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/88"]
)
def test_a_changed_bit_does_not_hold(mirror, tmp_path, path, capsys):
    import shutil

    folder, log = mirror
    shutil.copytree(folder, tmp_path / "copy")
    data = bytearray(log[path])
    data[random.Random(SEED).randrange(4, len(data))] ^= 4
    (tmp_path / "copy" / path).write_bytes(bytes(data))
    assert verify.main(["log", str(tmp_path / "copy"), *key_lines()]) in (1, 2)
    (tmp_path / "copy" / path).unlink()
    assert verify.main(["log", str(tmp_path / "copy"), *key_lines()]) == 1
    with pytest.raises(Discrepancy):
        check_log({**log, path: bytes(data)}.__getitem__, log.checkpoint)


def test_what_was_added_between_two_checkpoints_is_told(mirror, capsys):
    folder, _log = mirror
    words = ["--log", str(folder), *key_lines()]
    assert verify.main(["between", str(folder / "old"), str(folder / "checkpoint"), *words]) == 0
    said = capsys.readouterr().out
    assert "343 entries were added; nothing before them was changed" in said
    assert "+ 257 2026-11-24T04:00:00Z published report/257 version 1" in said
    assert verify.main(["between", str(folder / "checkpoint"), str(folder / "old"), *words]) == 1


def test_a_forked_history_is_told(mirror, capsys):
    folder, _log = mirror
    words = ["--log", str(folder), *key_lines()]
    assert verify.main(["between", str(folder / "forked"), str(folder / "checkpoint"), *words]) == 1
    assert "HISTORY WAS CHANGED" in capsys.readouterr().out


def test_every_path_of_every_size_leads_to_the_root():
    for size in range(1, 100):
        log = LogFiles(leaves(size), signed=False)
        for index, leaf in enumerate(log.hashes):
            assert verify.root_from(leaf, index, size, log.tree().inclusion(index)) == log.checkpoint.root
        assert verify.tree(log.hashes) == log.checkpoint.root


@pytest.fixture
def proof(portal, keys, tmp_path) -> Path:
    """A proof file that the portal made."""
    publish(portal, 5)
    run_once(portal)
    with portal.database.reading() as session:
        made = prove(session, 3, read=portal.tiles.read)
    (tmp_path / "3.tlog-proof").write_text(str(made), encoding="utf-8")
    return tmp_path / "3.tlog-proof"


def test_a_proof_file_of_the_portal_holds(proof, capsys):
    assert verify.main(["proof", str(proof), *key_lines()]) == 0
    said = capsys.readouterr().out
    assert "entry 3: published report/2026-000003, version 1" in said
    assert "the document is what was committed to" in said
    assert verify.main(["proof", str(proof)]) == 1


def test_a_proof_file_with_another_document_path_or_number_does_not_hold(proof, capsys):
    found = ProofFile.parse(proof.read_bytes())
    said = json.loads(found.extra)
    for name, value in (
        ("document", said["document"].replace("公园", "公厕")),
        ("salt", "00" * 32),
        ("leaf_hash", "0" * 64),
        ("seq", 4),
    ):
        assert said[name] != value
        write(proof, found, extra={**said, name: value})
        assert verify.main(["proof", str(proof), *key_lines()]) == 1
    write(proof, found, extra=said, index=4)
    assert verify.main(["proof", str(proof), *key_lines()]) == 1
    for path in (found.path[:-1], [*found.path, bytes(32)], found.path[::-1]):
        write(proof, found, extra=said, path=path)
        assert verify.main(["proof", str(proof), *key_lines()]) == 1


def write(
    file: Path, found: ProofFile, *, extra: object, index: int | None = None, path: object = None
) -> None:
    made = ProofFile(
        index=found.index if index is None else index,
        path=found.path if path is None else path,
        checkpoint=found.checkpoint,
        extra=json.dumps(extra, ensure_ascii=False).encode(),
    )
    file.write_text(str(made), encoding="utf-8")


def test_it_runs_alone_without_any_library(mirror, tmp_path):
    """As a citizen has it: the file in an empty folder, no site packages."""
    folder, _log = mirror
    (tmp_path / "verify.py").write_bytes(FILE.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "log", str(folder), *key_lines()],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("it holds\n")


def test_what_is_not_understood_is_said_and_is_no_yes(tmp_path, capsys):
    (tmp_path / "x").write_bytes(b"\xff\xfe not a proof")
    for what in ("proof", "opening"):
        assert verify.main([what, str(tmp_path / "x")]) == 2
        assert verify.main([what, str(tmp_path / "nothing")]) == 1
    assert "it holds" not in capsys.readouterr().out
