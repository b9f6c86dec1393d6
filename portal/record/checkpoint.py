"""Checkpoints (C2SP tlog-checkpoint): the log's name, its size and its root, signed; and proof files
(C2SP tlog-proof): an entry's way to a checkpoint, in a file that anybody can keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from portal.record.notes import Note, NoteRefused, decode, encode, is_name
from portal.record.tiles import HASH

PROOF = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
LONGEST_WAY = 63  # hashes


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """origin: the log's name, which never changes."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `NoteRefused`; also for further lines, which not all of our signatures would cover."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not is_name(lines[0]) or not _NUMBER.fullmatch(lines[1]):
            raise NoteRefused("a checkpoint is a name, a size and a root")
        root = decode(lines[2])
        if len(root) != HASH:
            raise NoteRefused("a root has 32 bytes")
        return cls(origin=lines[0], size=int(lines[1]), root=root)


@dataclass(frozen=True, kw_only=True)
class ProofFile:
    """extra: what is needed to make the entry's hash again, and is proven by that alone; path: from the
    entry's neighbour up to the root's child; checkpoint: the signed note, as the log gave it."""

    index: int
    path: Sequence[bytes]
    checkpoint: Note
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [PROOF]
        if self.extra:
            lines.append(f"extra {encode(self.extra)}")
        lines += [f"index {self.index}", *(encode(step) for step in self.path)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises `NoteRefused`."""
        head, gap, note = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise NoteRefused("not a proof file") from error
        if not gap or lines.pop(0) != PROOF:
            raise NoteRefused(f"a proof file begins with {PROOF}")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decode(lines.pop(0).removeprefix("extra "))
        if not lines or not _NUMBER.fullmatch(number := lines.pop(0).removeprefix("index ")):
            raise NoteRefused("a proof file says which entry it is of")
        path = [decode(line) for line in lines]
        if len(path) > LONGEST_WAY or any(len(step) != HASH for step in path):
            raise NoteRefused("a step of a proof has 32 bytes")
        found = cls(index=int(number), path=path, checkpoint=Note.parse(note), extra=extra)
        if str(found).encode() != data:
            raise NoteRefused("a proof file has one form")
        return found
