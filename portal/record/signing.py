"""The log's own keys: Ed25519, which every verifier knows, and ML-DSA-44, which a quantum computer does not break.

The private halves stand in one file, a line each, as `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`.
"""

from __future__ import annotations

import datetime as dt
import secrets
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from portal.record.checkpoint import Checkpoint
from portal.record.notes import (
    COSIGNATURE,
    ED25519,
    ML_DSA_44,
    Note,
    NoteRefused,
    PublicKey,
    Signature,
    decode,
    encode,
    is_name,
    must_be_signed,
)

PRIVATE = "PRIVATE+KEY+"
SEED = 32  # bytes, of either key
_TIME = 8  # bytes


def private_line(key: PublicKey, seed: bytes) -> str:
    """What a file holds of a private key."""
    return f"{PRIVATE}{key.name}+{key.id.hex()}+{encode(bytes([key.kind]) + seed)}\n"


def seed_in(line: str, *, kind: int) -> tuple[str, bytes]:
    """Name and seed of a private key's line. Raises `NoteRefused`, which says nothing of what the line holds."""
    parts = line.removesuffix("\n").removeprefix(PRIVATE).split("+", 2)
    data = decode(parts[2]) if line.startswith(PRIVATE) and len(parts) == 3 else b""
    if data[:1] != bytes([kind]) or len(data) != 1 + SEED or not is_name(parts[0]):
        raise NoteRefused("not the line of a private key")
    return parts[0], data[1:]


@dataclass(frozen=True, repr=False)
class SigningKeys:
    """Both private keys under one name. Nothing here says them when printed."""

    name: str
    ed25519: bytes
    ml_dsa: bytes

    @classmethod
    def make(cls, name: str) -> Self:
        if not is_name(name):
            raise ValueError(f"a log cannot be called {name!r}")
        return cls(name, secrets.token_bytes(SEED), secrets.token_bytes(SEED))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `NoteRefused` for what is not such a file; it says nothing of what it is."""
        lines = text.splitlines(keepends=True)
        if len(lines) != 2:
            raise NoteRefused("not a file of two signing keys")
        (name, ed25519), (other, ml_dsa) = seed_in(lines[0], kind=ED25519), seed_in(lines[1], kind=ML_DSA_44)
        keys = cls(name, ed25519, ml_dsa)
        if name != other or keys.text() != text:
            raise NoteRefused("a signing key has not the id or the name that its file says")
        return keys

    def text(self) -> str:
        """What the file holds."""
        seeds = (self.ed25519, self.ml_dsa)
        return "".join(private_line(key, seed) for key, seed in zip(self.public, seeds, strict=True))

    @cached_property
    def public(self) -> tuple[PublicKey, PublicKey]:
        ed25519 = self._ed25519.public_key().public_bytes_raw()
        ml_dsa = self._ml_dsa.public_key().public_bytes_raw()
        return (
            PublicKey(name=self.name, kind=ED25519, public=ed25519),
            PublicKey(name=self.name, kind=ML_DSA_44, public=ml_dsa),
        )

    def sign(self, text: str) -> Signature:
        """The Ed25519 signature of any text."""
        key = self.public[0]
        return Signature(name=key.name, id=key.id, signature=self._ed25519.sign(text.encode()))

    def cosign(self, checkpoint: Checkpoint, *, at: dt.datetime) -> Signature:
        """The ML-DSA-44 signature of a checkpoint, with the time."""
        key, time = self.public[1], int(at.timestamp())
        message = _cosigned(key.name, checkpoint, time=time)
        signature = struct.pack(">Q", time) + self._ml_dsa.sign(message)
        return Signature(name=key.name, id=key.id, signature=signature)

    def sign_checkpoint(self, checkpoint: Checkpoint, *, at: dt.datetime) -> Note:
        return Note(
            text=checkpoint.text,
            signatures=(self.sign(checkpoint.text), self.cosign(checkpoint, at=at)),
        )

    @cached_property
    def _ed25519(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.ed25519)

    @cached_property
    def _ml_dsa(self) -> MLDSA44PrivateKey:
        return MLDSA44PrivateKey.from_seed_bytes(self.ml_dsa)


def holds(key: PublicKey, text: str, signature: bytes) -> bool:
    """Whether this key signed this text; for ML-DSA-44 the text is a checkpoint."""
    try:
        if key.kind == ED25519:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        elif key.kind == COSIGNATURE:
            message = cosignature_message(text, time=int.from_bytes(signature[:_TIME], "big"))
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[_TIME:], message)
        else:
            time = int.from_bytes(signature[:_TIME], "big")
            message = _cosigned(key.name, Checkpoint.parse(text), time=time)
            MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[_TIME:], message)
    except (InvalidSignature, NoteRefused, ValueError):
        return False
    return True


def open_checkpoint(note: Note, keys: tuple[PublicKey, ...]) -> Checkpoint:
    """What a checkpoint says. Raises `NoteRefused` unless every one of these keys signed it under the log's
    name."""
    must_be_signed(note, keys, check=holds)
    checkpoint = Checkpoint.parse(note.text)
    if {key.name for key in keys} != {checkpoint.origin}:
        raise NoteRefused(f"a checkpoint of {checkpoint.origin}, not of {keys[0].name}")
    return checkpoint


def signed_at(note: Note) -> int | None:
    """When an ML-DSA-44 signature says that a note was signed, in seconds since 1970; of the log's own line."""
    origin = note.text.partition("\n")[0]
    for each in note.signatures:
        if each.name == origin and len(each.signature) == _TIME + 2420:
            return int.from_bytes(each.signature[:_TIME], "big")
    return None


def cosignature_message(text: str, *, time: int) -> bytes:
    """The message under an Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _cosigned(name: str, checkpoint: Checkpoint, *, time: int) -> bytes:
    """The message under an ML-DSA-44 signature (C2SP tlog-cosignature, `cosigned_message`)."""
    who, log = name.encode(), checkpoint.origin.encode()
    return (
        b"subtree/v1\n\0"
        + bytes([len(who)]) + who
        + struct.pack(">Q", time)
        + bytes([len(log)]) + log
        + struct.pack(">QQ", 0, checkpoint.size)
        + checkpoint.root
    )  # fmt: skip
