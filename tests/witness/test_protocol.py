"""A witness answers `add-checkpoint` as C2SP tlog-witness says, and never contradicts itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading

import pytest

from portal.record.checkpoint import Checkpoint
from portal.record.cosigning import CosigningKey, cosigned
from portal.record.notes import Note, encode
from portal.record.proofs import Tree
from portal.record.signing import SigningKeys
from portal.witness.memory import Memory, Unusable
from portal.witness.protocol import LARGEST, SIZE, Answer, add_checkpoint
from tests.record.log_files import AT, LogFiles, keys_of, leaves

NOW = dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC)
ALL = leaves(40)
KEYS = keys_of()


def tree(size: int) -> Tree:
    return LogFiles(ALL[:size]).tree()


class Watcher:
    """A witness in a folder, as one process has it."""

    def __init__(self, folder, *, keys: SigningKeys = KEYS) -> None:
        self.memory = Memory(folder)
        self.key = self.memory.found("witness.example/w")
        (folder / "logs").write_text("".join(f"{key.line}\n" for key in keys.public))
        self.logs = self.memory.logs()

    def told(self, body: bytes) -> Answer:
        return add_checkpoint(body, memory=self.memory, key=self.key, logs=self.logs, now=NOW)

    def size(self) -> int | None:
        seen = self.memory.seen(KEYS.name, key=self.key.public)
        return None if seen is None else seen.size


@pytest.fixture
def watcher(tmp_path) -> Watcher:
    return Watcher(tmp_path / "w")


def checkpoint(size: int, **other) -> Checkpoint:
    return dataclasses.replace(
        Checkpoint(origin=KEYS.name, size=size, root=tree(size).root() if size <= 40 else bytes(32)),
        **other,
    )


def asked(size: int, *, old: int = 0, proof=None, keys: SigningKeys = KEYS, **other) -> bytes:
    if proof is None:
        proof = tree(size).consistency(old) if 0 < old <= size else []
    note = keys.sign_checkpoint(checkpoint(size, **other), at=AT)
    return ("\n".join([f"old {old}", *map(encode, proof)]) + f"\n\n{note}").encode()


def test_what_extends_is_signed_with_the_time_and_remembered(watcher):
    for old, size in ((0, 7), (7, 7), (7, 20), (20, 40)):
        answer = watcher.told(asked(size, old=old))
        assert answer.status == 200
        line = Note.parse(f"-\n\n{answer.body}".encode()).signatures
        found = cosigned(checkpoint(size).text, line, watcher.key.public)
        assert found is not None
        assert found.at == NOW
        assert watcher.size() == size


def test_the_old_size_must_be_the_one_it_signed_last(watcher):
    assert watcher.told(asked(7)).status == 200
    for old in (0, 5, 8):
        assert watcher.told(asked(20, old=old)) == Answer(status=409, body="7\n", kind=SIZE)
    assert watcher.told(asked(5, old=5)) == Answer(status=409, body="7\n", kind=SIZE)
    assert watcher.size() == 7


def test_before_the_first_the_old_size_is_zero_and_the_proof_is_empty(watcher):
    assert watcher.told(asked(20, old=7)) == Answer(status=409, body="0\n", kind=SIZE)
    assert watcher.told(asked(20, proof=[bytes(32)])).status == 422


def test_a_fork_is_refused(watcher):
    assert watcher.told(asked(7)).status == 200
    assert watcher.told(asked(7, old=7, root=bytes(32))) == Answer(status=409, body="7\n", kind=SIZE)
    assert watcher.told(asked(20, old=7, root=bytes(32))).status == 422
    assert watcher.told(asked(20, old=7, proof=[])).status == 422
    assert watcher.told(asked(7, old=7, proof=[bytes(32)])).status == 422
    assert watcher.size() == 7


def test_a_log_that_is_not_watched_is_not_found(watcher):
    assert watcher.told(asked(7, keys=keys_of("x"), origin="elsewhere.example/log")).status == 404


def test_what_the_log_has_not_signed_is_forbidden(watcher):
    thief = SigningKeys.make(KEYS.name)
    assert watcher.told(asked(7, keys=thief)).status == 403
    note = Note.parse(asked(7).partition(b"\n\n")[2])
    forged = Note(text=checkpoint(8).text, signatures=note.signatures)
    assert watcher.told(f"old 0\n\n{forged}".encode()).status == 403
    post_quantum_alone = Note(text=note.text, signatures=note.signatures[1:])
    assert watcher.told(f"old 0\n\n{post_quantum_alone}".encode()).status == 403
    assert watcher.size() is None


def test_lines_of_strangers_are_passed_over_and_not_kept(watcher):
    stranger = CosigningKey.make("stranger.example").cosign(checkpoint(7).text, at=NOW)
    assert watcher.told(asked(7) + stranger.line.encode()).status == 200
    seen = watcher.memory.seen(KEYS.name, key=watcher.key.public)
    assert "stranger" not in str(seen.note)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b"", lambda b: b[4:], lambda b: b.replace(b"old 0", b"old  0"), lambda b: b.replace(b"old 0", b"old 00"),
        lambda b: b.replace(b"old 0", b"old -1"), lambda b: b.replace(b"old 0\n", b"old 0\nAAAA\n"),
        lambda b: b.replace(b"old 0\n", b"old 0\n" + encode(bytes(32)).encode() + b" \n"), lambda b: b[:-1],
        lambda b: b.replace(b"old 0\n", b"old 0\n" + (encode(bytes(32)).encode() + b"\n") * 64),
        lambda b: b.replace(b"\n7\n", b"\n07\n"), lambda b: b + b"\n", lambda b: b"\xff" + b, lambda b: b + b"x" * LARGEST,
        lambda b: b.replace(b"old 0", b"old 8"),
    ],
)  # fmt: skip
def test_what_has_not_the_form_is_a_bad_request(watcher, change):
    assert watcher.told(change(asked(7))).status == 400
    assert watcher.size() is None


def test_lines_of_the_logs_own_after_the_root_are_signed_too(watcher):
    text = checkpoint(7).text + "said by the log\n"
    note = Note(text=text, signatures=(KEYS.sign(text),))
    answer = watcher.told(f"old 0\n\n{note}".encode())
    assert answer.status == 200
    assert cosigned(text, Note.parse(f"-\n\n{answer.body}".encode()).signatures, watcher.key.public)


def test_many_at_once_are_answered_one_after_the_other(tmp_path):
    first, second = (
        Watcher(tmp_path / "w"),
        Watcher(tmp_path / "w"),
    )  # two processes, as far as locks can tell
    assert first.told(asked(1)).status == 200
    answers: list[Answer] = []

    def one(watcher: Watcher, size: int) -> None:
        answers.append(watcher.told(asked(size, old=1)))

    threads = [threading.Thread(target=one, args=(w, size)) for size in range(2, 12) for w in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.status for each in answers) == [200] + [409] * 19


def test_what_it_remembers_must_be_what_it_signed(watcher, tmp_path):
    assert watcher.told(asked(7)).status == 200
    place = next(p for p in (tmp_path / "w" / "state").iterdir() if not p.name.startswith("."))
    place.write_text(place.read_text().replace("\n7\n", "\n6\n"))
    with pytest.raises(Unusable, match="not what this witness signed"):
        watcher.told(asked(20, old=6))


def test_a_key_is_made_once_and_for_its_owner_alone(watcher, tmp_path):
    place = tmp_path / "w" / "key"
    assert place.stat().st_mode & 0o777 == 0o600
    assert watcher.memory.found("").public == watcher.key.public
    with pytest.raises(Unusable, match="another folder"):
        watcher.memory.found("another.example")
    place.chmod(0o644)
    with pytest.raises(Unusable, match="chmod 600"):
        watcher.memory.found("")


def test_a_new_key_never_takes_the_place_of_one_that_has_signed(watcher, tmp_path):
    assert watcher.told(asked(7)).status == 200
    (tmp_path / "w" / "key").unlink()
    with pytest.raises(Unusable, match="put that key back"):
        watcher.memory.found("witness.example/w")


@pytest.mark.parametrize("lines", ["", "# none\n", "x\n", "{mldsa}\n"])
def test_without_the_keys_of_logs_it_does_not_start(watcher, tmp_path, lines):
    (tmp_path / "w" / "logs").write_text(lines.replace("{mldsa}", KEYS.public[1].line))
    with pytest.raises(Unusable):
        watcher.memory.logs()
