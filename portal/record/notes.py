"""Signed notes (C2SP signed-note): a text, and lines that say who signed it. Strict: every note has one form.

A key is known by its line `<name>+<id>+<base64 of type and key>`; the id is the beginning of a hash of the rest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

ED25519 = 0x01
COSIGNATURE = 0x04  # Ed25519 with the time, over a checkpoint alone (C2SP tlog-cosignature, cosignature/v1)
ML_DSA_44 = 0x06  # with the time, over a checkpoint alone (C2SP tlog-cosignature)
SIZES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}  # bytes of a public key
MOST_SIGNATURES = 64  # the log's two, and 32 witnesses with either kind of key at most
LARGEST = 256 * 1024  # bytes of a note
LONGEST_NAME = 255  # bytes
_LINE = re.compile("— ([^ \n]+) ([A-Za-z0-9+/]+=*)")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")

Check = Callable[["PublicKey", str, bytes], bool]  # (key, text, signature) → whether it signed this text


class NoteRefused(ValueError):
    """A note has not the form, or was not signed by those who must have signed it."""


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """Whoever may sign. name: without spaces and plus signs; kind: the type of signatures."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def line(self) -> str:
        """The key in one line, as other programs of the standard read it."""
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Raises `NoteRefused`."""
        name, _, rest = line.partition("+")
        id_, _, material = rest.partition("+")
        data = decode(material)
        key = cls(name=name, kind=data[0] if data else 0, public=data[1:])
        if not is_name(name) or len(key.public) != SIZES.get(key.kind) or key.id.hex() != id_:
            raise NoteRefused(f"not the line of a key: {line[:80]!r}")
        return key


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A line of a note. signature: without the four bytes of the key's id."""

    name: str
    id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"— {self.name} {encode(self.id + self.signature)}\n"


@dataclass(frozen=True, kw_only=True)
class Note:
    """text: with the newline at its end."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(each.line for each in self.signatures)

    @classmethod
    def parse(cls, note: bytes) -> Self:
        """Raises `NoteRefused` for what has not the form."""
        if len(note) > LARGEST:
            raise NoteRefused("a note of more than 256 kB")
        try:
            whole = note.decode()
        except UnicodeDecodeError as error:
            raise NoteRefused("a note is UTF-8") from error
        text, gap, signed = whole.rpartition("\n\n")
        if not gap or not signed.endswith("\n") or _CONTROL.search(whole):
            raise NoteRefused("a note is a text, an empty line and lines of signatures")
        lines = signed[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise NoteRefused(f"a note with {len(lines)} signatures")
        return cls(text=text + "\n", signatures=tuple(_signature(line) for line in lines))


def signed_by(note: Note, keys: Sequence[PublicKey], *, check: Check) -> list[PublicKey]:
    """Those of these keys that signed the note; lines of other keys are passed over. Raises `NoteRefused`
    when a line of one of them does not hold."""
    found = []
    for each in note.signatures:
        for key in keys:
            if (key.name, key.id) == (each.name, each.id):
                if not check(key, note.text, each.signature):
                    raise NoteRefused(f"the signature of {key.name} ({key.id.hex()}) does not hold")
                found.append(key)
    return found


def must_be_signed(note: Note, keys: Sequence[PublicKey], *, check: Check) -> None:
    """Raises `NoteRefused` unless every one of these keys signed the note, once."""
    found = signed_by(note, keys, check=check)
    missing: Iterable[PublicKey] = [key for key in keys if found.count(key) != 1]
    if missing := list(missing):
        raise NoteRefused(f"not signed, once, by {', '.join(f'{k.name} ({k.id.hex()})' for k in missing)}")


def is_name(name: str) -> bool:
    """Whether a key, or a log, may be called so."""
    ours = name.isprintable() and not any(c.isspace() or c == "+" for c in name)
    return ours and 0 < len(name.encode()) <= LONGEST_NAME


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Base64 in its one form. Raises `NoteRefused`, also for bits that no byte uses."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteRefused(f"not base64: {text[:60]!r}") from error
    if encode(data) != text:
        raise NoteRefused(f"not base64 in its one form: {text[:60]!r}")
    return data


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    if found is None or not is_name(found[1]):
        raise NoteRefused(f"not the line of a signature: {line[:80]!r}")
    data = decode(found[2])
    if len(data) < 5:
        raise NoteRefused("a signature without a key's id")
    return Signature(name=found[1], id=data[:4], signature=data[4:])
