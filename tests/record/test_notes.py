"""Notes, checkpoints and proof files have one form each, and every known signature must hold."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import pytest

from portal.record.checkpoint import Checkpoint, ProofFile
from portal.record.notes import ED25519, Note, NoteRefused, PublicKey, must_be_signed, signed_by
from portal.record.signing import SigningKeys, holds, open_checkpoint, signed_at
from tests.record.log_files import AT, LogFiles, keys_of, leaves

# golang.org/x/mod/sumdb/note, note_test: key, private key and signed note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SAID = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NOTE = (TEXT + "\n" + SAID).encode()


def test_the_reference_note_is_signed_by_the_reference_key():
    key = PublicKey.parse(PETER)
    assert (key.name, key.id.hex(), key.line) == ("PeterNeumann", "c74f20a3", PETER)
    note = Note.parse(NOTE)
    must_be_signed(note, [key], check=holds)
    assert (note.text, str(note).encode()) == (TEXT, NOTE)


def test_the_reference_signature_is_what_we_would_sign():
    seed = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    keys = SigningKeys("PeterNeumann", seed, bytes(32))
    assert keys.public[0].line == PETER
    assert keys.sign(TEXT).line == SAID


def test_lines_of_unknown_keys_are_passed_over():
    other = keys_of("other").sign(TEXT)
    note = Note(text=TEXT, signatures=(other, *Note.parse(NOTE).signatures))
    assert signed_by(note, [PublicKey.parse(PETER)], check=holds) == [PublicKey.parse(PETER)]


def test_a_known_key_whose_signature_does_not_hold_spoils_the_note():
    note = Note.parse(NOTE.replace(b"cryptography", b"cryptographY"))
    with pytest.raises(NoteRefused, match="does not hold"):
        must_be_signed(note, [PublicKey.parse(PETER)], check=holds)


def test_a_note_that_a_required_key_has_not_signed_is_refused():
    with pytest.raises(NoteRefused, match="not signed"):
        must_be_signed(Note.parse(NOTE), keys_of().public, check=holds)
    twice = Note.parse(NOTE + SAID.encode())
    with pytest.raises(NoteRefused, match="once"):
        must_be_signed(twice, [PublicKey.parse(PETER)], check=holds)


@pytest.mark.parametrize(
    "note",
    [
        b"", TEXT.encode(), TEXT.encode() + b"\n", NOTE[:-1], NOTE + b"\n", NOTE.replace(b"\n\n", b"\n"),
        NOTE.replace("— ".encode(), b"- "), NOTE.replace("— ".encode(), "— ".encode() + b" "), NOTE.replace(b"=\n", b"\n"),
        NOTE.replace(b"AM=", b"AN="), NOTE.replace(b"PeterN", b"Peter N"), NOTE.replace(b"PeterN", b"Peter+N"),
        NOTE.replace(b"\n", b"\r\n"), NOTE.replace(b"If", b"I\0"), b"\xff" + NOTE, NOTE + b"\n" + NOTE[-20:],
        (TEXT + "\n" + SAID * 40).encode(), (TEXT + "\n— a AAAA\n").encode(), b"x" * 300_000 + NOTE,
    ],
)  # fmt: skip
def test_what_has_not_the_form_is_no_note(note):
    with pytest.raises(NoteRefused):
        must_be_signed(Note.parse(note), [PublicKey.parse(PETER)], check=holds)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "PeterNeumann",
        PETER[1:],
        PETER[:-1],
        PETER.replace("c7", "c8"),
        PETER.replace("+AR", "+AB"),
        " " + PETER,
        PETER + "A",
    ],
)
def test_what_has_not_the_form_is_no_key(line):
    with pytest.raises(NoteRefused):
        PublicKey.parse(line)


def test_the_specifications_checkpoint_is_read():
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = Checkpoint.parse(text)
    assert (found.origin, found.size, found.text) == ("example.com/behind-the-sofa", 20852163, text)


@pytest.mark.parametrize(
    "text",
    [
        "", "a\n1\n", "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nAAAA\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n",
        "a b\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "a\n１\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ],
)  # fmt: skip
def test_what_has_not_the_form_is_no_checkpoint(text):
    with pytest.raises(NoteRefused):
        Checkpoint.parse(text)


def test_both_keys_must_have_signed_a_checkpoint_under_its_name():
    log = LogFiles(leaves(3))
    assert open_checkpoint(log.note, log.keys_.public) == log.checkpoint
    for left in ((log.note.signatures[0],), (log.note.signatures[1],)):
        with pytest.raises(NoteRefused):
            open_checkpoint(Note(text=log.note.text, signatures=left), log.keys_.public)
    elsewhere = Checkpoint(origin="elsewhere", size=3, root=log.checkpoint.root)
    with pytest.raises(NoteRefused):
        open_checkpoint(log.keys_.sign_checkpoint(elsewhere, at=AT), log.keys_.public)


def test_the_co_signature_says_when():
    log = LogFiles(leaves(3))
    assert dt.datetime.fromtimestamp(signed_at(log.note) or 0, dt.UTC) == AT
    assert signed_at(Note.parse(NOTE)) is None


def test_the_key_file_is_read_back_and_tells_nothing_when_printed():
    keys = keys_of()
    assert SigningKeys.parse(keys.text()) == keys
    assert keys.ed25519.hex() not in repr(keys)
    assert "seed" not in repr(keys).lower()


@pytest.mark.parametrize("wrong", ["", "x", "\n", "PRIVATE+KEY+a+b+c\n"])
def test_what_has_not_the_form_is_no_key_file(wrong):
    for text in (
        wrong,
        keys_of().text().replace("+AY", "+AX", 1) + wrong,
        keys_of().text().split("\n")[0] + "\n" + wrong,
    ):
        if text != keys_of().text():
            with pytest.raises(NoteRefused):
                SigningKeys.parse(text)


def test_key_ids_are_made_as_the_standard_says():
    key = keys_of().public[0]
    assert key.id == hashlib.sha256(f"{key.name}\n".encode() + bytes([ED25519]) + key.public).digest()[:4]


def test_a_proof_file_is_read_back():
    log = LogFiles(leaves(300))
    for extra in (b"", b"opening"):
        proof = ProofFile(index=77, path=log.tree().inclusion(77), checkpoint=log.note, extra=extra)
        assert ProofFile.parse(str(proof).encode()) == proof
    assert str(proof).startswith("c2sp.org/tlog-proof@v1\nextra b3BlbmluZw==\nindex 77\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1", b"@v2"), (b"index 2", b"index 02"), (b"index 2", b"index -2"), (b"index 2\n", b""), (b"\n\n", b"\n"),
        (b"index 2\n", b"index 2\nAAAA\n"), (b"index 2\n", b"index 2\nextra AAAA\n"), (b"c2sp", b"C2sp"), (b"index", b"Index"),
    ],
)  # fmt: skip
def test_what_has_not_the_form_is_no_proof_file(old, new):
    log = LogFiles(leaves(5))
    data = str(ProofFile(index=2, path=log.tree().inclusion(2), checkpoint=log.note)).encode()
    with pytest.raises(NoteRefused):
        ProofFile.parse(data.replace(old, new, 1))
