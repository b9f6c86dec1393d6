"""verify_receipt.py, the one file for holders: it knows nothing of the portal and needs nothing but Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import verify
import verify_receipt
from tests.record.test_verify_alone import VECTORS

FILE = Path(verify_receipt.__file__)


def test_it_is_one_file_of_the_standard_library_alone():
    named = {
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in named} <= {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_it_checks_signatures_as_verify_py_does(public, message, signature):
    key, said, signed = (bytes.fromhex(each) for each in (public, message, signature))
    for by in (verify_receipt.ed25519, verify_receipt.ed25519_by_hand, verify.ed25519_by_hand):
        assert by(key, said, signed)
        assert not by(key, said + b"x", signed)


def test_it_runs_by_itself_and_by_hand_without_any_library(holder, tmp_path):
    kept = holder.hand_in()
    holder.work(hours=6)
    program = tmp_path / "alone" / "verify_receipt.py"
    program.parent.mkdir()
    program.write_bytes(FILE.read_bytes())
    words = [
        str(kept),
        "--log",
        str(holder.look()),
        "--key",
        holder.keys.public[0].line,
        "--now",
        "2026-11-24T12:00:00Z",
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "it holds" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("sunlight/receipt-file/v1", "sunlight/receipt-file/v2", 1),
        ("sunlight.example/record\n", "sunlight.elsewhere/record\n", 1),
        ("code ", "cod ", 2),
        ("content {", "content [", 1),
        ("— ", "- ", 1),
    ],
)
def test_a_changed_file_is_refused(holder, old, new, code):
    kept = holder.hand_in()
    holder.work(hours=6)
    text = kept.read_text()
    assert old in text
    kept.write_text(text.replace(old, new))
    assert holder.check(kept, holder.look())[0] in {code, 2}


def test_every_bit_of_the_note_is_signed(holder):
    kept, shown = holder.hand_in(), holder.look()
    head, _, note = kept.read_text().partition("\n\n")
    for place in range(0, len(note), 7):
        changed = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
        kept.write_text(f"{head}\n\n{changed}")
        assert holder.check(kept, shown)[0] in (1, 2), place


def test_a_log_of_other_keys_is_not_believed(holder):
    kept, shown = holder.hand_in(), holder.look()
    words = [str(kept), "--log", str(shown), "--key", holder.portal.receipt_key.read().public.line]
    assert verify_receipt.main(words) == 1
