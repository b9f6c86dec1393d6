"""The answers of a witness to `add-checkpoint` (C2SP tlog-witness)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from portal.record.checkpoint import LONGEST_WAY
from portal.record.cosigning import CosigningKey, with_lines
from portal.record.merkle import EMPTY
from portal.record.notes import ED25519, Note, NoteRefused, PublicKey, decode, is_name, signed_by
from portal.record.proofs import extends
from portal.record.signing import holds
from portal.record.tiles import HASH
from portal.witness.memory import Memory

LARGEST = 64 * 1024  # bytes of a request
SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: str
    kind: str = TEXT


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request taken apart. Lines after the root are the log's own; they are signed with the rest."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Raises `NoteRefused`."""
        head, gap, rest = body.partition(b"\n\n")
        if not gap or len(body) > LARGEST:
            raise NoteRefused("a request is an old size, a proof, an empty line and a checkpoint")
        try:
            first, *steps = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise NoteRefused("an old size and a proof are ASCII") from error
        if not first.startswith("old ") or not _NUMBER.fullmatch(first[4:]):
            raise NoteRefused("the first line is `old SIZE`")
        proof = tuple(decode(step) for step in steps)
        if len(proof) > LONGEST_WAY or any(len(step) != HASH for step in proof):
            raise NoteRefused(f"a proof has at most {LONGEST_WAY} hashes of {HASH} bytes")
        note = Note.parse(rest)
        origin, size, root, *more = [*note.text.split("\n"), "", ""][:-2]
        if not is_name(origin) or more[-1:] != [""] or "" in more[:-1] or not _NUMBER.fullmatch(size):
            raise NoteRefused("a checkpoint is a name, a size and a root")
        if len(hashed := decode(root)) != HASH:
            raise NoteRefused("a root has 32 bytes")
        return cls(old=int(first[4:]), proof=proof, note=note, origin=origin, size=int(size), root=hashed)


def add_checkpoint(
    body: bytes,
    *,
    memory: Memory,
    key: CosigningKey,
    logs: Mapping[str, tuple[PublicKey, ...]],
    now: dt.datetime,
) -> Answer:
    """Sign what extends what was signed before. Raises `Unusable` when that cannot be told."""
    try:
        asked = Asked.parse(body)
    except (NoteRefused, ValueError) as wrong:
        return _no(400, str(wrong))
    if asked.origin not in logs:
        return _no(404, f"{asked.origin} is not watched here")
    if (why := _unsigned(asked.note, logs[asked.origin])) is not None:
        return _no(403, why)
    if asked.old > asked.size:
        return _no(400, "the old size is larger than the checkpoint's")
    with memory.holding(asked.origin):
        seen = memory.seen(asked.origin, key=key.public)
        size, root = (0, EMPTY) if seen is None else (seen.size, seen.root)
        if asked.old != size or (asked.size == size and asked.root != root):
            return Answer(status=409, body=f"{size}\n", kind=SIZE)
        if not extends(old=size, old_root=root, size=asked.size, root=asked.root, proof=asked.proof):
            return _no(422, f"the proof does not show that this tree extends the one of {size} entries")
        line = key.cosign(asked.note.text, at=now)
        # only lines of keys that are known here, so that nobody fills the memory with others
        known = {(each.name, each.id) for each in logs[asked.origin]}
        log_lines = tuple(each for each in asked.note.signatures if (each.name, each.id) in known)
        memory.keep(asked.origin, with_lines(Note(text=asked.note.text, signatures=log_lines), [line]))
    return Answer(status=200, body=line.line)


def _unsigned(note: Note, keys: tuple[PublicKey, ...]) -> str | None:
    """Why this is no checkpoint of the log's; None when it is. Its Ed25519 key, one of them when it was replaced,
    must have signed it, and no line of a key that is known may be wrong."""
    try:
        found = signed_by(note, keys, check=holds)
    except NoteRefused as wrong:
        return str(wrong)
    if not any(key.kind == ED25519 for key in found):
        return "no Ed25519 key of this log that is known here has signed this"
    return None


def _no(status: int, why: str) -> Answer:
    return Answer(status=status, body=f"{why}\n")
