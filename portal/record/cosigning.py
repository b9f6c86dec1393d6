"""What witnesses sign (C2SP tlog-cosignature, cosignature/v1): that of all they have seen of a log this is the
largest tree, and that it extends the others."""

from __future__ import annotations

import datetime as dt
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.record.notes import (
    COSIGNATURE,
    ML_DSA_44,
    Note,
    NoteRefused,
    PublicKey,
    Signature,
    is_name,
)
from portal.record.signing import SEED, cosignature_message, holds, private_line, seed_in

KINDS = (COSIGNATURE, ML_DSA_44)  # of keys that a witness may have
_TIME = 8  # bytes
_LAST = 253_402_300_799  # seconds since 1970: the end of the year 9999


@dataclass(frozen=True, repr=False)
class CosigningKey:
    """A witness's private key. Nothing here says it when printed."""

    name: str
    seed: bytes

    @classmethod
    def make(cls, name: str) -> Self:
        if not is_name(name):
            raise ValueError(f"a witness cannot be called {name!r}: no spaces, no plus signs")
        return cls(name, secrets.token_bytes(SEED))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `NoteRefused` for what is not such a file; it says nothing of what it is."""
        key = cls(*seed_in(text, kind=COSIGNATURE))
        if key.text() != text:
            raise NoteRefused("not the file of a witness's key")
        return key

    def text(self) -> str:
        """What the file holds."""
        return private_line(self.public, self.seed)

    @cached_property
    def public(self) -> PublicKey:
        made = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return PublicKey(name=self.name, kind=COSIGNATURE, public=made)

    def cosign(self, text: str, *, at: dt.datetime) -> Signature:
        """The line that a witness adds to a checkpoint with this text."""
        time, private = int(at.timestamp()), Ed25519PrivateKey.from_private_bytes(self.seed)
        signature = struct.pack(">Q", time) + private.sign(cosignature_message(text, time=time))
        return Signature(name=self.name, id=self.public.id, signature=signature)


@dataclass(frozen=True, kw_only=True)
class Cosigned:
    """That a witness signed a checkpoint, when, and its line."""

    key: PublicKey
    at: dt.datetime
    line: Signature


def cosigned(text: str, lines: Iterable[Signature], key: PublicKey) -> Cosigned | None:
    """The newest of these lines by which the key signed this checkpoint; None when none holds. Lines of others, and
    lines that do not hold, are passed over: nobody can spoil a checkpoint by adding to it."""
    found = [
        Cosigned(key=key, at=at, line=line)
        for line in lines
        if (line.name, line.id) == (key.name, key.id)
        and (at := said_at(line)) is not None
        and holds(key, text, line.signature)
    ]
    return max(found, key=lambda each: each.at, default=None)


def said_at(line: Signature) -> dt.datetime | None:
    """The time in a line with a time; None for one that no calendar has."""
    time = int.from_bytes(line.signature[:_TIME], "big")
    return dt.datetime.fromtimestamp(time, dt.UTC) if 0 < time <= _LAST else None


def with_lines(note: Note, lines: Iterable[Signature]) -> Note:
    """The note with these signatures at its end; one that is there already is not repeated."""
    return Note(text=note.text, signatures=tuple(dict.fromkeys((*note.signatures, *lines))))
