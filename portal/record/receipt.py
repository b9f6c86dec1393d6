"""Receipts: what whoever hands something in takes home, and what the log says of it without telling anybody else.

All of it follows from 15 random bytes, the code that also fits on paper. Hashes are plain SHA-256 with a name in
front, so that a shell can make them; the code has 120 bits, so nothing here needs to be slow.

- commitment: fixes secret and content; stands in the signed receipt and, in the open, in the log.
- a line of a batch, 80 bytes: of a receipt `commitment ‖ mark ‖ times`, of a decision `mark ‖ sealed words`, or
  nothing but chance. To whoever has not the secret all three look alike.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from portal.record.document import canonical
from portal.record.log import iso
from portal.record.notes import Note, NoteRefused, decode, encode, is_name

KIND = "receipts"  # of the log's entries: batches, and the keys that sign receipts
KEYS_ITEM = "receipts/keys"
BATCH_ITEM = re.compile(r"receipts/\d{4}-\d\d-\d\d-\d+", re.ASCII)
HEAD = "sunlight/receipt/v1"
FILE = "sunlight/receipt-file/v1"
LOGGED_WITHIN = dt.timedelta(hours=24)
CODE, CHECK = 15, 4  # bytes of a code; characters behind it that find typing errors
LINE, WORDS = 80, 48  # bytes of a line; of the words in a decision
PAD = 16  # lines of a batch come in such steps
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"} | dict.fromkeys(" -—–\t\r\n"))
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def _sha(name: str, *parts: bytes) -> bytes:
    return hashlib.sha256(f"sunlight/{name}/v1\n".encode() + b"".join(parts)).digest()


@dataclass(frozen=True, repr=False)
class Code:
    """The 15 bytes, and what follows from them. Nothing here says them when printed by accident."""

    data: bytes

    @classmethod
    def parse(cls, typed: str) -> Self:
        """The code as somebody types it from paper. Raises `ValueError`, also for a slip of a finger."""
        text = typed.upper().translate(_ALIKE)
        if len(text) != CODE * 8 // 5 + CHECK or any(each not in ALPHABET for each in text):
            raise ValueError("not a code of a receipt")
        number = 0
        for each in text[:-CHECK]:
            number = number * 32 + ALPHABET.index(each)
        code = cls(number.to_bytes(CODE, "big"))
        if code._plain != text:
            raise ValueError("mistyped")
        return code

    @property
    def _plain(self) -> str:
        check = int.from_bytes(_sha("code", self.data)[:3], "big") >> 4
        return _base32(int.from_bytes(self.data, "big"), CODE * 8 // 5) + _base32(check, CHECK)

    @property
    def text(self) -> str:
        """Seven groups of four."""
        return "-".join(self._plain[at : at + 4] for at in range(0, len(self._plain), 4))

    @property
    def secret(self) -> bytes:
        return _sha("secret", self.data)

    def commitment(self, content: bytes) -> bytes:
        return _sha("receipt", self.secret, content)

    @property
    def mark(self) -> bytes:
        """By which the holder finds the receipt in the log without knowing its commitment."""
        return _sha("logged", self.secret)

    @property
    def decision_mark(self) -> bytes:
        return _sha("decided", self.secret)

    def receipt_line(self, receipt: Receipt) -> bytes:
        times = struct.pack(">QQ", *(int(t.timestamp()) for t in (receipt.received_at, receipt.decide_by)))
        return receipt.commitment + self.mark + _xor(times, _sha("times", self.secret))

    def receipt_in(self, line: bytes) -> tuple[bytes, dt.datetime, dt.datetime] | None:
        """Commitment and both times, when a line is this code's. Raises `ValueError` for times that are none."""
        if line[32:64] != self.mark:
            return None
        times = struct.unpack(">QQ", _xor(line[64:], _sha("times", self.secret)))
        return line[:32], *(_moment(each) for each in times)  # type: ignore[return-value]

    def decision_line(self, decision: Decided) -> bytes:
        return self.decision_mark + _xor(decision.words.encode("ascii").ljust(WORDS, b"\0"), self._pad)

    def decision_in(self, line: bytes) -> Decided | None:
        """What was decided, when a line says so for this code. Raises `ValueError` for words that are none."""
        if line[:32] != self.decision_mark:
            return None
        return Decided.parse(_xor(line[32:], self._pad).rstrip(b"\0").decode("ascii"))

    @property
    def _pad(self) -> bytes:
        return (_sha("decision", self.secret, b"\0") + _sha("decision", self.secret, b"\1"))[:WORDS]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What is signed and public: that something with this commitment was received, and when somebody will have
    decided about it. `parse` takes exactly what `text` gives."""

    origin: str
    commitment: bytes
    received_at: dt.datetime
    decide_by: dt.datetime

    @property
    def text(self) -> str:
        times = (iso(self.received_at), iso(self.decide_by))
        return "\n".join((HEAD, self.origin, encode(self.commitment), *times)) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `NoteRefused`."""
        lines = text.split("\n")
        if len(lines) != 6 or lines[0] != HEAD or lines[5] or not is_name(lines[1]):
            raise NoteRefused("not the text of a receipt")
        commitment = decode(lines[2])
        if len(commitment) != 32 or not all(_TIME.fullmatch(each) for each in lines[3:5]):
            raise NoteRefused("not the text of a receipt")
        received, by = (dt.datetime.fromisoformat(each) for each in lines[3:5])
        return cls(origin=lines[1], commitment=commitment, received_at=received, decide_by=by)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """outcome: a word without spaces; entry: the number in the record of what was published, if anything was."""

    outcome: str
    at: dt.datetime
    entry: int | None = None

    @property
    def words(self) -> str:
        return f"{self.outcome} {iso(self.at)}" + ("" if self.entry is None else f" {self.entry}")

    @classmethod
    def parse(cls, words: str) -> Self:
        """Raises `ValueError`."""
        outcome, at, *entry = words.split(" ")
        if len(entry) > 1 or not _TIME.fullmatch(at):
            raise ValueError("not the words of a decision")
        return cls(outcome=outcome, at=dt.datetime.fromisoformat(at), entry=int(entry[0]) if entry else None)


def receipt_file(*, code: Code, content: bytes | None, checkpoint: str | None, note: Note) -> str:
    """What the holder keeps. checkpoint: the log as it was signed then, so that a later one must begin with it."""
    lines = [FILE, f"code {code.text}"]
    if content is not None:
        lines.append(f"content {content.decode()}")
    if checkpoint is not None:
        lines.append(f"checkpoint {encode(checkpoint.encode())}")
    return "\n".join(lines) + f"\n\n{note}"


def batch_document(lines: Iterable[bytes], *, dated: dt.date) -> dict[str, Any]:
    """The document of a batch; `lines` are padded already. Order tells nothing."""
    return {"dated": dated.isoformat(), "lines": sorted(line.hex() for line in lines), "title": "", "v": 1}


def lines_in(document: Mapping[str, Any]) -> list[bytes]:
    """The lines of a batch. Raises `ValueError` for what is none."""
    lines = [bytes.fromhex(each) for each in document["lines"]]
    if any(len(line) != LINE for line in lines):
        raise ValueError("a line of a batch has 80 bytes")
    return lines


def canonical_content(content: Mapping[str, Any]) -> bytes:
    """What is committed to: the one byte string of what was handed in."""
    return canonical(dict(content))


def read_file(text: str) -> tuple[Code, dict[str, Any] | None, str | None, Note]:
    """Code, content, checkpoint and note of a holder's file. Raises `ValueError` (which `NoteRefused` is)."""
    head, _gap, note = text.partition("\n\n")
    first, *rest = head.split("\n")
    said = dict(each.split(" ", 1) for each in rest)
    if first != FILE or not {"code"} <= set(said) <= {"code", "content", "checkpoint"}:
        raise NoteRefused("not a receipt's file")
    content = json.loads(said["content"]) if "content" in said else None
    checkpoint = decode(said["checkpoint"]).decode() if "checkpoint" in said else None
    return Code.parse(said["code"]), content, checkpoint, Note.parse(note.encode())


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


def _base32(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _moment(seconds: int) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("a time beyond all times") from error
